// SPDX-License-Identifier: Apache-2.0
// Zips that are torn, nested, made to do harm, or change: what can be read is read,
// the rest becomes faults that name zip and entry.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { lay, mp3 } from "../support/archive.mjs";
import { run, runOk } from "../support/stack.mjs";
import { documentOf, startLab } from "../support/worker.mjs";

const START = Date.UTC(2021, 1, 3, 4, 5, 6);
const id = (n) => `0${n}`.padStart(28, "0") + "AES1";
let lab, home, folder, skip;

/** Zips the files of `files` into `name`; with `options` of zip. */
async function pack(name, files, ...options) {
	const from = lab.folder("pack");
	lay(from, files);
	await runOk("zip", ["-q", ...options, path.join(folder, name), ...Object.keys(files)],
		{ cwd: from });
}

const call = (n, at) => ({ [`${at}/${id(n)}.json`]: documentOf(id(n), START + n * 60000) });
const faults = async () => (await home.sql(`SELECT object_key, cause FROM fault
	WHERE resolved_ms IS NULL ORDER BY object_key`)).map((row) => row.join(" "));
const calls = async () => (await home.sql(`SELECT i.recording_id, m.state, m.object_key
	FROM interaction i JOIN media m ON m.interaction_id = i.id ORDER BY i.id`)).map(
	([recording, ...rest]) => [Number(recording.slice(0, 28)), ...rest].join(" "));

before(async () => {
	skip = (await run("zip", ["-v"])).code === 0 ? undefined : "no zip here";
	if (skip !== undefined) return;
	lab = await startLab();
	home = await lab.home();
	folder = lab.folder("archive");
	await home.addSource("a", folder);
});

after(() => lab?.end());

test("are read as far as they go, and faults say the rest", async (context) => {
	if (skip !== undefined) return context.skip(skip);
	// The medium lies in another branch of the same zip.
	await pack("far.zip", { ...call(1, "meta/x"), [`media/y/${id(1)}.mp3`]: mp3(10, 1) });
	await pack("torn.zip", { ...call(2, "2"), [`2/${id(2)}.mp3`]: mp3(10, 2),
		[`9/noise.mp3`]: mp3(3000, 9) }, "-0");
	const torn = path.join(folder, "torn.zip");
	fs.truncateSync(torn, fs.statSync(torn).size - 100000);
	await pack("outer.zip", { ...call(3, "3"), "3/inner.zip": fs.readFileSync(path.join(folder, "far.zip")) });
	await pack("zeros.zip", { "zeros.json": Buffer.alloc(20 << 20, "0") });
	fs.writeFileSync(path.join(folder, "none.zip"), "not a zip");
	const [pass] = await home.pass([], [3]);
	assert.equal(pass.inserted, 3);
	assert.deepEqual(await calls(), [`1 ok far.zip//media/y/${id(1)}.mp3`,
		`2 ok torn.zip//2/${id(2)}.mp3`, "3 missing NULL"]);
	assert.deepEqual(await faults(), ["none.zip damaged", "outer.zip//3/inner.zip unsupported",
		"torn.zip damaged", "torn.zip//9/noise.mp3 damaged", "zeros.zip unsupported"]);
	const [again] = await home.pass([], [3]);
	assert.deepEqual([again.documents, again.faults, again.unchanged], [0, 5, 3]);
	assert.equal(again.seen, pass.seen);
});

test("a zip that has changed is read again, and its faults end", async (context) => {
	if (skip !== undefined) return context.skip(skip);
	fs.rmSync(path.join(folder, "torn.zip"));
	await pack("torn.zip", { ...call(2, "2"), [`2/${id(2)}.mp3`]: mp3(10, 2), ...call(4, "4"),
		[`4/${id(4)}.mp3`]: mp3(10, 4) });
	await pack("outer.zip", { [`3/${id(3)}.mp3`]: mp3(10, 3) });
	for (const name of ["none.zip", "zeros.zip"]) fs.rmSync(path.join(folder, name));
	const [pass] = await home.pass([], [3]);
	assert.equal(pass.inserted, 1);
	assert.deepEqual((await calls()).map((line) => line.split(" ").slice(0, 2).join(" ")),
		["1 ok", "2 ok", "3 ok", "4 ok"]);
	assert.ok(!(await faults()).includes("torn.zip damaged"));
});
