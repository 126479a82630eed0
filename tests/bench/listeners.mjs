// SPDX-License-Identifier: Apache-2.0
// A thousand listeners at 4 KB/s on four media processes: does everybody play,
// what does nginx hold, does anything touch its temp folders; and what a media
// process needs at rest, while it streams, and for one range.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { runOk, startProgram, until } from "../support/stack.mjs";
import { print, programs, pssKb, startWithLongCall, statusKb, timed } from "./measure.mjs";

const count = Number(process.env.IAP_LISTENERS ?? 1000), seconds = Number(process.env.IAP_SECONDS ?? 90);
const { stack, url, cookie, files } = await startWithLongCall(500);
const results = {};

// As on slow lines: nginx may not hand a whole answer to the kernel.
function smallSocketBuffers() {
	const file = stack.file("nginx/private.conf");
	const text = fs.readFileSync(file, "utf8");
	fs.writeFileSync(file, text.replace(/listen 127\.0\.0\.1:(\d+);/, "listen 127.0.0.1:$1 sndbuf=16k;"));
	process.kill(stack.processes("nginx")[0], "SIGHUP");
}

function temporaryFiles() {
	const open = stack.processes("nginx").flatMap((pid) => fs.readdirSync(`/proc/${pid}/fd`).map((fd) => {
		try {
			return fs.readlinkSync(`/proc/${pid}/fd/${fd}`);
		} catch {
			return "";
		}
	})).filter((target) => target.startsWith(stack.file("nginx/temp")));
	const lying = fs.readdirSync(stack.file("nginx/temp"), { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile());
	return open.length + lying.length;
}

async function rangeReads() {
	const [pid] = programs(stack, "media", "iap-media");
	const others = programs(stack, "media", "iap-media").slice(1);
	const trace = stack.file("trace");
	// One process only, so that strace sees the request.
	for (const other of others) process.kill(other, "SIGSTOP");
	const strace = startProgram("strace", ["-f", "-y", "-qq", "-e", "trace=read,pread64,readv,preadv,mmap",
		"-o", trace, "-p", String(pid)]);
	await until(() => fs.existsSync(trace), 5000, "strace attaches");
	await new Promise((wake) => setTimeout(wake, 500));
	const middle = fs.statSync(files.plain).size / 2 | 0;
	const out = stack.file("range");
	await runOk("curl", ["-fsS", "-o", out, "-H", `Cookie: ${cookie}`,
		"-H", `Range: bytes=${middle}-${middle + 65535}`, stack.url + url]);
	await strace.stop("SIGINT");
	for (const other of others) process.kill(other, "SIGCONT");
	const fd = fs.openSync(files.plain, "r"), wanted = Buffer.alloc(65536);
	fs.readSync(fd, wanted, 0, 65536, middle);
	assert.ok(fs.readFileSync(out).equals(wanted), "the range is right");
	return fs.readFileSync(trace, "utf8").split("\n").filter((line) => line.includes("long.mp3.bin"))
		.reduce((sum, line) => sum + Number(line.match(/= (\d+)$/)?.[1] ?? 0), 0);
}

try {
	const media = () => [...programs(stack, "media", "iap-media"), ...programs(stack, "media-whole", "iap-media")];
	results.media_rest_kb = Math.max(...media().map((pid) => statusKb(pid, "VmRSS")));
	results.range_of_65536_reads_bytes = await rangeReads();
	await timed("curl", ["-fsS", "-H", `Cookie: ${cookie}`, stack.url + url], "/dev/null");
	results.media_streaming_500_mb_peak_kb = Math.max(...media().map((pid) => statusKb(pid, "VmHWM")));

	smallSocketBuffers();

	const headers = stack.file("headers");
	fs.writeFileSync(headers, `Cookie: ${cookie}\r\n`, { mode: 0o600 });
	let nginxKb = 0, temporary = 0, mediaKb = 0;
	const listeners = startProgram(path.join(process.env.IAP_BUILD, "tests/bench/listeners"),
		["--port", String(stack.port), "--path", url, "--plain", files.plain, "--headers", headers,
			"--count", String(count), "--seconds", String(seconds), "--starts-ms", "5000"]);
	const watch = setInterval(() => {
		nginxKb = Math.max(nginxKb, stack.processes("nginx").reduce((sum, pid) => sum + pssKb(pid), 0));
		mediaKb = Math.max(mediaKb, ...media().map((pid) => statusKb(pid, "VmRSS")));
		temporary += temporaryFiles();
	}, 250);
	const { code } = await listeners.ended;
	clearInterval(watch);
	Object.assign(results, JSON.parse(listeners.stdout), { nginx_pss_kb: nginxKb,
		nginx_temporary_files: temporary, media_rss_kb: mediaKb });
	print(results);
	assert.equal(code, 0, "everybody plays");
	assert.ok(results.nginx_pss_kb < 400 * 1024, "nginx below 400 MB");
	assert.equal(temporary, 0, "no file below nginx's temp folders");
	assert.ok(results.media_rest_kb < 24 * 1024 && results.media_streaming_500_mb_peak_kb < 24 * 1024);
	assert.ok(results.range_of_65536_reads_bytes < 120 * 1024);
} finally {
	await stack.end();
}
