// SPDX-License-Identifier: Apache-2.0
// The whole system once over TLS: the cookie's prefix, HSTS on every kind of
// answer, old protocol versions refused.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import tls from "node:tls";
import { makeCertificate } from "../support/stack.mjs";
import { allItems, plainOf, startSampleStack } from "../support/sample.mjs";

let stack, dir, certificate;

before(async () => {
	dir = fs.mkdtempSync(path.join(os.tmpdir(), "iap-tls-"));
	certificate = await makeCertificate(dir);
	stack = await startSampleStack({ tls: certificate });
});
after(async () => {
	await stack?.end();
	if (dir) fs.rmSync(dir, { recursive: true });
});

test("signing in sets __Host-iap: Secure, HttpOnly, SameSite, for the whole host only", async () => {
	const client = stack.client();
	const answer = await client.signIn("admin", stack.password);
	assert.equal(answer.status, 201, answer.text);
	const cookies = answer.headers["set-cookie"];
	assert.equal(cookies.length, 1);
	const [pair, ...attributes] = cookies[0].split(/;\s*/);
	assert.match(pair, /^__Host-iap=[A-Za-z0-9_-]{43}$/, "256 bits");
	const words = attributes.map((a) => a.toLowerCase());
	for (const word of ["secure", "httponly", "path=/"]) assert.ok(words.includes(word), cookies[0]);
	assert.ok(words.some((w) => /^samesite=(lax|strict)$/.test(w)), cookies[0]);
	assert.ok(!words.some((w) => w.startsWith("domain")), "bound to the host");
	assert.equal((await client.get("/api/v1/session")).status, 200);
});

test("a cookie without the prefix is not taken over TLS", async () => {
	const client = await stack.signedIn();
	const token = client.cookies.get("__Host-iap");
	client.cookies.clear();
	assert.equal((await client.get("/api/v1/session", { cookie: `iap=${token}` })).status, 401);
});

test("every kind of answer tells the browser to stay on TLS, once", async () => {
	const client = await stack.signedIn();
	const [item] = (await client.get("/api/v1/interactions?state=ok&limit=1")).json().items;
	const paths = ["/", "/signin", "/api/v1/session", "/api/v1/nothing", "/nothing", "/static/css/base.css",
		"/static/nothing", "/api/v1/interactions?limit=0", `/interactions/${item.id}`];
	for (const one of paths) {
		const answer = await client.get(one);
		const sent = answer.headers["strict-transport-security"];
		if (one === "/static/nothing") continue; // nginx's own 404
		assert.match(sent ?? "", /^max-age=\d+$/, one);
		assert.ok(Number(sent.slice(8)) >= 31536000, one);
	}
	const media = await client.get(`/api/v1/interactions/${item.id}/media/0`, { range: "bytes=0-99" });
	assert.equal(media.status, 206);
	assert.match(media.headers["strict-transport-security"], /^max-age=/);
});

test("an encrypted call is heard over TLS, byte for byte", async () => {
	const client = await stack.signedIn();
	const items = await allItems(client, "/api/v1/interactions", { encrypted: "true", state: "ok" });
	const wanted = stack.expected.interactions.find((i) => i.state === "ok" && i.media[0].shape === "whole");
	const item = items.find((i) => i.recording_id === wanted.recording_id);
	const answer = await client.get(`/api/v1/interactions/${item.id}/media/0?download=1`);
	assert.equal(answer.status, 200);
	assert.ok(answer.body.equals(await plainOf(stack, wanted, wanted.media[0])));
});

for (const [version, taken] of [["TLSv1", false], ["TLSv1.1", false], ["TLSv1.2", true], ["TLSv1.3", true]])
	test(`${version} is ${taken ? "spoken" : "refused"}`, async () => {
		const outcome = await new Promise((done) => {
			const socket = tls.connect({ host: "127.0.0.1", port: stack.port, minVersion: version,
				maxVersion: version, ciphers: "DEFAULT:@SECLEVEL=0", ca: fs.readFileSync(certificate.cert) },
				() => { done(socket.getProtocol()); socket.destroy(); });
			socket.on("error", (error) => done(error.code));
		});
		if (taken) assert.equal(outcome, version);
		else assert.notEqual(outcome, version);
	});
