// SPDX-License-Identifier: Apache-2.0
// ./quickstart as people run it: again, elsewhere, interrupted, killed, and ended.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { Client } from "../support/client.mjs";
import { freePort, root, run, startProgram, until } from "../support/stack.mjs";

const quickstart = path.join(root, "quickstart");
let base, dir, port, first;

// Processes that have the folder in their command line, and are no zombies.
function processesOf(folder) {
	return fs.readdirSync("/proc").filter((name) => /^\d+$/.test(name)).filter((pid) => {
		try {
			return pid !== String(process.pid) &&
				fs.readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(folder);
		} catch {
			return false;
		}
	});
}

const socketsBelow = (folder) => fs.readdirSync(folder, { recursive: true, withFileTypes: true })
	.filter((entry) => entry.isSocket()).map((entry) => entry.name);

function said(output) {
	const url = /IAP answers at +(\S+)/.exec(output)?.[1];
	const user = /user +(\S+)/.exec(output)?.[1];
	const password = /password +(\S+)/.exec(output)?.[1];
	return { url, user, password };
}

before(async () => {
	base = fs.mkdtempSync(path.join(os.tmpdir(), "iap-quick-"));
	fs.chmodSync(base, 0o755);
	dir = path.join(base, "stack");
	port = await freePort();
	first = await run(quickstart, ["--detach", "--dir", dir, "--port", String(port)], { timeout: 600000 });
});
after(async () => {
	await run(quickstart, ["--stop", "--dir", dir]);
	if (base) fs.rmSync(base, { recursive: true, force: true });
});

test("ends with an address, a user and a password that work", async () => {
	assert.equal(first.code, 0, first.stderr);
	const { url, user, password } = said(first.stdout);
	assert.equal(url, `http://127.0.0.1:${port}/`);
	assert.equal(user, "admin");
	const client = new Client(url);
	assert.equal((await client.signIn(user, password)).status, 201);
	const page = (await client.get("/api/v1/interactions?limit=500")).json();
	const expected = JSON.parse(fs.readFileSync(path.join(dir, "sample/expected.json"), "utf8"));
	assert.equal(page.items.length, expected.interactions.length);
	assert.equal((await client.get("/interactions")).status, 200);
});

test("everything lies below its folder, secrets for nobody else", () => {
	const configs = fs.readdirSync(dir, { recursive: true }).filter((name) => path.basename(name) === "iap.conf");
	assert.deepEqual(configs, ["iap.conf"]);
	for (const name of fs.readdirSync(path.join(dir, "secrets")))
		assert.equal(fs.statSync(path.join(dir, "secrets", name)).mode & 0o077, 0, name);
	assert.equal(fs.statSync(path.join(dir, "admin-password")).mode & 0o077, 0);
});

test("a second run is quick, builds nothing and changes nothing", async () => {
	const program = fs.statSync(path.join(root, "build/iap-web")).mtimeMs;
	const began = Date.now();
	const second = await run(quickstart, ["--detach", "--dir", dir, "--port", String(port)]);
	assert.equal(second.code, 0, second.stderr);
	assert.ok(Date.now() - began < 20000, `${Date.now() - began} ms`);
	assert.deepEqual(said(second.stdout), said(first.stdout));
	assert.equal(fs.statSync(path.join(root, "build/iap-web")).mtimeMs, program);
	const client = new Client(said(second.stdout).url);
	await client.signIn("admin", said(second.stdout).password);
	const expected = JSON.parse(fs.readFileSync(path.join(dir, "sample/expected.json"), "utf8"));
	assert.equal((await client.get("/api/v1/interactions?limit=500")).json().items.length, expected.interactions.length);
});

test("--admin-password-file gives the admin another password", async () => {
	const file = path.join(base, "pw");
	fs.writeFileSync(file, "chosen by me\n", { mode: 0o600 });
	const result = await run(quickstart, ["--detach", "--dir", dir, "--port", String(port), "--no-sample",
		"--admin-password-file", file]);
	assert.equal(result.code, 0, result.stderr);
	const client = new Client(`http://127.0.0.1:${port}/`);
	assert.equal((await client.signIn("admin", "chosen by me")).status, 201);
	assert.equal((await client.signIn("admin", said(first.stdout).password)).status, 401);
});

test("--stop leaves no process and no socket, and ends nothing else", async () => {
	const bystander = startProgram("sleep", ["300"]);
	// A stack elsewhere, and a file that claims the bystander is ours.
	const group = path.join(dir, "run/worker.process");
	const [pid] = fs.readFileSync(group, "utf8").split(" ");
	const result = await run(quickstart, ["--stop", "--dir", dir]);
	assert.equal(result.code, 0, result.stderr);
	assert.deepEqual(processesOf(dir), []);
	assert.deepEqual(socketsBelow(dir), []);
	assert.ok(!fs.existsSync(`/proc/${pid}/exe`) || !fs.readlinkSync(`/proc/${pid}/exe`).includes("iap-worker"));
	fs.writeFileSync(group, `${bystander.child.pid} 1\n`);
	assert.equal((await run(quickstart, ["--stop", "--dir", dir])).code, 0, "again, with a stale number");
	assert.equal(bystander.child.exitCode, null);
	process.kill(bystander.child.pid, 0);
	await bystander.stop();
});

test("a port that is taken is said, and nothing stays behind", async () => {
	const server = net.createServer().listen(port, "127.0.0.1");
	const result = await run(quickstart, ["--detach", "--dir", dir, "--port", String(port)]);
	server.close();
	assert.equal(result.code, 1);
	assert.match(result.stderr, new RegExp(`port ${port} .*taken.*--port`));
	assert.deepEqual(processesOf(dir), []);
	assert.deepEqual(socketsBelow(dir), []);
});

test("in front: logs follow, Ctrl-C ends everything", async () => {
	const program = startProgram(quickstart, ["--dir", dir, "--port", String(port)], { detached: true });
	await until(() => /logs follow/.test(program.stdout), 60000, "the stack in front");
	assert.equal((await new Client(`http://127.0.0.1:${port}/`).get("/healthz")).status, 200);
	// A terminal sends it to all of the group in front.
	process.kill(-program.child.pid, "SIGINT");
	const ended = await program.ended;
	assert.equal(ended.code, 0, program.stderr);
	assert.deepEqual(processesOf(dir), []);
	assert.deepEqual(socketsBelow(dir), []);
});

test("killed in the middle, at any moment: the next run is well, and --stop finds everything", async () => {
	for (const wait of [300, 900, 1500]) {
		const program = startProgram(quickstart, ["--detach", "--dir", dir, "--port", String(port)], { detached: true });
		await new Promise((wake) => setTimeout(wake, wait));
		try {
			process.kill(-program.child.pid, "SIGKILL");
		} catch {
			// It was done already.
		}
		await program.ended;
	}
	const next = await run(quickstart, ["--detach", "--dir", dir, "--port", String(port)]);
	assert.equal(next.code, 0, next.stderr);
	assert.equal((await new Client(`http://127.0.0.1:${port}/`).get("/readyz")).status, 200);
	assert.equal((await run(quickstart, ["--stop", "--dir", dir])).code, 0);
	assert.deepEqual(processesOf(dir), []);
	assert.deepEqual(socketsBelow(dir), []);
});

test("--no-sample and --source: an archive of one's own, another folder", async () => {
	const other = path.join(base, "other"), archive = path.join(dir, "sample/rcs");
	const result = await run(quickstart, ["--detach", "--dir", other, "--port", String(port), "--source", archive]);
	assert.equal(result.code, 0, result.stderr);
	assert.ok(!fs.existsSync(path.join(other, "sample")));
	const client = new Client(`http://127.0.0.1:${port}/`);
	await client.signIn("admin", said(result.stdout).password);
	assert.ok((await client.get("/api/v1/interactions")).json().items.length > 0);
	assert.equal((await run(quickstart, ["--stop", "--dir", other])).code, 0);
	assert.deepEqual(processesOf(other), []);
});

const mayEnter = process.getuid() === 0 && (await run("setpriv", ["--reuid=61009", "--regid=61009",
	"--clear-groups", "test", "-x", quickstart])).code === 0;
test("works as a plain user when nothing needs installing", {
	skip: process.getuid() !== 0 ? "the whole run is one" :
		!mayEnter ? "other users cannot enter the folder of the source" : false,
}, async () => {
	const mine = path.join(base, "plain");
	fs.mkdirSync(mine);
	fs.chownSync(mine, 61009, 61009);
	const user = (...args) => run("setpriv", ["--reuid=61009", "--regid=61009", "--clear-groups",
		quickstart, ...args], { env: { PATH: "/usr/local/bin:/usr/bin:/bin", HOME: mine } });
	const result = await user("--detach", "--dir", path.join(mine, "d"), "--port", String(port));
	assert.equal(result.code, 0, result.stderr + result.stdout);
	const client = new Client(`http://127.0.0.1:${port}/`);
	assert.equal((await client.signIn("admin", said(result.stdout).password)).status, 201);
	assert.equal((await user("--stop", "--dir", path.join(mine, "d"))).code, 0);
	assert.deepEqual(processesOf(mine), []);
});

test("what is asked wrongly is said with exit code 2", async () => {
	for (const args of [["--prot", "1"], ["--port", "x"], ["--port", "0"], ["--port"], ["--source", "/nowhere"],
		["--dir", ""], ["--admin-password-file", "/nowhere"]]) {
		const result = await run(quickstart, args);
		assert.equal(result.code, 2, args.join(" "));
		assert.match(result.stderr, /^quickstart: /);
	}
	assert.equal((await run(quickstart, ["--help"])).code, 0);
});
