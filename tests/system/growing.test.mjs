// SPDX-License-Identifier: Apache-2.0
// A tree that is still being written: what is not there yet is said, and the
// next pass makes it good; what was there once is never taken away.
import assert from "node:assert/strict";
import fs from "node:fs";
import { after, before, test } from "node:test";
import { encryptDetached, lay, makePair, mp3 } from "../support/archive.mjs";
import { allItems, byRecording } from "../support/sample.mjs";
import { run, build, startStack } from "../support/stack.mjs";

let stack, admin, tree, pair, sealed;
const plain = mp3(200, 1);
const document = (id, more = {}) => ({ id, startTime: "2022-05-06T07:08:09.000Z",
	stopTime: "2022-05-06T07:09:09.000Z", mediaFiles: [{ mediaId: `${id}.mp3.bin`, type: "audio/mp3",
		pkcs7: sealed.envelope, ...more }] });

before(async () => {
	stack = await startStack();
	tree = stack.file("rcbs");
	pair = await makePair(stack.file("pairs"), "grow", 99);
	sealed = await encryptDetached(stack.file("pairs"), plain, [pair]);
	await stack.iapctl(["key", "import", "--cert", pair.cert, "--key", pair.key]);
	fs.mkdirSync(tree);
	lay(tree, { "last_recording_endtime.txt": "0", "settings.json": { a: 1 } });
	await stack.addSource("rcbs", tree);
	admin = await stack.signedIn();
});

after(() => stack?.end());

async function passed() {
	const [summary] = await stack.pass();
	return { summary, items: byRecording(await allItems(admin)) };
}

async function play(item) {
	return await admin.get(`/api/v1/interactions/${item.id}/media/0`, { range: "bytes=0-" });
}

async function faults() {
	const { items } = (await admin.get("/api/v1/faults?limit=500")).json();
	return items.map(({ key }) => key).sort();
}

test("an empty tree with state files of RCBS is no interaction and no fault", async () => {
	const { items, summary } = await passed();
	assert.equal(items.size, 0);
	assert.equal(summary.faults, 0);
});

test("a document whose medium comes later is missing, then plays", async () => {
	lay(tree, { "LATE.json": document("LATE"), "LATE.mp3.bin.part": sealed.bytes.subarray(0, 999) });
	let { items } = await passed();
	assert.equal(items.get("LATE").state, "missing");
	assert.deepEqual([items.get("LATE").reviewed, items.get("LATE").valid], [1, 0]);
	assert.equal((await play(items.get("LATE"))).json().state, "missing");
	const { id } = items.get("LATE");

	fs.renameSync(`${tree}/LATE.mp3.bin.part`, `${tree}/LATE.mp3.bin`);
	lay(tree, { "LATE.mp3.bin": sealed.bytes });
	({ items } = await passed());
	assert.equal(items.get("LATE").state, "ok");
	assert.deepEqual([items.get("LATE").reviewed, items.get("LATE").valid], [1, 1]);
	assert.equal(items.get("LATE").id, id);
	const heard = await play(items.get("LATE"));
	assert.equal(heard.status, 206);
	assert.ok(heard.body.equals(plain));
});

test("a medium without a document waits for it", async () => {
	lay(tree, { "FIRST.mp3.bin": sealed.bytes });
	assert.equal((await passed()).items.has("FIRST"), false);
	lay(tree, { "FIRST.json": document("FIRST") });
	assert.equal((await passed()).items.get("FIRST").state, "ok");
});

test("half a document is a fault until it is whole", async () => {
	const text = JSON.stringify(document("HALF"));
	lay(tree, { "HALF.json": text.slice(0, 300), "HALF.mp3.bin": sealed.bytes });
	assert.equal((await passed()).items.has("HALF"), false);
	assert.deepEqual(await faults(), ["HALF.json"]);
	lay(tree, { "HALF.json": text });
	assert.equal((await passed()).items.get("HALF").state, "ok");
	assert.deepEqual(await faults(), [], "the fault is resolved");
});

test("an empty medium that is filled later becomes good", async () => {
	lay(tree, { "FILL.json": document("FILL"), "FILL.mp3.bin": Buffer.alloc(0) });
	assert.equal((await passed()).items.get("FILL").state, "empty");
	lay(tree, { "FILL.mp3.bin": sealed.bytes });
	assert.equal((await passed()).items.get("FILL").state, "ok");
});

test("a changed document changes its row, and only its own", async () => {
	const before = (await passed()).items;
	lay(tree, { "FIRST.json": { ...document("FIRST"), callerPhoneNumber: "+6421000000" } });
	const { items, summary } = await passed();
	assert.equal(summary.updated, 1);
	assert.equal(summary.inserted, 0);
	assert.equal(items.get("FIRST").caller, "+6421000000");
	for (const [id, item] of before) if (id !== "FIRST") assert.deepEqual(items.get(id), item);
});

test("a corrected start moves the row, and the old address still leads to it", async () => {
	const old = (await passed()).items.get("LATE");
	lay(tree, { "LATE.json": { ...document("LATE"), startTime: "2022-05-06T07:08:00.000Z" } });
	const { items } = await passed();
	assert.equal(items.get("LATE").started_at, "2022-05-06T07:08:00.000Z");
	assert.notEqual(items.get("LATE").id, old.id);
	const answer = await admin.get(`/api/v1/interactions/${old.id}`);
	assert.equal(answer.status, 301);
	assert.equal(answer.headers.location, `/api/v1/interactions/${items.get("LATE").id}`);
});

test("the same recording in two sources is one row", async () => {
	const other = stack.file("again");
	lay(other, { "x/FIRST.json": { ...document("FIRST"), callerPhoneNumber: "+6421000000", region: "other" },
		"x/FIRST.mp3.bin": sealed.bytes });
	await stack.addSource("again", other);
	const items = (await stack.pass(), await allItems(admin));
	assert.equal(items.filter(({ recording_id: id }) => id === "FIRST").length, 1);
	assert.equal(items.find(({ recording_id: id }) => id === "FIRST").source, "rcbs");
});

test("a key that is imported later makes its calls good at the next pass", async () => {
	const late = await makePair(stack.file("pairs"), "late", 100);
	const { envelope, bytes } = await encryptDetached(stack.file("pairs"), plain, [late]);
	lay(tree, { "NOKEY.json": document("NOKEY", { pkcs7: envelope }), "NOKEY.mp3.bin": bytes });
	assert.equal((await passed()).items.get("NOKEY").state, "no_key");
	await stack.iapctl(["key", "import", "--cert", late.cert, "--key", late.key]);
	const { items } = await passed();
	assert.equal(items.get("NOKEY").state, "ok");
	assert.ok((await play(items.get("NOKEY"))).body.equals(plain));
});

test("absent is not deleted: a tree that is gone stops the pass and keeps the rows", async () => {
	const { items } = await passed();
	fs.renameSync(tree, `${tree}.gone`);
	const { code } = await run(`${build}/iap-worker`,
		["process-server", "--once", "--source", "rcbs", "--config", stack.config]);
	assert.equal(code, 1);
	assert.deepEqual([...byRecording(await allItems(admin)).keys()].sort(), [...items.keys()].sort());
	fs.mkdirSync(tree);
	await run(`${build}/iap-worker`, ["process-server", "--once", "--config", stack.config]);
	assert.deepEqual([...byRecording(await allItems(admin)).keys()].sort(), [...items.keys()].sort(),
		"an empty folder in its place takes nothing away");
	fs.rmdirSync(tree);
	fs.renameSync(`${tree}.gone`, tree);
	assert.deepEqual([...(await passed()).items], [...items]);
});
