// SPDX-License-Identifier: Apache-2.0
// An object store of its own for a test file, empty but for a bucket:
//
//   const store = await startStore("s3");       // or "azure"; { skip: why } where there is none
//   await store.putTree("/some/folder", "prefix");
//   stack.iapctl(["source", "add", "a", ...store.options("prefix")]);
//   await store.end();
import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { client, hangUp, putAll, bucket } from "./store-client.mjs";
import { root } from "./stack.mjs";

class Store {
	constructor(kind, child, endpoint, folder) {
		Object.assign(this, { kind, child, endpoint, folder });
		this.put = client(kind, endpoint, folder);
	}

	/** Puts every file below `folder`, each named by its path after "prefix/". */
	async putTree(folder, prefix) {
		const names = fs.readdirSync(folder, { recursive: true, withFileTypes: true })
			.filter((entry) => entry.isFile())
			.map((entry) => path.relative(folder, path.join(entry.parentPath ?? entry.path, entry.name)));
		await putAll(this.put, names.map((name) =>
			[`${prefix}/${name}`, fs.readFileSync(path.join(folder, name))]));
		return names.length;
	}

	/** The options of `iapctl source add` that lead here. */
	options(prefix, credentials = "right") {
		return ["--kind", this.kind, "--endpoint", this.endpoint,
			this.kind === "s3" ? "--bucket" : "--container", bucket, "--prefix", prefix,
			"--credentials", path.join(this.folder, credentials)];
	}

	async end() {
		hangUp();
		this.child.stdin.end();
		await new Promise((done) => this.child.once("exit", done));
	}
}

export async function startStore(kind) {
	const child = spawn("sh", [path.join(root, "tests/support/with-store"), kind, "sh", "-c",
		'printf "%s\\n%s\\n" "$IAP_TEST_STORE_ENDPOINT" "$IAP_TEST_STORE_FILES"; cat'],
	{ stdio: ["pipe", "pipe", "inherit"], env: { ...process.env, IAP_TEST_STORE_EMPTY: "yes" } });
	let text = "";
	for await (const piece of child.stdout.iterator({ destroyOnReturn: false })) {
		text += piece;
		if (text.split("\n").length > 2 || text.includes("# SKIP") || text.includes("Bail out")) break;
	}
	const skip = /# SKIP (.*)/.exec(text);
	if (skip !== null) return { skip: skip[1] };
	const [endpoint, folder] = text.split("\n");
	if (!endpoint.startsWith("http")) throw new Error(text);
	return new Store(kind, child, endpoint, folder);
}
