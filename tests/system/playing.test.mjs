// SPDX-License-Identifier: Apache-2.0
// Every medium of the sample archive, through nginx, against openssl: whole and
// by range; and what is answered where there is nothing to hear.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { seeded } from "../support/archive.mjs";
import { allItems, byRecording, plainOf, startSampleStack } from "../support/sample.mjs";

const ranges = process.env.IAP_FULL === "yes" ? 150 : 15;
const bound = 256 * 1024;
let stack, admin, items, good = [];

before(async () => {
	stack = await startSampleStack();
	admin = await stack.signedIn();
	// A recording that has several places is one row; ids may repeat between starts.
	items = new Map((await allItems(admin)).map((item) =>
		[`${item.recording_id} ${item.started_at}`, item]));
	for (const interaction of stack.expected.interactions)
		for (const medium of interaction.media.filter(({ deep_state }) => deep_state === "ok"))
			good.push({ interaction, medium, plain: await plainOf(stack, interaction, medium),
				url: urlOf(interaction, medium.n) });
});

after(() => stack?.end());

function urlOf(interaction, n) {
	const item = items.get(`${interaction.recording_id} ${interaction.started_at}`);
	assert.ok(item, `${interaction.recording_id} is not listed`);
	return `/api/v1/interactions/${item.id}/media/${n}`;
}

function assertBytes(got, wanted, what) {
	assert.equal(got.length, wanted.length, `${what}: length`);
	assert.ok(got.equals(wanted), `${what}: other bytes`);
}

const named = ({ interaction, medium }) => `${interaction.recording_id}/${medium.n} (${medium.shape})`;

// One range as a client may write it, and the part of the whole that it names.
function anyRange(random, total) {
	const first = Math.floor(random() * total);
	const length = 1 + Math.floor(random() ** 3 * total);
	const kind = random();
	if (kind < 0.25) return { text: `bytes=${first}-`, first, last: total - 1 };
	if (kind < 0.45) {
		const last = Math.min(length, total);
		return { text: `bytes=-${length}`, first: total - last, last: total - 1 };
	}
	return { text: `bytes=${first}-${first + length - 1}`, first,
		last: Math.min(first + length, total) - 1 };
}

function assertRange(answer, { text, first, last }, plain, what) {
	assert.equal(answer.status, 206, `${what} ${text}: ${answer.status} ${answer.text.slice(0, 200)}`);
	const [, from, to, total] = answer.headers["content-range"].match(/^bytes (\d+)-(\d+)\/(\d+)$/).map(Number);
	assert.equal(total, plain.length, `${what} ${text}`);
	assert.equal(from, first, `${what} ${text}`);
	assert.ok(to >= from && to <= last, `${what} ${text}: answered up to ${to}`);
	assert.ok(to - from < bound, `${what} ${text}: more than the bound`);
	assert.ok(to === last || to - from === bound - 1, `${what} ${text}: cut short of the bound`);
	assertBytes(answer.body, plain.subarray(from, to + 1), `${what} ${text}`);
	assert.equal(Number(answer.headers["content-length"]), to - from + 1);
}

describe("good media", () => {
	test("there are some of every shape", () => {
		for (const shape of ["clear", "detached", "whole"])
			assert.ok(good.some(({ medium }) => medium.shape === shape), shape);
	});

	test("whole, as openssl decrypts them", async () => {
		for (const one of good) {
			const answer = await admin.get(one.url);
			assert.equal(answer.status, 200, `${named(one)}: ${answer.text.slice(0, 200)}`);
			assertBytes(answer.body, one.plain, named(one));
			assert.equal(answer.headers["content-type"], one.medium.type);
			assert.equal(answer.headers["cache-control"], "no-store");
			assert.equal(answer.headers["x-iap-ticket"], undefined);
		}
	});

	test("by random ranges, the same bytes", async () => {
		const random = seeded(2019);
		for (const one of good)
			for (let i = 0; i < ranges; i++) {
				const range = anyRange(random, one.plain.length);
				assertRange(await admin.get(one.url, { range: range.text }), range, one.plain, named(one));
			}
	});

	test("at the borders of cipher blocks and of the file", async () => {
		for (const one of good) {
			const end = one.plain.length - 1;
			for (const [first, last] of [[0, 0], [0, 15], [15, 16], [16, 16], [16, 31], [end, end],
				[end - 15, end], [end - 16, end - 15], [0, end], [end - 1, end + 1000]])
				assertRange(await admin.get(one.url, { range: `bytes=${first}-${last}` }),
					{ text: `bytes=${first}-${last}`, first, last: Math.min(last, end) }, one.plain,
					named(one));
		}
	});

	test("joined from bounded answers, the whole", async () => {
		const one = good.filter(({ medium }) => medium.shape !== "clear")
			.sort((a, b) => b.plain.length - a.plain.length)[0];
		const parts = [];
		for (let at = 0; at < one.plain.length;) {
			const answer = await admin.get(one.url, { range: `bytes=${at}-` });
			assert.equal(answer.status, 206);
			parts.push(answer.body);
			at += answer.body.length;
		}
		assertBytes(Buffer.concat(parts), one.plain, named(one));
	});

	test("HEAD tells the length and no more", async () => {
		for (const one of good) {
			const answer = await admin.request("HEAD", one.url);
			assert.equal(answer.status, 200, named(one));
			assert.equal(Number(answer.headers["content-length"]), one.plain.length, named(one));
			assert.equal(answer.headers["accept-ranges"], "bytes");
			assert.equal(answer.headers["content-type"], one.medium.type);
			assert.equal(answer.body.length, 0);
		}
	});

	test("a range that begins after the end is 416 and tells the length", async () => {
		for (const one of good.slice(0, 12)) {
			const answer = await admin.get(one.url, { range: `bytes=${one.plain.length}-` });
			assert.equal(answer.status, 416, named(one));
			assert.equal(answer.headers["content-range"], `bytes */${one.plain.length}`);
			assert.equal(answer.headers["content-type"], "application/problem+json");
			assert.equal(answer.json().status, 416);
			assert.match(answer.json().request_id, /^[0-9a-f]{32}$/);
		}
	});

	test("If-Range: a range while it is the same, the whole otherwise", async () => {
		for (const shape of ["clear", "detached", "whole"]) {
			const one = good.find(({ medium }) => medium.shape === shape);
			const { headers: { etag } } = await admin.get(one.url, { range: "bytes=0-9" });
			assert.match(etag, /^"[^"]+"$/, "a strong validator");
			const same = await admin.get(one.url, { range: "bytes=5-9", "if-range": etag });
			assertRange(same, { text: "bytes=5-9", first: 5, last: 9 }, one.plain, named(one));
			const other = await admin.get(one.url, { range: "bytes=5-9", "if-range": '"another"' });
			assert.equal(other.status, 200);
			assertBytes(other.body, one.plain, named(one));
		}
	});

	test("the original is never changed by playing", async () => {
		for (const one of good.slice(0, 20))
			assertBytes(await plainOf(stack, one.interaction, one.medium), one.plain, named(one));
	});
});

describe("the right to download", () => {
	let analyst;

	before(async () => {
		await stack.addUser("anna", { role: "analyst" });
		analyst = await stack.signedIn("anna");
	});

	test("without it a call can be heard", async () => {
		const one = good[0];
		const answer = await analyst.get(one.url, { range: "bytes=0-99" });
		assertRange(answer, { text: "bytes=0-99", first: 0, last: 99 }, one.plain, named(one));
	});

	for (const [what, query, headers] of [["a GET without Range", "", {}],
		["download=1", "?download=1", {}], ["download=1 with Range", "?download=1", { range: "bytes=0-9" }]])
		test(`without it ${what} is 403`, async () => {
			const answer = await analyst.get(good[0].url + query, headers);
			assert.equal(answer.status, 403);
			assert.equal(answer.headers["content-type"], "application/problem+json");
			assert.ok(answer.json().request_id);
		});

	for (const [what, headers, status] of [
		["a validator that does not hold", { range: "bytes=5-9", "if-range": '"another"' }, 412],
		["another unit", { range: "seconds=0-9" }, 416], ["nonsense", { range: "x" }, 416]])
		test(`without it ${what} does not turn a range into the whole`, async () => {
			const one = good.reduce((a, b) => (a.plain.length > b.plain.length ? a : b));
			const answer = await analyst.get(one.url, headers);
			assert.equal(answer.status, status);
			assert.ok(!answer.body.includes(one.plain.subarray(0, 100)), "not one byte of it");
		});

	test("with it download=1 is the whole as a file, whatever Range says", async () => {
		const one = good.find(({ medium }) => medium.shape === "detached");
		const answer = await admin.get(`${one.url}?download=1`, { range: "bytes=0-9" });
		assert.equal(answer.status, 200);
		assert.match(answer.headers["content-disposition"], /^attachment;/);
		assertBytes(answer.body, one.plain, named(one));
	});
});

describe("what cannot be played", () => {
	const failing = () => stack.expected.interactions.flatMap((interaction) => interaction.media
		.filter(({ state }) => state !== "ok").map((medium) => ({ interaction, medium })));

	test("is 409 with its state, by range and whole", async () => {
		assert.ok(failing().length >= 8);
		for (const { interaction, medium } of failing())
			for (const headers of [{ range: "bytes=0-" }, {}]) {
				const answer = await admin.get(urlOf(interaction, medium.n), headers);
				const what = `${interaction.recording_id}/${medium.n} ${medium.state}`;
				assert.equal(answer.status, 409, `${what}: ${answer.text.slice(0, 200)}`);
				assert.equal(answer.headers["content-type"], "application/problem+json", what);
				assert.equal(answer.json().state, medium.state, what);
			}
	});

	test("a wrong key is noticed when it is played, and listed after the next pass", async () => {
		const wrong = stack.expected.interactions.filter((i) => i.deep_state === "wrong_key");
		assert.ok(wrong.length > 0);
		for (const interaction of wrong) {
			const medium = interaction.media.find((m) => m.deep_state === "wrong_key");
			const answer = await admin.get(urlOf(interaction, medium.n), { range: "bytes=0-" });
			assert.equal(answer.status, 409, interaction.recording_id);
			assert.equal(answer.json().state, "wrong_key");
		}
		await stack.worker(["validate"]);
		const failed = byRecording(await allItems(admin, "/api/v1/failed"));
		for (const interaction of wrong)
			assert.equal(failed.get(interaction.recording_id)?.state, "wrong_key");
	});

	test("a medium that the document does not have is 404", async () => {
		const { interaction } = good[0];
		for (const n of [interaction.media.length, 65536, "x", "-1"])
			assert.ok([400, 404].includes((await admin.get(urlOf(interaction, n), { range: "bytes=0-" })).status), n);
	});

	test("deep validation finds what is damaged, and only that", async () => {
		await stack.worker(["validate", "--deep"], { codes: [0] });
		const found = byRecording(await allItems(admin));
		for (const interaction of stack.expected.interactions) {
			const item = found.get(interaction.recording_id);
			assert.equal(item.state, interaction.deep_state, interaction.recording_id);
			assert.equal(item.valid, interaction.deep_state === "ok" ? 1 : 0, interaction.recording_id);
			assert.equal(item.reviewed, 1);
		}
		for (const interaction of stack.expected.interactions)
			for (const medium of interaction.media.filter((m) => m.deep_state === "damaged")) {
				const answer = await admin.get(urlOf(interaction, medium.n), { range: "bytes=0-" });
				assert.equal(answer.status, 409, interaction.recording_id);
				assert.equal(answer.json().state, "damaged");
			}
	});
});
