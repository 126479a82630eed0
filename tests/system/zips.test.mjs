// SPDX-License-Identifier: Apache-2.0
// The sample archive in zips (stored, deflated, as a stream, joined) becomes the rows
// that it becomes as a tree, and plays the same bytes. What zips are is said by
// Info-ZIP's zip, which has nothing in common with what reads them here.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { allItems, plainOf, samplePair, startSampleStack } from "../support/sample.mjs";
import { run, runOk, startStack } from "../support/stack.mjs";

// As the backup task of MLM names them.
const zipName = "Environment-Voice-400-30-20240105120000.zip";
const key = (item) => `${item.recording_id} ${item.started_at}`;
let tree, wanted, skip;

/** Every interaction with all that the API tells of it. */
async function everything(client) {
	const items = (await allItems(client)).sort((a, b) => key(a) < key(b) ? -1 : 1);
	const details = [];
	for (const { id } of items) details.push((await client.get(`/api/v1/interactions/${id}`)).json());
	return details;
}

/** The same with what tells of zips taken out. */
const unzipped = (details) => details.map((item) => ({ ...item,
	places: item.places.map(({ zip, entry, ...place }) => {
		assert.deepEqual([zip, place.key], [zipName, `${zipName}//${entry}`]);
		return { ...place, key: entry };
	}) }));

before(async () => {
	skip = (await run("zip", ["-v"])).code === 0 ? undefined : "no zip here";
	tree = await startSampleStack();
	wanted = await everything(await tree.signedIn());
	assert.ok(wanted.length > 50);
});

after(() => tree?.end());

const shell = (command, cwd) => runOk("sh", ["-c", command], { cwd });
const kinds = {
	stored: (to) => `zip -qr0 '${to}' .`,
	deflated: (to) => `zip -qr9 '${to}' .`,
	// Sizes stand behind the bytes, and all of it is zip64.
	streamed: (to) => `zip -qr -fz - . | cat >'${to}'`,
	// Two tasks have written to one file.
	joined: (to) => `find . -type f | LC_ALL=C sort >../list; zip -q ../a.zip -@ <../list;
		head -1 ../list | zip -q ../b.zip -@; cat ../a.zip ../b.zip >'${to}'; rm ../a.zip ../b.zip`,
};

for (const [kind, command] of Object.entries(kinds)) {
	describe(kind, () => {
		let stack, client, summaries;

		before(async () => {
			if (skip !== undefined) return;
			stack = await startStack();
			for (const name of ["2019", "2022"]) {
				const pair = samplePair(tree, name);
				await stack.iapctl(["key", "import", "--cert", pair.cert, "--key", pair.key]);
			}
			for (const { name, root: folder, region } of tree.expected.sources) {
				const to = stack.file(`zips-${name}`);
				fs.mkdirSync(to);
				await shell(command(path.join(to, zipName)), path.join(tree.sample, folder));
				await stack.addSource(name, to, ...(region === null ? [] : ["--region", region]));
			}
			summaries = await stack.pass();
			client = await stack.signedIn();
		});

		after(() => stack?.end());

		test("becomes the same rows", async (context) => {
			if (skip !== undefined) return context.skip(skip);
			const joined = kind === "joined" ? 1 : 0;
			assert.deepEqual(summaries.map(({ seconds, seen, faults, ...rest }) =>
				({ ...rest, seen: seen - 1, faults: faults - joined })),
			tree.summaries.map(({ seconds, ...rest }) => rest)
				.map(({ seen, faults, ...rest }) => ({ ...rest, seen, faults })));
			assert.deepEqual(unzipped(await everything(client)), wanted);
		});

		test("an unchanged zip is not opened again", async (context) => {
			if (skip !== undefined) return context.skip(skip);
			const again = await stack.pass();
			for (const [i, summary] of again.entries()) {
				assert.equal(summary.documents, 0);
				assert.equal(summary.seen, summaries[i].seen);
				assert.equal(summary.faults, summaries[i].faults);
				assert.ok(summary.unchanged >= summaries[i].documents - summaries[i].faults);
			}
		});

		test("plays the same bytes", async (context) => {
			if (skip !== undefined) return context.skip(skip);
			const ids = new Map(wanted.map((item) => [key(item), item.id]));
			let played = 0;
			for (const interaction of tree.expected.interactions)
				for (const medium of interaction.media.filter(({ deep_state }) => deep_state === "ok")) {
					const plain = await plainOf(tree, interaction, medium);
					const url = `/api/v1/interactions/${ids.get(key(interaction))}/media/${medium.n}`;
					for (const first of [0, Math.floor(plain.length / 2), plain.length - 100]) {
						const part = await client.get(url, { range: `bytes=${first}-${first + 99}` });
						assert.equal(part.status, 206, part.text);
						assert.ok(part.body.equals(plain.subarray(first, first + 100)), url);
					}
					const whole = await client.get(url);
					assert.ok(whole.status === 200 && whole.body.equals(plain), `${url}: ${whole.status}`);
					played++;
				}
			assert.ok(played > 20);
		});

		test("gives back every document byte for byte", async (context) => {
			if (skip !== undefined) return context.skip(skip);
			const before = await tree.signedIn();
			for (const { id } of wanted) {
				const url = `/api/v1/interactions/${id}/metadata?redact=0`;
				const answer = await client.get(url), other = await before.get(url);
				assert.equal(answer.status, 200, answer.text);
				assert.ok(answer.body.equals(other.body), url);
			}
		});
	});
}
