// SPDX-License-Identifier: Apache-2.0
// The sample archive in S3 (Ceph's gateway) and Azure (Azurite) becomes the rows
// that it becomes on a disk, and plays; and `source check` tells in one sentence
// what is wrong.
import assert from "node:assert/strict";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { allItems, plainOf, samplePair, startSampleStack } from "../support/sample.mjs";
import { startStack } from "../support/stack.mjs";
import { startStore } from "../support/store.mjs";

let local, wanted;
const key = (item) => `${item.recording_id} ${item.started_at}`;

/** Every interaction with all that the API tells of it. */
async function everything(client) {
	const items = (await allItems(client)).sort((a, b) => key(a) < key(b) ? -1 : 1);
	const details = [];
	for (const { id } of items) details.push((await client.get(`/api/v1/interactions/${id}`)).json());
	return details;
}

before(async () => {
	local = await startSampleStack();
	wanted = await everything(await local.signedIn());
	assert.ok(wanted.length > 50);
});

after(() => local?.end());

for (const kind of ["s3", "azure"]) {
	describe(kind, () => {
		let store, stack, client;

		before(async () => {
			store = await startStore(kind);
			if (store.skip !== undefined) return;
			stack = await startStack();
			for (const name of ["2019", "2022"]) {
				const pair = samplePair(local, name);
				await stack.iapctl(["key", "import", "--cert", pair.cert, "--key", pair.key]);
			}
			for (const { name, root: folder, region } of local.expected.sources) {
				await store.putTree(path.join(local.sample, folder), name);
				await stack.iapctl(["source", "add", name, ...store.options(name),
					...(region === null ? [] : ["--region", region])]);
			}
			client = await stack.signedIn();
		});

		after(async () => {
			await stack?.end();
			if (store.skip === undefined) await store.end();
		});

		test("becomes the same rows", async (context) => {
			if (store.skip !== undefined) return context.skip(store.skip);
			const summaries = await stack.pass();
			assert.deepEqual(summaries.map(({ seconds, ...rest }) => rest),
				local.summaries.map(({ seconds, ...rest }) => rest));
			assert.deepEqual(await everything(client), wanted);
		});

		test("a second pass reads nothing again", async (context) => {
			if (store.skip !== undefined) return context.skip(store.skip);
			for (const [i, summary] of (await stack.pass()).entries()) {
				assert.equal(summary.documents, 0);
				assert.equal(summary.seen, local.summaries[i].seen);
			}
		});

		test("plays", async (context) => {
			if (store.skip !== undefined) return context.skip(store.skip);
			const ids = new Map(wanted.map((item) => [key(item), item.id]));
			let played = 0;
			for (const interaction of local.expected.interactions)
				for (const medium of interaction.media.filter(({ deep_state }) => deep_state === "ok")) {
					const plain = await plainOf(local, interaction, medium);
					const url = `/api/v1/interactions/${ids.get(key(interaction))}/media/${medium.n}`;
					const middle = Math.floor(plain.length / 2);
					const part = await client.get(url, { range: `bytes=${middle}-${middle + 999}` });
					assert.equal(part.status, 206, part.text);
					assert.ok(part.body.equals(plain.subarray(middle, middle + 1000)));
					const whole = await client.get(url);
					assert.ok(whole.status === 200 && whole.body.equals(plain), `${url}: ${whole.status}`);
					played++;
				}
			assert.ok(played > 20);
		});

		test("shows the documents as they were written", async (context) => {
			if (store.skip !== undefined) return context.skip(store.skip);
			const there = await local.signedIn();
			for (const { id } of wanted.slice(0, 10)) {
				const url = `/api/v1/interactions/${id}/metadata?redact=0`;
				const answer = await client.get(url);
				assert.equal(answer.status, 200);
				assert.ok(answer.body.equals((await there.get(url)).body));
			}
		});

		test("source check tells what is wrong in a sentence", async (context) => {
			if (store.skip !== undefined) return context.skip(store.skip);
			const { name } = local.expected.sources[0];
			const good = JSON.parse((await stack.iapctl(["source", "check", name, "--json"])).stdout);
			assert.equal(good[0].ok, true);
			assert.match(good[0].detail, /can be listed, and .* \(\d+ bytes\) read$/);
			await stack.iapctl(["source", "add", "wrong", ...store.options(name, "wrong")]);
			const bad = JSON.parse((await stack.iapctl(["source", "check", "wrong", "--json"],
				{ codes: [3] })).stdout);
			assert.equal(bad[0].ok, false);
			assert.match(bad[0].detail, kind === "s3" ?
				/the secret key of access key IAPTESTKEY from the file .*\/wrong is wrong$/ :
				/the account key of iapacct from the file .*\/wrong is wrong/);
			await stack.iapctl(["source", "remove", "wrong"]);
		});
	});
}
