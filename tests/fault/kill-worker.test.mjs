// SPDX-License-Identifier: Apache-2.0
// kill -9 of the worker at random instants of a pass; a rerun must end with the
// same rows as a pass that nobody disturbed. Fifty instants with IAP_FULL=yes,
// else a tenth; IAP_SEED makes others.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { lay, mp3, seeded } from "../support/archive.mjs";
import { documentOf, startLab } from "../support/worker.mjs";

const CALLS = 300, BATCH = 20;
const instants = process.env.IAP_FULL === "yes" ? 50 : 5;
const seed = Number(process.env.IAP_SEED ?? 1);
let lab, folder;

function layArchive() {
	const start = Date.UTC(2020, 10, 5);
	for (let n = 0; n < CALLS; n++) {
		const id = String(n).padStart(28, "0") + "AES1";
		/* Five quarters; in some folders two calls share a name, in some the medium is one below. */
		const at = start + n * 86400000 * 1.4;
		const where = n % 10 === 3 ? "pool" : `d/${n % 7}/${n}`;
		const medium = n % 10 === 4 ? `${where}/media/${id}.mp3` : `${where}/${id}.mp3`;
		lay(folder, { [`${where}/${id}.json`]: documentOf(id, Math.floor(at)) });
		if (n % 17 !== 5) lay(folder, { [medium]: n % 13 === 6 ? "" : mp3(3, n) });
		if (n % 41 === 7) lay(folder, { [`${where}/${id}.json`]: "{ torn" });
	}
	/* At rest for a while: nothing is taken for being written. */
	const old = new Date(Date.now() - 3600000);
	for (const name of fs.readdirSync(folder, { recursive: true }))
		fs.utimesSync(path.join(folder, name), old, old);
}

async function homeOf() {
	const home = await lab.home({ batch: BATCH });
	await home.addSource("a", folder);
	return home;
}

before(async () => {
	lab = await startLab();
	folder = lab.folder("archive");
	layArchive();
});
after(() => lab.end());

test(`${instants} kills leave no trace`, async () => {
	const undisturbed = await homeOf();
	const began = performance.now();
	await undisturbed.pass([], [3]);
	const span = performance.now() - began;
	const wanted = await undisturbed.dump();
	const random = seeded(seed);
	let unfinished = 0;
	assert.equal(await undisturbed.number("COUNT(*) FROM interaction"), CALLS - 8);

	for (let k = 0; k < instants; k++) {
		const home = await homeOf();
		/* Sometimes twice: the rerun is killed too. */
		for (let kills = random() < 0.3 ? 2 : 1; kills > 0; kills--) {
			const child = home.begin(["process-server", "--once"]);
			const wait = span * random();
			const ended = new Promise((done) => child.on("exit", (code, signal) => done(signal)));
			await Promise.race([ended, new Promise((wake) => setTimeout(wake, wait))]);
			child.kill("SIGKILL");
			unfinished += await ended === "SIGKILL";
		}
		await home.pass([], [3]);
		assert.equal(await home.dump(), wanted, `instant ${k} of seed ${seed}`);
	}
	assert.ok(unfinished > instants / 2, `${unfinished} kills hit a running worker`);
});
