// SPDX-License-Identifier: Apache-2.0
// How fast 500 MB are decrypted: iap-media through nginx, beside what openssl
// does on one core and beside `openssl cms -decrypt` of the same file.
import assert from "node:assert/strict";
import fs from "node:fs";
import { runOk } from "../support/stack.mjs";
import { cpuSeconds, print, programs, rounded, startWithLongCall, timed } from "./measure.mjs";

const { stack, url, cookie, files, pair } = await startWithLongCall(500);
const bytes = fs.statSync(files.plain).size;
const rate = (seconds) => bytes / seconds / 1e6;

try {
	const out = stack.file("heard.mp3");
	await timed("curl", ["-fsS", "-o", out, "-H", `Cookie: ${cookie}`, stack.url + url]);
	await runOk("cmp", [out, files.plain]);
	const media = programs(stack, "media-whole", "iap-media");
	const cpuBefore = cpuSeconds(media);
	const walls = [];
	for (let i = 0; i < 5; i++)
		walls.push(await timed("curl", ["-fsS", "-H", `Cookie: ${cookie}`, stack.url + url], "/dev/null"));
	const cpu = (cpuSeconds(media) - cpuBefore) / walls.length;
	const wall = walls.sort((a, b) => a - b)[2];
	assert.ok(cpu > 0);

	const { stdout } = await runOk("openssl", ["speed", "-mr", "-seconds", "3", "-bytes", "16384", "-decrypt",
		"-evp", "aes-256-cbc"]);
	const speed = Number(stdout.trim().split("\n").at(-1).split(":").at(-1)) / 1e6;
	const cms = [];
	for (let i = 0; i < 3; i++)
		cms.push(await timed("openssl", ["cms", "-decrypt", "-binary", "-inform", "PEM", "-in", files.envelope,
			"-content", files.cipher, "-inkey", pair.key, "-recip", pair.cert, "-out", "/dev/null"]));
	const cmsWall = cms.sort((a, b) => a - b)[1];
	print({
		bytes, iap_media_mb_per_cpu_second: rounded(rate(cpu), 0), through_nginx_mb_per_second: rounded(rate(wall), 0),
		openssl_speed_mb_per_second: rounded(speed, 0), openssl_cms_mb_per_second: rounded(rate(cmsWall), 0),
		ratio_to_openssl_speed: rounded(rate(cpu) / speed), ratio_to_openssl_cms: rounded(cmsWall / wall),
	});
} finally {
	await stack.end();
}
