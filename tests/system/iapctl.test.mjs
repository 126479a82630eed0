// SPDX-License-Identifier: Apache-2.0
// iapctl by hand: what it answers, its exit codes, and what it leaves behind.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import fs from "node:fs";
import path from "node:path";
import { build, run, runOk, startStack } from "../support/stack.mjs";

let stack;
const iapctl = (...args) => run(path.join(build, "iapctl"), [...args, "--config", stack.config]);

before(async () => {
	stack = await startStack({ only: ["database"] });
	stack.secretFile("pw", "a password of some length\n");
	for (const name of ["one", "two"]) {
		fs.mkdirSync(stack.file(name, "deep", "er"), { recursive: true });
		fs.writeFileSync(stack.file(name, "deep", "er", "x.json"), "{}");
	}
});
after(() => stack?.end());

// A certificate and its key, made by openssl.
async function makePair(name, ...more) {
	const cert = stack.file(`${name}.pem`), key = stack.file(`${name}.key`);
	await runOk("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-days", "30",
		"-subj", `/C=AU/O=Bänk/CN=${name}`, "-utf8", "-keyout", key, "-out", cert,
		...(more.length ? more : ["-nodes"])]);
	return { cert, key };
}

const sql = async (text) => (await runOk("mariadb", ["--no-defaults", "-N", "-B",
	`--socket=${stack.file("run/my.sock")}`, "--user=iap_admin",
	`--password=${fs.readFileSync(stack.file("secrets/db-admin"), "utf8")}`, "iap", "-e", text])).stdout;

test("help: every command tells its usage and an example, on standard output", async () => {
	const overview = await iapctl("--help");
	assert.equal(overview.code, 0);
	const commands = [...overview.stdout.matchAll(/^ {2}(\w+) +(add|list|check|remove|show|migrate|import|disable|password|sessions)? /gm)]
		.map(([, noun, verb]) => [noun, verb].filter(Boolean));
	assert.ok(commands.length >= 15, overview.stdout);
	for (const command of commands) {
		const help = await iapctl(...command, "--help");
		assert.equal(help.code, 0, command.join(" "));
		assert.match(help.stdout, new RegExp(`^usage: iapctl ${command.join(" ")}`));
		assert.match(help.stdout, new RegExp(`\\n {2}(.*\\| )?iapctl ${command.join(" ")}`), "an example");
		assert.equal(help.stderr, "");
	}
});

test("usage: exit code 2, a sentence, and nothing on standard output", async () => {
	for (const [args, says] of [
		[["frobnicate"], /unknown command frobnicate/],
		[["usr", "list"], /did you mean user\?/],
		[["user", "lst"], /did you mean list\?/],
		[["user", "list", "--jsn"], /did you mean --json\?/],
		[["user", "add", "x"], /--role and --password-file are needed/],
		[["source", "add"], /something is missing/],
		[["source", "add", "x", "--kind", "ftp", "--root", "/"], /--kind is one of: local/],
		[["source", "add", "../x", "--kind", "local", "--root", "/"], /a name is/],
		[["source", "add", "x", "--kind", "local", "--root", "/", "--division-from", "color"], /color/],
		[["key", "import", "--cert", "x"], /--cert and --key are needed/],
		[["user", "sessions", "--end"], /whose sessions/],
		[[], /usage: iapctl/],
	]) {
		const result = await iapctl(...args);
		assert.equal(result.code, 2, args.join(" "));
		assert.match(result.stderr, says);
		assert.equal(result.stdout, "");
	}
});

test("config is taken before the subcommand too", async () => {
	const result = await run(path.join(build, "iapctl"), ["--config", stack.config, "user", "list", "--json"]);
	assert.equal(result.code, 0, result.stderr);
	assert.deepEqual(JSON.parse(result.stdout), []);
});

test("db migrate: a second time changes nothing", async () => {
	const before = await sql("SELECT version, applied_ms FROM schema_version ORDER BY version");
	const again = await iapctl("db", "migrate");
	assert.equal(again.code, 0, again.stderr);
	assert.match(again.stderr, /already/);
	assert.equal(await sql("SELECT version, applied_ms FROM schema_version ORDER BY version"), before);
});

test("the programs' database users cannot do what is not theirs", async () => {
	const as = (user, text) => run("mariadb", ["--no-defaults", `--socket=${stack.file("run/my.sock")}`,
		`--user=iap_${user}`, `--password=${fs.readFileSync(stack.file(`secrets/db-${user}`), "utf8")}`,
		"iap", "-e", text]);
	assert.equal((await as("web", "SELECT COUNT(*) FROM interaction")).code, 0);
	assert.equal((await as("worker", "SELECT COUNT(*) FROM interaction")).code, 0);
	for (const [user, text] of [
		["web", "CREATE TABLE t (a INT)"], ["web", "DROP TABLE user"],
		["web", "ALTER TABLE user ADD x INT"], ["web", "DELETE FROM interaction"],
		["web", "UPDATE audit SET actor = ''"], ["web", "DELETE FROM audit"],
		["worker", "SELECT * FROM user"], ["worker", "UPDATE user SET role = 'admin'"],
		["worker", "SELECT * FROM session"], ["worker", "DROP TABLE source"],
		["worker", "SELECT * FROM audit"],
	]) {
		const result = await as(user, text);
		assert.notEqual(result.code, 0, `${user}: ${text}`);
		assert.match(result.stderr, /denied/, `${user}: ${text}`);
	}
});

test("users: added, listed, refused twice, disabled, and each change audited", async () => {
	const added = await iapctl("user", "add", "anna", "--role", "supervisor", "--region", "EMEA",
		"--region", "US", "--division", "/Sales/", "--password-file", stack.file("pw"));
	assert.equal(added.code, 0, added.stderr);
	const twice = await iapctl("user", "add", "anna", "--role", "supervisor", "--password-file", stack.file("pw"));
	assert.equal(twice.code, 1);
	assert.match(twice.stderr, /there is a user anna already/);
	const role = await iapctl("user", "add", "otto", "--role", "king", "--password-file", stack.file("pw"));
	const rootOfAll = await iapctl("user", "add", "rut", "--role", "analyst", "--division", "/",
		"--password-file", stack.file("pw"));
	assert.equal(rootOfAll.code, 1);
	assert.match(rootOfAll.stderr, /\/ is no division/);
	assert.equal(role.code, 1);
	assert.match(role.stderr, /king/);
	const [anna] = JSON.parse((await iapctl("user", "list", "--json")).stdout);
	assert.deepEqual([anna.name, anna.role, anna.regions, anna.divisions, anna.disabled_at],
		["anna", "supervisor", ["EMEA", "US"], ["/Sales"], null]);
	const hash = await sql("SELECT password_hash FROM user WHERE subject = 'anna'");
	assert.match(hash, /^\$argon2id\$v=19\$m=65536,t=3,p=1\$/);
	assert.equal((await iapctl("user", "disable", "anna")).code, 0);
	assert.equal((await iapctl("user", "disable", "nobody")).code, 1);
	assert.notEqual(JSON.parse((await iapctl("user", "list", "--json")).stdout)[0].disabled_at, null);
	assert.equal(await sql("SELECT action, object_id FROM audit ORDER BY id"),
		"user_add\tanna\nuser_disable\tanna\n");
});

test("a password has no newline, comes from standard input too, and is in no argument", async () => {
	await iapctl("user", "add", "eva", "--role", "analyst", "--password-file", stack.file("pw"));
	const before = await sql("SELECT password_hash FROM user WHERE subject = 'eva'");
	const changed = await run(path.join(build, "iapctl"), ["user", "password", "eva",
		"--password-file", "-", "--config", stack.config], { input: "another one\n" });
	assert.equal(changed.code, 0, changed.stderr);
	assert.notEqual(await sql("SELECT password_hash FROM user WHERE subject = 'eva'"), before);
	assert.equal((await iapctl("user", "password", "nobody", "--password-file", stack.file("pw"))).code, 1);
	fs.chmodSync(stack.file("pw"), 0o644);
	const open = await iapctl("user", "password", "eva", "--password-file", stack.file("pw"));
	assert.equal(open.code, 0, "used whatever its mode");
	assert.match(open.stderr, /warning .*can be read by everybody/);
	fs.chmodSync(stack.file("pw"), 0o600);
});

test("sources: added, listed, checked, removed, taken up again", async () => {
	for (const [name, ...more] of [["one", "--region", "EMEA"], ["two", "--division-from", "tenant,fixed:/Old"]]) {
		const added = await iapctl("source", "add", name, "--kind", "local", "--root", stack.file(name), ...more);
		assert.equal(added.code, 0, added.stderr);
	}
	const listed = JSON.parse((await iapctl("source", "list", "--json")).stdout);
	assert.deepEqual(listed.map((s) => [s.name, s.kind, s.root, s.region, s.division_from]), [
		["one", "local", stack.file("one"), "EMEA", "partitions,accessgroups"],
		["two", "local", stack.file("two"), "", "tenant,fixed:/Old"]]);
	assert.match(fs.readFileSync(stack.file("sources.d/one.conf"), "utf8"),
		new RegExp(`^kind = local\nroot = ${stack.file("one")}\n$`));
	const twice = await iapctl("source", "add", "one", "--kind", "local", "--root", stack.file("one"));
	assert.equal(twice.code, 1);
	assert.match(twice.stderr, /there is a source one already/);
	assert.equal((await iapctl("source", "check")).code, 0);
	fs.renameSync(stack.file("two"), stack.file("gone"));
	const check = await iapctl("source", "check", "--json");
	assert.equal(check.code, 3);
	assert.deepEqual(JSON.parse(check.stdout).map((s) => [s.name, s.ok]), [["one", true], ["two", false]]);
	assert.equal((await iapctl("source", "check", "three")).code, 1);
	assert.equal((await iapctl("source", "remove", "two")).code, 0);
	assert.equal((await iapctl("source", "remove", "two")).code, 1);
	assert.ok(!fs.existsSync(stack.file("sources.d/two.conf")));
	assert.equal((await iapctl("source", "add", "two", "--kind", "local", "--root", stack.file("two"))).code, 1,
		"no such folder");
	assert.equal((await iapctl("source", "add", "two", "--kind", "local", "--root", stack.file("gone"))).code, 0);
	assert.equal(JSON.parse((await iapctl("source", "list", "--json")).stdout).length, 2);
});

test("an add that was cut short can be repeated", async () => {
	fs.rmSync(stack.file("sources.d/one.conf"));
	const again = await iapctl("source", "add", "one", "--kind", "local", "--root", stack.file("one"));
	assert.equal(again.code, 0, again.stderr);
	assert.ok(fs.existsSync(stack.file("sources.d/one.conf")));
});

test("keys: a pair is imported and kept encrypted; what is no pair is refused", async () => {
	const first = await makePair("first"), second = await makePair("second");
	const imported = await iapctl("key", "import", "--cert", first.cert, "--key", first.key);
	assert.equal(imported.code, 0, imported.stderr);
	for (const name of fs.readdirSync(stack.file("keys"))) {
		const file = stack.file("keys", name), text = fs.readFileSync(file, "utf8");
		if (/PRIVATE KEY/.test(text)) assert.match(text, /ENCRYPTED PRIVATE KEY/);
		assert.equal(fs.statSync(file).mode & 0o077, 0, name);
	}
	const wrong = await iapctl("key", "import", "--cert", first.cert, "--key", second.key);
	assert.equal(wrong.code, 1);
	assert.equal((await iapctl("key", "import", "--cert", first.key, "--key", first.key)).code, 1);
	assert.equal((await iapctl("key", "import", "--cert", "/nowhere", "--key", first.key)).code, 1);
	const listed = JSON.parse((await iapctl("key", "list", "--json")).stdout);
	const serial = BigInt("0x" + (await runOk("openssl", ["x509", "-in", first.cert, "-noout", "-serial"]))
		.stdout.trim().split("=")[1]).toString();
	assert.deepEqual(listed.map((k) => [k.state, k.serial, k.subject, k.recordings]),
		[["present", serial, "CN=first,O=Bänk,C=AU", 0]]);
});

test("what root writes for a program belongs to that program", {
	skip: process.getuid() !== 0 ? "needs root, to give folders away" : false,
}, async () => {
	const pair = await makePair("fourth");
	fs.chownSync(stack.file("keys"), 61002, 61002);
	for (const name of fs.readdirSync(stack.file("keys"))) fs.chownSync(stack.file("keys", name), 61002, 61002);
	const before = fs.readdirSync(stack.file("keys")).length;
	const imported = await iapctl("key", "import", "--cert", pair.cert, "--key", pair.key);
	assert.equal(imported.code, 0, imported.stderr);
	const names = fs.readdirSync(stack.file("keys"));
	assert.equal(names.length, before + 2);
	for (const name of names) assert.equal(fs.statSync(stack.file("keys", name)).uid, 61002, name);
});

test("a key that needs a passphrase wants the right one", async () => {
	fs.writeFileSync(stack.file("good"), "open sesame\n", { mode: 0o600 });
	fs.writeFileSync(stack.file("bad"), "open barley\n", { mode: 0o600 });
	const pair = await makePair("third", "-passout", `file:${stack.file("good")}`);
	const import_ = (...more) => iapctl("key", "import", "--cert", pair.cert, "--key", pair.key, ...more);
	for (const more of [[], ["--passphrase-file", stack.file("bad")]]) {
		const refused = await import_(...more);
		assert.ok([1, 4].includes(refused.code));
		assert.match(refused.stderr, /passphrase/);
	}
	assert.equal((await import_("--passphrase-file", stack.file("good"))).code, 0);
});

test("doctor: finds what is wrong, says what to do, and is well where all is well", async () => {
	const well = JSON.parse((await iapctl("doctor", "--json")).stdout);
	const failed = (report) => report.checks.filter((c) => c.result === "failed").map((c) => c.check);
	assert.ok(well.checks.length >= 25);
	assert.deepEqual(failed(well), ["pool web", "pool media", "pool media-whole"], "these were not started");
	for (const check of well.checks) assert.equal(check.remedy === "", check.result === "ok", check.check);

	const spoil = async (what, put, undo) => {
		await put();
		const report = await iapctl("doctor", "--json");
		assert.equal(report.code, 3);
		const bad = JSON.parse(report.stdout).checks.filter((c) => c.result !== "ok").map((c) => c.check);
		assert.ok(bad.includes(what), `${what} not among ${bad}`);
		await undo();
	};
	const secret = stack.file("secrets/ticket.key"), text = fs.readFileSync(secret);
	await spoil("ticket key", () => fs.writeFileSync(secret, "short"), () => fs.writeFileSync(secret, text));
	await spoil("key folder", () => fs.chmodSync(stack.file("keys"), 0o755), () => fs.chmodSync(stack.file("keys"), 0o700));
	await spoil("media reports", () => fs.renameSync(stack.file("reports"), stack.file("r")),
		() => fs.renameSync(stack.file("r"), stack.file("reports")));
	await spoil("source one", () => fs.renameSync(stack.file("one"), stack.file("1")),
		() => fs.renameSync(stack.file("1"), stack.file("one")));
	await spoil("local_infile", () => sql("SET GLOBAL local_infile = ON"), () => sql("SET GLOBAL local_infile = OFF"));
	await spoil("sql_mode", () => sql("SET GLOBAL sql_mode = ''"), () => sql("SET GLOBAL sql_mode = DEFAULT"));
	await spoil("web's account", () => sql("GRANT DROP ON iap.* TO iap_web@localhost"),
		() => sql("REVOKE DROP ON iap.* FROM iap_web@localhost"));
	await spoil("worker's account", () => sql("ALTER USER iap_worker@localhost IDENTIFIED BY 'x'"),
		() => iapctl("db", "migrate"));
	await spoil("schema", () => sql("INSERT INTO schema_version (version, name, steps, applied_ms) VALUES (999, 'x', 1, 1)"),
		() => sql("DELETE FROM schema_version WHERE version = 999"));
	const config = fs.readFileSync(stack.config, "utf8");
	await spoil("time zone", () => fs.writeFileSync(stack.config, config.replace("UTC", "Mars/Olympus")),
		() => fs.writeFileSync(stack.config, config));
	assert.deepEqual(failed(JSON.parse((await iapctl("doctor", "--json")).stdout)), failed(well));
});

test("a wrong iap.conf is named with line and remedy, and nothing else is done", async () => {
	const config = fs.readFileSync(stack.config, "utf8");
	fs.writeFileSync(stack.config, config.replace("batch = 1000", "btch = 1000"));
	const result = await iapctl("user", "list");
	assert.equal(result.code, 1);
	assert.match(result.stderr, /iap\.conf:\d+: unknown setting btch in \[worker\]; did you mean batch\?/);
	fs.writeFileSync(stack.config, config);
});

test("the database away: exit code 1 and a sentence, soon", async () => {
	await stack.endParts("database");
	const began = Date.now();
	const result = await iapctl("user", "list");
	assert.equal(result.code, 1);
	assert.match(result.stderr, /my\.sock/);
	assert.ok(Date.now() - began < 5000);
	const report = await iapctl("doctor", "--json");
	assert.equal(report.code, 3);
	assert.ok(JSON.parse(report.stdout).checks.some((c) => c.check === "database" && c.result === "failed"));
	await stack.begin("database");
});
