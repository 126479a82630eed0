// SPDX-License-Identifier: Apache-2.0
// Lists, details and documents of the sample archive, through nginx. What must
// be answered is worked out here, from the sample's own account of itself
// (expected.json), in another language than the product's.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import fs from "node:fs";
import path from "node:path";
import { startSampleStack } from "../support/sample.mjs";

let stack, admin, calls;
const byRecording = new Map();

before(async () => {
	stack = await startSampleStack();
	admin = await stack.signedIn();
	calls = stack.expected.interactions;
	for (const item of await everything(admin, "/api/v1/interactions?limit=500"))
		byRecording.set(`${item.recording_id} ${item.started_at}`, item);
});

after(async () => { await stack?.end(); });

/** All items of a list, page by page. */
async function everything(client, where) {
	const items = [];
	for (let after = "", rounds = 0; ; rounds++) {
		assert.ok(rounds < 1000);
		const answer = await client.get(where + (after && `${where.includes("?") ? "&" : "?"}after=${after}`));
		assert.equal(answer.status, 200, answer.text);
		const page = answer.json();
		items.push(...page.items);
		if (page.next === null) return items;
		after = encodeURIComponent(page.next);
	}
}

const names = (items) => items.map((item) => item.recording_id).sort();
const digits = (text) => (text ?? "").replace(/\D/g, "");

test("every call is there once, with what its document says", () => {
	assert.deepEqual(names([...byRecording.values()]), names(calls));
	for (const call of calls) {
		const item = byRecording.get(`${call.recording_id} ${call.started_at}`);
		assert.ok(item, `${call.recording_id} ${call.started_at}`);
		assert.match(item.id, /^\d+$/);
		for (const key of ["started_at", "ended_at", "duration_ms", "caller", "dialed", "call_type",
			"region", "encrypted", "reviewed", "valid", "state", "media_count", "has_screen"])
			assert.deepEqual(item[key], call[key] ?? null, `${call.recording_id} ${key}`);
		// Where the document has no name, the user's name stands for it. What a list of
		// bare user ids (Genesys Cloud) makes of agents is not said anywhere.
		if (call.form !== "cloud") assert.deepEqual(item.agents, call.agents.map(({ user, name }) =>
			({ user, name: name ?? user })));
		assert.deepEqual([...item.divisions].sort(), [...call.divisions].sort());
	}
});

test("lists come newest first, and in each other order", async () => {
	const items = await everything(admin, "/api/v1/interactions?limit=7");
	const dated = items.filter((item) => item.started_at !== null);
	assert.deepEqual(dated.map((i) => i.started_at), dated.map((i) => i.started_at).sort().reverse());
	assert.deepEqual(names(items), names(calls));
	const oldest = await everything(admin, "/api/v1/interactions?limit=7&sort=started");
	assert.deepEqual(oldest.map((i) => i.id), items.map((i) => i.id).reverse());
	const same = await everything(admin, "/api/v1/interactions?limit=7&sort=started_at");
	assert.deepEqual(same.map((item) => item.id), oldest.map((item) => item.id));
	const longest = await everything(admin, "/api/v1/interactions?limit=7&sort=-duration");
	const lengths = longest.map((i) => i.duration_ms ?? -1);
	assert.deepEqual(lengths, [...lengths].sort((a, b) => b - a));
	assert.deepEqual(names(longest), names(calls));
	const shortest = await everything(admin, "/api/v1/interactions?limit=7&sort=duration");
	assert.deepEqual(shortest.map((i) => i.id), longest.map((i) => i.id).reverse());
});

test("totals are those of the whole list, on every page", async () => {
	const first = (await admin.get("/api/v1/interactions?limit=10")).json();
	assert.deepEqual(first.total, { value: calls.length, relation: "eq" });
	const second = (await admin.get(`/api/v1/interactions?limit=10&after=${encodeURIComponent(first.next)}`)).json();
	assert.deepEqual(second.total, first.total);
	assert.equal((await admin.get(`/api/v1/interactions?sort=started&after=${encodeURIComponent(first.next)}`)).status,
		400, "a cursor of another order");
});

// Each filter: the query, and who is to be found.
function filters() {
	const some = (key) => [...new Set(calls.map((call) => call[key]).filter((value) => value !== null))];
	const all = [];
	const add = (query, keep) => all.push({ query: new URLSearchParams(query).toString(), keep });
	for (const region of some("region")) add({ region }, (c) => c.region === region);
	for (const type of some("call_type")) add({ call_type: type }, (c) => c.call_type === type);
	for (const state of some("state")) add({ state }, (c) => c.state === state);
	for (const source of some("source")) add({ source }, (c) => c.places.length > 1 ? undefined : c.source === source);
	for (const encrypted of [true, false]) add({ encrypted }, (c) => c.encrypted === encrypted);
	for (const caller of some("caller")) {
		const number = /^[\d+ ().-]+$/.test(caller);
		const is = (c) => number ? digits(c.caller) === digits(caller) : c.caller === caller;
		add({ caller }, is);
		if (number) add({ caller: digits(caller) }, is);
		if (number) add({ caller: `${digits(caller).slice(0, 6)}*` },
			(c) => digits(c.caller).startsWith(digits(caller).slice(0, 6)));
	}
	for (const dialed of some("dialed").filter((d) => /^[\d+ ().-]+$/.test(d)))
		add({ dialed }, (c) => digits(c.dialed) === digits(dialed));
	for (const { user, name } of calls.flatMap((call) => call.agents ?? [])) {
		add({ agent: user }, (c) => c.agents?.some((a) => a.user === user));
		if (name && name !== user) add({ agent: name.toUpperCase() },
			(c) => c.agents?.some((a) => (a.name ?? "").toLowerCase() === name.toLowerCase()));
	}
	for (const division of [...new Set(calls.flatMap((c) => c.divisions)), "/US", "/U", "/nowhere"])
		add({ division }, (c) => c.divisions.some((d) => d === division || d.startsWith(`${division}/`)));
	const starts = calls.map((c) => c.started_at).filter(Boolean).sort();
	for (const at of [starts[0], starts[20], starts.at(-1)]) {
		add({ from: at }, (c) => c.started_at !== null && c.started_at >= at);
		add({ until: at }, (c) => c.started_at === null || c.started_at < at);
	}
	add({ from: starts[10], until: starts[30] },
		(c) => c.started_at !== null && c.started_at >= starts[10] && c.started_at < starts[30]);
	add({ duration_min_ms: 30000, duration_max_ms: 60000 },
		(c) => c.duration_ms !== null && c.duration_ms >= 30000 && c.duration_ms <= 60000);
	add({ encrypted: true, state: "ok", call_type: "inbound" },
		(c) => c.encrypted && c.state === "ok" && c.call_type === "inbound");
	return all;
}

test("each filter finds exactly what it says", async () => {
	let tried = 0;
	for (const { query, keep } of filters()) {
		const found = await everything(admin, `/api/v1/interactions?limit=20&${query}`);
		const sure = calls.filter((call) => keep(call) !== undefined);
		const expected = names(sure.filter(keep));
		assert.deepEqual(names(found).filter((id) => sure.some((c) => c.recording_id === id)), expected, query);
		tried += expected.length > 0;
	}
	assert.ok(tried > 60, `${tried} filters found something`);
});

test("attached data are found by key and value", async () => {
	let tried = 0;
	for (const item of byRecording.values()) {
		const detail = (await admin.get(`/api/v1/interactions/${item.id}`)).json();
		for (const [key, value] of Object.entries(detail.attributes).slice(0, 2)) {
			if (value === "" || value.length > 200) continue;
			const query = new URLSearchParams({ [`attr.${key}`]: value }).toString();
			const found = await everything(admin, `/api/v1/interactions?limit=500&${query}`);
			assert.ok(found.some((other) => other.id === item.id), query);
			tried++;
		}
		if (tried > 30) break;
	}
	assert.ok(tried > 10);
});

test("a call answers its media, people, data and events", async () => {
	for (const call of calls) {
		const item = byRecording.get(`${call.recording_id} ${call.started_at}`);
		const detail = (await admin.get(`/api/v1/interactions/${item.id}`)).json();
		for (const key of Object.keys(item)) assert.deepEqual(detail[key], item[key]);
		assert.equal(detail.media.length, call.media.length);
		for (const [n, medium] of call.media.entries())
			for (const key of ["n", "kind", "type", "started_at", "duration_ms", "size", "encrypted",
				"state", "masks"].filter((key) => medium[key] !== undefined))
				assert.deepEqual(detail.media[n][key], medium[key], `${call.recording_id}/${n} ${key}`);
		for (const agent of call.agents ?? [])
			assert.ok(detail.participants.some((p) => p.user === agent.user), call.recording_id);
		assert.ok(Array.isArray(detail.events));
		assert.equal(typeof detail.attributes, "object");
		const text = JSON.stringify(detail);
		for (const secret of stack.expected.secrets) assert.ok(!text.includes(secret));
		assert.equal((await admin.get(`/interactions/${item.id}`)).status, 200);
	}
});

test("the failed list is exact, and its causes add up", async () => {
	const failed = calls.filter((call) => call.reviewed === 1 && call.valid === 0);
	assert.ok(failed.length > 3);
	const found = await everything(admin, "/api/v1/failed?limit=3");
	assert.deepEqual(names(found), names(failed));
	const { causes, total } = (await admin.get("/api/v1/failed")).json();
	assert.equal(total.value, failed.length);
	for (const { state, count } of causes)
		assert.equal(count, failed.filter((call) => call.state === state).length, state);
	assert.equal(causes.reduce((sum, { count }) => sum + count, 0), failed.length);
});

test("documents are answered as stored, or with their secrets blanked", async () => {
	for (const call of calls) {
		const item = byRecording.get(`${call.recording_id} ${call.started_at}`);
		const where = `/api/v1/interactions/${item.id}/metadata`;
		const raw = await admin.get(`${where}?redact=0`);
		assert.equal(raw.status, 200, call.recording_id);
		const stored = call.places.map(({ source, key }) =>
			fs.readFileSync(path.join(stack.sample, source, key)));
		assert.ok(stored.some((bytes) => bytes.includes(raw.body)), `${call.recording_id}: byte for byte`);
		const shown = await admin.get(where);
		assert.equal(shown.status, 200);
		assert.equal(shown.body.length, raw.body.length);
		for (const secret of stack.expected.secrets) assert.ok(!shown.text.includes(secret));
		JSON.parse(shown.text.replace(/^\ufeff/, ""));
	}
});

test("a viewer sees a call when region and division say so, on every route", async () => {
	const below = (division, own) => division === own || division.startsWith(`${own}/`);
	const people = [
		{ name: "east", regions: ["us-east-1"], divisions: ["/US"] },
		{ name: "east-all", regions: ["us-east-1"] },
		{ name: "us-anywhere", divisions: ["/US/East"] },
		{ name: "au", regions: ["au-east"], divisions: ["/"].slice(1).concat("/AU") },
		{ name: "none", regions: [], divisions: [] },
	];
	for (const { name, regions, divisions } of people) {
		await stack.addUser(name, { role: "supervisor", regions, divisions });
		const client = await stack.signedIn(name);
		const sees = (call) => (regions === undefined || (call.region !== null && regions.includes(call.region))) &&
			(divisions === undefined || call.divisions.some((d) => divisions.some((own) => below(d, own))));
		const found = await everything(client, "/api/v1/interactions?limit=9");
		assert.deepEqual(names(found), names(calls.filter(sees)), name);
		const failed = await everything(client, "/api/v1/failed?limit=9");
		assert.deepEqual(names(failed), names(calls.filter((c) => sees(c) && c.reviewed && !c.valid)), name);
		for (const call of calls) {
			const { id } = byRecording.get(`${call.recording_id} ${call.started_at}`);
			for (const tail of ["", "/metadata", "/media/0", "/media/0/peaks"]) {
				if (tail.startsWith("/media") && call.media.length === 0) continue;
				const { status } = await client.request("GET", `/api/v1/interactions/${id}${tail}`,
					{ headers: { range: "bytes=0-15" } });
				assert.equal(status !== 404, sees(call), `${name} ${call.recording_id}${tail} ${status}`);
			}
		}
	}
});

test("faults and passes tell how the sources were read", async () => {
	const faults = await everything(admin, "/api/v1/faults?limit=2");
	assert.deepEqual(faults.map((f) => `${f.source} ${f.key}`).sort(),
		stack.expected.damaged.map((d) => `${d.source} ${d.key}`).sort());
	for (const fault of faults) assert.ok(fault.cause && fault.detail && fault.first_at && fault.last_at);
	const passes = (await admin.get("/api/v1/passes")).json();
	assert.deepEqual(passes.sources.map((s) => s.name).sort(), stack.expected.sources.map((s) => s.name).sort());
	for (const { source, documents, faults: count } of stack.summaries) {
		const pass = passes.items.find((item) => item.source === source);
		assert.equal(pass.documents, documents);
		assert.equal(pass.faults, count);
		assert.match(pass.state, /^(done|running)$/);
	}
	await stack.addUser("part", { role: "supervisor", regions: ["au-east"] });
	assert.equal((await (await stack.signedIn("part")).get("/api/v1/faults")).status, 403,
		"names of documents of other regions");
});
