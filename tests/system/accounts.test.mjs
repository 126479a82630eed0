// SPDX-License-Identifier: Apache-2.0
// Each program as its own user, with its own files and nobody else's: what a
// package does, laid out by hand. Needs root.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import fs from "node:fs";
import path from "node:path";
import { build, root, run, runOk, startProgram, startStack, until } from "../support/stack.mjs";
import { allItems, plainOf, samplePair } from "../support/sample.mjs";

const uid = { web: 61001, media: 61002, worker: 61003 };
const gid = { ticket: 61011, ended: 61012, reports: 61013 };
const groups = { web: [gid.ticket, gid.ended], media: [gid.ticket, gid.ended, gid.reports],
	worker: [gid.ticket, gid.reports] };
const isRoot = process.getuid() === 0;
// Others must be able to reach the programs and the templates.
const reachable = isRoot && (await run("setpriv", [`--reuid=${uid.web}`, `--regid=${uid.web}`,
	"--clear-groups", "test", "-x", path.join(build, "iapctl")])).code === 0;
const skip = !isRoot ? "needs root, to become other users" :
	!reachable ? "other users cannot enter the folder of the source" : false;

const as = (who, command) => ["setpriv", [`--reuid=${uid[who]}`, `--regid=${uid[who]}`,
	`--groups=${groups[who].join(",")}`, "--no-new-privs", ...command]];

let stack, client, expected;
const pools = [];

function give(name, owner, group, mode) {
	fs.chownSync(stack.file(name), owner, group);
	fs.chmodSync(stack.file(name), mode);
}

async function startPool(who, name, ...more) {
	const socket = stack.file("run", `${name}.sock`);
	const [file, args] = as(who, ["spawn-fcgi", "-n", "-s", socket, "-M", "0666", "--",
		path.join(build, more[0]), ...more.slice(1), "--config", stack.config]);
	const program = startProgram(file, args);
	pools.push(program);
	await until(() => fs.existsSync(socket), 5000, name);
	return program;
}

before(async () => {
	if (skip) return;
	stack = await startStack({ without: ["web", "media", "media-whole", "worker"] });
	await runOk(path.join(root, "tools/sample/make-archive"), [stack.file("sample")]);
	expected = JSON.parse(fs.readFileSync(stack.file("sample/expected.json"), "utf8"));
	stack.sample = stack.file("sample");
	for (const name of ["2019", "2022"])
		await stack.iapctl(["key", "import", "--cert", samplePair(stack, name).cert,
			"--key", samplePair(stack, name).key]);
	for (const { name, root: folder, region } of expected.sources)
		await stack.addSource(name, path.join(stack.sample, folder), ...(region === null ? [] : ["--region", region]));
	fs.chmodSync(stack.file("secrets"), 0o711);
	fs.chmodSync(stack.file("run"), 0o1777);
	give("secrets/db-web", uid.web, uid.web, 0o400);
	give("secrets/db-worker", uid.worker, uid.worker, 0o400);
	give("secrets/db-admin", 0, 0, 0o400);
	give("secrets/ticket.key", 0, gid.ticket, 0o440);
	give("secrets/keys.passphrase", uid.media, uid.media, 0o400);
	give("keys", uid.media, uid.media, 0o700);
	for (const name of fs.readdirSync(stack.file("keys"))) give(`keys/${name}`, uid.media, uid.media, 0o600);
	give("ended", uid.web, gid.ended, 0o2750);
	give("reports", uid.media, gid.reports, 0o2770);
	give("sample/keys", 0, 0, 0o700);
	await startPool("web", "web", "iap-web");
	await startPool("media", "media", "iap-media");
	await startPool("media", "media-whole", "iap-media", "--whole");
	const [file, args] = as("worker", [path.join(build, "iap-worker"), "process-server", "--once",
		"--json", "--config", stack.config]);
	const pass = await runOk(file, args, { codes: [0, 3] });
	stack.summaries = JSON.parse(pass.stdout);
	client = await stack.signedIn();
});
after(async () => {
	for (const program of pools) await program.stop();
	await stack?.end();
});

test("the files are shut to those they are not for", { skip }, async () => {
	const reads = async (who, name) => (await run(...as(who, ["cat", stack.file(name)]))).code === 0;
	const key = `keys/${fs.readdirSync(stack.file("keys"))[0]}`;
	const may = { web: ["secrets/db-web", "secrets/ticket.key"],
		media: [key, "secrets/keys.passphrase", "secrets/ticket.key"],
		worker: ["secrets/db-worker", "secrets/ticket.key"] };
	for (const who of Object.keys(uid))
		for (const name of ["secrets/db-web", "secrets/db-worker", "secrets/db-admin", "secrets/ticket.key",
			"secrets/keys.passphrase", key])
			assert.equal(await reads(who, name), may[who].includes(name), `${who} reads ${name}`);
});

test("the worker reads the archive with its own files", { skip }, () => {
	assert.deepEqual(stack.summaries.map((s) => s.source).sort(), expected.sources.map((s) => s.name).sort());
	assert.ok(stack.summaries.every((s) => s.documents > 0));
});

test("iap-web and iap-media play an encrypted call with their own files", { skip }, async () => {
	const items = await allItems(client, "/api/v1/interactions", { encrypted: "true", state: "ok" });
	assert.ok(items.length > 0);
	for (const shape of ["whole", "detached"]) {
		const wanted = expected.interactions.find((i) => i.state === "ok" && i.media[0].shape === shape);
		const item = items.find((i) => i.recording_id === wanted.recording_id);
		const plain = await plainOf(stack, wanted, wanted.media[0]);
		const part = await client.get(`/api/v1/interactions/${item.id}/media/0`, { range: "bytes=100-299" });
		assert.equal(part.status, 206, part.text);
		assert.ok(part.body.equals(plain.subarray(100, 300)), shape);
		const whole = await client.get(`/api/v1/interactions/${item.id}/media/0?download=1`);
		assert.ok(whole.body.equals(plain), shape);
	}
});

test("signing out reaches iap-media through the folder of ended sessions", { skip }, async () => {
	const other = await stack.signedIn();
	const [item] = (await other.get("/api/v1/interactions?state=ok&limit=1")).json().items;
	assert.equal((await other.get(`/api/v1/interactions/${item.id}/media/0`, { range: "bytes=0-9" })).status, 206);
	assert.equal((await other.signOut()).status, 204);
	assert.equal(fs.readdirSync(stack.file("ended")).filter((n) => /^[0-9a-f]{64}$/.test(n)).length, 1);
});

test("each says which of its files is missing", { skip }, async () => {
	for (const [who, program] of [["media", "iap-web"], ["worker", "iap-web"], ["web", "iap-worker"]]) {
		const args = program === "iap-worker" ? ["process-server", "--once"] : [];
		const result = await run(...as(who, [path.join(build, program), ...args, "--config", stack.config]),
			{ timeout: 20000 });
		assert.ok([1, 4].includes(result.code), `${program} as ${who}: ${result.code} ${result.stderr}`);
		assert.match(result.stderr, /secrets\/db-/, `${program} as ${who}`);
	}
});
