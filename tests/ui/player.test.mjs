// SPDX-License-Identifier: Apache-2.0
// The player as a listener uses it all day: loop, silence, each side's volume, the
// place where one stopped, the next call of the search. Each test acts as a person
// does and observes what is heard, seen or where the playhead is.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after, before, beforeEach, describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { assertNoComplaint, axe, launch, openPage, overflows, signIn } from "../support/browser.mjs";
import { allItems, startSampleStack } from "../support/sample.mjs";
import { root, until } from "../support/stack.mjs";

let stack, browser, page, admin, items, one, peaks;

// What goes to the loudspeakers is measured on the way, each channel by itself.
function listenIn() {
	const connect = AudioNode.prototype.connect;

	globalThis.contexts = 0;
	globalThis.ears = [];
	globalThis.AudioContext = class extends AudioContext {
		constructor(...options) {
			super(...options);
			globalThis.contexts++;
		}
	};
	AudioNode.prototype.connect = function (to, ...rest) {
		if (to instanceof AudioDestinationNode) {
			const splitter = this.context.createChannelSplitter(2);

			connect.call(this, splitter);
			globalThis.ears.push([0, 1].map((side) => {
				const analyser = this.context.createAnalyser();

				connect.call(splitter, analyser, side);
				return analyser;
			}));
		}
		return connect.call(this, to, ...rest);
	};
}

before(async () => {
	stack = await startSampleStack();
	browser = await launch();
	page = await openPage(browser, stack);
	await page.addInitScript(listenIn);
	admin = await stack.signedIn();
	items = await allItems(admin);
	one = items.find(({ state, encrypted, media_count: n, duration_ms: ms, has_screen: screen }) =>
		state === "ok" && encrypted && n === 1 && ms > 60000 && !screen);
	peaks = (await admin.get(`/api/v1/interactions/${one.id}/media/0/peaks`)).json();
	await signIn(page, stack);
});

after(async () => {
	await browser?.close();
	await stack?.end();
});

beforeEach(() => { page.complaints.length = 0; });

const wait = (ms) => new Promise((wake) => setTimeout(wake, ms));
const at = () => page.evaluate(() => document.getElementById("sound").currentTime);
const isPaused = () => page.evaluate(() => document.getElementById("sound").paused);
const button = (name) => page.getByRole("button", { name, exact: true });
const near = (seconds, within = 0.3) => until(async () => Math.abs(await at() - seconds) < within, 8000,
	`the playhead at ${seconds} s`);

async function open(item = one) {
	await page.goto(`/interactions/${item.id}`);
	await page.locator("#player").waitFor({ state: "visible" });
	await until(() => page.evaluate(() => document.getElementById("sound").readyState > 0), 8000, "opened");
}

async function play() {
	await button("Play").click();
	await until(async () => !await isPaused(), 8000, "playing");
}

// Types a time into the field for it.
async function goTo(time) {
	await page.getByRole("button", { name: "go to a time" }).click();
	await page.getByLabel("Time to go to").fill(time);
	await page.keyboard.press("Enter");
}

// How loud left and right were at most, while `ms` passed.
function heard(ms) {
	return page.evaluate(async (length) => {
		const most = [0, 0];
		const wave = new Float32Array(2048);

		for (const end = performance.now() + length; performance.now() < end;) {
			for (const pair of globalThis.ears)
				for (const [side, analyser] of pair.entries()) {
					analyser.getFloatTimeDomainData(wave);
					most[side] = wave.reduce((a, b) => Math.max(a, Math.abs(b)), most[side]);
				}
			await new Promise((wake) => setTimeout(wake, 20));
		}
		return most;
	}, ms);
}

// The start of `length` seconds in which the loudest of each side are as wanted.
function stretch(length, wanted) {
	const [agent, customer] = peaks.peaks;
	const step = peaks.duration_ms / 1000 / agent.length;
	const count = Math.ceil(length / step);
	const loudestIn = (side, i) => Math.max(...side.slice(i, i + count));
	for (let i = 0; i + count <= agent.length; i++)
		if (wanted(loudestIn(agent, i), loudestIn(customer, i))) return i * step;
	assert.fail("the sample has no such stretch");
}

const nobody = (agent, customer) => agent < 0.01 && customer < 0.01;
const agentOnly = (agent, customer) => agent > 0.2 && customer < 0.01;
const customerOnly = (agent, customer) => customer > 0.2 && agent < 0.01;

describe("moving", () => {
	test("five and ten seconds, by buttons", async () => {
		await open();
		await button("Ahead 10 seconds").click();
		await near(10);
		await button("Ahead 5 seconds").click();
		await near(15);
		await button("Back 5 seconds").click();
		await near(10);
		await button("Ahead 5 seconds").click();
		await button("Back 10 seconds").click();
		await near(5);
		assertNoComplaint(page);
	});

	test("to an exact time that is typed", async () => {
		await goTo("0:12");
		await near(12, 0.1);
		assert.match(await page.evaluate(() => document.activeElement.textContent), /0:12/, "focus comes back");
		await goTo("9:99");
		assert.equal(await page.getByLabel("Time to go to").getAttribute("aria-invalid"), "true");
		await page.getByText("A time is written 3:12").waitFor();
		assert.ok(Math.abs(await at() - 12) < 0.1, "a wrong time moves nothing");
		await page.keyboard.press("Escape");
		assert.equal(await page.getByLabel("Time to go to").isVisible(), false);
		assert.equal(await page.getByText("A time is written 3:12").count(), 0);
	});

	test("the slider says the time and who speaks", async () => {
		const says = () => page.locator("#wave").getAttribute("aria-valuetext");
		for (const [text, from] of [
			["agent speaking", stretch(1.2, agentOnly)], ["customer speaking", stretch(1.2, customerOnly)],
			["silence", stretch(1.2, nobody)]]) {
			await goTo(String((from + 0.6).toFixed(2)));
			assert.match(await says(), new RegExp(`^\\d+ (seconds|minutes? \\d+) of 1 minute 7, ${text}$`));
		}
		await goTo("1");
		await play();
		const first = await says();
		await wait(1800);
		assert.equal(await says(), first, "it is not spoken every second");
		await button("Pause").click();
		assert.notEqual(await says(), first);
		assertNoComplaint(page);
	});
});

describe("loop", () => {
	// Where the playhead was, twenty times a second.
	async function follow(ms) {
		const seen = [];
		for (const end = performance.now() + ms; performance.now() < end; await wait(50)) seen.push(await at());
		return seen;
	}

	test("from [ to ], until one of them is pressed again", async () => {
		await open();
		await goTo("4");
		await page.keyboard.press("[");
		await goTo("5.5");
		await page.keyboard.press("]");
		const drawn = await page.locator("#loop rect").boundingBox();
		const wave = await page.locator("#wave").boundingBox();
		assert.ok(Math.abs(drawn.width / wave.width - 1.5 / (peaks.duration_ms / 1000)) < 0.01, "drawn on the axis");
		await goTo("4.5");
		await play();
		const seen = await follow(4500);
		assert.ok(Math.max(...seen) < 5.9, `went on to ${Math.max(...seen)}`);
		assert.ok(seen.filter((time, i) => time < seen[i - 1] - 0.8).length >= 2, `came back: ${seen}`);
		await page.keyboard.press("[");
		assert.equal(await page.locator("#loop rect").count(), 0);
		await until(async () => await at() > 6.2, 6000, "plays on");
		await button("Pause").click();
		assertNoComplaint(page);
	});

	test("by its buttons, named by what they do", async () => {
		await goTo("2");
		await button("Loop from here").click();
		await goTo("3");
		await button("Loop to here").click();
		await play();
		await until(async () => { const time = await at(); return time > 1.9 && time < 2.6; }, 6000, "back at A");
		await button("Pause").click();
		await button("End the loop to 0:03").click();
		await button("Loop from here").waitFor();
	});
});

test("skips silence when told, says nothing about it, and remembers it", async () => {
	await open();
	const from = stretch(6, nobody);
	await goTo(String((from - 0.3).toFixed(2)));
	await play();
	await wait(1500);
	assert.ok(await at() < from + 5, "silence is heard unless told otherwise");
	await button("Pause").click();
	await button("Skip silence").click();
	assert.ok(await page.locator("#silences rect").count() >= 2, "silences are drawn");
	await goTo(String((from - 0.3).toFixed(2)));
	await play();
	await until(async () => await at() > from + 5, 2500, "the silence is skipped");
	assert.equal((await page.locator("#says").innerText()).trim(), "");
	await button("Pause").click();
	await page.reload();
	assert.equal(await button("Skip silence").getAttribute("aria-pressed"), "true");
	await button("Skip silence").click();
	assertNoComplaint(page);
});

test("each side is heard alone, and as loud as told", async () => {
	await open();
	const from = stretch(2, agentOnly);
	await goTo(String(from.toFixed(2)));
	await page.keyboard.press("[");
	await goTo(String((from + 2).toFixed(2)));
	await page.keyboard.press("]");
	await goTo(String(from.toFixed(2)));
	await play();
	assert.equal(await page.evaluate(() => globalThis.contexts), 0, "plain playing needs no Web Audio");
	await button("Agent alone").click();
	assert.ok((await heard(2600))[0] > 0.05, "the agent alone: heard");
	await button("Customer alone").click();
	await wait(300);
	const [left, right] = await heard(2600);
	assert.ok(left < 0.01 && right < 0.02, `the customer alone: the agent is not heard, ${left}`);
	await button("Customer alone").click();
	const full = (await heard(2600))[0];
	assert.ok(full > 0.05, "both again");
	await page.getByRole("slider", { name: "Agent’s volume" }).fill("20");
	await wait(300);
	const low = (await heard(2600))[0];
	assert.ok(low > full * 0.1 && low < full * 0.35, `${low} of ${full}`);
	await button("Pause").click();
	await page.reload();
	assert.equal(await page.getByRole("slider", { name: "Agent’s volume" }).inputValue(), "20", "remembered");
	await page.getByRole("slider", { name: "Agent’s volume" }).fill("100");
	assertNoComplaint(page);
});

test("a call goes on where the user stopped", async () => {
	await open();
	await goTo("12");
	await play();
	await wait(500);
	await button("Pause").click();
	const stopped = await at();
	await page.goto("/interactions");
	await open();
	await near(stopped, 0.2);
	await page.getByText(`Stopped at 0:${Math.floor(stopped)}`).waitFor();
	await button("from the beginning").click();
	await near(0, 0.1);
	assert.equal(await page.getByText("Stopped at").isVisible(), false);
	await page.goto(`/interactions/${one.id}?t=20`);
	await near(20);
	assertNoComplaint(page);
});

test("the next and the previous call of the search, over the end of a page", async () => {
	const search = "/interactions?encrypted=true&state=ok&limit=3";
	const wanted = (await allItems(admin, "/api/v1/interactions", { encrypted: "true", state: "ok" })).map(({ id }) => id);
	const isAt = (n) => page.waitForURL((url) => url.pathname === `/interactions/${wanted[n]}`);
	await page.goto(search);
	await page.locator("table.grid tbody a").nth(1).click();
	await isAt(1);
	await page.getByLabel("Speed").selectOption("1.5");
	await page.getByRole("link", { name: "Older call" }).click();
	await isAt(2);
	assert.equal(await page.evaluate(() => document.activeElement.tagName), "H1", "focus on the title");
	assert.equal(await page.getByLabel("Speed").inputValue(), "1.5", "speed is kept");
	await page.getByLabel("Speed").selectOption("1");
	await page.locator("h1").focus();
	await page.locator("#older[href]").waitFor();
	await page.keyboard.press("Shift+N");
	await isAt(3);
	await page.locator("#newer[href]").waitFor();
	await page.keyboard.press("Shift+P");
	await isAt(2);
	await page.locator("#newer[href]").waitFor();
	await page.getByRole("link", { name: "Newer call" }).click();
	await isAt(1);
	await page.locator("#newer[href]").waitFor();
	await page.keyboard.press("Shift+P");
	await isAt(0);
	assert.equal(await page.locator("#newer").getAttribute("href"), null, "nothing is newer");
	await page.locator("#back[href*=encrypted]").click();
	await page.waitForURL((url) => url.pathname + url.search === search);
	const tab = page.context().waitForEvent("page");
	await page.locator("table.grid tbody a").nth(2).click({ modifiers: ["Control"] });
	const other = await tab;
	await other.locator("#older[href]").click();
	await other.waitForURL((url) => url.pathname === `/interactions/${wanted[3]}`);
	await other.close();
	assertNoComplaint(page);
});

test("scrolled away it is one line, which plays and pauses", async () => {
	await open();
	assert.equal(await page.locator("#mini").isVisible(), false);
	await play();
	await page.mouse.wheel(0, 3000);
	await page.locator("#mini").waitFor({ state: "visible" });
	const box = await page.locator("#mini").boundingBox();
	assert.ok(box.y >= 0 && box.y < 60 && box.height < 60, "under the top bar");
	await button("Pause the call").click();
	await until(isPaused, 3000, "paused");
	await page.locator("#metadata h2").click();
	await page.keyboard.press("Space");
	await until(async () => !await isPaused(), 3000, "Space plays");
	await page.keyboard.press("Space");
	await page.getByRole("link", { name: "Player" }).click();
	await page.locator("#mini").waitFor({ state: "hidden" });
	assert.equal(await page.locator("#play").isVisible(), true);
	assertNoComplaint(page);
});

test("a call that cannot be played has no small player, and its keys do nothing", async () => {
	const { id } = items.find(({ state, media_count: n }) => state === "no_key" && n === 1);
	await page.goto(`/interactions/${id}`);
	await page.getByText("No part of this call can be played").waitFor();
	for (const key of ["Space", "[", "]", "ArrowRight"]) await page.keyboard.press(key);
	assert.equal(await page.locator("#loop > *").count(), 0);
	assert.equal(await page.locator("#player :is(button, input, select):visible:enabled").count(), 0);
	await page.mouse.wheel(0, 3000);
	await wait(300);
	assert.equal(await page.locator("#mini").isVisible(), false);
	assertNoComplaint(page);
});

test("the screen in a window of its own", async () => {
	await open(items.find(({ state, has_screen: screen }) => state === "ok" && screen)).catch(() => {});
	await until(() => page.evaluate(() => document.getElementById("screen").readyState > 0), 8000, "a picture");
	const pip = button("Picture in picture");
	const isOut = () => page.evaluate(() => document.pictureInPictureElement?.id === "screen");
	await pip.click();
	await until(isOut, 5000, "picture in picture");
	assert.equal(await pip.getAttribute("aria-pressed"), "true");
	await pip.click();
	await until(async () => !await isOut(), 5000, "back again");
	assert.equal(await pip.getAttribute("aria-pressed"), "false");
	assertNoComplaint(page);
});

test("the help lists the keys", async () => {
	await open();
	await page.keyboard.press("?");
	const text = await page.locator("#keys").innerText();
	for (const words of [/Loop from, to here/, /Older, newer call/, /5 seconds/]) assert.match(text, words);
	await page.keyboard.press("Escape");
});

describe("for everybody", () => {
	for (const [colorScheme, width, height] of [["light", 1440, 900], ["dark", 1440, 900], ["light", 360, 740],
		["dark", 360, 740], ["light", 720, 450]])
		test(`${colorScheme}, ${width} px: axe finds nothing, nothing moves, nothing is cut`, async () => {
			const other = await openPage(browser, stack, { colorScheme, viewport: { width, height },
				reducedMotion: "reduce" });
			await other.addInitScript(() => {
				globalThis.shifted = 0;
				new PerformanceObserver((list) => {
					for (const entry of list.getEntries())
						if (!entry.hadRecentInput) globalThis.shifted += entry.value;
				}).observe({ type: "layout-shift", buffered: true });
			});
			await signIn(other, stack);
			await other.locator(`table.grid a[href="/interactions/${one.id}"]`).first().click();
			await other.locator("#side-agent").waitFor({ state: "visible" });
			await other.waitForLoadState("networkidle");
			const shifted = await other.evaluate(() => globalThis.shifted);
			assert.ok(shifted < 0.02, `the page shifted by ${shifted}`);
			await other.keyboard.press("3");
			await other.keyboard.press("[");
			await other.keyboard.press("5");
			await other.keyboard.press("]");
			await other.getByRole("button", { name: "Skip silence" }).click();
			await other.getByRole("button", { name: "Agent alone" }).click();
			assert.deepEqual(await axe(other), []);
			assert.equal(await overflows(other), false);
			const small = await other.locator("#player :is(button, input, select):visible").evaluateAll((controls) =>
				controls.filter((control) => {
					const { width: w, height: h } = control.getBoundingClientRect();
					return w < 24 || h < 24;
				}).map(({ id }) => id));
			assert.deepEqual(small, [], "at least 24 px to press");
			await other.mouse.wheel(0, 5000);
			await other.locator("#mini").waitFor({ state: "visible" });
			assert.deepEqual(await axe(other), []);
			assert.equal(await overflows(other), false);
			assertNoComplaint(other);
			await other.context().close();
		});

	test("every control of the player is reached by Tab", async () => {
		await open();
		await page.locator("#side-agent").waitFor({ state: "visible" });
		const wanted = await page.locator("#player :is(button, input, select, [tabindex]):visible:enabled")
			.evaluateAll((controls) => controls.map(({ id }) => id));
		const reached = new Set();
		for (let i = 0; i < 60; i++) {
			await page.keyboard.press("Tab");
			reached.add(await page.evaluate(() => document.activeElement.id));
		}
		assert.deepEqual(wanted.filter((id) => !reached.has(id)), []);
		assert.ok(wanted.length >= 18);
	});

	test("the whole front end is at most 150 KB compressed", () => {
		const files = fs.readdirSync(path.join(root, "static"), { recursive: true })
			.filter((name) => /\.(js|css|svg)$/.test(name));
		const size = files.reduce((sum, name) =>
			sum + gzipSync(fs.readFileSync(path.join(root, "static", name))).length, 0);
		assert.ok(files.length > 10 && size < 150 * 1024, `${size} bytes`);
	});
});
