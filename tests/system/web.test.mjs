// SPDX-License-Identifier: Apache-2.0
// iap-web from outside: who may go where, sessions, forged requests, limits,
// and what is said when the database is away. The archive is a few rows made
// by hand; tests/system/api.test.mjs reads a real one.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import fs from "node:fs";
import path from "node:path";
import { build, makeCertificate, runOk, startProgram, startStack, until } from "../support/stack.mjs";
import { Client } from "../support/client.mjs";

// One call in the scope (EU, /US/East): 13 September 2020, and one without any scope.
const call = (1600000000000n << 22n).toString();
const homeless = ((1600000000000n << 22n) + 1n).toString();
const roles = {
	admin: ["search", "play", "play_own", "download", "metadata", "metadata_raw", "failed", "export",
		"hold", "retention", "users", "sources", "keys", "audit"],
	compliance: ["search", "play", "play_own", "download", "metadata", "metadata_raw", "failed",
		"export", "hold", "retention", "audit"],
	supervisor: ["search", "play", "play_own", "download", "metadata", "failed", "export"],
	analyst: ["search", "play", "play_own", "metadata"],
	auditor: ["audit"],
};
let stack, routes;

/** Runs SQL as the administrator of the database; rows as arrays of texts. */
async function sql(text) {
	const { stdout } = await runOk("mariadb", ["--no-defaults", "-u", "iap_admin", "-N", "-B",
		"-S", stack.file("run/my.sock"), "iap"], { input: text,
		env: { ...process.env, MYSQL_PWD: fs.readFileSync(stack.file("secrets/db-admin"), "utf8").trim() } });
	return stdout.split("\n").filter(Boolean).map((line) => line.split("\t"));
}

// Columns that only the worker needs are left to what an undemanding server puts there.
const rows = `
SET sql_mode = '';
INSERT INTO source (id, name, kind, added_ms) VALUES (1, 'hand', 'local', 0);
INSERT INTO scope (id, region, divisions_hash, divisions) VALUES
 (1, 'EU', UNHEX(MD5('1')), '["/US/East"]'), (2, '', UNHEX(MD5('2')), '[]');
INSERT INTO scope_division VALUES (1, '/US/East');
INSERT INTO interaction (id, recording_id, source_id, scope_id, started_ms, ended_ms, duration_ms,
 caller, caller_digits, call_type, state, reviewed, valid, encrypted, has_screen, media_count, agents)
 VALUES (${call}, 'hand-1', 1, 1, 1600000000000, 1600000060000, 60000, '"><script>alert(1)</script>',
 '1', 'inbound', 'no_key', 1, 0, 1, 0, 2, '[{"user":"ana","name":"Ana <b>López</b>"}]'),
 (${homeless}, 'hand-2', 1, 2, 1600000000000, 1600000060000, 60000, NULL, NULL, 'unknown', 'ok', 1, 1,
 0, 0, 0, '[]');
INSERT INTO participant (interaction_id, seq, kind, user_name) VALUES (${call}, 0, 'user', 'ana');
INSERT INTO media (interaction_id, n, kind, type, names, source_id, object_key, size,
 encrypted, envelope, state, masks) VALUES
 (${call}, 0, 'audio', 'audio/mpeg', '', 1, 'a.mp3', 1000, 0, 'none', 'ok', '[]'),
 (${call}, 1, 'audio', 'audio/mpeg', '', 1, 'b.mp3', 1000, 1, 'whole', 'no_key', '[]');
INSERT INTO place (source_id, key_hash, element, object_key, interaction_id, size, slice_begin,
 slice_end, blanks, own) VALUES (1, UNHEX(MD5('p')), 0, 'doc.json', ${call}, 100, 0, 100, '[]', 1);
INSERT INTO alias VALUES (4711, ${call});
`;

before(async () => {
	stack = await startStack();
	await sql(rows);
	for (const role of Object.keys(roles)) await stack.addUser(`the-${role}`, { role });
	const { stdout } = await runOk(path.join(build, "iap-web"), ["--routes"]);
	routes = stdout.trim().split("\n").map((line) => {
		const [method, pattern, needs, audit, page] = line.split("\t");
		return { method, pattern, needs: needs.split("|"), audit, page,
			path: pattern.replace("{id}", call).replace("{n}", "0") };
	});
});

after(async () => { await stack?.end(); });

const isOpen = (route) => route.needs.includes("public");

test("every route says who may", () => {
	assert.ok(routes.length > 20);
	for (const route of routes) assert.ok(!route.needs.includes("unset"), route.pattern);
	const open = routes.filter(isOpen).map((r) => `${r.method} ${r.pattern}`).sort();
	assert.deepEqual(open, ["GET /healthz", "GET /metrics", "GET /readyz", "GET /signin",
		"POST /api/v1/session", "POST /signin"]);
});

test("without a session every other route is shut", async () => {
	for (const cookie of [undefined, "iap=", "iap=forged", `iap=${"A".repeat(43)}`])
		for (const route of routes.filter((r) => !isOpen(r))) {
			const answer = await stack.client().request(route.method, route.path,
				{ headers: cookie ? { cookie } : {} });
			if (route.page === "-") {
				assert.equal(answer.status, 401, route.pattern);
				assert.match(answer.headers["content-type"], /^application\/problem\+json/);
				assert.equal(answer.json().status, 401);
				assert.ok(answer.json().request_id.length > 8);
			} else {
				assert.equal(answer.status, 303, route.pattern);
				assert.match(answer.headers.location, /^\/signin(\?next=%2F|$)/);
			}
		}
});

test("with each role exactly its routes open", async () => {
	for (const [role, permissions] of Object.entries(roles)) {
		const client = await stack.signedIn(`the-${role}`);
		const session = (await client.get("/api/v1/session")).json();
		assert.deepEqual(session.permissions.sort(), [...permissions].sort());
		for (const route of routes.filter((r) => r.method === "GET")) {
			const may = isOpen(route) || route.needs.includes("signed_in") ||
				route.needs.some((need) => permissions.includes(need));
			// Range: without it media need `download` beside `play`.
			const answer = await client.get(route.path, { range: "bytes=0-1" });
			assert.equal(answer.status === 403, !may, `${role} ${route.pattern} ${answer.status}`);
			assert.notEqual(answer.status, 401, route.pattern);
			assert.notEqual(answer.status, 500, route.pattern);
		}
	}
});

test("every answer carries the headers of security", async () => {
	const client = await stack.signedIn();
	for (const where of ["/api/v1/interactions", "/interactions", `/interactions/${call}`, "/signin",
		"/nowhere", "/api/v1/nowhere", "/healthz", "/failed", "/faults", "/passes"]) {
		const { headers } = await client.get(where);
		const csp = headers["content-security-policy"];
		assert.match(csp, /default-src 'none'/);
		assert.match(csp, /frame-ancestors 'none'/);
		assert.doesNotMatch(csp, /unsafe/);
		assert.equal(headers["x-content-type-options"], "nosniff");
		assert.equal(headers["cache-control"], "no-store");
		assert.equal(headers["cross-origin-resource-policy"], "same-origin");
		assert.ok(headers["referrer-policy"]);
		assert.equal(headers["strict-transport-security"], undefined, "plain http promises no TLS");
	}
});

test("names in metadata are text on every page", async () => {
	const client = await stack.signedIn();
	for (const where of ["/interactions", `/interactions/${call}`, "/failed",
		`/interactions?agent=${encodeURIComponent("\"><script>alert(2)</script>")}`]) {
		const { status, text } = await client.get(where);
		assert.equal(status, 200, where);
		assert.doesNotMatch(text, /<script>alert|<b>López/);
	}
});

test("a session answers as the interface says and ends for good", async () => {
	const client = stack.client();
	const answer = await client.signIn("admin", stack.password);
	assert.equal(answer.status, 201);
	assert.match(answer.headers["set-cookie"][0], /^iap=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/);
	const session = answer.json();
	assert.equal(session.user, "admin");
	assert.equal(session.role, "admin");
	assert.equal(session.regions, "all");
	assert.equal(session.divisions, "all");
	assert.deepEqual((await client.get("/api/v1/session")).json(), session);
	const token = client.cookies.get("iap");
	assert.equal((await client.signOut()).status, 204);
	const again = await stack.client().get("/api/v1/session", { cookie: `iap=${token}` });
	assert.equal(again.status, 401);
	const stored = await sql("SELECT HEX(token_hash) FROM session");
	assert.ok(stored.every(([hash]) => !hash.includes(Buffer.from(token, "base64url").toString("hex").toUpperCase())));
	assert.ok(fs.readdirSync(stack.file("ended")).some((name) => /^[0-9a-f]{64}$/.test(name)));
});

test("signing in anew replaces the session before", async () => {
	const client = await stack.signedIn();
	const old = client.cookies.get("iap");
	await client.signIn("admin", stack.password);
	assert.notEqual(client.cookies.get("iap"), old);
	assert.equal((await stack.client().get("/api/v1/session", { cookie: `iap=${old}` })).status, 401);
});

test("sign-in wants JSON, from our own pages, and refuses what is malformed", async () => {
	const client = stack.client();
	const body = JSON.stringify({ user: "admin", password: stack.password });
	const send = (headers, text = body) => client.request("POST", "/api/v1/session",
		{ body: text, headers });
	assert.equal((await send({ "content-type": "text/plain" })).status, 415);
	assert.equal((await send({ "content-type": "application/x-www-form-urlencoded" })).status, 415);
	const json = { "content-type": "application/json" };
	assert.equal((await send({ ...json, "sec-fetch-site": "cross-site" })).status, 403);
	assert.equal((await send({ ...json, origin: "https://evil.example" })).status, 403);
	assert.equal((await send(json, "{")).status, 400);
	assert.equal((await send(json, "[]")).status, 400);
	assert.equal((await send(json, '{"user":"admin"}')).json().parameter, "password");
	assert.equal((await send(json, '{"user":1,"password":"x"}')).json().parameter, "user");
	assert.equal((await send(json, " ".repeat(70000))).status, 413);
	assert.equal((await send({ ...json, "sec-fetch-site": "same-origin" })).status, 201);
	assert.equal((await send(json)).status, 201);
});

test("another name of this machine may not sign in over plain http", async () => {
	const answer = await stack.client().send("POST", "/api/v1/session",
		{ user: "admin", password: stack.password }, { host: "archive.example" });
	assert.equal(answer.status, 403);
	assert.match(answer.json().detail, /https/);
});

test("a page signs in by a form and comes back to where it was asked for", async () => {
	const client = stack.client();
	const first = await client.get("/interactions?agent=ana");
	assert.equal(first.headers.location, "/signin?next=%2Finteractions%3Fagent%3Dana");
	const form = await client.get(first.headers.location);
	assert.match(form.text, /name="return_to" value="\/interactions\?agent=ana"/);
	const post = (fields, headers = {}) => client.request("POST", "/signin", {
		body: new URLSearchParams(fields).toString(),
		headers: { "content-type": "application/x-www-form-urlencoded", ...headers } });
	const right = { user: "admin", password: stack.password, return_to: "/interactions?agent=ana" };
	assert.equal((await post(right, { "sec-fetch-site": "cross-site" })).status, 403);
	const wrong = await post({ ...right, password: "wrong" });
	assert.equal(wrong.status, 401);
	assert.match(wrong.text, /Name or password is wrong/);
	const done = await post(right);
	assert.equal(done.status, 303);
	assert.equal(done.headers.location, "/interactions?agent=ana");
	for (const elsewhere of ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:x",
		"/a\r\nSet-Cookie: x=y", ""])
		assert.equal((await post({ ...right, return_to: elsewhere })).headers.location,
			"/interactions", elsewhere);
	const page = await client.get("/interactions");
	const csrf = /name="csrf" value="([0-9a-f]{64})"/.exec(page.text)[1];
	const out = (fields) => client.request("POST", "/signout", {
		body: new URLSearchParams(fields).toString(),
		headers: { "content-type": "application/x-www-form-urlencoded" } });
	assert.equal((await out({})).status, 403);
	assert.equal((await out({ csrf: "0".repeat(64) })).status, 403);
	assert.equal((await out({ csrf })).headers.location, "/signin");
	assert.equal((await client.get("/interactions")).status, 303);
});

test("a forged request changes nothing and is written down", async () => {
	const client = await stack.signedIn();
	const csrf = client.csrf;
	for (const headers of [{ "x-iap-csrf": "" }, { "x-iap-csrf": "0".repeat(64) },
		{ "x-iap-csrf": csrf, "sec-fetch-site": "cross-site" }, { "x-iap-csrf": csrf.slice(1) }])
		assert.equal((await client.request("DELETE", "/api/v1/session", { headers })).status, 403);
	assert.equal((await client.get("/api/v1/session")).status, 200);
	const [[count]] = await sql("SELECT COUNT(*) FROM audit WHERE action = 'denied'" +
		" AND detail LIKE '%/api/v1/session%'");
	assert.equal(Number(count), 4);
});

test("methods that an address does not have are named", async () => {
	const client = await stack.signedIn();
	const answer = await client.request("POST", "/api/v1/interactions");
	assert.equal(answer.status, 405);
	assert.equal(answer.headers.allow, "GET, HEAD");
	assert.equal((await client.request("PUT", "/api/v1/session")).headers.allow,
		"POST, GET, HEAD, DELETE");
});

test("a bad parameter is named", async () => {
	const client = await stack.signedIn();
	const cases = {
		"limit=0": "limit", "limit=501": "limit", "limit=x": "limit", "from=yesterday": "from",
		"until=2021-02-30": "until", "state=broken": "state", "call_type=INBOUND": "call_type",
		"encrypted=2": "encrypted", "duration_min_ms=-1": "duration_min_ms", "sort=caller": "sort",
		"sort=started%20DESC": "sort", "after=xyz": "after", "unknown=1": "unknown",
		"agent=a&agent=b": "agent", "attr.=x": "attr.", "caller=%01": "caller",
		[`agent=${"x".repeat(300)}`]: "agent",
	};
	for (const [query, parameter] of Object.entries(cases)) {
		const answer = await client.get(`/api/v1/interactions?${query}`);
		assert.equal(answer.status, 400, query);
		assert.equal(answer.json().parameter, parameter, query);
		assert.ok(answer.json().detail.length > 5);
	}
	assert.equal((await client.get("/api/v1/interactions?agent=%ff")).status, 400);
	assert.equal((await client.get("/api/v1/interactions?agent=")).status, 200);
	const page = await client.get("/interactions?duration_min_ms=long");
	assert.equal(page.status, 400);
	assert.match(page.headers["content-type"], /text\/html/);
	assert.match(page.text, /duration_min_ms/);
});

test("SQL in a parameter is a value", async () => {
	const client = await stack.signedIn();
	const payloads = ["' OR 1=1 -- ", "\" OR \"\"=\"", "'; DROP TABLE audit; -- ", "%", "_", "\\", "\\'",
		"1) OR (1=1", "*", "%*", "' UNION SELECT 1 -- *"];
	for (const name of ["q", "agent", "caller", "dialed", "region", "division", "source", "attr.x"])
		for (const payload of payloads) {
			const answer = await client.get(`/api/v1/interactions?${name}=${encodeURIComponent(payload)}`);
			assert.equal(answer.status, 200, `${name}=${payload}: ${answer.text}`);
			if (payload === "*" || payload === "%*") continue;
			assert.equal(answer.json().items.length, 0, `${name}=${payload}`);
		}
});

test("media that cannot be played say why; what one may not hear stays shut", async () => {
	const admin = await stack.signedIn();
	const refused = await admin.get(`/api/v1/interactions/${call}/media/1`, { range: "bytes=0-" });
	assert.equal(refused.status, 409);
	assert.equal(refused.json().state, "no_key");
	assert.equal((await admin.get(`/api/v1/interactions/${call}/media/2`)).status, 404);
	const analyst = await stack.signedIn("the-analyst");
	assert.equal((await analyst.get(`/api/v1/interactions/${call}/media/0`)).status, 403);
	assert.equal((await analyst.get(`/api/v1/interactions/${call}/media/0?download=1`,
		{ range: "bytes=0-" })).status, 403);
	assert.equal((await analyst.get(`/api/v1/interactions/${call}/metadata?redact=0`)).status, 403);
});

test("own calls: who may only hear those, hears those", async () => {
	await sql("INSERT INTO role VALUES ('agent'); INSERT INTO role_permission VALUES" +
		" ('agent', 'search'), ('agent', 'play_own')");
	await stack.addUser("ana", { role: "agent" });
	await stack.addUser("ben", { role: "agent" });
	const ana = await stack.signedIn("ana"), ben = await stack.signedIn("ben");
	const medium = `/api/v1/interactions/${call}/media/1`;
	assert.equal((await ana.get(medium, { range: "bytes=0-" })).status, 409);
	assert.equal((await ben.get(medium, { range: "bytes=0-" })).status, 403);
	assert.equal((await ana.get(`/api/v1/interactions/${call}`)).json().can_play, true);
	assert.equal((await ben.get(`/api/v1/interactions/${call}`)).json().can_play, false);
});

test("outside the scope there is nothing, and the audit knows better", async () => {
	await stack.addUser("elsewhere", { role: "supervisor", regions: ["US"] });
	await stack.addUser("inside", { role: "supervisor", regions: ["EU"], divisions: ["/US"] });
	await stack.addUser("lookalike", { role: "supervisor", regions: ["EU"], divisions: ["/U"] });
	await stack.addUser("nobody", { role: "supervisor", regions: [], divisions: [] });
	const sees = async (user) => {
		const client = await stack.signedIn(user);
		const found = (await client.get("/api/v1/interactions")).json().items.map((item) => item.id);
		for (const id of [call, homeless])
			for (const tail of ["", "/metadata", "/media/1", "/media/1/peaks"]) {
				const { status } = await client.get(`/api/v1/interactions/${id}${tail}`, { range: "bytes=0-" });
				assert.equal(status === 404, !found.includes(id) ||
					(id === homeless && tail !== ""), `${user} ${id}${tail} ${status}`);
			}
		return found;
	};
	assert.deepEqual(await sees("inside"), [call]);
	assert.deepEqual(await sees("elsewhere"), []);
	assert.deepEqual(await sees("lookalike"), []);
	assert.deepEqual(await sees("nobody"), []);
	assert.deepEqual(await sees("admin"), [homeless, call]);
	const denied = await sql("SELECT DISTINCT actor FROM audit WHERE action = 'denied'" +
		` AND object_id LIKE '${call}%'`);
	assert.ok(denied.some(([actor]) => actor === "local elsewhere"));
});

test("an old id leads to the call's address", async () => {
	const client = await stack.signedIn();
	const moved = await client.get("/api/v1/interactions/4711");
	assert.equal(moved.status, 301);
	assert.equal(moved.headers.location, `/api/v1/interactions/${call}`);
	assert.equal((await client.get("/interactions/4711")).headers.location, `/interactions/${call}`);
	assert.equal((await client.get("/api/v1/interactions/4712")).status, 404);
	assert.equal((await client.get("/api/v1/interactions/04711")).status, 404);
});

test("what was done is in the audit", async () => {
	const client = await stack.signedIn();
	await sql("DELETE FROM audit");
	await client.get("/api/v1/interactions?agent=ana&limit=7");
	await client.get(`/interactions/${call}`);
	const medium = `/api/v1/interactions/${call}/media/0`;
	for (let i = 0; i < 3; i++) await client.get(medium, { range: `bytes=${i}-` });
	await client.get(`${medium}?download=1`);
	await client.get(`/api/v1/interactions/${call}/metadata`);
	await stack.client().signIn("admin", "wrong");
	await client.signOut();
	const found = await sql("SELECT action, result, object_type, object_id, detail FROM audit ORDER BY id");
	assert.deepEqual(found.map((row) => row.slice(0, 4)), [
		["search", "ok", "", ""], ["view", "ok", "interaction", call],
		["play", "ok", "media", `${call}/0`], ["download", "ok", "media", `${call}/0`],
		["metadata", "ok", "interaction", call], ["signin", "denied", "", ""],
		["signout", "ok", "", ""]]);
	assert.deepEqual(JSON.parse(found[0][4]), { query: "agent=ana&limit=7", count: 1, total: 1 });
});

test("sessions end by rest and by age, and with their user at once", async () => {
	const client = await stack.signedIn();
	const minutes = (n) => n * 60000;
	await sql(`UPDATE session SET seen_ms = seen_ms - ${minutes(29)}`);
	assert.equal((await client.get("/api/v1/session")).status, 200);
	await sql(`UPDATE session SET seen_ms = seen_ms - ${minutes(31)}`);
	assert.equal((await client.get("/api/v1/session")).status, 401);
	await client.signIn("admin", stack.password);
	await sql(`UPDATE session SET created_ms = created_ms - ${minutes(12 * 60 + 1)}`);
	assert.equal((await client.get("/api/v1/session")).status, 401);
	await stack.addUser("leaver");
	const leaver = await stack.signedIn("leaver");
	await stack.iapctl(["user", "disable", "leaver"]);
	assert.equal((await leaver.get("/api/v1/session")).status, 401);
	assert.equal((await stack.client().signIn("leaver", stack.password)).status, 401);
});

test("after ten wrong passwords a name is shut for this address only", async () => {
	await sql("DELETE FROM signin_attempt");
	await stack.addUser("victim");
	const wrong = async (name) => (await stack.client().signIn(name, "wrong")).status;
	for (let i = 0; i < 10; i++) assert.equal(await wrong("victim"), 401);
	const limited = await stack.client().signIn("victim", stack.password);
	assert.equal(limited.status, 429);
	assert.ok(Number(limited.headers["retry-after"]) > 60);
	assert.equal(await wrong("somebody-else"), 401);
	// The same name from elsewhere is not touched.
	await sql("UPDATE signin_attempt SET address = '192.0.2.1'");
	assert.equal((await stack.client().signIn("victim", stack.password)).status, 201);
	// A hundred wrong ones shut the address for everybody who comes from it.
	await sql("DELETE FROM signin_attempt; INSERT INTO signin_attempt (account, address, at_ms)" +
		" SELECT CONCAT('n', seq), '127.0.0.1', UNIX_TIMESTAMP() * 1000 FROM seq_1_to_100");
	assert.equal(await wrong("another"), 429);
	await sql("DELETE FROM signin_attempt");
});

test("while two passwords are hashed nobody else's is, and it is said at once", async () => {
	await sql("DELETE FROM signin_attempt; DELETE FROM audit");
	const held = ["0", "1"].map((n) => startProgram("flock",
		["-F", stack.file("ended", `.slot-${n}`), "sh", "-c", "echo held; exec sleep 60"]));
	try {
		for (const program of held) await until(() => program.stdout.includes("held"));
		const begun = Date.now();
		const answer = await stack.client().signIn("admin", stack.password);
		assert.equal(answer.status, 429);
		assert.equal(answer.headers["retry-after"], "1");
		assert.ok(Date.now() - begun < 500);
		await held[0].stop();
		await until(async () => (await stack.client().signIn("admin", stack.password)).status === 201);
	} finally {
		for (const program of held) await program.stop();
	}
	const [[reason]] = await sql("SELECT detail FROM audit WHERE action = 'signin' ORDER BY id LIMIT 1");
	assert.deepEqual(JSON.parse(reason), { reason: "limited" });
});

test("without the database: 503 within two seconds, and back within five", async () => {
	const client = await stack.signedIn();
	await stack.endParts("database");
	for (const where of ["/api/v1/interactions", "/interactions"]) {
		const begun = Date.now();
		const answer = await client.get(where);
		assert.equal(answer.status, 503);
		assert.ok(Number(answer.headers["retry-after"]) >= 1);
		assert.ok(Date.now() - begun < 2000);
	}
	assert.equal((await client.get("/healthz")).status, 200);
	assert.equal((await client.get("/readyz")).status, 503);
	await stack.begin("database");
	await until(async () => (await client.get("/api/v1/interactions")).status === 200, 5000, "recovery");
	assert.equal((await client.get("/readyz")).status, 200);
});

test("metrics have names and types", async () => {
	const { status, text } = await stack.client().get("/metrics");
	assert.equal(status, 200);
	assert.match(text, /^# TYPE iap_failed_recordings gauge\niap_failed_recordings 1$/m);
	for (const line of text.trim().split("\n").filter((l) => !l.startsWith("#")))
		assert.match(line, /^iap_[a-z_]+ \d+$/);
});

test("over https the cookie is bound to the host", async () => {
	const dir = fs.mkdtempSync(path.join(stack.dir, "tls-"));
	const tls = await makeCertificate(dir);
	const secure = await startStack({ tls });
	try {
		const client = new Client(secure.url, { ca: fs.readFileSync(tls.cert) });
		const answer = await client.signIn("admin", secure.password);
		assert.equal(answer.status, 201);
		assert.match(answer.headers["set-cookie"][0],
			/^__Host-iap=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Secure$/);
		assert.match(answer.headers["strict-transport-security"], /max-age=31536000/);
		assert.equal((await client.get("/api/v1/session")).status, 200);
		const token = client.cookies.get("__Host-iap");
		const plain = await secure.client().get("/api/v1/session", { cookie: `iap=${token}` });
		assert.equal(plain.status, 401, "the cookie of plain http is worth nothing here");
		assert.equal((await client.signOut()).status, 204);
	} finally {
		await secure.end();
	}
});
