// SPDX-License-Identifier: Apache-2.0
// iap-worker from outside: what it makes of archives, and of those that change
// while it looks. The sample archive's expected.json is written by what lays it
// out; everything else is counted by hand.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { encryptDetached, encryptWhole, lay, makePair, mp3 } from "../support/archive.mjs";
import { root, run, runOk, until } from "../support/stack.mjs";
import { documentOf, startLab } from "../support/worker.mjs";

const START = Date.UTC(2021, 1, 3, 4, 5, 6);
const id = (n) => `0${n}`.padStart(28, "0") + "AES1";
let lab;

before(async () => { lab = await startLab(); });
after(() => lab.end());

/** So many calls, a folder each, old enough to be at rest. */
function layCalls(folder, count, change = () => ({})) {
	for (let n = 0; n < count; n++) {
		lay(folder, { [`c/${n}/recording.json`]: documentOf(id(n), START + n * 60000, change(n)),
			[`c/${n}/${id(n)}.mp3`]: mp3(10, n) });
	}
}

async function homeWith(count, options = {}) {
	const home = await lab.home(options);
	const folder = lab.folder("archive");
	layCalls(folder, count);
	await home.addSource("a", folder);
	return { home, folder };
}

const states = (home) => home.sql(`SELECT state, reviewed, valid, COUNT(*) FROM interaction
	GROUP BY 1, 2, 3 ORDER BY CONCAT(state)`);
const time = (ms) => ms === null ? null : new Date(ms).toISOString();

async function actualInteractions(home) {
	const calls = await home.rows({ id: "CAST(i.id AS CHAR)", source: "s.name",
		recording_id: "i.recording_id", started: "started_ms", ended: "ended_ms",
		duration_ms: "duration_ms", caller: "caller", dialed: "dialed", call_type: "call_type",
		region: "NULLIF(c.region, '')", divisions: "JSON_COMPACT(c.divisions)",
		agents: "JSON_COMPACT(agents)", encrypted: "encrypted", reviewed: "reviewed", valid: "valid",
		state: "state", media_count: "media_count", has_screen: "has_screen" },
	"FROM interaction i JOIN source s ON s.id = i.source_id JOIN scope c ON c.id = i.scope_id");
	const media = await home.rows({ call: "CAST(interaction_id AS CHAR)", n: "n", kind: "kind",
		type: "type", started: "started_ms", duration_ms: "duration_ms", size: "size",
		state: "state", object_key: "CONVERT(object_key USING utf8mb4)", envelope: "envelope",
		encrypted: "encrypted", masks: "JSON_COMPACT(masks)" }, "FROM media");
	for (const call of calls)
		call.media = media.filter((m) => m.call === call.id).sort((a, b) => a.n - b.n);
	return calls;
}

/** The members of `wanted` that are judged, as they are in `actual`. */
function compareMedium(wanted, actual, label) {
	for (const name of ["kind", "type", "duration_ms", "state", "size"])
		if (wanted[name] !== undefined && wanted[name] !== null)
			assert.equal(actual[name], wanted[name], `${label} ${name}`);
	assert.equal(Boolean(actual.encrypted), wanted.encrypted, `${label} encrypted`);
	if (wanted.started_at !== undefined)
		assert.equal(time(actual.started), wanted.started_at, `${label} started_at`);
	assert.deepEqual(actual.masks, wanted.masks, `${label} masks`);
	if (wanted.state === "missing") return;
	assert.equal(actual.object_key, wanted.object_key, `${label} object_key`);
	if (wanted.state !== "empty")
		assert.equal(actual.envelope, wanted.shape === "clear" ? "none" : wanted.shape, `${label} shape`);
}

function compareCall(wanted, actual) {
	const label = `${wanted.source} ${wanted.recording_id} (${wanted.form})`;
	for (const name of ["duration_ms", "caller", "dialed", "call_type", "region", "reviewed", "valid",
		"state", "media_count"])
		if (wanted[name] !== undefined) assert.equal(actual[name], wanted[name], `${label} ${name}`);
	for (const name of ["encrypted", "has_screen"])
		if (wanted[name] !== undefined)
			assert.equal(Boolean(actual[name]), wanted[name], `${label} ${name}`);
	if (wanted.ended_at !== undefined)
		assert.equal(time(actual.ended), wanted.ended_at, `${label} ended_at`);
	assert.deepEqual(actual.divisions, wanted.divisions, `${label} divisions`);
	const agents = wanted.agents && actual.agents.map((agent, k) =>
		wanted.agents[k]?.name === undefined ? { user: agent.user } : agent);
	assert.deepEqual(agents, wanted.agents, `${label} agents`);
	wanted.media.forEach((medium, n) =>
		compareMedium(medium, actual.media[n], `${label} media ${n}`));
}

test("the sample archive becomes what was laid out", async () => {
	const home = await lab.home();
	const sample = path.join(lab.dir, "sample");
	await runOk(path.join(root, "tools/sample/make-archive"), [sample]);
	const expected = JSON.parse(fs.readFileSync(path.join(sample, "expected.json"), "utf8"));
	for (const name of expected.certificates.filter((c) => c.has_key).map((c) => c.name))
		await home.ctl(["key", "import", "--cert", `${sample}/keys/${name}.cert.pem`,
			"--key", `${sample}/keys/${name}.key.pem`]);
	for (const source of expected.sources)
		await home.addSource(source.name, path.join(sample, source.root),
			...(source.region === null ? [] : ["--region", source.region]));
	const reports = await home.pass([], [3]);
	const calls = await actualInteractions(home);
	assert.equal(calls.length, expected.interactions.length);
	const key = (call, started) => [call.source, call.recording_id, started].join(" ");
	const byKey = new Map(calls.map((call) => [key(call, time(call.started)), call]));
	for (const wanted of expected.interactions) {
		const actual = byKey.get(key(wanted, wanted.started_at));
		assert.ok(actual, `${key(wanted, wanted.started_at)} is there`);
		compareCall(wanted, actual);
	}
	const faults = await home.sql(`SELECT s.name, f.object_key FROM fault f
		JOIN source s ON s.id = f.source_id WHERE resolved_ms IS NULL`);
	assert.deepEqual(faults.map((row) => row.join(" ")).sort(),
		expected.damaged.map((d) => `${d.source} ${d.key}`).sort());
	for (const [k, source] of expected.sources.entries())
		assert.equal(reports[k].faults, source.damaged, `${source.name} faults`);
	for (const secret of expected.secrets)
		assert.doesNotMatch(await home.dump(), new RegExp(secret), "no secret is stored");
});

test("a second pass opens no document", async () => {
	const { home, folder } = await homeWith(30);
	const [first] = await home.pass();
	assert.deepEqual([first.documents, first.inserted, first.valid, first.seen], [30, 30, 30, 60]);
	const before = await home.dump();
	const trace = path.join(lab.dir, "trace");
	const traced = await run("strace", ["-f", "-e", "trace=open,openat,openat2", "-o", trace,
		"env", "ASAN_OPTIONS=detect_leaks=0", path.join(process.env.IAP_BUILD ?? "build", "iap-worker"),
		"--config", home.conf, "process-server", "--once", "--json"]);
	assert.equal(traced.code, 0, traced.stderr);
	const [second] = JSON.parse(traced.stdout);
	assert.deepEqual([second.documents, second.unchanged, second.inserted, second.updated],
		[0, 30, 0, 0]);
	assert.match(fs.readFileSync(trace, "utf8"), /iap\.conf/, "the trace sees files");
	assert.doesNotMatch(fs.readFileSync(trace, "utf8"), /recording\.json/);
	assert.equal(await home.dump(), before);
	fs.rmSync(folder, { recursive: true });
});

test("a document that changes is read again; a corrected start leaves an alias", async () => {
	const { home, folder } = await homeWith(3);
	await home.pass();
	const [[old]] = await home.sql(`SELECT id FROM interaction WHERE recording_id = '${id(1)}'`);
	lay(folder, { "c/1/recording.json": documentOf(id(1), START + 3600000, { callerPhoneNumber: "0" }),
		"c/2/recording.json": documentOf(id(2), START + 120000, { callType: "Outbound" }) });
	const [report] = await home.pass();
	assert.deepEqual([report.documents, report.updated, report.inserted], [2, 2, 0]);
	assert.equal(await home.number("COUNT(*) FROM interaction"), 3);
	const [[moved, caller, state]] = await home.sql(`SELECT i.id, caller, state FROM interaction i
		JOIN alias a ON a.interaction_id = i.id WHERE a.old_id = ${old}`);
	assert.equal(BigInt(moved) >> 22n, BigInt(START + 3600000));
	assert.deepEqual([caller, state], ["0", "ok"]);
	assert.equal(await home.number("COUNT(*) FROM media"), 3);
	assert.deepEqual(await home.sql(`SELECT call_type FROM interaction WHERE recording_id = '${id(2)}'`),
		[["outbound"]]);
});

test("a damaged document is a fault until it is whole", async () => {
	const { home, folder } = await homeWith(3);
	const old = new Date(Date.now() - 60000);
	fs.writeFileSync(path.join(folder, "c/1/recording.json"), "{\"id\": \"x\", \"mediaFiles\": [}");
	fs.utimesSync(path.join(folder, "c/1/recording.json"), old, old);
	lay(folder, { "c/package.json": { name: "a stranger" }, "last_recording_endtime.txt": "1" });
	const [first] = await home.pass([], [3]);
	assert.deepEqual([first.faults, first.inserted], [1, 2]);
	const [[cause, detail]] = await home.sql("SELECT cause, detail FROM fault WHERE resolved_ms IS NULL");
	assert.equal(cause, "damaged");
	assert.match(detail, /line 1/);
	const [again] = await home.pass([], [3]);
	assert.deepEqual([again.faults, again.documents], [1, 0]);
	lay(folder, { "c/1/recording.json": documentOf(id(1), START + 60000) });
	const [healed] = await home.pass();
	assert.deepEqual([healed.faults, healed.inserted], [0, 1]);
	assert.equal(await home.number("COUNT(*) FROM fault WHERE resolved_ms IS NULL"), 0);
	assert.equal(await home.number("COUNT(*) FROM fault"), 1);
});

/** Runs a pass as somebody whom modes of files bind, root too. */
async function passBound(home) {
	const program = [path.join(process.env.IAP_BUILD ?? "build", "iap-worker"), "--config", home.conf,
		"process-server", "--once", "--json"];
	const [command, ...args] = process.getuid() === 0
		? ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--", ...program] : program;
	const result = await run(command, args);
	return { code: result.code, report: JSON.parse(result.stdout)[0] };
}

test("a document that the storage refuses is a fault, and the others are read", async () => {
	const { home, folder } = await homeWith(4);
	const refused = path.join(folder, "c/1/recording.json");
	fs.chmodSync(refused, 0);
	const first = await passBound(home);
	assert.equal(first.code, 3);
	assert.deepEqual([first.report.inserted, first.report.faults, first.report.message],
		[3, 1, undefined]);
	assert.deepEqual(await home.sql("SELECT object_key, cause FROM fault WHERE resolved_ms IS NULL"),
		[["c/1/recording.json", "unreadable"]]);
	assert.equal((await passBound(home)).code, 3);
	fs.chmodSync(refused, 0o644);
	const healed = await passBound(home);
	assert.deepEqual([healed.code, healed.report.inserted, healed.report.faults], [0, 1, 0]);
	assert.equal(await home.number("COUNT(*) FROM fault WHERE resolved_ms IS NULL"), 0);
});

test("a document that is being written is no fault", async () => {
	const { home, folder } = await homeWith(1);
	const whole = JSON.stringify(documentOf(id(7), START));
	const file = path.join(folder, "late.json");
	fs.writeFileSync(file, whole.slice(0, 300));
	const timer = setTimeout(() => fs.appendFileSync(file, whole.slice(300)), 700);
	const [report] = await home.pass();
	clearTimeout(timer);
	assert.deepEqual([report.faults, report.inserted], [0, 2]);
});

test("media that come late, shrink, grow and go are judged anew", async () => {
	const { home, folder } = await homeWith(30);
	const medium = path.join(folder, `c/4/${id(4)}.mp3`);
	const bytes = fs.readFileSync(medium);
	fs.rmSync(medium);
	await home.pass();
	assert.deepEqual(await states(home), [["missing", "1", "0", "1"], ["ok", "1", "1", "29"]]);
	fs.writeFileSync(medium, "");
	const [came] = await home.pass();
	assert.deepEqual([came.documents, came.failed], [0, 1]);
	assert.deepEqual(await states(home), [["empty", "1", "0", "1"], ["ok", "1", "1", "29"]]);
	fs.writeFileSync(medium, bytes);
	const [grew] = await home.pass();
	assert.deepEqual([grew.documents, grew.valid], [0, 1]);
	assert.deepEqual(await states(home), [["ok", "1", "1", "30"]]);
	fs.rmSync(medium);
	await home.pass();
	assert.deepEqual(await states(home), [["missing", "1", "0", "1"], ["ok", "1", "1", "29"]]);
	fs.writeFileSync(medium, bytes);
	await home.pass();
	assert.deepEqual(await states(home), [["ok", "1", "1", "30"]]);
});

test("a source of which much has vanished is left as it is, and the others are read", async () => {
	const { home, folder } = await homeWith(20);
	await home.pass();
	const before = await home.dump();
	const other = lab.folder("other");
	lay(other, { "recording.json": documentOf("other", START), "other.mp3": mp3(10, 1) });
	await home.addSource("b", other);
	for (let n = 0; n < 5; n++) fs.rmSync(path.join(folder, `c/${n}`), { recursive: true });
	const [stopped, read] = await home.pass([], [1]);
	assert.match(stopped.message, /10 of 40 known objects have vanished/);
	assert.equal(read.inserted, 1);
	assert.deepEqual(await home.sql("SELECT state FROM pass ORDER BY id DESC LIMIT 2"),
		[["done"], ["stopped"]]);
	fs.renameSync(folder, `${folder}.away`);
	const [gone] = await home.pass(["--source", "a"], [1]);
	assert.ok(gone.message);
	assert.equal(await home.number("COUNT(*) FROM interaction WHERE valid = 1"), 21);
	fs.renameSync(`${folder}.away`, folder);
	layCalls(folder, 5);
	await home.pass();
	await home.sql("DELETE FROM object WHERE source_id = 2");
	assert.equal((await home.dump()).split("\n").filter((line) => line.includes("recording.json")).length,
		before.split("\n").filter((line) => line.includes("recording.json")).length + 2);
});

test("workers at once make one row of each call", async () => {
	const { home } = await homeWith(60, { batch: 7 });
	const runs = await Promise.all([1, 2, 3, 4].map(() =>
		home.work(["process-server", "--once", "--json"])));
	for (const { code, stderr } of runs) assert.equal(code, 0, stderr);
	await home.pass();
	assert.equal(await home.number("COUNT(*) FROM interaction"), 60);
	assert.equal(await home.number("COUNT(DISTINCT recording_id) FROM interaction"), 60);
	assert.equal(await home.number("COUNT(*) FROM media WHERE state = 'ok'"), 60);
});

test("the same call in two sources is one row with two places", async () => {
	const { home, folder } = await homeWith(3);
	await home.addSource("b", folder, "--region", "elsewhere", "--division-from", "fixed:/X");
	const [first, second] = await home.pass();
	assert.deepEqual([first.inserted, second.inserted, second.documents], [3, 0, 3]);
	assert.equal(await home.number("COUNT(*) FROM place"), 6);
	assert.deepEqual(await home.sql(`SELECT DISTINCT s.name, c.region, c.divisions FROM interaction i
		JOIN source s ON s.id = i.source_id JOIN scope c ON c.id = i.scope_id`),
	[["a", "east", "[\"/US/East\"]"]]);
});

test("keys decide between no_key and ok, at once; playing decides the rest", async () => {
	const home = await lab.home();
	const folder = lab.folder("encrypted");
	const pair = await makePair(lab.dir, "kd", 4711), lost = await makePair(lab.dir, "lost", 4712);
	const call = async (name, to, whole) => {
		const plain = mp3(10, 3);
		const made = whole ? { bytes: await encryptWhole(lab.dir, plain, to) }
			: await encryptDetached(lab.dir, plain, to);
		const document = documentOf(name, START);
		Object.assign(document.mediaFiles[0], { mediaId: `${name}.mp3` },
			made.envelope ? { pkcs7: made.envelope, certAlias: [to[0].alias] } : {});
		lay(folder, { [`${name}/r.json`]: document, [`${name}/${name}.mp3.bin`]: made.bytes });
	};
	await call("detached", [pair]);
	await call("whole", [pair], true);
	await call("two", [lost, pair]);
	await call("lost", [lost]);
	fs.writeFileSync(path.join(folder, "detached/extra.txt"), "");
	await home.addSource("e", folder);
	await home.pass();
	const each = () => home.sql("SELECT recording_id, state, encrypted FROM interaction ORDER BY 1");
	assert.deepEqual(await each(), [["detached", "no_key", "1"], ["lost", "no_key", "1"],
		["two", "no_key", "1"], ["whole", "no_key", "1"]]);
	await home.ctl(["key", "import", "--cert", pair.cert, "--key", pair.key]);
	const now = [["detached", "ok", "1"], ["lost", "no_key", "1"], ["two", "ok", "1"],
		["whole", "ok", "1"]];
	assert.deepEqual(await each(), now);
	const keys = JSON.parse((await home.ctl(["key", "list", "--json"])).stdout);
	assert.deepEqual(keys.map((k) => [k.serial, k.state, k.recordings]),
		[["4711", "present", 3], ["4712", "missing", 2]]);
	const [[found]] = await home.sql("SELECT id FROM interaction WHERE recording_id = 'detached'");
	const report = (state) => fs.writeFileSync(path.join(home.dir, `reports/${found}-0-${state}`), "");
	report("wrong_key");
	fs.writeFileSync(path.join(home.dir, "reports/not a report"), "");
	assert.equal((await home.work(["validate"])).code, 0);
	assert.deepEqual((await each())[0], ["detached", "wrong_key", "1"]);
	assert.deepEqual(fs.readdirSync(path.join(home.dir, "reports")), ["not a report"]);
	assert.equal((await home.work(["validate", "--recheck-failed"])).code, 0);
	assert.deepEqual((await each())[0], ["detached", "wrong_key", "1"], "its object has not changed");
	report("ok");
	assert.equal((await home.work(["validate"])).code, 0);
	assert.deepEqual(await each(), now);
});

test("empty is what leaves no audio", async () => {
	const home = await lab.home();
	const folder = lab.folder("empty");
	const pair = await makePair(lab.dir, "em", 9);
	await home.ctl(["key", "import", "--cert", pair.cert, "--key", pair.key]);
	const detached = await encryptDetached(lab.dir, Buffer.alloc(0), [pair]);
	const whole = await encryptWhole(lab.dir, Buffer.alloc(0), [pair]);
	const media = { zero: Buffer.alloc(0), sixteen: detached.bytes, whole,
		header: whole.subarray(0, whole.length - 16), some: mp3(1, 1) };
	for (const [name, bytes] of Object.entries(media)) {
		const document = documentOf(name, START);
		Object.assign(document.mediaFiles[0], name === "sixteen" ? { pkcs7: detached.envelope } : {});
		lay(folder, { [`${name}/r.json`]: document, [`${name}/${name}.mp3`]: bytes });
	}
	lay(folder, { "none/r.json": documentOf("none", START, { mediaFiles: [] }) });
	await home.addSource("m", folder);
	const [report] = await home.pass();
	assert.deepEqual([report.valid, report.failed], [1, 5]);
	assert.deepEqual(await home.sql("SELECT recording_id, state FROM interaction ORDER BY 1"),
		[["header", "empty"], ["none", "missing"], ["sixteen", "empty"], ["some", "ok"],
			["whole", "empty"], ["zero", "empty"]]);
});

test("a signal ends a pass between batches, and the next one takes it up", async () => {
	const { home } = await homeWith(400, { batch: 5 });
	const child = home.begin(["process-server", "--every", "1h"]);
	await until(async () => await home.number("COUNT(*) FROM interaction") > 0, 20000, "a first batch");
	child.kill("SIGTERM");
	const code = await new Promise((done) => child.on("exit", done));
	assert.equal(code, 0);
	assert.match((await home.sql("SELECT state FROM pass"))[0][0], /interrupted|done/);
	await home.pass();
	assert.equal(await home.number("COUNT(*) FROM interaction WHERE valid = 1"), 400);
});

test("a command line that is wrong is a usage error", async () => {
	const home = await lab.home();
	for (const args of [["process-server", "--once", "--every", "5m"], ["process-server", "--every", "5"],
		["process-server", "--sorce", "a"], ["process-server", "word"], ["nothing"], [],
		["validate", "--limit", "3"]])
		assert.equal((await home.work(args)).code, 2, args.join(" "));
	const unknown = await home.work(["process-server", "--once", "--source", "nobody", "--json"]);
	assert.equal(unknown.code, 1);
	assert.match(unknown.stderr, /nobody/);
	assert.deepEqual(JSON.parse(unknown.stdout), []);
	assert.deepEqual(await home.pass(), []);
	assert.match((await home.work(["process-server", "--help"])).stdout, /--once/);
});
