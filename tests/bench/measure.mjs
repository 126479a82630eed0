// SPDX-License-Identifier: Apache-2.0
// What the measurements share: memory and processor time of processes, a large
// encrypted call, and the way results are printed.
import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { encryptDetached, lay, makePair, mp3 } from "../support/archive.mjs";
import { allItems, byRecording } from "../support/sample.mjs";
import { startStack } from "../support/stack.mjs";

const ticks = 100; // USER_HZ of Linux

export const print = (results) => console.log(JSON.stringify(results, null, "\t"));
export const rounded = (number, digits = 2) => Number(number.toFixed(digits));

/** Kilobytes of one line of a process's status: VmRSS, VmHWM. */
export function statusKb(pid, name) {
	const text = fs.readFileSync(`/proc/${pid}/status`, "utf8");
	return Number(text.match(new RegExp(`^${name}:\\s+(\\d+) kB`, "m"))?.[1] ?? 0);
}

/** Proportional share of memory in kilobytes: pages shared with others are divided. */
export function pssKb(pid) {
	return Number(fs.readFileSync(`/proc/${pid}/smaps_rollup`, "utf8").match(/^Pss:\s+(\d+) kB/m)[1]);
}

/** Seconds of processor time that the processes have used. */
export function cpuSeconds(pids) {
	let sum = 0;
	for (const pid of pids) {
		const stat = fs.readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\) /s, "").split(" ");
		sum += (Number(stat[11]) + Number(stat[12])) / ticks;
	}
	return sum;
}

/** The processes of a part that run IAP's own program, not its supervisors. */
export function programs(stack, part, name) {
	return stack.processes(part).filter((pid) =>
		fs.readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0")[0].endsWith(name));
}

/** Runs a program, its output to `out` (a file or "ignore"): seconds it took. */
export function timed(file, args, out = "ignore") {
	const begin = performance.now();
	const stdout = out === "ignore" ? out : fs.openSync(out, "w");
	return new Promise((done, failed) => {
		const child = spawn(file, args, { stdio: ["ignore", stdout, "inherit"] });
		child.on("exit", (code) => (code === 0 ? done((performance.now() - begin) / 1000)
			: failed(new Error(`${path.basename(file)}: ${code}`))));
	});
}

/**
 * A stack with one encrypted call of `megabytes`: {stack, admin, url, cookie,
 * files: {plain, cipher, envelope}, pair}. What the call holds is an MP3 of
 * silence, repeated.
 */
export async function startWithLongCall(megabytes, options) {
	const stack = await startStack({ web: 4, media: 4, ...options });
	const root = stack.file("archive"), pair = await makePair(stack.file("pairs"), "bench", 1);
	const files = { plain: stack.file("plain.mp3"), cipher: path.join(root, "long.mp3.bin"),
		envelope: stack.file("envelope.pem") };
	fs.mkdirSync(root);
	const piece = mp3(2514, 1), out = fs.openSync(files.plain, "w"); // a megabyte
	for (let i = 0; i < megabytes; i++) fs.writeSync(out, piece);
	fs.closeSync(out);
	const { envelope, bytes } = await encryptDetached(stack.dir, fs.readFileSync(files.plain), [pair]);
	fs.writeFileSync(files.envelope, envelope);
	fs.writeFileSync(files.cipher, bytes);
	lay(root, { "long.json": { id: "LONG", startTime: "2020-01-01T00:00:00Z",
		mediaFiles: [{ mediaId: "long.mp3", type: "audio/mp3", pkcs7: envelope,
			certAlias: [pair.alias] }] } });
	await stack.iapctl(["key", "import", "--cert", pair.cert, "--key", pair.key]);
	await stack.addSource("bench", root);
	await stack.pass();
	const admin = await stack.signedIn();
	const { id } = byRecording(await allItems(admin)).get("LONG");
	return { stack, admin, files, pair, url: `/api/v1/interactions/${id}/media/0`,
		cookie: [...admin.cookies].map(([name, value]) => `${name}=${value}`).join("; ") };
}
