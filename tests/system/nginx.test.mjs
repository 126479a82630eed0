// SPDX-License-Identifier: Apache-2.0
// What nginx hands to the programs and what it lets them do, location by
// location, with programs of the test's own behind it.
import assert from "node:assert/strict";
import { once } from "node:events";
import net from "node:net";
import { after, before, test } from "node:test";
import fs from "node:fs";
import { startStack } from "../support/stack.mjs";
import { serveFastcgi } from "../support/fcgi.mjs";

let stack, client;
const programs = [], seen = { web: [], media: [], whole: [] };
let web = () => ({ body: "web" }), media = () => ({ body: "media" });

// What a client might send to be taken for somebody else.
const spoofs = {
	"iap-auth-subject": "admin", "IAP_AUTH_SUBJECT": "admin", "iap-auth-secret": "x",
	"iap-ticket": "forged", "x-iap-ticket": "forged", "X_IAP_TICKET": "forged",
	"remote-user": "admin", "x-remote-user": "admin", "https": "on", "proxy": "http://evil/",
	"x-accel-redirect": "/_media", "remote-addr": "127.0.0.1", "request-id": "forged",
};

before(async () => {
	stack = await startStack({ only: ["nginx"] });
	client = stack.client();
	programs.push(
		await serveFastcgi(stack.file("run/web.sock"), (r) => { seen.web.push(r); return web(r); }),
		await serveFastcgi(stack.file("run/media.sock"), (r) => { seen.media.push(r); return media(r); }),
		await serveFastcgi(stack.file("run/media-whole.sock"),
			(r) => { seen.whole.push(r); return media(r); }));
});

after(async () => {
	for (const close of programs) await close();
	await stack?.end();
});

// Nothing of these but HTTP_*, whatever a client sends.
function checkParams({ params, pairs }) {
	for (const [name, value] of pairs) {
		if (name.startsWith("HTTP_")) continue;
		assert.ok(!name.startsWith("IAP_AUTH_"), `${name}=${value}`);
		assert.doesNotMatch(value, /admin|forged|evil/, name);
	}
	assert.equal(params.HTTP_PROXY ?? "", "");
	assert.equal(params.REMOTE_ADDR, "127.0.0.1");
	assert.equal(params.HTTPS, undefined, "plain http is not https");
	assert.match(params.REQUEST_ID, /^[0-9a-f]{32}$/);
	assert.equal(new Set(pairs.map(([name]) => name)).size, pairs.length, "a name is there twice");
}

for (const path of ["/", "/signin", "/interactions?x=1", "/api/v1/session", "/api/x", "/healthz",
	"/readyz", "/metrics"])
	test(`a client cannot set parameters of ${path}`, async () => {
		seen.web.length = 0;
		web = () => ({ body: "web" });
		const answer = await client.get(path, spoofs);
		assert.equal(answer.text, "web");
		assert.equal(seen.web.length, 1);
		checkParams(seen.web[0]);
		assert.equal(seen.web[0].params.REQUEST_URI, path);
		assert.equal(seen.web[0].params.IAP_TICKET, undefined);
	});

for (const [target, place] of [["/_media", "media"], ["/_media_whole", "whole"]])
	test(`${target} gets the ticket of iap-web and nobody else's`, async () => {
		seen[place].length = 0;
		web = () => ({ headers: { "X-Accel-Redirect": target, "X-IAP-Ticket": "genuine",
			"Cache-Control": "no-store" } });
		media = ({ params }) => ({ status: 206, headers: { "Content-Range": "bytes 0-4/9",
			"Content-Type": "audio/mpeg", "Cache-Control": "public" }, body: params.IAP_TICKET.slice(0, 5) });
		const answer = await client.get("/api/v1/interactions/1/media/0",
			{ ...spoofs, range: "bytes=0-" });
		assert.equal(answer.status, 206);
		assert.equal(answer.text, "genui");
		assert.equal(answer.headers["content-range"], "bytes 0-4/9");
		assert.equal(answer.headers["cache-control"], "no-store", "as iap-web said, and once");
		assert.equal(answer.headers["x-iap-ticket"], undefined, "the ticket stays inside");
		checkParams(seen[place][0]);
		assert.equal(seen[place][0].params.IAP_TICKET, "genuine");
		assert.equal(seen[place][0].params.HTTP_RANGE, "bytes=0-");
	});

for (const target of ["/_media", "/_media_whole"])
	test(`a hostile program behind ${target} cannot send nginx to /_signin nor set a cookie`, async () => {
		seen.web.length = 0;
		web = () => ({ headers: { "X-Accel-Redirect": target, "X-IAP-Ticket": "t" } });
		media = () => ({ headers: { "X-Accel-Redirect": "/_signin", "Set-Cookie": "iap=stolen",
			"X-Accel-Buffering": "no", "X-IAP-Ticket": "x" }, body: "its own" });
		const answer = await client.get("/api/v1/interactions/1/media/0");
		assert.equal(answer.status, 200);
		assert.equal(answer.text, "its own");
		assert.equal(answer.headers["set-cookie"], undefined);
		assert.equal(answer.headers["x-accel-redirect"], undefined);
		assert.equal(answer.headers["x-iap-ticket"], undefined);
		assert.equal(seen.web.length, 1, "iap-web was not asked again");
	});

test("only iap-web's answers are obeyed: without the guard the hostile program would be", async () => {
	// The same site with the one line removed: the check above must then fail.
	const file = stack.file("nginx/media.inc"), good = fs.readFileSync(file, "utf8");
	const bad = good.replace("fastcgi_ignore_headers X-Accel-Redirect ", "fastcgi_ignore_headers ");
	assert.notEqual(bad, good);
	fs.writeFileSync(file, bad);
	const [master] = stack.processes("nginx");
	process.kill(master, "SIGHUP");
	web = () => ({ headers: { "X-Accel-Redirect": "/_media", "X-IAP-Ticket": "t" } });
	media = () => ({ headers: { "X-Accel-Redirect": "/_signin" }, body: "its own" });
	let status = 200;
	for (let tries = 0; tries < 200 && status === 200; tries++) {
		status = (await client.get("/api/x")).status;
		await new Promise((wake) => setTimeout(wake, 25));
	}
	assert.equal(status, 404, "the spoiled site sends the request to /_signin");
	fs.writeFileSync(file, good);
	process.kill(master, "SIGHUP");
	for (let tries = 0; tries < 200 && status !== 200; tries++) {
		status = (await client.get("/api/x")).status;
		await new Promise((wake) => setTimeout(wake, 25));
	}
	assert.equal(status, 200);
});

for (const path of ["/_media", "/_media_whole", "/_signin", "/_unavailable.html", "/_x", "/_",
	"/%5fmedia", "/static/../_media", "//_media", "/_media?ticket=1"])
	test(`${path} is nothing to a client`, async () => {
		seen.media.length = seen.whole.length = 0;
		web = () => ({ status: 404, body: "web" });
		const answer = await client.get(path, spoofs);
		assert.equal(answer.status, 404);
		assert.equal(seen.media.length + seen.whole.length, 0);
	});

test("answers to players are held in memory and never in a file", async () => {
	const big = Buffer.alloc(256 * 1024, "m");
	web = () => ({ headers: { "X-Accel-Redirect": "/_media", "X-IAP-Ticket": "t" } });
	media = () => ({ status: 206, body: big });
	const answer = await client.get("/api/x");
	assert.ok(answer.body.equals(big));
	const left = fs.readdirSync(stack.file("nginx/temp"), { recursive: true, withFileTypes: true });
	assert.deepEqual(left.filter((entry) => entry.isFile()), []);
	assert.doesNotMatch(fs.readFileSync(stack.file("log/nginx.log"), "utf8"), /temporary file/);
});

test("a program that is gone is 503 with Retry-After: problem+json, and a page for people", async () => {
	web = () => undefined;
	const api = await client.get("/api/v1/interactions");
	assert.equal(api.status, 503);
	assert.equal(api.headers["content-type"], "application/problem+json");
	assert.ok(Number(api.headers["retry-after"]) > 0);
	assert.equal(api.json().status, 503);
	assert.match(api.json().request_id, /^[0-9a-f]{32}$/);
	const page = await client.get("/interactions");
	assert.equal(page.status, 503);
	assert.match(page.headers["content-type"], /^text\/html/);
	assert.ok(Number(page.headers["retry-after"]) > 0);
	assert.match(page.headers["content-security-policy"], /default-src 'none'/);
	web = () => ({ headers: { "X-Accel-Redirect": "/_media", "X-IAP-Ticket": "t" } });
	media = () => undefined;
	const player = await client.get("/api/v1/interactions/1/media/0");
	assert.equal(player.status, 503);
	assert.equal(player.headers["content-type"], "application/problem+json");
	media = () => ({ body: "media" });
});

test("a body that is too long is refused before a program sees it", async () => {
	seen.web.length = 0;
	web = () => ({ body: "web" });
	const answer = await client.request("POST", "/api/v1/session", { body: "x".repeat(70000) });
	assert.equal(answer.status, 413);
	assert.equal(answer.headers["content-type"], "application/problem+json");
	assert.equal(answer.json().status, 413);
	assert.equal(seen.web.length, 0);
});

/** Sends bytes as they are: {status, head, body}, of the first answer. */
async function sendRaw(bytes) {
	const socket = net.connect(stack.port, "127.0.0.1");
	let text = "";
	socket.setEncoding("latin1").on("data", (piece) => { text += piece; });
	socket.end(bytes, "latin1");
	await once(socket, "close");
	const [head, body] = text.split("\r\n\r\n");
	return { status: Number(head.split(" ")[1]), head, body };
}

const refused = {
	"no HTTP": ["FETCH\r\n\r\n", 400], "no host": ["GET / HTTP/1.1\r\n\r\n", 400],
	"a NUL": ["GET /api/v1/se%00ssion HTTP/1.1\r\nHost: x\r\n\r\n", 400],
	"two lengths": ["POST /api/x HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n" +
		"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400],
	"an address out of the root": ["GET /../x HTTP/1.1\r\nHost: x\r\n\r\n", 400],
	"a long header": [`GET / HTTP/1.1\r\nHost: x\r\nX: ${"a".repeat(20000)}\r\n\r\n`, 400],
	"a long address": [`GET /${"a".repeat(20000)} HTTP/1.1\r\nHost: x\r\n\r\n`, 414],
	"a trace": ["TRACE / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 405],
	"an inner place": ["GET /_media HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 404],
	"an inner answer": ["GET /_404 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 404],
	"a static folder": ["GET /static/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 403],
	"no static file": ["GET /static/x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 404],
};

for (const [label, [bytes, status]] of Object.entries(refused))
	test(`what nginx refuses is a problem document too: ${label}`, async () => {
		const answer = await sendRaw(bytes);
		assert.equal(answer.status, status);
		assert.match(answer.head, /^content-type: application\/problem\+json/im);
		const problem = JSON.parse(answer.body);
		assert.equal(problem.status, status);
		assert.ok(problem.title && problem.detail);
		assert.match(answer.head, new RegExp(`^x-request-id: ${problem.request_id}`, "im"));
		assert.match(problem.request_id, /^[0-9a-f]{32}$/);
	});

test("static files are cached, typed and read only", async () => {
	web = () => ({ status: 404, body: "web" });
	const name = fs.readdirSync(new URL("../../static/css", import.meta.url))
		.find((file) => file.endsWith(".css"));
	const answer = await client.get(`/static/css/${name}`);
	assert.equal(answer.status, 200);
	assert.match(answer.headers["content-type"], /^text\/css/);
	assert.match(answer.headers["cache-control"], /max-age=600/);
	assert.equal(answer.headers["x-content-type-options"], "nosniff");
	assert.equal((await client.get("/static/../configure.ac")).status, 404);
	assert.equal((await client.get("/static/%2e%2e/configure.ac")).status, 404);
	assert.equal((await client.request("POST", `/static/css/${name}`)).status, 403);
	assert.equal(answer.headers.server, "nginx", "no version is told");
});

test("the log holds no query string", async () => {
	web = () => ({ body: "web" });
	await client.get("/api/v1/interactions?caller=5551234567");
	const log = fs.readFileSync(stack.file("log/access.log"), "utf8");
	assert.match(log, /\/api\/v1\/interactions"/);
	assert.doesNotMatch(log, /5551234567/);
});
