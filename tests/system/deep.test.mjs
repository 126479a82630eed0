// SPDX-License-Identifier: Apache-2.0
// iap-worker validate --deep: what is inside of media. What must be found in the
// sample is in its expected.json; hashes are sha256sum's and plain bytes openssl's;
// the other archive is broken here by hand.
import assert from "node:assert/strict";
import fs from "node:fs";
import http from "node:http";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { encryptDetached, encryptWhole, lay, makePair, mp3, sha256, wav } from "../support/archive.mjs";
import { plainOf, startSampleStack } from "../support/sample.mjs";
import { build, root, runOk, startProgram, startStack, until } from "../support/stack.mjs";
import { startLab } from "../support/worker.mjs";

const sqlOf = (stack) => async (text) => (await runOk("mariadb", ["--no-defaults", "-N", "-B",
	`--socket=${stack.file("run/my.sock")}`, "--user=iap_admin",
	`--password=${fs.readFileSync(stack.file("secrets/db-admin"), "utf8")}`, "iap", "-e", text]))
	.stdout.split("\n").filter((line) => line !== "").map((line) => line.split("\t"));

async function deep(stack, args = [], codes = [0]) {
	const result = await stack.worker(["validate", "--deep", "--json", ...args], { codes });
	return Object.assign(JSON.parse(result.stdout), { stderr: result.stderr });
}

const askSocket = (stack, target, headers = {}) => new Promise((done, failed) => {
	http.get({ socketPath: stack.file("run/worker.sock"), path: target, headers, agent: false },
		(response) => {
			response.resume();
			response.on("end", () => done(response.statusCode));
		}).on("error", failed);
});

describe("the sample", () => {
	let stack, sql, reports;

	before(async () => {
		stack = await startSampleStack({ without: ["worker", "web"], admin: false });
		sql = sqlOf(stack);
		reports = await deep(stack);
	});
	after(() => stack?.end());

	test("each call becomes what its maker says", async () => {
		const rows = new Map((await sql("SELECT recording_id, state, valid, reviewed FROM interaction"))
			.map(([id, ...row]) => [id, row]));
		for (const { recording_id: id, deep_state: state } of stack.expected.interactions)
			assert.deepEqual(rows.get(id), [state, state === "ok" ? "1" : "0", "1"], id);
		const states = stack.expected.interactions.map((i) => i.deep_state);
		assert.ok(states.includes("wrong_key") && states.includes("damaged"));
	});

	test("of each good medium the stored bytes' hash and the plain size are known", async () => {
		const rows = new Map((await sql(`SELECT recording_id, n, LOWER(HEX(m.sha256)), m.plain_size,
			m.deep_ms IS NOT NULL FROM media m JOIN interaction i ON i.id = interaction_id`))
			.map(([id, n, ...row]) => [`${id}/${n}`, row]));
		for (const interaction of stack.expected.interactions)
			for (const medium of interaction.media.filter((m) => m.deep_state === "ok")) {
				const file = path.join(stack.sample, interaction.source, medium.object_key);
				const plain = await plainOf(stack, interaction, medium);
				assert.deepEqual(rows.get(`${interaction.recording_id}/${medium.n}`),
					[sha256(fs.readFileSync(file)), String(plain.length), "1"], interaction.recording_id);
			}
	});

	test("the report tells it in numbers", () => {
		const media = stack.expected.interactions.flatMap((i) => i.media);
		const sum = (name) => reports.reduce((n, report) => n + report[name], 0);
		assert.equal(sum("unanswered"), 0);
		for (const state of ["ok", "wrong_key", "damaged"])
			assert.equal(reports.reduce((n, report) => n + report.states[state], 0),
				media.filter((m) => m.deep_state === state).length, state);
		assert.equal(sum("media"), media.filter((m) => m.state === "ok").length);
		assert.deepEqual(reports.map(({ source }) => source).sort(),
			stack.expected.sources.map(({ name }) => name).sort());
	});

	test("what was read is not read again", async () => {
		assert.deepEqual((await deep(stack)).map(({ media }) => media), reports.map(() => 0));
	});

	test("the way to iap-media is a socket for its owner, no port, and wants a ticket", async () => {
		assert.equal(fs.statSync(stack.file("run/worker.sock")).mode & 0o777, 0o660);
		assert.equal(await askSocket(stack, "/check"), 403);
		assert.equal(await askSocket(stack, "/check", { "x-iap-ticket": "forged.ticket" }), 403);
		assert.equal(await askSocket(stack, "/"), 404);
		const client = stack.client();
		for (const target of ["/check", "/_check", "/_worker"])
			assert.notEqual((await client.get(target)).status, 403, `${target}: iap-media was asked`);
	});
});

const document = (id, more = {}) => ({ id, startTime: "2021-03-04T05:06:07Z",
	stopTime: "2021-03-04T05:06:12Z", mediaFiles: [{ mediaId: `${id}.mp3`, type: "audio/mp3", ...more }] });

const box = (type, ...parts) => {
	const body = Buffer.concat(parts), head = Buffer.alloc(8);
	head.writeUInt32BE(8 + body.length);
	head.write(type, 4);
	return Buffer.concat([head, body]);
};
const ftyp = box("ftyp", Buffer.from("isom\0\0\x02\0isomiso2mp41", "latin1"));
const mvhd = box("mvhd", Buffer.alloc(12), Buffer.from([0, 0, 3, 0xe8, 0, 0, 0x13, 0x88]), Buffer.alloc(80));

function oggPage(granule, ...packets) {
	const head = Buffer.alloc(27);
	head.write("OggS");
	head.writeBigUInt64LE(BigInt(granule), 6);
	head[26] = packets.length;
	return Buffer.concat([head, Buffer.from(packets.map((p) => p.length)), ...packets]);
}

const id3 = Buffer.concat([Buffer.from("ID3\x04\0\0\0\0\0\x23", "latin1"), Buffer.alloc(35, 0x41)]);
const noise = wav(4000, 77).subarray(44);
const torn = wav(5000, 3).subarray(0, 40000);

/* As openssl and its friends would see them: what is in the file, and the state it must have. */
const clear = {
	GOODMP3: [Buffer.concat([id3, mp3(190, 1)]), "ok"],
	ONEFRAME: [mp3(1, 1), "ok"],
	GOODWAV: [wav(5000, 2), "ok"],
	LATEMP3: [Buffer.concat([Buffer.alloc(300, 0x55), mp3(100, 9)]), "ok"],
	GOODMP4: [Buffer.concat([ftyp, box("moov", mvhd), box("mdat", noise)]), "ok"],
	GOODOGG: [Buffer.concat([oggPage(0, Buffer.from("OpusHead")), oggPage(0, Buffer.from("OpusTags")),
		oggPage(960, Buffer.alloc(80, 1))]), "ok"],
	MP3HEAD: [id3, "empty"],
	MP3INFO: [Buffer.concat([id3, Buffer.concat([mp3(1, 1).subarray(0, 36), Buffer.from("Info"),
		Buffer.alloc(377)])]), "empty"],
	ZEROS: [Buffer.concat([id3, Buffer.alloc(5000)]), "empty"],
	WAVHEAD: [wav(0, 1), "empty"],
	MP4HEAD: [Buffer.concat([ftyp, box("moov", mvhd)]), "empty"],
	OGGHEAD: [Buffer.concat([oggPage(0, Buffer.from("OpusHead")), oggPage(0, Buffer.from("OpusTags"))]), "empty"],
	MP3NOISE: [Buffer.concat([id3, noise]), "ok"],
	WAVNOISE: [Buffer.concat([wav(0, 1).subarray(0, 12), Buffer.alloc(4, 0xe5), noise]), "ok"],
	MP4NOISE: [Buffer.concat([ftyp, Buffer.alloc(8, 0xe5), noise]), "ok"],
	NOISE: [noise, "damaged"],
	WAVTORN: [torn, "damaged"],
	MP4TORN: [Buffer.concat([ftyp, box("moov", mvhd), box("mdat", noise)]).subarray(0, 30000), "damaged"],
	MP4LOST: [Buffer.concat([ftyp, box("mdat", noise)]), "damaged"],
};

describe("an archive that was broken by hand", () => {
	let stack, sql, archive, pair;

	const states = async () => new Map(await sql("SELECT recording_id, state FROM interaction"));

	before(async () => {
		stack = await startStack({ media: 1, without: ["worker", "web"], admin: false });
		sql = sqlOf(stack);
		archive = stack.file("archive");
		pair = await makePair(stack.file("pairs"), "deep", 11);
		const other = await makePair(stack.file("pairs"), "other", 12);
		for (const [id, [bytes]] of Object.entries(clear))
			lay(archive, { [`clear/${id}/${id}.json`]: document(id), [`clear/${id}/${id}.mp3`]: bytes });
		for (const [id, [bytes]] of Object.entries(clear)) {
			if (id === "NOISE" || id === "LATEMP3") continue; // noise behind a key is a wrong key
			const sealed = await encryptDetached(stack.file("pairs"), bytes, [pair]);
			lay(archive, { [`sealed/${id}/E${id}.json`]: document(`E${id}`, { pkcs7: sealed.envelope }),
				[`sealed/${id}/E${id}.mp3.bin`]: sealed.bytes });
			lay(archive, { [`whole/${id}/W${id}.json`]: document(`W${id}`),
				[`whole/${id}/W${id}.mp3`]: await encryptWhole(stack.file("pairs"), bytes, [pair], { ber: true }) });
		}
		const sealed = await encryptDetached(stack.file("pairs"), mp3(300, 5), [pair]);
		const foreign = await encryptDetached(stack.file("pairs"), mp3(300, 5), [other]);
		lay(archive, {
			"x/CUT.json": document("CUT", { pkcs7: sealed.envelope }), "x/CUT.mp3.bin": sealed.bytes.subarray(0, 9600),
			"x/SWAP.json": document("SWAP", { pkcs7: sealed.envelope }), "x/SWAP.mp3.bin": foreign.bytes,
			"x/NOKEY.json": document("NOKEY", { pkcs7: foreign.envelope }), "x/NOKEY.mp3.bin": foreign.bytes,
		});
		await stack.iapctl(["key", "import", "--cert", pair.cert, "--key", pair.key]);
		await stack.addSource("one", archive);
		await stack.pass();
	});
	after(() => stack?.end());

	test("the plain check calls good what is inside broken", async () => {
		const found = await states();
		for (const id of ["MP3HEAD", "WAVHEAD", "EMP3HEAD", "WMP3HEAD", "WAVTORN", "CUT", "SWAP", "NOISE"])
			assert.equal(found.get(id), "ok", id);
	});

	test("with the pool of media down nothing is touched, and it says so", async () => {
		const dump = () => sql("SELECT interaction_id, n, state, checked_ms, plain_size, sha256, deep_ms FROM media");
		const was = await dump();
		await stack.endParts("media-whole");
		const [report] = await deep(stack, [], [1]);
		assert.match(report.message, /iap-media does not answer/);
		await stack.endParts("nginx");
		const { stderr } = await deep(stack, [], [1]);
		assert.match(stderr, /nobody listens at .*worker\.sock/);
		assert.deepEqual(await dump(), was);
		await stack.begin("nginx");
		await stack.begin("media-whole");
	});

	test("a share at a time, the newest first, and no more than was asked for", async () => {
		const [first] = await deep(stack, ["--limit", "5"]);
		assert.equal(first.media, 5);
		const [[read, newest]] = await sql(`SELECT COUNT(*), MIN(interaction_id) >=
			(SELECT MAX(interaction_id) FROM media WHERE deep_ms IS NULL AND state = 'ok')
			FROM media WHERE deep_ms IS NOT NULL`);
		assert.deepEqual([read, newest], ["5", "1"]);
	});

	test("each medium becomes what it is", async () => {
		const [report] = await deep(stack);
		assert.equal(report.unanswered, 0);
		const found = await states();
		for (const [id, [, state]] of Object.entries(clear))
			for (const name of [id, `E${id}`, `W${id}`].filter((name) => found.has(name)))
				assert.equal(found.get(name), state, name);
		assert.equal(found.get("CUT"), "damaged");
		assert.ok(["wrong_key", "damaged"].includes(found.get("SWAP")), found.get("SWAP"));
		assert.equal(found.get("NOKEY"), "no_key");
		const [[unread]] = await sql("SELECT COUNT(*) FROM media WHERE state = 'ok' AND deep_ms IS NULL");
		assert.equal(unread, "0");
	});

	test("a length that is not the document's is counted", async () => {
		await sql("UPDATE media SET deep_ms = NULL WHERE state = 'ok'");
		const [before] = await deep(stack);
		const stated = { GOODMP3: 4963, GOODWAV: 5000, GOODMP4: 5000 };
		for (const [id, ms] of Object.entries(stated))
			await sql(`UPDATE media m JOIN interaction i ON i.id = m.interaction_id
				SET deep_ms = NULL, m.duration_ms = ${ms} WHERE recording_id = '${id}'`);
		assert.equal((await deep(stack))[0].duration_differs, 0, "5 s are 5 s");
		for (const id of Object.keys(stated))
			await sql(`UPDATE media m JOIN interaction i ON i.id = m.interaction_id
				SET deep_ms = NULL, m.duration_ms = 9000 WHERE recording_id = '${id}'`);
		const [report] = await deep(stack);
		assert.deepEqual([report.media, report.duration_differs], [3, 3]);
		assert.ok(before.media > 3);
	});

	test("what was found inside stays when only the outside is looked at", async () => {
		const was = await states();
		await stack.worker(["validate", "--recheck-failed"]);
		assert.deepEqual(await states(), was);
	});

	test("a bit that flips is found, is told of, and is well again when it is restored", async () => {
		for (const id of ["GOODWAV", "EGOODMP3"]) {
			const file = path.join(archive, id[0] === "E" ? `sealed/${id.slice(1)}/${id}.mp3.bin` : `clear/${id}/${id}.mp3`);
			const good = fs.readFileSync(file), { atime, mtime } = fs.statSync(file);
			const bad = Buffer.from(good);
			bad[20000] ^= 4;
			fs.writeFileSync(file, bad);
			fs.utimesSync(file, atime, mtime);
			await deep(stack);
			assert.equal((await states()).get(id), "ok", "read once");
			await deep(stack, ["--limit", "1000"]);
			assert.equal((await states()).get(id), "damaged");
			assert.deepEqual(await sql(`SELECT LOWER(HEX(sha256)) FROM media m JOIN interaction i
				ON i.id = m.interaction_id WHERE recording_id = '${id}'`), [[sha256(good)]], "that of the good bytes");
			fs.writeFileSync(file, good);
			fs.utimesSync(file, atime, mtime);
			await deep(stack, ["--recheck-failed"]);
			assert.equal((await states()).get(id), "ok");
		}
	});

	test("a file that was replaced is read anew, and that is no damage", async () => {
		const file = path.join(archive, "clear/GOODWAV/GOODWAV.mp3"), other = wav(6000, 8);
		await stack.pass(); // what was restored above has another time
		await deep(stack);
		fs.writeFileSync(file, other);
		await stack.pass();
		assert.deepEqual(await sql(`SELECT m.state, m.sha256, m.deep_ms FROM media m JOIN interaction i
			ON i.id = m.interaction_id WHERE recording_id = 'GOODWAV'`), [["ok", "NULL", "NULL"]]);
		const [report] = await deep(stack);
		assert.equal(report.media, 1);
		assert.deepEqual(await sql(`SELECT m.state, LOWER(HEX(m.sha256)) FROM media m JOIN interaction i
			ON i.id = m.interaction_id WHERE recording_id = 'GOODWAV'`), [["ok", sha256(other)]]);
	});

	test("what could not be read is read when it is asked for again", async () => {
		fs.writeFileSync(path.join(archive, "x/CUT.mp3.bin"),
			(await encryptDetached(stack.file("pairs"), mp3(10, 5), [pair])).bytes.subarray(0, 9600));
		const before = await states();
		const [report] = await deep(stack, ["--recheck-failed"]);
		assert.equal(report.media, [...before.values()].filter((s) => s !== "ok").length, "the failed, and only they");
		assert.equal((await states()).get("NOKEY"), "no_key");
		assert.notEqual((await states()).get("CUT"), "ok", "another size alone makes it no better");
	});

	test("the command line", async () => {
		const usage = async (...args) => (await stack.worker(["validate", ...args], { codes: [2] })).stderr;
		assert.match(await usage("--limit", "5"), /--limit goes with --deep/);
		for (const bad of ["0", "-1", "x", ""]) assert.match(await usage("--deep", "--limit", bad), /--limit/);
		const help = await stack.worker(["validate", "--help"]);
		assert.match(help.stdout, /--deep .*[\s\S]*--limit N/);
	});
});

describe("a run that is killed", () => {
	const CALLS = 300;
	let stack, sql;
	const dump = () => sql(`SELECT i.recording_id, i.state, i.valid, m.state, m.plain_size, HEX(m.sha256),
		m.deep_ms IS NOT NULL FROM media m JOIN interaction i ON i.id = m.interaction_id ORDER BY 1`);

	before(async () => {
		stack = await startStack({ media: 1, without: ["worker", "web"], admin: false });
		sql = sqlOf(stack);
		for (let n = 0; n < CALLS; n++)
			lay(stack.file("archive"), { [`${n}/C${n}.json`]: document(`C${n}`),
				[`${n}/C${n}.mp3`]: n % 7 === 3 ? id3 : mp3(20 + n, n) });
		await stack.addSource("one", stack.file("archive"));
		await stack.pass();
	});
	after(() => stack?.end());

	const begin = () => startProgram(path.join(build, "iap-worker"),
		["validate", "--deep", "--config", stack.config]);
	const done = async () => Number((await sql("SELECT COUNT(*) FROM media WHERE deep_ms IS NOT NULL"))[0][0]);

	test("goes on where it was, and ends as one that nobody disturbed", async () => {
		for (const signal of ["SIGKILL", "SIGTERM", "SIGKILL"]) {
			const was = await done(), program = begin();
			await until(async () => await done() > was || program.child.exitCode !== null, 20000, "progress");
			const ended = await program.stop(signal);
			if (signal === "SIGTERM" && ended.code !== 0) assert.equal(ended.code, 1, program.stderr);
		}
		const half = await done();
		assert.ok(half > 0);
		assert.equal((await deep(stack))[0].media, CALLS - half);
		const rows = await dump();
		assert.equal(rows.length, CALLS);
		for (const [id, state, valid, medium, size, hash, read] of rows) {
			const bytes = fs.readFileSync(stack.file("archive", id.slice(1), `${id}.mp3`));
			const wanted = Number(id.slice(1)) % 7 === 3 ? "empty" : "ok";
			assert.deepEqual([state, valid, medium, size, hash.toLowerCase(), read], [wanted,
				wanted === "ok" ? "1" : "0", wanted, String(bytes.length), sha256(bytes), "1"], id);
		}
	});

	test("two at once do no harm, nor does a pass meanwhile", async () => {
		const was = await dump();
		await sql("UPDATE media SET deep_ms = NULL, sha256 = NULL, state = 'ok'");
		await sql("UPDATE interaction SET state = 'ok', valid = 1");
		const programs = [begin(), begin()];
		await stack.pass();
		for (const program of programs) {
			const { code } = await program.ended;
			assert.equal(code, 0, program.stderr);
		}
		assert.deepEqual(await dump(), was);
	});
});

test("a database of before keeps its rows", async (t) => {
	const lab = await startLab();
	t.after(() => lab.end());
	const home = await lab.home();
	await home.sql(`DROP DATABASE ${home.database}; CREATE DATABASE ${home.database}`);
	for (const name of ["0001-archive.sql", "0002-people.sql"])
		await runOk("mariadb", ["--no-defaults", "-u", "root", "-S", lab.socket, home.database],
			{ input: fs.readFileSync(path.join(root, "schema", name)) });
	await home.sql(`CREATE TABLE schema_version (version INT UNSIGNED NOT NULL, name VARCHAR(255) NOT NULL,
		steps INT UNSIGNED NOT NULL, applied_ms BIGINT NULL, PRIMARY KEY (version)) ENGINE=InnoDB`);
	await home.sql(`INSERT INTO schema_version VALUES (1, '0001-archive.sql', 99, 5), (2, '0002-people.sql', 99, 6)`);
	for (let n = 1; n <= 50; n++)
		await home.sql(`INSERT INTO media (interaction_id, n, kind, type, names, document_key, sole, source_id,
			object_key, size, encrypted, envelope, state, masks) VALUES (${n} << 40, 0, 'audio', 'audio/mpeg', 'x',
			'k${n}', 1, 1, 'o${n}', ${n}, 0, 'none', 'ok', '[]')`);
	const rows = () => home.sql("SELECT interaction_id, document_key, object_key, size, state FROM media ORDER BY 1");
	const was = await rows();
	const refused = await home.work(["validate", "--deep"]);
	assert.equal(refused.code, 1);
	assert.match(refused.stderr, /version 2, this program was built for \d+: run iapctl db migrate/);
	await home.ctl(["db", "migrate"]);
	assert.deepEqual(await rows(), was);
	assert.deepEqual(await home.sql("SELECT COUNT(*) FROM media WHERE sha256 IS NULL AND deep_ms IS NULL"), [["50"]]);
	assert.equal((await home.work(["validate", "--deep"])).code, 0);
});
