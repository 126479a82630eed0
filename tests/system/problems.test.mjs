// SPDX-License-Identifier: Apache-2.0
// What goes wrong is told twice: as a page to people, as problem+json to programs.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startStack } from "../support/stack.mjs";

let stack, admin;

before(async () => {
	stack = await startStack({ without: ["worker", "media", "media-whole"] });
	admin = await stack.signedIn();
});

after(() => stack?.end());

for (const [path, status, words] of [["/interactions/1", 404, "There is nothing here"],
	["/interactions/x", 404, "There is nothing here"], ["/nowhere", 404, "There is nothing here"]])
	test(`${path} is ${status}, a page with its number`, async () => {
		const answer = await admin.get(path, { accept: "text/html" });
		assert.equal(answer.status, status);
		assert.match(answer.headers["content-type"], /^text\/html/);
		assert.match(answer.text, new RegExp(words));
		const [, number] = answer.text.match(/<code>([0-9a-f]{32})<\/code>/);
		assert.equal(answer.headers["x-request-id"], number);
	});

for (const [path, status] of [["/api/v1/interactions/1", 404], ["/api/v1/nowhere", 404],
	["/api/v1/interactions?limit=0", 400], ["/api/v1/interactions?nonsense=1", 400]])
	test(`${path} is ${status}, a problem document with its number`, async () => {
		const answer = await admin.get(path);
		assert.equal(answer.status, status);
		assert.equal(answer.headers["content-type"], "application/problem+json");
		const problem = answer.json();
		assert.equal(problem.status, status);
		assert.ok(problem.title && problem.detail);
		assert.equal(problem.request_id, answer.headers["x-request-id"]);
		if (status === 400) assert.match(problem.parameter, /^(limit|nonsense)$/);
	});

test("without a session programs get 401 and people the door", async () => {
	const stranger = stack.client();
	const api = await stranger.get("/api/v1/interactions");
	assert.equal(api.status, 401);
	assert.ok(api.json().request_id);
	const page = await stranger.get("/interactions?agent=x", { accept: "text/html" });
	assert.ok([302, 303].includes(page.status));
	assert.match(page.headers.location, /^\/signin\?/);
});
