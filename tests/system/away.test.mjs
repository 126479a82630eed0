// SPDX-License-Identifier: Apache-2.0
// Parts of the stack go away and come back: what users are told, and how soon
// all is well again, without anybody's help.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import fs from "node:fs";
import { startSampleStack } from "../support/sample.mjs";
import { until } from "../support/stack.mjs";

let stack, client, item;

before(async () => {
	stack = await startSampleStack();
	client = await stack.signedIn();
	item = (await client.get("/api/v1/interactions?state=ok&encrypted=true&limit=1")).json().items[0];
});
after(() => stack?.end());

const timed = async (path) => {
	const began = Date.now();
	const answer = await client.get(path);
	return { ...answer, ms: Date.now() - began };
};

test("MariaDB gone: 503 with Retry-After within 2 s; back within 5 s of its return", async () => {
	await stack.endParts("database");
	for (const path of ["/api/v1/interactions", "/api/v1/session", "/interactions",
		`/api/v1/interactions/${item.id}`, `/api/v1/interactions/${item.id}/media/0`, "/readyz"]) {
		const answer = await timed(path);
		assert.equal(answer.status, 503, path);
		assert.ok(answer.ms < 2000, `${path}: ${answer.ms} ms`);
		assert.ok(Number(answer.headers["retry-after"]) > 0, path);
		if (path.startsWith("/api/")) {
			assert.equal(answer.headers["content-type"], "application/problem+json", path);
			assert.doesNotMatch(answer.text, /sock|mysql|mariadb/i, "no innards are told");
		}
	}
	assert.equal((await timed("/healthz")).status, 200, "the program itself is alive");
	await stack.begin("database");
	const began = Date.now();
	await until(async () => (await client.get("/api/v1/interactions")).status === 200, 5000, "recovery");
	assert.ok(Date.now() - began < 5000);
	// Not one process only: all of the pool.
	for (let i = 0; i < 20; i++) assert.equal((await client.get("/api/v1/session")).status, 200);
});

test("MariaDB killed in the middle of the work: the same", async () => {
	const [server] = stack.processes("database");
	let statuses = [];
	const load = async () => {
		for (let i = 0; i < 60; i++) {
			statuses.push((await client.get("/api/v1/interactions?limit=500")).status);
			await new Promise((wake) => setTimeout(wake, 10));
		}
	};
	const loads = Promise.all([load(), load()]);
	await new Promise((wake) => setTimeout(wake, 200));
	process.kill(server, "SIGKILL");
	await loads;
	assert.deepEqual([...new Set(statuses)].sort(), [200, 503], "nothing but answers and 503");
	await stack.begin("database");
	await until(async () => (await client.get("/api/v1/interactions")).status === 200, 5000, "recovery");
});

test("MariaDB hangs: 503 within 2 s as well, and all is well when it goes on", async () => {
	const servers = stack.processes("database");
	for (const pid of servers) process.kill(pid, "SIGSTOP");
	try {
		await new Promise((wake) => setTimeout(wake, 300));
		for (let i = 0; i < 6; i++) {
			const answer = await timed("/api/v1/interactions");
			assert.equal(answer.status, 503);
			assert.ok(answer.ms < 2000, `${answer.ms} ms`);
			assert.ok(Number(answer.headers["retry-after"]) > 0);
		}
	} finally {
		for (const pid of servers) process.kill(pid, "SIGCONT");
	}
	await until(async () => (await client.get("/api/v1/interactions")).status === 200, 5000, "recovery");
});

for (const part of ["web", "media", "media-whole"])
	test(`a process of the pool ${part} that falls is replaced, and nobody notices for long`, async () => {
		const path = { web: "/api/v1/session", media: `/api/v1/interactions/${item.id}/media/0`,
			"media-whole": `/api/v1/interactions/${item.id}/media/0?download=1` }[part];
		const headers = part === "media" ? { range: "bytes=0-999" } : {};
		const before = stack.processes(part);
		for (const pid of before.slice(1)) process.kill(pid, "SIGKILL");
		await until(async () => [200, 206].includes((await client.get(path, headers)).status), 5000, part);
		await until(() => stack.processes(part).length === before.length, 5000, "all are there again");
		for (const pid of stack.processes(part).slice(1)) assert.ok(!before.includes(pid));
	});

test("a pool that is gone: 503 with Retry-After, and nothing else stops", async () => {
	await stack.endParts("media");
	const player = await client.get(`/api/v1/interactions/${item.id}/media/0`, { range: "bytes=0-" });
	assert.equal(player.status, 503);
	assert.equal(player.headers["content-type"], "application/problem+json");
	assert.ok(Number(player.headers["retry-after"]) > 0);
	assert.equal((await client.get("/api/v1/interactions")).status, 200);
	await stack.begin("media");
	assert.equal((await client.get(`/api/v1/interactions/${item.id}/media/0`, { range: "bytes=0-" })).status, 206);
	await stack.endParts("web");
	const page = await client.get("/interactions");
	assert.equal(page.status, 503);
	assert.match(page.headers["content-type"], /^text\/html/);
	await stack.begin("web");
	assert.equal((await client.get("/interactions")).status, 200);
});

test("no secret is in anybody's arguments or environment", () => {
	const secrets = fs.readdirSync(stack.file("secrets")).map((n) => fs.readFileSync(stack.file("secrets", n), "utf8"));
	secrets.push(stack.password);
	let seen = 0;
	for (const part of ["database", "web", "media", "media-whole", "nginx"])
		for (const pid of stack.processes(part)) {
			const open = fs.readFileSync(`/proc/${pid}/cmdline`, "utf8") + fs.readFileSync(`/proc/${pid}/environ`, "utf8");
			for (const secret of secrets) assert.ok(!open.includes(secret.trim()), `${part} ${pid}`);
			seen++;
		}
	assert.ok(seen >= 10);
});
