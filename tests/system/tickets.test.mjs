// SPDX-License-Identifier: Apache-2.0
// What iap-media believes and opens: only whole, fresh tickets of iap-web, for
// sessions that have not ended, and only objects beneath the source's root.
import assert from "node:assert/strict";
import fs from "node:fs";
import http from "node:http";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { encryptDetached, lay, makePair, mp3 } from "../support/archive.mjs";
import { askFastcgi } from "../support/fcgi.mjs";
import { allItems, byRecording } from "../support/sample.mjs";
import { startStack, until } from "../support/stack.mjs";

let stack, admin, items;
const plain = mp3(2000, 1), long = mp3(60000, 2), secret = mp3(30, 99);
const document = (id, mediaId, more = {}) => ({ id, startTime: "2020-01-01T00:00:00Z",
	stopTime: "2020-01-01T00:01:00Z", mediaFiles: [{ mediaId, type: "audio/mp3", ...more }] });

before(async () => {
	stack = await startStack();
	const root = stack.file("archive"), outside = stack.file("outside");
	const pair = await makePair(stack.file("pairs"), "one", 5);
	const sealed = await encryptDetached(stack.file("pairs"), plain, [pair]);
	lay(outside, { "secret.mp3": secret, "secret.json": document("OUTSIDE", "secret.mp3") });
	lay(root, {
		"a.mp3.bin": sealed.bytes, "a.json": document("GOOD", "a.mp3", { pkcs7: sealed.envelope }),
		"long.mp3": long, "long.json": document("LONG", "long.mp3"),
		"up.json": document("UP", "../outside/secret.mp3",
			{ mediaDescriptor: { storage: "webDAV", path: "../../outside/secret.mp3" } }),
		"abs.json": document("ABS", path.join(outside, "secret.mp3")),
		"enc.json": document("ENC", "..%2foutside%2fsecret.mp3"),
		"nul.json": document("NUL", "a.mp3\0.txt"),
		"link.json": document("LINK", "link.mp3"),
		"far.json": document("FAR", "far/secret.mp3"),
	});
	fs.symlinkSync(path.join(outside, "secret.mp3"), path.join(root, "link.mp3"));
	fs.symlinkSync(outside, path.join(root, "far"));
	fs.symlinkSync(path.join(outside, "secret.json"), path.join(root, "linked.json"));
	await stack.iapctl(["key", "import", "--cert", pair.cert, "--key", pair.key]);
	await stack.addSource("one", root);
	await stack.pass();
	admin = await stack.signedIn();
	items = byRecording(await allItems(admin));
});

after(() => stack?.end());

const urlOf = (id) => `/api/v1/interactions/${items.get(id).id}/media/0`;

// What iap-web would say to nginx, had this client asked for the medium.
async function ticketFor(client, id, headers = { HTTP_RANGE: "bytes=0-99" }) {
	const cookie = [...client.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
	const answer = await askFastcgi(stack.file("run/web.sock"), {
		REQUEST_URI: urlOf(id), DOCUMENT_URI: urlOf(id), SCRIPT_NAME: urlOf(id), QUERY_STRING: "",
		HTTP_COOKIE: cookie, HTTP_HOST: `127.0.0.1:${stack.port}`, ...headers });
	assert.match(answer.headers["x-accel-redirect"] ?? "", /^\/_media/, answer.body.toString());
	return answer.headers["x-iap-ticket"];
}

const deliver = (ticket, range = "bytes=0-99") => askFastcgi(stack.file("run/media.sock"),
	{ IAP_TICKET: ticket, HTTP_RANGE: range, REQUEST_URI: "/_media", DOCUMENT_URI: "/_media" });

describe("a ticket", () => {
	test("of iap-web is believed", async () => {
		const answer = await deliver(await ticketFor(admin, "GOOD"));
		assert.equal(answer.status, 206, answer.body.toString());
		assert.ok(answer.body.equals(plain.subarray(0, 100)));
	});

	test("with any character changed, cut or added is not", async () => {
		const ticket = await ticketFor(admin, "GOOD");
		const spoiled = [ticket + "A", `${ticket}.x`, ticket.slice(1), ticket.slice(0, -1), "", ".", "a.b",
			ticket.split(".")[0], `${ticket.split(".")[0]}.`, `.${ticket.split(".")[1]}`];
		for (let at = 0; at < ticket.length; at += Math.ceil(ticket.length / 60))
			spoiled.push(ticket.slice(0, at) + (ticket[at] === "A" ? "B" : "A") + ticket.slice(at + 1));
		for (const text of spoiled) {
			const answer = await deliver(text);
			assert.ok([400, 403, 404].includes(answer.status), `${answer.status} for ${text.slice(0, 40)}`);
			assert.ok(!answer.body.includes(plain.subarray(0, 60)), "not one byte of the call");
		}
		assert.equal((await deliver(ticket)).status, 206, "and the good one still works");
	});

	test("too long is refused and breaks nothing", async () => {
		assert.ok([400, 403, 404].includes((await deliver("A".repeat(9000))).status));
		assert.equal((await deliver(await ticketFor(admin, "GOOD"))).status, 206);
	});

	test("carries no names that nginx would log, and is at most 8 KB", async () => {
		const ticket = await ticketFor(admin, "GOOD");
		assert.ok(ticket.length <= 8192);
		assert.match(ticket, /^[A-Za-z0-9_.-]+$/);
	});

	test("sent by a client changes nothing", async () => {
		const headers = { range: "bytes=0-9", "x-iap-ticket": await ticketFor(admin, "LONG") };
		const answer = await admin.get(urlOf("GOOD"), headers);
		assert.ok(answer.body.equals(plain.subarray(0, 10)));
		for (const target of ["/_media", "/_media_whole", "/_signin"])
			assert.equal((await admin.get(target, headers)).status, 404, target);
	});

	test("dies with its session", async () => {
		const other = await stack.signedIn();
		const ticket = await ticketFor(other, "GOOD");
		assert.equal((await deliver(ticket)).status, 206);
		await other.signOut();
		await until(async () => (await deliver(ticket)).status === 403, 2000, "the ticket is refused");
		assert.equal((await other.get(urlOf("GOOD"), { range: "bytes=0-" })).status, 401);
	});
});

describe("a session that ends", () => {
	test("cuts a download that is under way, within 2 s", async () => {
		const other = await stack.signedIn();
		const cookie = [...other.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
		let got = 0, closed = false;
		const request = http.get(stack.url + urlOf("LONG"), { headers: { cookie }, agent: false });
		const response = await new Promise((ready, failed) => request.on("response", ready).on("error", failed));
		response.on("data", (chunk) => {
			got += chunk.length;
			response.pause();
			setTimeout(() => response.resume(), 20);
		});
		for (const event of ["end", "close", "error"]) response.on(event, () => { closed = true; });
		await until(() => got > 300000, 10000, "the download runs");
		await other.signOut();
		// What nginx and the sockets already hold may still arrive; then it ends, short.
		await until(() => closed, 20000, "the download ends");
		assert.ok(got < long.length, `all of ${long.length} bytes arrived`);
		request.destroy();
	});
});

describe("the source's root", () => {
	for (const id of ["UP", "ABS", "ENC", "LINK", "FAR"])
		test(`${id}: what lies outside is not given out`, async () => {
			const item = items.get(id);
			assert.ok(item, "it is listed");
			assert.ok(["missing", "unreadable"].includes(item.state), item.state);
			const answer = await admin.get(urlOf(id), { range: "bytes=0-" });
			assert.equal(answer.status, 409);
			assert.ok(!answer.body.includes(secret.subarray(0, 60)));
		});

	test("a name with a zero byte is a fault or finds nothing", () => {
		assert.ok(!items.has("NUL") || items.get("NUL").state === "missing");
	});

	test("a document that a link brings in from outside is not read", () => {
		assert.equal(items.has("OUTSIDE"), false);
	});

	test("a folder swapped for a link after the pass is not followed", async () => {
		const root = stack.file("archive");
		fs.mkdirSync(path.join(root, "swap"));
		lay(root, { "swap/s.mp3": plain, "swap/s.json": document("SWAP", "s.mp3") });
		await stack.pass();
		items = byRecording(await allItems(admin));
		assert.equal((await admin.get(urlOf("SWAP"), { range: "bytes=0-9" })).status, 206);
		lay(stack.file("outside"), { "s.mp3": secret });
		fs.renameSync(path.join(root, "swap"), path.join(root, "swapped"));
		fs.symlinkSync(stack.file("outside"), path.join(root, "swap"));
		const answer = await admin.get(urlOf("SWAP"), { range: "bytes=0-" });
		assert.ok(answer.status >= 400, String(answer.status));
		assert.ok(!answer.body.includes(secret.subarray(0, 60)));
	});
});
