// SPDX-License-Identifier: Apache-2.0
// A database that is a server by name and port: the connection is encrypted, and
// a server that cannot prove who it is gets no password.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { build, freePort, root, run, runOk } from "../support/stack.mjs";

let dir, server, socket, port;

/** A CA and, signed by it, a server's certificate for `name`. */
async function makeAuthority(prefix, name) {
	const file = (what) => path.join(dir, `${prefix}-${what}.pem`);
	const subject = (cn) => ["-subj", `/CN=${cn}`, "-days", "2", "-nodes", "-newkey", "rsa:2048"];
	await runOk("openssl", ["req", "-x509", ...subject(`${prefix} CA`), "-keyout", file("ca-key"),
		"-out", file("ca")]);
	await runOk("openssl", ["req", "-new", "-subj", `/CN=${name}`, "-nodes", "-newkey", "rsa:2048",
		"-keyout", file("key"), "-out", file("csr")]);
	fs.writeFileSync(file("ext"), `subjectAltName=DNS:${name}\n`);
	await runOk("openssl", ["x509", "-req", "-in", file("csr"), "-CA", file("ca"), "-CAkey",
		file("ca-key"), "-CAcreateserial", "-days", "2", "-extfile", file("ext"), "-out", file("cert")]);
	return { ca: file("ca"), cert: file("cert"), key: file("key") };
}

/** Starts a MariaDB on `port` with these options besides. */
async function startServer(options) {
	port = await freePort();
	const child = spawn(path.join(root, "tests/support/with-mariadb"),
		["sh", "-c", "echo \"socket $IAP_TEST_DB_SOCKET\"; exec cat"], {
			stdio: ["pipe", "pipe", "inherit"],
			env: { ...process.env, IAP_TEST_DB_OPTIONS:
				`--skip-networking=0 --bind-address=127.0.0.1 --port=${port} ${options}` } });
	const ended = new Promise((done) => child.on("exit", done));
	let said = "";
	socket = await new Promise((found, failed) => {
		child.stdout.on("data", (bytes) => {
			said += bytes;
			const match = said.match(/^socket (.*)\n/m);
			if (match) found(match[1]);
		});
		child.on("exit", () => failed(new Error(`no MariaDB: ${said}`)));
	});
	await runOk("mariadb", ["--no-defaults", "-u", "root", "-S", socket, "-e",
		"CREATE OR REPLACE USER root@'127.0.0.1' IDENTIFIED BY 'tls'; GRANT ALL ON *.* TO root@'127.0.0.1'" +
		" WITH GRANT OPTION"]);
	return { end: () => { child.stdin.end(); return ended; } };
}

async function migrate(host, ca) {
	const home = fs.mkdtempSync(path.join(dir, "home-"));
	for (const secret of ["db-web", "db-worker", "db-admin"])
		fs.writeFileSync(path.join(home, secret), "tls", { mode: 0o600 });
	fs.writeFileSync(path.join(home, "iap.conf"), `[database]\nhost = ${host}\nport = ${port}\n` +
		`tls_ca = ${ca}\nadmin_password_file = db-admin\nweb_password_file = db-web\n` +
		"worker_password_file = db-worker\n");
	return await run(path.join(build, "iapctl"), ["--config", path.join(home, "iap.conf"), "db", "migrate"]);
}

before(() => { dir = fs.mkdtempSync(path.join(os.tmpdir(), "iap-tls-")); });
after(async () => {
	await server?.end();
	fs.rmSync(dir, { recursive: true, force: true });
});

test("a server that its CA and name vouch for is used, over TLS only", async () => {
	const good = await makeAuthority("good", "localhost");
	const other = await makeAuthority("other", "localhost");
	server = await startServer(`--ssl-cert=${good.cert} --ssl-key=${good.key}`);
	const refused = await migrate("localhost", other.ca);
	assert.equal(refused.code, 1);
	assert.match(refused.stderr, /certificate|TLS|SSL/i);
	const unnamed = await migrate("127.0.0.1", good.ca);
	assert.equal(unnamed.code, 1, "the certificate is for another name");
	const taken = await migrate("localhost", good.ca);
	assert.equal(taken.code, 0, taken.stderr);
	const [[users]] = [(await runOk("mariadb", ["--no-defaults", "-u", "root", "-S", socket, "-N", "-e",
		"SELECT GROUP_CONCAT(DISTINCT ssl_type) FROM mysql.user WHERE user LIKE 'iap%'"])).stdout.split("\n")];
	assert.equal(users, "ANY", "the programs' users may not come without TLS");
	await server.end();
	server = undefined;
});

test("a server without TLS gets nothing", async () => {
	const good = await makeAuthority("plain", "localhost");
	server = await startServer("--skip-ssl");
	const refused = await migrate("localhost", good.ca);
	assert.equal(refused.code, 1);
	assert.match(refused.stderr, /TLS|SSL/i);
});
