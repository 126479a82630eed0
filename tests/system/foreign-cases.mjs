// SPDX-License-Identifier: Apache-2.0
// An archive that this project's own maker did not make: documents as Genesys
// describes them, in each of the local layouts, and, typed by hand beside each,
// what IAP must say of it.
import { encryptDetached, encryptWhole, lay, makePair, mp3, wav } from "../support/archive.mjs";

const iso = (text) => `${text}+0000`;

/** What is common to most; each case names what differs. */
const usual = {
	caller: null, dialed: null, call_type: "unknown", region: null, divisions: [], agents: [],
	encrypted: false, reviewed: 1, valid: 1, state: "ok", media_count: 1, has_screen: false,
};
const failedAs = (state) => ({ reviewed: 1, valid: 0, state });

const user = (userName, firstName, lastName, phoneNumber = "7001") =>
	({ type: "User", userName, firstName, lastName, phoneNumber });
const joined = (occurredAt, contact) => ({ occurredAt, contact, event: "Joined" });

/** An MP3 entry that needs no word more. */
const entry = (mediaId, more = {}) => ({ mediaId, type: "audio/mp3", parameters: {}, masks: [], ...more });

// The RCS tree: the fixed name recording.json, one folder a recording.
async function rcs(dir, keys) {
	const root = "6a5d1c9e4b7f4c0e9d3a2b1c0f9e8d7c/Environment";
	const cases = [];
	const add = (day, document, files, expected, media) => {
		const folder = `${root}/${day}/${document.id ?? document.recording.id}`;
		lay(dir, { [`${folder}/recording.json`]: document });
		for (const [name, bytes] of Object.entries(files)) lay(dir, { [`${folder}/${name}`]: bytes });
		cases.push({ id: document.id ?? document.recording.id, key: `${folder}/recording.json`,
			expected: { ...usual, region: "r-default", ...expected }, media });
	};
	const clear = mp3(500, 1);
	add("2016-03-14", {
		id: "01QK7B2M9DC4R9T6V5E31TAES0000A1F", callerPhoneNumber: "+61733330101",
		dialedPhoneNumber: "+61291110000", startTime: iso("2016-03-14T23:05:11.000"),
		stopTime: iso("2016-03-14T23:09:44.000"), callType: "Inbound", region: "region1",
		mediaFiles: [{
			mediaUri: "http://rws1.example.com/api/v2/recordings/01QK/play/7d0c9f5e.mp3",
			mediaPath: "/recordings/01QK/play/7d0c9f5e.mp3", playPath: "/recordings/01QK/play/7d0c9f5e.mp3",
			startTime: iso("2016-03-14T23:05:11.000"), stopTime: iso("2016-03-14T23:09:44.000"),
			mediaId: "01QK7B2M9DC4R9T6V5E31TAES0000A1F_2016-03-14_23-05-11-00A1015F-1000427D-00000001.mp3",
			type: "audio/mp3", duration: "273120", tenant: "Environment", size: String(clear.length),
			parameters: { "rp.speechminer_auth": "Tram-Wattle-1931", agentId: "agent7001" },
			masks: [], partitions: [], accessgroups: ["/"] }],
		eventHistory: [
			joined(iso("2016-03-14T23:05:11.000"), { type: "External", phoneNumber: "+61733330101" }),
			joined(iso("2016-03-14T23:05:12.000"), user("jane.citizen@bank.example", "Jane", "Citizen")),
			{ ...joined(iso("2016-03-14T23:09:44.000"), user("jane.citizen@bank.example", "Jane", "Citizen")),
				event: "Left" }],
	}, { "01QK7B2M9DC4R9T6V5E31TAES0000A1F_2016-03-14_23-05-11-00A1015F-1000427D-00000001.mp3": clear }, {
		started_at: "2016-03-14T23:05:11.000Z", ended_at: "2016-03-14T23:09:44.000Z", duration_ms: 273000,
		caller: "+61733330101", dialed: "+61291110000", call_type: "inbound", region: "region1",
		agents: [{ user: "jane.citizen@bank.example", name: "Jane Citizen" }],
	}, [{ plain: clear, type: "audio/mpeg", duration_ms: 273120,
		started_at: "2016-03-14T23:05:11.000Z", masks: [] }]);

	const pauses = mp3(700, 2), sealed = await encryptDetached(dir, pauses, [keys.old], { bits: 256 });
	add("2019-08-02", {
		id: "02R5N3JH8KC7H2Q1M0F41TAES0001B77", callerPhoneNumber: "+61400111222",
		dialedPhoneNumber: "+61291110001", startTime: "2019-08-02T11:15:00.250+10:00",
		stopTime: "2019-08-02T11:21:30.000+10:00", callType: "Outbound", region: "au-east",
		mediaFiles: [{
			mediaDescriptor: { storage: "webDAV", path: "http://dav1.example.com/recordings/two.mp3.bin" },
			startTime: iso("2019-08-02T01:15:00.250"), stopTime: iso("2019-08-02T01:21:30.000"),
			mediaId: "two.mp3", type: "audio/mp3", duration: "390240", size: String(pauses.length),
			parameters: {}, masks: [
				{ time: "2019-08-02T01:17:05.250Z", type: "paused" },
				{ time: "2019-08-02T01:17:52.750Z", type: "resume" },
				{ time: "2019-08-02T01:21:00.250Z", type: "paused" }],
			pkcs7: sealed.envelope, certAlias: [keys.old.alias],
			partitions: ["/sales", "/support"], accessgroups: ["/Anthony/John"] }],
		eventHistory: [
			{ occurredAt: iso("2019-08-02T01:15:00.650"), event: "data",
				data: { added: { CustomerSegment: "Gold", GRECORD_PARTITIONS: "/sales,/support" } } },
			joined(iso("2019-08-02T01:15:01.000"), user("agent7105", "Zoë", "Nguyễn"))],
	}, { "two.mp3.bin": sealed.bytes }, {
		started_at: "2019-08-02T01:15:00.250Z", ended_at: "2019-08-02T01:21:30.000Z", duration_ms: 389750,
		caller: "+61400111222", dialed: "+61291110001", call_type: "outbound", region: "au-east",
		divisions: ["/Anthony/John", "/sales", "/support"], encrypted: true,
		agents: [{ user: "agent7105", name: "Zoë Nguyễn" }],
		attributes: { CustomerSegment: "Gold", GRECORD_PARTITIONS: "/sales,/support" },
	}, [{ plain: pauses, type: "audio/mpeg", masks: [{ from_ms: 125000, to_ms: 172500 },
		{ from_ms: 360000, to_ms: 390240 }] }]);

	const spoken = wav(1500, 3);
	add("2014-11-27", {
		id: "00EARLY00000000000000000000000A1", callerPhoneNumber: "8522001", dialedPhoneNumber: "8522999",
		mediaFile: [{ mediaDescriptor: { storage: "webDAV", path: "http://dav1/recordings/00EARLY.wav" },
			mediaId: "00EARLY.wav", type: "audio/wav", duration: "41000", size: String(spoken.length),
			startTime: iso("2014-11-27T14:30:00.000"), stopTime: iso("2014-11-27T14:30:41.000"),
			parameters: {}, masks: [] }],
		eventHistory: [],
	}, { "00EARLY.WAV": spoken }, {
		started_at: "2014-11-27T14:30:00.000Z", ended_at: "2014-11-27T14:30:41.000Z", duration_ms: 41000,
		caller: "8522001", dialed: "8522999",
	}, [{ plain: spoken, duration_ms: 41000 }]);

	add("2014-11-28", {
		id: "00FAILED0000000000000000000000A1", callerPhoneNumber: "8522001",
		mediaFile: { mediaId: "00FAILED.wav", type: "audio/wav", duration: "0", size: "0",
			startTime: iso("2014-11-28T14:30:00.000"), stopTime: iso("2014-11-28T14:30:41.000") },
		eventHistory: [],
	}, { "00FAILED.wav": Buffer.alloc(0) }, {
		started_at: "2014-11-28T14:30:00.000Z", ended_at: "2014-11-28T14:30:41.000Z", duration_ms: 41000,
		caller: "8522001", ...failedAs("empty"),
	}, [{ state: "empty" }]);

	add("2014-11-29", { id: "00NOMEDIA000000000000000000000A1", mediaFiles: [], eventHistory: [] }, {}, {
		started_at: "2014-11-29T00:00:00.000Z", media_count: 0, ...failedAs("missing"),
	}, []);
	return cases;
}

// Loose files of an unzipped MLM task: names as the task chose, media below or beside.
async function mlm(dir, keys) {
	const task = "Environment-Voice-365-30-20190803020000";
	const cases = [];
	const add = (key, text, list) => {
		lay(dir, { [key]: text });
		for (const one of list) cases.push({ key, ...one, expected: { ...usual, ...one.expected } });
	};
	const [a, b] = [mp3(300, 11), mp3(310, 12)];
	const one = { id: "11AAAAAAAAAAAAAAAAAAAAAAAAAAAA01", callType: "Internal",
		startTime: 1438300800000, stopTime: "1438300861500", callerPhoneNumber: 5001,
		mediaFiles: [entry("first of two.MP3", { accessGroups: ["/US/East/TeamA"],
			startTime: "2015-07-31T00:00:00Z", duration: 61500 })] };
	const two = { id: "11AAAAAAAAAAAAAAAAAAAAAAAAAAAA02", callType: "Consult", region: "us",
		startTime: "2012-12-18T13:45:032.000Z", stopTime: "2012-12-18T13:46:00Z",
		mediaFiles: [entry("second%20of%20two.mp3", { partitions: ["/claims"] })] };
	lay(dir, { [`${task}/media/First of Two.mp3`]: a, [`${task}/media/second of two.mp3`]: b });
	add(`${task}/both.json`, { recordings: [one, two] }, [
		{ id: one.id, element: 0, media: [{ plain: a, duration_ms: 61500 }], expected: {
			started_at: "2015-07-31T00:00:00.000Z", ended_at: "2015-07-31T00:01:01.500Z",
			duration_ms: 61500, caller: "5001", call_type: "internal", divisions: ["/US/East/TeamA"] } },
		{ id: two.id, element: 1, media: [{ plain: b }], expected: {
			started_at: "2012-12-18T13:45:32.000Z", ended_at: "2012-12-18T13:46:00.000Z",
			duration_ms: 28000, call_type: "consult", region: "us", divisions: ["/claims"] } },
	]);

	add(`${task}/screen.json`, { statusCode: 0, recording: {
		id: "8b7e7c6e-1a55-4d3c-9b0f-3f2d8a7e5c11", region: "au-east",
		startTime: iso("2019-08-02T01:15:01.000"), stopTime: iso("2019-08-02T01:22:10.000"),
		mediaFiles: [{ mediaId: "2f1c.mp4", type: "video/mp4", duration: 429000,
			originalMediaDescriptor: { storage: "webDAV", path: "2f1c.mp4", data: {} },
			parameters: { region: "au-east", contact: { userName: "agent7105" },
				muxed_mediaIds: ["two.mp3", "1f9b.mp4"] } }], eventHistory: [] } }, [{
		id: "8b7e7c6e-1a55-4d3c-9b0f-3f2d8a7e5c11", media: [{ kind: "video", type: "video/mp4",
			duration_ms: 429000, state: "missing" }], expected: {
			started_at: "2019-08-02T01:15:01.000Z", ended_at: "2019-08-02T01:22:10.000Z",
			duration_ms: 429000, region: "au-east", agents: [{ user: "agent7105" }], has_screen: true,
			...failedAs("missing") } }]);

	const upload = mp3(200, 14);
	lay(dir, { [`${task}/x.mp3`]: upload });
	add(`${task}/upload.json`, [{ id: "01ABCDEF0123456789ABCDEF0123AES1", ccid: "9f3e2d1c", region: "SG",
		callerPhoneNumber: "6591234567", dialedPhoneNumber: "6561234567",
		mediaFiles: [{ mediaId: "01ABCDEF_-_6591234567_6561234567_2014-05-06_07-08-09_-_-_9f3e2d1c.mp3",
			type: "audio/mp3", duration: "62.25", size: String(upload.length),
			masks: [], partitions: [], accessgroups: [], startTime: "2014-05-06T07:08:09Z",
			stopTime: "2014-05-06T07:09:11Z", parameters: { connId: "0071026aef3b9001" },
			mediaDescriptor: { storage: "awsS3", path: "9f3e2d1c/x.mp3", data: { bucket: "b" } } }],
		eventHistory: [] }], [{ id: "01ABCDEF0123456789ABCDEF0123AES1",
		media: [{ plain: upload, duration_ms: 62250 }], expected: {
			started_at: "2014-05-06T07:08:09.000Z", ended_at: "2014-05-06T07:09:11.000Z",
			duration_ms: 62000, region: "SG", caller: "6591234567", dialed: "6561234567" } }]);

	// A phone number of 50 digits without quotes, a byte order mark, keys nobody knows.
	const long = mp3(120, 15);
	lay(dir, { [`${task}/long/only.mp3`]: long });
	add(`${task}/long/note.json`, "\ufeff" + '{"id":"12LONG","callerPhoneNumber":' +
		'69799310210219783971014743974102101345404983710219,"zzz":{"deep":[1e5,null,true]},' +
		'"startTime":"2017-01-01T00:00:00.001Z","stopTime":"2017-01-01T00:00:03.136Z",' +
		'"rp.other_auth":"Fig-Harbour-7719","mediaFiles":[{"mediaId":"another-name.mp3","type":"audio/mp3"}]}', [{
		id: "12LONG", media: [{ plain: long }], expected: {
			started_at: "2017-01-01T00:00:00.001Z", ended_at: "2017-01-01T00:00:03.136Z", duration_ms: 3135,
			caller: "69799310210219783971014743974102101345404983710219" } }]);

	// Names in other scripts; the same agent twice is one agent.
	const han = mp3(110, 16);
	lay(dir, { [`${task}/han/電話.mp3`]: han });
	add(`${task}/han/電話.json`, { id: "13HAN", startTime: "2018-02-03T04:05:06Z",
		stopTime: "2018-02-03T04:05:09Z", callType: "NotSet", mediaFiles: [entry("電話.mp3")],
		eventHistory: [joined("2018-02-03T04:05:08Z", user("li", "伟", "李")),
			joined("2018-02-03T04:05:06Z", user("émile", "Émile", "Ærø")),
			joined("2018-02-03T04:05:09Z", user("li", "伟", "李"))] }, [{ id: "13HAN",
		media: [{ plain: han }], expected: { started_at: "2018-02-03T04:05:06.000Z",
			ended_at: "2018-02-03T04:05:09.000Z", duration_ms: 3000,
			agents: [{ user: "émile", name: "Émile Ærø" }, { user: "li", name: "伟 李" }] } }]);

	await collisions(dir, cases);
	return cases;
}

// Folders where names collide: nobody hears a neighbour.
async function collisions(dir, cases) {
	const add = (key, id, mediaId, media, state) => {
		lay(dir, { [key]: { id, startTime: "2020-01-01T00:00:00Z", stopTime: "2020-01-01T00:00:05Z",
			mediaFiles: [entry(mediaId)] } });
		cases.push({ key, id, media: [{ plain: media, state }], expected: { ...usual,
			started_at: "2020-01-01T00:00:00.000Z", ended_at: "2020-01-01T00:00:05.000Z",
			duration_ms: 5000, ...(state ? failedAs(state) : {}) } });
	};
	const sound = (seed) => mp3(100, 100 + seed);
	// The same name in three folders; two have their own file, the third has none.
	lay(dir, { "same/a/rec.mp3": sound(1), "same/b/rec.mp3": sound(2), "same/c/else.txt": "-" });
	add("same/a/doc.json", "20SAMEA", "rec.mp3", sound(1));
	add("same/b/doc.json", "20SAMEB", "rec.mp3", sound(2));
	add("same/c/doc.json", "20SAMEC", "rec.mp3", undefined, "missing");
	// One document and one medium of another name: theirs, unless another document names it.
	const unique = "011AP643CSAPR4FKQGQE31TAES00029V_2020-01-01_00-00-00-00A1015F.mp3";
	lay(dir, { "alone/x/strange.mp3": sound(3), [`taken/x/${unique}`]: sound(4) });
	add("alone/x/doc.json", "21ALONE", "no-such-name.mp3", sound(3));
	add("taken/x/doc.json", "22TAKEN", "no-such-name-either.mp3", undefined, "missing");
	add("taken/y/z/doc.json", "23OWNER", unique, sound(4));
	// Two documents and one medium that only one of them names.
	lay(dir, { "pair/p.mp3": sound(5) });
	add("pair/p.json", "24NAMED", "p.mp3", sound(5));
	add("pair/q.json", "25OTHER", "q.mp3", undefined, "missing");
}

// The flat folder of RCBS: state files, parts of downloads, everything encrypted.
async function rcbs(dir, keys) {
	const cases = [];
	const add = async (id, how, seed, { document = {}, more = {}, state, to = [keys.young] } = {}) => {
		const plain = mp3(250 + seed, 200 + seed), name = `${id}_2021-11-05_14-00-0${seed}-0A-1.mp3.bin`;
		let pkcs7, bytes;
		if (how.detached) ({ envelope: pkcs7, bytes } = await encryptDetached(dir, plain, to, how));
		else bytes = await encryptWhole(dir, plain, to, how);
		lay(dir, { [name]: bytes, [`${id}.json`]: { id, startTime: `2021-11-05T14:00:0${seed}.000Z`,
			stopTime: "2021-11-05T14:12:40.000Z", ...document,
			mediaFiles: [entry(name, { pkcs7, certAlias: how.alias ?? to.map(({ alias }) => alias),
				mediaDescriptor: { storage: "awsS3", path: `1a2b/${name}`, data: { bucket: "c" } }, ...more })] } });
		cases.push({ id, key: `${id}.json`, media: [{ plain: state ? undefined : plain, state }],
			expected: { ...usual, region: "us-east-1", encrypted: true,
				started_at: `2021-11-05T14:00:0${seed}.000Z`, ended_at: "2021-11-05T14:12:40.000Z",
				duration_ms: 760000 - seed * 1000, ...(state ? failedAs(state) : {}) } });
	};
	await add("30LINES", { detached: true, bits: 256 }, 0);
	await add("31CRLF", { detached: true, bits: 192, text: "crlf" }, 1);
	await add("32BARE", { detached: true, bits: 128, text: "bare", alias: keys.young.alias }, 2);
	await add("33TWO", { detached: true, bits: 256 }, 3, { to: [keys.lost, keys.old] });
	await add("34DER", { bits: 256 }, 4);
	await add("35BER", { bits: 128, ber: true }, 5);
	await add("36KEYID", { detached: true, bits: 256, keyId: true }, 6);
	await add("37LOST", { detached: true, bits: 256 }, 7, { to: [keys.lost], state: "no_key" });
	await add("38LOSTTOO", { bits: 256 }, 8, { to: [keys.lost], state: "no_key" });

	const nothing = await encryptDetached(dir, Buffer.alloc(0), [keys.young]);
	lay(dir, { "39EMPTY.mp3.bin": nothing.bytes, "39EMPTY.json": { id: "39EMPTY",
		startTime: "2021-11-05T15:00:00Z", stopTime: "2021-11-05T15:00:10Z",
		mediaFiles: [entry("39EMPTY.mp3", { pkcs7: nothing.envelope, certAlias: [keys.young.alias] })] } });
	cases.push({ id: "39EMPTY", key: "39EMPTY.json", media: [{ state: "empty" }], expected: { ...usual,
		region: "us-east-1", encrypted: true, started_at: "2021-11-05T15:00:00.000Z",
		ended_at: "2021-11-05T15:00:10.000Z", duration_ms: 10000, ...failedAs("empty") } });

	// A transfer: the first part is good, the second's file is gone.
	const first = mp3(333, 240), sealed = await encryptDetached(dir, first, [keys.young]);
	lay(dir, { "40A.mp3.bin": sealed.bytes, "40MOVED.json": { id: "40MOVED", callerPhoneNumber: "anonymous",
		startTime: "2021-11-06T00:00:00Z", stopTime: "2021-11-06T00:12:38Z", callType: "Inbound",
		mediaFiles: [entry("40A.mp3", { pkcs7: sealed.envelope, partitions: ["/claims"],
			accessgroups: ["/US/East/TeamA"], startTime: "2021-11-06T00:00:00Z", duration: "358000" }),
		entry("40B.mp3", { pkcs7: sealed.envelope, partitions: ["/claims"],
			accessgroups: ["/US/East/TeamB"], startTime: "2021-11-06T00:06:01Z", duration: 397000 })] } });
	cases.push({ id: "40MOVED", key: "40MOVED.json", media: [
		{ plain: first, started_at: "2021-11-06T00:00:00.000Z", duration_ms: 358000 },
		{ state: "missing", started_at: "2021-11-06T00:06:01.000Z", duration_ms: 397000 }],
	expected: { ...usual, region: "us-east-1", encrypted: true, caller: "anonymous", call_type: "inbound",
		divisions: ["/US/East/TeamA", "/US/East/TeamB", "/claims"], media_count: 2,
		started_at: "2021-11-06T00:00:00.000Z", ended_at: "2021-11-06T00:12:38.000Z",
		duration_ms: 758000, ...failedAs("missing") } });

	lay(dir, {
		"last_recording_endtime.txt": "1636122760000", "logs/rcbs.log": "INFO done\n",
		"41HALF_2021.mp3.bin.part": mp3(10, 250), "orphan.mp3.bin": mp3(20, 251),
		"settings.json": { targetDir: "/target", mediaFilesNot: 1 },
	});
	return cases;
}

/** Documents that are damaged: each a fault, none a row. */
function damaged(dir) {
	lay(dir, {
		"torn/recording.json": '{"id":"50TORN","mediaFiles":[{"mediaId":"x.mp3","type":"audio/m',
		"quotes/recording.json": '{"id":"51QUOTES","callerPhoneNumber":"anonymous\u201d,"mediaFiles":[]}',
		"bytes/recording.json": Buffer.from('{"id":"52LATIN","mediaFiles":[{"mediaId":"caf\xe9.mp3"}]}', "latin1"),
	});
	return ["torn/recording.json", "quotes/recording.json", "bytes/recording.json"];
}

/** Lays everything below `dir`: {keys, sources: [{name, root, args, cases, damaged}]}. */
export async function makeForeignArchive(dir) {
	const keys = { old: await makePair(`${dir}/keys`, "old-2019", 4097),
		young: await makePair(`${dir}/keys`, "young-2021", "1311768467463790320"),
		lost: await makePair(`${dir}/keys`, "lost-2017", 17) };
	const at = (name) => `${dir}/${name}`;
	for (const name of ["rcs", "mlm", "rcbs", "bad"]) lay(at(name), { ".marker": "" });
	return { keys, sources: [
		{ name: "rcs", root: at("rcs"), args: ["--region", "r-default"], cases: await rcs(at("rcs"), keys) },
		{ name: "mlm", root: at("mlm"), args: [], cases: await mlm(at("mlm"), keys) },
		{ name: "rcbs", root: at("rcbs"), args: ["--region", "us-east-1"],
			cases: await rcbs(at("rcbs"), keys) },
		{ name: "bad", root: at("bad"), args: [], cases: [], damaged: damaged(at("bad")) },
	] };
}
