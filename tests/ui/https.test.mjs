// SPDX-License-Identifier: Apache-2.0
// Over https, in a browser: the cookie is the kind that only its own host gets, and
// a call plays.
import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { assertNoComplaint, launch, openPage, signIn } from "../support/browser.mjs";
import { allItems, startSampleStack } from "../support/sample.mjs";
import { makeCertificate, until } from "../support/stack.mjs";

let stack, browser, page, work;

before(async () => {
	work = fs.mkdtempSync(path.join(os.tmpdir(), "iap-tls-"));
	stack = await startSampleStack({ tls: await makeCertificate(work) });
	browser = await launch();
	page = await openPage(browser, stack);
});

after(async () => {
	await browser?.close();
	await stack?.end();
	fs.rmSync(work, { recursive: true, force: true });
});

test("the session is a __Host- cookie that scripts cannot read", async () => {
	await signIn(page, stack);
	const cookies = await page.context().cookies();
	assert.deepEqual(cookies.map(({ name }) => name), ["__Host-iap"]);
	const [{ secure, httpOnly, sameSite, path: where }] = cookies;
	assert.deepEqual({ secure, httpOnly, where }, { secure: true, httpOnly: true, where: "/" });
	assert.ok(["Lax", "Strict"].includes(sameSite));
	assert.equal(await page.evaluate(() => document.cookie), "");
});

test("an encrypted call plays", async () => {
	const admin = await stack.signedIn();
	const item = (await allItems(admin)).find(({ state, encrypted, media_count: n, has_screen: screen }) =>
		state === "ok" && encrypted && n === 1 && !screen);
	await page.goto(`/interactions/${item.id}`);
	await page.getByRole("button", { name: "Play", exact: true }).click();
	await until(() => page.evaluate(() => document.getElementById("sound").currentTime > 1), 10000,
		"the call plays");
	assertNoComplaint(page);
});
