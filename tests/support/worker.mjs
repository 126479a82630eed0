// SPDX-License-Identifier: Apache-2.0
// The worker alone: a private MariaDB, settings, iapctl and iap-worker; no web.
//
//   const lab = await startLab();
//   after(() => lab.end());
//   const home = await lab.home();      // a database and a folder of its own
//   await home.addSource("rcs", folder);
//   const [report] = await home.pass();
import { spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { build, root, run, runOk } from "./stack.mjs";

const text = (sql) => sql.replaceAll("\\", "\\\\").replaceAll("'", "\\'");

/** What the rows of an archive are, without what differs from run to run. */
const dumps = {
	interaction: `SELECT i.id, i.recording_id, s.name, c.region, c.divisions, started_ms, ended_ms,
		duration_ms, caller, caller_digits, dialed, dialed_digits, call_type, state, reviewed, valid,
		encrypted, has_screen, media_count, agents, events, labels
		FROM interaction i JOIN source s ON s.id = i.source_id JOIN scope c ON c.id = i.scope_id
		JOIN interaction_detail d ON d.interaction_id = i.id ORDER BY i.id`,
	media: `SELECT interaction_id, n, kind, type, names, document_key, sole, object_key,
		HEX(key_hash), size, plain_size, started_ms, duration_ms, encrypted, envelope, HEX(cms), state,
		masks FROM media ORDER BY interaction_id, n`,
	participant: "SELECT * FROM participant ORDER BY interaction_id, seq",
	attribute: "SELECT * FROM attribute ORDER BY interaction_id, seq",
	recipient: `SELECT HEX(fingerprint), issuer, serial, interaction_id, n FROM media_recipient m
		JOIN recipient r ON r.id = m.recipient_id ORDER BY interaction_id, n, fingerprint`,
	name: "SELECT * FROM media_name ORDER BY bare_hash, interaction_id",
	place: `SELECT source_id, HEX(key_hash), element, object_key, interaction_id, size, slice_begin,
		slice_end, blanks, own FROM place ORDER BY source_id, key_hash, element`,
	object: `SELECT source_id, object_key, dir_hash, name_hash, size, modified_ns, role, HEX(sha256)
		FROM object ORDER BY source_id, object_key`,
	fault: `SELECT source_id, object_key, cause, detail, resolved_ms IS NULL FROM fault
		ORDER BY source_id, object_key`,
	alias: "SELECT * FROM alias ORDER BY old_id",
};

class Home {
	constructor(lab, dir, database) {
		Object.assign(this, { lab, dir, database });
		this.conf = path.join(dir, "iap.conf");
	}

	ctl(args, options) {
		return runOk(path.join(build, "iapctl"), ["--config", this.conf, ...args], options);
	}

	/** Runs iap-worker to its end: {code, stdout, stderr}. */
	work(args, options) {
		return run(path.join(build, "iap-worker"), ["--config", this.conf, ...args], options);
	}

	/** Starts iap-worker; the child process. */
	begin(args) {
		return spawn(path.join(build, "iap-worker"), ["--config", this.conf, ...args],
			{ stdio: ["ignore", "ignore", "pipe"] });
	}

	/** One pass over all sources, or those of `args`: the array it reports. */
	async pass(args = [], codes = [0]) {
		const result = await this.work(["process-server", "--once", "--json", ...args]);
		if (!codes.includes(result.code))
			throw new Error(`iap-worker: ${result.code ?? result.signal}\n${result.stderr}`);
		return JSON.parse(result.stdout);
	}

	addSource(name, folder, ...more) {
		return this.ctl(["source", "add", name, "--kind", "local", "--root", folder, ...more]);
	}

	async sql(statement) {
		const result = await runOk("mariadb", ["--no-defaults", "-u", "root", "-S", this.lab.socket,
			"--batch", "-N", this.database], { input: `${statement};\n` });
		return result.stdout.split("\n").filter((line) => line !== "").map((line) => line.split("\t"));
	}

	/** The rows of a SELECT as objects; `columns` are SQL expressions with names. */
	async rows(columns, rest) {
		const members = Object.entries(columns).map(([name, sql]) => `'${text(name)}', ${sql}`);
		const [[json]] = await this.sql(`SET SESSION group_concat_max_len = 1 << 30;
			SELECT TO_BASE64(COALESCE(JSON_ARRAYAGG(JSON_OBJECT(${members.join(", ")})), '[]')) ${rest}`);
		return JSON.parse(Buffer.from(json.replaceAll("\\n", ""), "base64").toString());
	}

	async number(sql) {
		return Number((await this.sql(`SELECT ${sql}`))[0][0]);
	}

	/** Everything an archive became, as text to compare. */
	async dump() {
		const parts = [];
		for (const [name, statement] of Object.entries(dumps))
			parts.push(`== ${name}`, ...(await this.sql(statement)).map((row) => row.join("\t")));
		return parts.join("\n");
	}
}

class Lab {
	homes = 0;

	/** A new database with its users, and a folder beside it. */
	async home(options = {}) {
		const dir = path.join(this.dir, `home-${++this.homes}`);
		await runOk(path.join(root, "tests/worker/stack"), [dir], { env: { ...process.env,
			builddir: build, IAP_TEST_DB_SOCKET: this.socket, IAP_TEST_BATCH: String(options.batch ?? 1000),
			IAP_TEST_DATABASE: `iap${this.homes}` } });
		return new Home(this, dir, `iap${this.homes}`);
	}

	folder(name) {
		return fs.mkdtempSync(path.join(this.dir, `${name}-`));
	}

	async end() {
		this.server.stdin.end();
		await this.ended;
		fs.rmSync(this.dir, { recursive: true, force: true });
	}
}

/** Starts the MariaDB that all homes share; null where there is none. */
export async function startLab() {
	const lab = new Lab();
	lab.dir = fs.mkdtempSync(path.join(os.tmpdir(), "iap-lab-"));
	lab.server = spawn(path.join(root, "tests/support/with-mariadb"),
		["sh", "-c", "echo \"socket $IAP_TEST_DB_SOCKET\"; exec cat"],
		{ stdio: ["pipe", "pipe", "inherit"] });
	lab.ended = new Promise((done) => lab.server.on("exit", done));
	lab.socket = await new Promise((found, failed) => {
		let said = "";
		lab.server.stdout.on("data", (bytes) => {
			said += bytes;
			const match = said.match(/^socket (.*)\n/m);
			if (match) found(match[1]);
		});
		lab.server.on("exit", () => failed(new Error(`no MariaDB: ${said}`)));
	});
	return lab;
}

/** A document as the interface of Genesys Interaction Recording writes it. */
export function documentOf(id, startMs, change = {}) {
	const iso = (ms) => new Date(ms).toISOString().replace("Z", "+0000");
	return {
		id, callerPhoneNumber: "+61 400 555 222", dialedPhoneNumber: "1300", callType: "Inbound",
		startTime: iso(startMs), stopTime: iso(startMs + 10000), region: "east",
		mediaFiles: [{ mediaId: `${id}.mp3`, type: "audio/mp3", duration: "10000", size: "4170",
			startTime: iso(startMs), stopTime: iso(startMs + 10000), partitions: ["/US/East"],
			parameters: { "rp.speechminer_auth": "user:secret" } }],
		eventHistory: [
			{ event: "Joined", occurredAt: iso(startMs), contact: { type: "User", userName: "ana",
				firstName: "Ana", lastName: "López", phoneNumber: "7105" } },
			{ event: "Left", occurredAt: iso(startMs + 10000), contact: { type: "User", userName: "ana",
				firstName: "Ana", lastName: "López", phoneNumber: "7105" } },
		],
		...change,
	};
}
