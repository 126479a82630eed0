// SPDX-License-Identifier: Apache-2.0
// A stack that has read the sample archive, what must be seen of it, and
// openssl's opinion of each medium.
import fs from "node:fs";
import path from "node:path";
import { opensslDecrypt } from "./archive.mjs";
import { root, runOk, startStack } from "./stack.mjs";

/** startStack() with the sample: `sample`, its folder; `expected`; `summaries` of the pass. */
export async function startSampleStack(options = {}) {
	const stack = await startStack(options);
	try {
		stack.sample = stack.file("sample");
		await runOk(path.join(root, "tools/sample/make-archive"), [stack.sample]);
		stack.expected = JSON.parse(fs.readFileSync(path.join(stack.sample, "expected.json"), "utf8"));
		for (const name of ["2019", "2022"])
			await stack.iapctl(["key", "import", "--cert", samplePair(stack, name).cert,
				"--key", samplePair(stack, name).key]);
		for (const { name, root: folder, region } of stack.expected.sources)
			await stack.addSource(name, path.join(stack.sample, folder),
				...(region === null ? [] : ["--region", region]));
		stack.summaries = await stack.pass();
	} catch (error) {
		await stack.end();
		throw error;
	}
	return stack;
}

/** Certificate and key of the sample; no key was ever written for 2017. */
export function samplePair(stack, name) {
	const base = path.join(stack.sample, "keys", `gir-rec-${name}`);
	return { cert: `${base}.cert.pem`, key: `${base}.key.pem` };
}

function recordingIn(value, id) {
	if (value === null || typeof value !== "object") return undefined;
	if (!Array.isArray(value)) {
		if (value.id === id) return value;
		value = [value.recording, value.recordings];
	}
	for (const part of value) {
		const found = recordingIn(part, id);
		if (found !== undefined) return found;
	}
	return undefined;
}

/** The recording with this id in a document, however it is wrapped there. */
export function recordingOf(bytes, id) {
	return recordingIn(JSON.parse(bytes.toString("utf8").replace(/^\ufeff/, "")), id);
}

/** The bytes a listener must get of a good medium: openssl's, or the file's own. */
export async function plainOf(stack, interaction, medium) {
	const file = path.join(stack.sample, interaction.source, medium.object_key);
	if (medium.shape === "clear") return fs.readFileSync(file);
	const name = medium.recipients.find((recipient) => fs.existsSync(samplePair(stack, recipient).key));
	const pair = samplePair(stack, name);
	if (medium.shape === "whole") return await opensslDecrypt(stack.dir, { file, pair });
	const place = interaction.places[0];
	const document = fs.readFileSync(path.join(stack.sample, place.source, place.key));
	const recording = recordingOf(document, interaction.recording_id);
	const list = [recording.mediaFiles ?? recording.mediaFile].flat();
	return await opensslDecrypt(stack.dir, { file, pair, envelope: list[medium.n].pkcs7 });
}

/** All items of a list, page by page. */
export async function allItems(client, pathname = "/api/v1/interactions", query = {}) {
	const items = [];
	for (let after = ""; after !== null;) {
		const parameters = new URLSearchParams({ limit: "500", ...query, ...(after ? { after } : {}) });
		const answer = await client.get(`${pathname}?${parameters}`);
		if (answer.status !== 200) throw new Error(`${pathname}?${parameters}: ${answer.status} ${answer.text}`);
		const page = answer.json();
		items.push(...page.items);
		after = page.next;
	}
	return items;
}

/** The items by recording id; throws where two have the same. */
export function byRecording(items) {
	const found = new Map();
	for (const item of items) {
		if (found.has(item.recording_id)) throw new Error(`twice: ${item.recording_id}`);
		found.set(item.recording_id, item);
	}
	return found;
}
