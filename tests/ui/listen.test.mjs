// SPDX-License-Identifier: Apache-2.0
// What IAP is for, in a browser: sign in, find an encrypted call, hear it.
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { assertNoComplaint, expectAnswer, launch, loudest, openPage, signIn, tap }
	from "../support/browser.mjs";
import { allItems, startSampleStack } from "../support/sample.mjs";
import { until } from "../support/stack.mjs";

let stack, browser, page, items;

before(async () => {
	stack = await startSampleStack();
	browser = await launch();
	page = await openPage(browser, stack);
	items = await allItems(await stack.signedIn());
});

after(async () => {
	await browser?.close();
	await stack?.end();
});

beforeEach(() => { page.complaints.length = 0; });

// An interaction of the sample that is as wanted, with the address of its page.
function call(what, wanted) {
	const found = stack.expected.interactions.find((one) => one.deep_state === "ok" && wanted(one));
	assert.ok(found, `the sample has ${what}`);
	const item = items.find(({ recording_id: id, started_at: at }) =>
		id === found.recording_id && at === found.started_at);
	return { ...found, page: `/interactions/${item.id}` };
}

const encryptedCall = () => call("an encrypted call of half a minute", (one) => one.encrypted &&
	one.media_count === 1 && one.media[0].kind === "audio" && one.media[0].shape === "detached" &&
	one.duration_ms > 30000);

const element = (name) => page.evaluate((id) => {
	const { currentTime, paused, duration, playbackRate, preservesPitch, muted, volume, videoWidth,
		src } = document.getElementById(id);
	return { currentTime, paused, duration, playbackRate, preservesPitch, muted, volume, videoWidth, src };
}, name);
const sound = () => element("sound");
const button = (name) => page.getByRole("button", { name, exact: true });

async function open(one) {
	await page.goto(one.page);
	await page.locator("#player").waitFor({ state: "visible" });
}

async function play(name = "sound") {
	const { currentTime } = await element(name);
	await button("Play").click();
	await until(async () => (await element(name)).currentTime > currentTime + 0.3, 10000, "playing begins");
}

async function seekedTo(seconds, within = 0.7) {
	await until(async () => Math.abs((await sound()).currentTime - seconds) < within, 8000,
		`a seek to ${seconds} s`).catch(async (error) => {
		throw new Error(`${error.message}: at ${(await sound()).currentTime}`);
	});
}

describe("the way to a call", () => {
	test("without a session every page leads to the door, and back after it", async () => {
		const stranger = await openPage(browser, stack);
		await stranger.goto("/failed");
		assert.match(stranger.url(), /\/signin/);
		await stranger.getByLabel("Name").fill("admin");
		await stranger.getByLabel("Password").fill(stack.password);
		await stranger.getByRole("button", { name: "Sign in" }).click();
		await stranger.waitForURL(/\/failed$/);
		await stranger.context().close();
	});

	test("a wrong password is told, and the name kept", async () => {
		const stranger = await openPage(browser, stack);
		await stranger.goto("/signin");
		await stranger.getByLabel("Name").fill("admin");
		await stranger.getByLabel("Password").fill("not this one");
		await stranger.getByRole("button", { name: "Sign in" }).click();
		await stranger.getByRole("alert").waitFor();
		assert.match(await stranger.getByRole("alert").innerText(), /Name or password is wrong/);
		assert.equal(await stranger.getByLabel("Name").inputValue(), "admin");
		await stranger.context().close();
	});

	test("signing in leads to the search", async () => {
		await signIn(page, stack);
		assert.ok(await page.locator("table.grid tbody a").count() >= 50);
		assertNoComplaint(page);
	});

	test("filters narrow the list and live in the address", async () => {
		const one = encryptedCall();
		const day = one.started_at.slice(0, 10);
		await page.goto("/interactions");
		await page.getByLabel("From").fill(day);
		await page.getByLabel("Until").fill(day);
		await page.getByRole("combobox", { name: "Encrypted" }).selectOption("true");
		await button("Search").click();
		await page.waitForURL(/encrypted=true/);
		const address = new URL(page.url());
		assert.equal(address.searchParams.get("from"), day);
		assert.equal(address.searchParams.get("agent"), null, "no empty parts");
		const wanted = stack.expected.interactions.filter((other) =>
			other.encrypted && other.started_at?.startsWith(day)).length;
		assert.equal(await page.locator("table.grid tbody a").count(), wanted);
		await page.locator(`table.grid a[href="${one.page}"]`).click();
		await page.waitForURL((url) => url.pathname === one.page);
		await page.locator("#back").click();
		await page.waitForURL(/encrypted=true/);
		assertNoComplaint(page);
	});

	test("a filter that cannot be used is named", async () => {
		await page.goto("/interactions?from=yesterdayish");
		assert.match(await page.getByRole("alert").innerText(), /One filter cannot be used/);
		expectAnswer(page, /^400 \/interactions/);
		assertNoComplaint(page);
	});
});

describe("an encrypted call", () => {
	test("plays: the position advances and there is sound", async () => {
		await open(encryptedCall());
		await tap(page, "#sound");
		await play();
		const from = (await sound()).currentTime;
		const most = await loudest(page, 3000);
		const { currentTime, paused } = await sound();
		assert.equal(paused, false);
		assert.ok(currentTime - from > 1.5, `advanced by ${currentTime - from} s`);
		assert.ok(most > 0.02, `the loudest was ${most}`);
		assertNoComplaint(page);
	});

	test("pauses and goes on", async () => {
		await button("Pause").click();
		const { currentTime } = await sound();
		await new Promise((wake) => setTimeout(wake, 400));
		assert.ok(Math.abs((await sound()).currentTime - currentTime) < 0.1, "stands still");
		await play();
	});

	test("seeks: a click on the axis lands there and sound goes on", async () => {
		const { duration } = await sound();
		const box = await page.locator("#wave").boundingBox();
		await page.mouse.click(box.x + box.width * 0.6, box.y + box.height / 2);
		await seekedTo(duration * 0.6 + 0.3, 1.2);
		assert.ok(await loudest(page, 2500) > 0.02, "there is sound after the seek");
		assertNoComplaint(page);
	});

	test("goes ten seconds ahead and back", async () => {
		await button("Pause").click();
		await page.locator("#wave").press("Home");
		await seekedTo(0);
		await page.getByRole("button", { name: "Ahead 10 seconds" }).click();
		await seekedTo(10);
		await page.getByRole("button", { name: "Ahead 10 seconds" }).click();
		await seekedTo(20);
		await page.getByRole("button", { name: "Back 10 seconds" }).click();
		await seekedTo(10);
	});

	test("plays faster with its pitch kept", async () => {
		await page.getByLabel("Speed").selectOption("2");
		await play();
		const begin = await sound(), at = performance.now();
		assert.equal(begin.playbackRate, 2);
		assert.equal(begin.preservesPitch, true);
		await new Promise((wake) => setTimeout(wake, 2000));
		const ratio = ((await sound()).currentTime - begin.currentTime) / ((performance.now() - at) / 1000);
		assert.ok(ratio > 1.5 && ratio < 2.5, `ran at ${ratio}`);
		await page.getByLabel("Speed").selectOption("1");
	});

	test("is quieter and muted as told", async () => {
		await page.getByLabel("Volume", { exact: true }).fill("40");
		assert.ok(Math.abs((await sound()).volume - 0.4) < 0.01);
		await button("Mute").click();
		assert.equal((await sound()).muted, true);
		await button("Mute").click();
		assert.equal((await sound()).muted, false);
		await page.getByLabel("Volume", { exact: true }).fill("100");
	});

	test("shows its people, its data and its document, pretty and as stored", async () => {
		const one = encryptedCall();
		for (const agent of one.agents)
			await page.getByText(agent.name, { exact: true }).first().waitFor();
		await page.locator("#document").getByText(one.recording_id).first().waitFor();
		await button("As stored").click();
		const text = await page.locator("#document").innerText();
		assert.ok(text.includes(one.recording_id));
		for (const secret of stack.expected.secrets) assert.ok(!text.includes(secret), "a secret is shown");
		assertNoComplaint(page);
	});

	test("a link to a moment leads there", async () => {
		await page.goto(`${encryptedCall().page}?t=12`);
		await seekedTo(12);
		assertNoComplaint(page);
	});
});

test("a whole-file message plays too", async () => {
	await open(call("a whole-file message", (one) => one.media_count === 1 &&
		one.media[0].shape === "whole" && one.duration_ms > 19000));
	await tap(page, "#sound");
	await play();
	assert.ok(await loudest(page, 3000) > 0.02);
	assertNoComplaint(page);
});

test("the parts of a transfer play one after the other", async () => {
	const one = call("an encrypted transfer of two parts", ({ encrypted, media }) =>
		encrypted && media.length === 2 && media.every(({ kind }) => kind === "audio"));
	await open(one);
	assert.match(await page.locator("#part").innerText(), /Part 1 of 2/);
	await play();
	const { src: first, duration } = await sound();
	await page.evaluate((to) => { document.getElementById("sound").currentTime = to; }, duration - 1.5);
	await until(async () => (await sound()).src !== first, 15000, "the second part");
	await until(async () => (await sound()).currentTime > 0.5, 10000, "the second part plays");
	assert.match((await sound()).src, /\/media\/1$/);
	assert.match(await page.locator("#part").innerText(), /Part 2 of 2/);
	assertNoComplaint(page);
});

for (const encrypted of [false, true])
	test(`${encrypted ? "an encrypted" : "a clear"} screen recording shows its picture`, async () => {
		await open(call("a screen recording", (one) => one.has_screen && one.encrypted === encrypted));
		await play("screen");
		const first = await element("screen");
		assert.ok(first.videoWidth > 0, "a picture");
		await until(async () => (await element("screen")).currentTime > first.currentTime + 1, 10000,
			"the picture moves");
		assert.equal(await page.locator("#screen").isVisible(), true);
		assertNoComplaint(page);
	});

test("failed calls: listed with their cause, the document one click away", async () => {
	await page.goto("/failed");
	const failed = items.filter(({ reviewed, valid }) => reviewed === 1 && valid === 0);
	const links = page.getByRole("link", { name: "Document" });
	assert.equal(await links.count(), failed.length);
	for (const state of ["Empty", "Missing", "No key"])
		await page.getByText(state).first().waitFor();
	await links.first().click();
	await page.waitForURL(/\/interactions\/\d+#metadata/);
	await page.locator("#document").getByText(/mediaFile/).first().waitFor();
	assertNoComplaint(page);
});

test("a failed call says why it cannot be played", async () => {
	const one = items.find(({ state, media_count: n }) => state === "no_key" && n === 1);
	await page.goto(`/interactions/${one.id}`);
	assert.match(await page.locator("main").innerText(), /key/i);
	assert.equal(await button("Play").isEnabled(), false);
	assertNoComplaint(page);
});

test("signing out ends the session: the call is closed behind one", async () => {
	const url = encryptedCall().page;
	await page.goto(url);
	await page.locator("details.menu summary").click();
	await button("Sign out").click();
	await page.waitForURL(/\/signin/);
	await page.goto(url);
	assert.match(page.url(), /\/signin/);
	await page.goBack();
	assert.equal(await page.locator("#player").count(), 0, "no page of a call comes back from a cache");
});
