// SPDX-License-Identifier: Apache-2.0
// An archive that this project did not make, read as a customer would: sources
// and keys added to an empty stack, one pass, and every answer as typed by hand
// in foreign-cases.mjs.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { opensslDecrypt, seeded, sha256 } from "../support/archive.mjs";
import { allItems, recordingOf } from "../support/sample.mjs";
import { build, runOk, startStack } from "../support/stack.mjs";
import { makeForeignArchive } from "./foreign-cases.mjs";

let stack, admin, archive, cases, items, untouched, summaries;

before(async () => {
	stack = await startStack();
	archive = await makeForeignArchive(stack.file("foreign"));
	untouched = fingerprint(stack.file("foreign"));
	cases = archive.sources.flatMap((source) => source.cases.map((one) => ({ ...one, source })));
	for (const pair of [archive.keys.old, archive.keys.young])
		await stack.iapctl(["key", "import", "--cert", pair.cert, "--key", pair.key]);
	for (const { name, root, args } of archive.sources) await stack.addSource(name, root, ...args);
	summaries = await stack.pass();
	admin = await stack.signedIn();
	items = new Map((await allItems(admin)).map((item) => [item.recording_id, item]));
});

after(() => stack?.end());

function fingerprint(dir) {
	return fs.readdirSync(dir, { recursive: true, withFileTypes: true })
		.filter((file) => file.isFile())
		.map((file) => path.join(file.parentPath ?? file.path, file.name)).sort()
		.map((file) => `${file} ${sha256(fs.readFileSync(file))}`).join("\n");
}

const itemOf = (one) => items.get(one.id) ?? assert.fail(`${one.id} is not listed`);
const documentOf = (one) => fs.readFileSync(path.join(one.source.root, one.key));
const get = (one, rest = "", headers = {}) =>
	admin.get(`/api/v1/interactions/${itemOf(one).id}${rest}`, headers);
const eachMedium = (wanted) => cases.flatMap((one) => one.media
	.map((medium, n) => ({ one, medium, n })).filter(({ medium }) => wanted(medium)));

// The members of `expected` and nothing else of `got`, agents and lists likewise.
function assertMembers(got, expected, what) {
	for (const [name, value] of Object.entries(expected)) {
		if (name === "agents")
			assert.deepEqual(got.agents.map((agent, i) => ({ ...agent, ...(value[i]?.name === undefined
				? { name: undefined } : {}) })), value.map(({ user, name: shown }) =>
				({ user, name: shown })), `${what}: agents`);
		else if (name === "divisions")
			assert.deepEqual([...got.divisions].sort(), value, `${what}: divisions`);
		else if (name === "attributes")
			for (const [key, text] of Object.entries(value))
				assert.equal(got.attributes?.[key], text, `${what}: attribute ${key}`);
		else assert.deepEqual(got[name], value, `${what}: ${name}`);
	}
}

describe("one pass", () => {
	test("lists each recording once and nothing else", () => {
		assert.deepEqual([...items.keys()].sort(), cases.map(({ id }) => id).sort());
		assert.equal(items.size, cases.length);
	});

	test("tells what it did, source by source", () => {
		for (const { name, cases: own, damaged = [] } of archive.sources) {
			const summary = summaries.find((one) => one.source === name);
			const documents = new Set(own.map(({ key }) => key)).size;
			assert.equal(summary.inserted, own.length, `${name}: inserted`);
			assert.equal(summary.faults, damaged.length, `${name}: faults`);
			assert.equal(summary.failed, own.filter(({ expected }) => !expected.valid).length, name);
			assert.equal(summary.valid, own.filter(({ expected }) => expected.valid).length, name);
			assert.ok(summary.documents >= documents, `${name}: documents`);
			assert.equal(summary.updated, 0, name);
		}
	});

	test("changes nothing in the archive", () => {
		assert.equal(fingerprint(stack.file("foreign")), untouched);
	});
});

describe("every field as the document says it", () => {
	test("in the list", () => {
		for (const one of cases) {
			const { attributes, ...listed } = one.expected;
			assertMembers(itemOf(one), { ...listed, source: one.source.name }, one.id);
		}
	});

	test("in detail, each medium too", async () => {
		for (const one of cases) {
			const answer = await get(one);
			assert.equal(answer.status, 200);
			const detail = answer.json();
			assertMembers(detail, one.expected, one.id);
			assert.equal(detail.media.length, one.media.length, one.id);
			one.media.forEach(({ plain, ...medium }, n) => {
				const wanted = { n, kind: "audio", ...medium, state: medium.state ?? "ok" };
				assertMembers(detail.media[n], wanted, `${one.id}/${n}`);
				if (plain) assert.ok(detail.media[n].size >= plain.length, `${one.id}/${n}: size as stored`);
			});
		}
	});

	test("the failed list is exact", async () => {
		const failed = await allItems(admin, "/api/v1/failed");
		assert.deepEqual(failed.map((item) => `${item.recording_id} ${item.state}`).sort(),
			cases.filter(({ expected }) => !expected.valid)
				.map(({ id, expected }) => `${id} ${expected.state}`).sort());
		for (const item of failed) assert.deepEqual([item.reviewed, item.valid], [1, 0]);
	});

	test("each damaged document is a fault with its place and cause, none a row", async () => {
		const answer = await admin.get("/api/v1/faults?limit=500");
		assert.equal(answer.status, 200);
		const faults = answer.json().items;
		assert.deepEqual(faults.map(({ source, key }) => `${source} ${key}`).sort(),
			archive.sources.flatMap(({ name, damaged = [] }) => damaged.map((key) => `${name} ${key}`)).sort());
		for (const { cause, detail } of faults) assert.ok(cause && detail);
	});

	test("key list tells which certificate opens how much, and which is missing", async () => {
		const { stdout } = await stack.iapctl(["key", "list", "--json"]);
		const text = JSON.stringify(JSON.parse(stdout));
		for (const { serial } of Object.values(archive.keys)) assert.match(text, new RegExp(serial));
	});
});

describe("the original document", () => {
	test("byte for byte with redact=0", async () => {
		for (const one of cases) {
			const answer = await get(one, "/metadata?redact=0"), document = documentOf(one);
			assert.equal(answer.status, 200, one.id);
			if (one.element === undefined) {
				assert.ok(answer.body.equals(document), one.id);
			} else {
				assert.ok(document.includes(answer.body), `${one.id}: a slice of the document`);
				assert.deepEqual(JSON.parse(answer.text), recordingOf(document, one.id));
			}
		}
	});

	for (const [id, secret] of [["01QK7B2M9DC4R9T6V5E31TAES0000A1F", "Tram-Wattle-1931"],
		["12LONG", "Fig-Harbour-7719"]])
		test(`${id} without its secret, all else unchanged`, async () => {
			const one = cases.find((c) => c.id === id), document = documentOf(one);
			assert.ok(document.includes(secret));
			const { status, body } = await get(one, "/metadata");
			assert.equal(status, 200);
			assert.equal(body.length, document.length);
			const at = document.indexOf(secret);
			assert.ok(!body.includes(secret));
			assert.ok(body.subarray(0, at).equals(document.subarray(0, at)), "what stands before it");
			assert.ok(body.subarray(at + secret.length).equals(document.subarray(at + secret.length)),
				"what stands after it");
			assert.equal(new Set(body.subarray(at, at + secret.length)).size, 1, "one character throughout");
		});

	test("redact=0 needs its own permission", async () => {
		await stack.addUser("anna", { role: "analyst" });
		const analyst = await stack.signedIn("anna");
		const url = `/api/v1/interactions/${itemOf(cases[0]).id}/metadata`;
		assert.equal((await analyst.get(url)).status, 200);
		assert.equal((await analyst.get(`${url}?redact=0`)).status, 403);
	});
});

describe("the media", () => {
	test("are those of openssl, whole and by range", async () => {
		const random = seeded(7);
		const pairs = [archive.keys.old, archive.keys.young];
		for (const { one, medium, n } of eachMedium(({ plain }) => plain)) {
			const whole = await get(one, `/media/${n}`);
			assert.equal(whole.status, 200, `${one.id}/${n}: ${whole.text.slice(0, 200)}`);
			assert.ok(whole.body.equals(medium.plain), `${one.id}/${n}: other bytes`);
			for (let i = 0; i < 5; i++) {
				const first = Math.floor(random() * medium.plain.length);
				const last = Math.min(first + Math.floor(random() * 40000), medium.plain.length - 1);
				const part = await get(one, `/media/${n}`, { range: `bytes=${first}-${last}` });
				assert.equal(part.status, 206);
				assert.ok(part.body.equals(medium.plain.subarray(first, last + 1)), `${one.id}/${n}`);
			}
		}
		// The maker's own envelopes are what openssl takes them for.
		for (const id of ["30LINES", "31CRLF", "32BARE", "36KEYID"]) {
			const one = cases.find((c) => c.id === id);
			const [{ mediaId, pkcs7 }] = JSON.parse(documentOf(one)).mediaFiles;
			const plain = await opensslDecrypt(stack.dir, { envelope: pkcs7, pair: pairs[1],
				file: path.join(one.source.root, mediaId) });
			assert.ok(plain.equals(one.media[0].plain), id);
		}
	});

	test("that cannot be played are 409 and say why", async () => {
		for (const { one, medium, n } of eachMedium(({ state }) => state)) {
			const answer = await get(one, `/media/${n}`, { range: "bytes=0-" });
			assert.equal(answer.status, 409, `${one.id}/${n}`);
			assert.equal(answer.json().state, medium.state, `${one.id}/${n}`);
		}
	});
});

describe("a second pass over an unchanged tree", () => {
	test("opens no document and changes no answer", async () => {
		const trace = stack.file("trace");
		const { stdout } = await runOk("strace", ["-f", "-qq", "-e", "trace=open,openat,openat2",
			"-o", trace, path.join(build, "iap-worker"), "process-server", "--once", "--json",
			"--config", stack.config], { codes: [0, 3],
			env: { ...process.env, ASAN_OPTIONS: `${process.env.ASAN_OPTIONS ?? ""}:detect_leaks=0` } });
		const opened = fs.readFileSync(trace, "utf8").split("\n")
			.filter((line) => /recording\.json|\.json"/.test(line) && !/\/etc\/|O_DIRECTORY/.test(line));
		assert.deepEqual(opened, []);
		for (const summary of JSON.parse(stdout))
			assert.equal(summary.inserted + summary.updated, 0, summary.source);
		const again = await allItems(admin);
		assert.deepEqual(again, [...items.values()]);
	});
});
