// SPDX-License-Identifier: Apache-2.0
// A private stack for one test file:
//
//   const stack = await startStack();            // an empty archive, user admin
//   after(() => stack.end());
//   const client = await stack.signedIn();
//
// Programs are those of $IAP_BUILD (build/ unless set). Everything lies in one
// folder below the system's temporary one; end() stops the stack and removes it,
// and leaves it in place when a test failed and $IAP_KEEP is set.
import { execFile, spawn } from "node:child_process";
import crypto from "node:crypto";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Client } from "./client.mjs";

export const root = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");
export const build = path.resolve(root, process.env.IAP_BUILD ?? "build");

/** Runs a program to its end: {code, signal, stdout, stderr}. */
export function run(file, args, options = {}) {
	return new Promise((done) => {
		const child = execFile(file, args, { maxBuffer: 256 << 20, ...options },
			(error, stdout, stderr) => done({ code: error ? error.code ?? null : 0,
				signal: child.signalCode, stdout, stderr }));
		child.stdin.on("error", () => {}); // it ended without reading
		child.stdin.end(options.input ?? "");
	});
}

/** As run(), and throws unless it ends with one of `codes`. */
export async function runOk(file, args, options = {}) {
	const result = await run(file, args, options);
	if (!(options.codes ?? [0]).includes(result.code))
		throw new Error(`${path.basename(file)} ${args.join(" ")}: ` +
			`${result.code ?? result.signal}\n${result.stdout}${result.stderr}`);
	return result;
}

export async function freePort() {
	const server = net.createServer();
	await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
	const { port } = server.address();
	await new Promise((closed) => server.close(closed));
	return port;
}

/** Until check() gives something true (then that), or throws after `ms`. */
export async function until(check, ms = 10000, what = "condition") {
	const end = Date.now() + ms;
	for (;;) {
		const value = await check();
		if (value) return value;
		if (Date.now() > end) throw new Error(`${what}: not within ${ms} ms`);
		await new Promise((wake) => setTimeout(wake, 25));
	}
}

class Stack {
	constructor(dir, port, options) {
		this.dir = dir;
		this.port = port;
		this.options = options;
		this.url = `${options.tls ? "https" : "http"}://127.0.0.1:${port}`;
		this.config = path.join(dir, "iap.conf");
		this.password = crypto.randomBytes(12).toString("base64url");
	}

	file(...parts) {
		return path.join(this.dir, ...parts);
	}

	async begin(...only) {
		const args = ["begin", "--dir", this.dir, "--port", String(this.port), "--build", build,
			"--web", String(this.options.web ?? 2), "--media", String(this.options.media ?? 2)];
		if (this.options.tls) args.push("--tls", this.options.tls.cert, this.options.tls.key);
		for (const part of only) args.push("--only", part);
		for (const part of only.length ? [] : this.options.without) args.push("--without", part);
		await runOk(path.join(root, "tools/stack/stack"), args);
	}

	/** Ends parts: stack.endParts("database"). */
	async endParts(...only) {
		await runOk(path.join(root, "tools/stack/stack"),
			["end", "--dir", this.dir, ...only.flatMap((part) => ["--only", part])]);
	}

	async end() {
		await this.endParts();
		const reports = this.sanitizerReports();
		if (!process.env.IAP_KEEP) fs.rmSync(this.dir, { recursive: true, force: true });
		if (reports !== "") throw new Error(`a program was stopped by a sanitizer:\n${reports}`);
	}

	/** What sanitizers said in the logs of all parts. */
	sanitizerReports() {
		const reports = [];
		for (const name of fs.readdirSync(this.file("log"))) {
			const text = fs.readFileSync(this.file("log", name), "latin1");
			const at = text.search(/^.*(ERROR: (Address|Leak)Sanitizer|runtime error: )/m);
			if (at !== -1) reports.push(`${name}: ${text.slice(at, at + 4000)}`);
		}
		return reports.join("\n");
	}

	/** Runs iapctl; throws unless it ends with one of options.codes, 0. */
	iapctl(args, options) {
		return runOk(path.join(build, "iapctl"), [...args, "--config", this.config], options);
	}

	/** Runs iap-worker; ending with 3 (damaged documents) is well too. */
	worker(args, options) {
		return runOk(path.join(build, "iap-worker"), [...args, "--config", this.config],
			{ codes: [0, 3], ...options });
	}

	/** One pass; its summary, one object a source. */
	async pass() {
		const { stdout } = await this.worker(["process-server", "--once", "--json"]);
		return JSON.parse(stdout);
	}

	secretFile(name, text) {
		const file = this.file(name);
		fs.writeFileSync(file, text, { mode: 0o600 });
		return file;
	}

	async addUser(name, { role = "admin", regions, divisions, password = this.password } = {}) {
		const file = this.secretFile(`password-${name}`, password);
		const scope = [
			...(regions ? regions.flatMap((r) => ["--region", r]) : ["--all-regions"]),
			...(divisions ? divisions.flatMap((d) => ["--division", d]) : ["--all-divisions"]),
		];
		await this.iapctl(["user", "add", name, "--role", role, ...scope, "--password-file", file]);
	}

	addSource(name, folder, ...args) {
		return this.iapctl(["source", "add", name, "--kind", "local", "--root", folder, ...args]);
	}

	client() {
		return new Client(this.url, { ca: this.options.tls && fs.readFileSync(this.options.tls.cert) });
	}

	async signedIn(user = "admin", password = this.password) {
		const client = this.client();
		const answer = await client.signIn(user, password);
		if (answer.status !== 201) throw new Error(`sign-in of ${user}: ${answer.status} ${answer.text}`);
		return client;
	}

	/** Numbers of the processes of one part, its supervisor's first. */
	processes(part) {
		const group = fs.readFileSync(this.file("run", `${part}.process`), "utf8").split(" ")[0];
		return processesOfGroup(group);
	}
}

function processesOfGroup(group) {
	const found = [];
	for (const pid of fs.readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
		try {
			const stat = fs.readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\) /s, "").split(" ");
			if (stat[2] === group && stat[0] !== "Z") found.push(Number(pid));
		} catch {
			// It ended meanwhile.
		}
	}
	return found.sort((a, b) => (a === Number(group) ? -1 : b === Number(group) ? 1 : a - b));
}

/**
 * Starts a stack. options: without (parts left out; the scheduled worker unless
 * told), only (parts to start), web and media (processes of a pool), tls {cert,
 * key}, admin (false: no user), dir, port.
 */
export async function startStack(options = {}) {
	const all = { without: ["worker"], admin: !options.only, ...options };
	const dir = all.dir ?? fs.mkdtempSync(path.join(os.tmpdir(), "iap-"));
	// nginx's workers and mysqld are other users when tests run as root.
	fs.chmodSync(dir, 0o755);
	const stack = new Stack(dir, all.port ?? await freePort(), all);
	try {
		await stack.begin(...(all.only ?? []));
		if (all.admin) await stack.addUser("admin");
	} catch (error) {
		await stack.end();
		throw error;
	}
	return stack;
}

/** A self-signed certificate for 127.0.0.1 in `dir`: {cert, key}. */
export async function makeCertificate(dir) {
	const cert = path.join(dir, "tls.cert.pem"), key = path.join(dir, "tls.key.pem");
	await runOk("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
		"-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
		"-keyout", key, "-out", cert]);
	return { cert, key };
}

/** Starts a program that goes on; the result's stop() ends it and waits. */
export function startProgram(file, args, options = {}) {
	const child = spawn(file, args, { stdio: ["ignore", "pipe", "pipe"], ...options });
	const program = { child, stdout: "", stderr: "" };
	child.stdout?.on("data", (text) => { program.stdout += text; });
	child.stderr?.on("data", (text) => { program.stderr += text; });
	program.ended = new Promise((done) => child.on("exit", (code, signal) => done({ code, signal })));
	program.stop = async (signal = "SIGTERM") => {
		child.kill(signal);
		return await program.ended;
	};
	return program;
}
