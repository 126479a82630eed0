// SPDX-License-Identifier: Apache-2.0
// Every page for everybody: axe in light and dark, narrow and wide; by keyboard
// alone; without JavaScript.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { assertNoComplaint, axe, launch, openPage, overflows, signIn } from "../support/browser.mjs";
import { allItems, startSampleStack } from "../support/sample.mjs";
import { until } from "../support/stack.mjs";

let stack, browser, items;

before(async () => {
	stack = await startSampleStack();
	browser = await launch();
	items = await allItems(await stack.signedIn());
});

after(async () => {
	await browser?.close();
	await stack?.end();
});

function itemWhere(wanted) {
	const found = items.find(wanted);
	assert.ok(found);
	return `/interactions/${found.id}`;
}

const pages = () => [
	["sign-in", "/signin"], ["search", "/interactions"],
	["nothing found", "/interactions?caller=000000"],
	["a refused filter", "/interactions?from=nonsense", 400],
	["a call", itemWhere(({ state, media_count: n, encrypted }) => state === "ok" && n === 2 && encrypted)],
	["a screen recording", itemWhere(({ has_screen: screen }) => screen)],
	["a failed call", itemWhere(({ state }) => state === "no_key")],
	["failed calls", "/failed"], ["faults", "/faults"], ["passes", "/passes"],
	["what does not exist", "/interactions/1", 404],
];

describe("axe finds nothing, nothing is wider than the window", () => {
	for (const colorScheme of ["light", "dark"])
		for (const width of [390, 1440])
			test(`${colorScheme}, ${width} px`, async () => {
				const page = await openPage(browser, stack, { colorScheme, viewport: { width, height: 900 } });
				const found = [];
				for (const [name, url, status = 200] of pages()) {
					if (name === "search") await signIn(page, stack);
					const answer = await page.goto(url);
					assert.equal(answer.status(), status, name);
					await page.waitForLoadState("networkidle");
					found.push(...(await axe(page)).map((line) => `${name}: ${line}`));
					if (await overflows(page)) found.push(`${name}: wider than the window`);
				}
				assert.deepEqual(found, []);
				assert.deepEqual(page.complaints.filter((line) =>
					!/^(400 \/interactions|404 \/interactions\/1)$/.test(line)), []);
				await page.context().close();
			});
});

describe("by keyboard alone", () => {
	let page;

	before(async () => { page = await openPage(browser, stack); });
	after(() => page.context().close());

	const focused = () => page.evaluate(() => {
		const { tagName, id, textContent } = document.activeElement;
		return { tag: tagName, id, text: textContent.trim() };
	});

	async function tabTo(wanted, what) {
		for (let i = 0; i < 120; i++) {
			if (wanted(await focused())) return;
			await page.keyboard.press("Tab");
		}
		assert.fail(`Tab never leads to ${what}`);
	}

	test("sign in", async () => {
		await page.goto("/signin");
		await tabTo(({ id }) => id === "user", "the name");
		await page.keyboard.type("admin");
		await page.keyboard.press("Tab");
		await page.keyboard.type(stack.password);
		await page.keyboard.press("Enter");
		await page.waitForURL(/\/interactions/);
	});

	test("the first Tab offers to skip to the content", async () => {
		await page.goto("/interactions");
		await page.keyboard.press("Tab");
		assert.match((await focused()).text, /Skip to content/);
		await page.keyboard.press("Enter");
		assert.match(page.url(), /#main$/);
	});

	test("filter, move through the list", async () => {
		await page.goto("/interactions");
		await page.keyboard.press("/");
		assert.equal((await focused()).id, "agent");
		await page.keyboard.type("j");
		assert.equal(await page.locator("#agent").inputValue(), "j", "letters are letters in a field");
		await page.keyboard.press("Backspace");
		await tabTo(({ id }) => id === "encrypted", "the filter Encrypted");
		await page.keyboard.press("ArrowDown");
		await tabTo(({ tag, text }) => tag === "BUTTON" && text === "Search", "the button Search");
		await page.keyboard.press("Enter");
		await page.waitForURL(/encrypted=true/);
		await page.keyboard.press("j");
		const first = await focused();
		assert.equal(first.tag, "A");
		await page.keyboard.press("j");
		await page.keyboard.press("k");
		assert.deepEqual(await focused(), first);
		await page.keyboard.press("Enter");
		await page.waitForURL(/\/interactions\/\d+/);
	});

	test("play, pause, seek, change speed, mute", async () => {
		await page.goto(itemWhere(({ state, encrypted, media_count: n, duration_ms: ms, has_screen: screen }) =>
			state === "ok" && encrypted && n === 1 && ms > 30000 && !screen));
		const at = () => page.evaluate(() => document.getElementById("sound").currentTime);
		const near = (seconds) => until(async () => Math.abs(await at() - seconds) < 0.7, 8000, `${seconds} s`);
		await page.keyboard.press("Space");
		await until(async () => await at() > 0.5, 10000, "playing");
		await page.keyboard.press("k");
		await page.keyboard.press("0");
		await near(0);
		await page.keyboard.press("l");
		await near(10);
		await page.keyboard.press("ArrowRight");
		await near(15);
		await page.keyboard.press("j");
		await near(5);
		await page.keyboard.press("ArrowLeft");
		await near(0);
		await page.keyboard.press(">");
		assert.equal(await page.getByLabel("Speed").inputValue(), "1.25");
		await page.keyboard.press("<");
		await page.keyboard.press("m");
		assert.equal(await page.evaluate(() => document.getElementById("sound").muted), true);
		await page.keyboard.press("m");
		await tabTo(({ id }) => id === "wave", "the axis");
		await page.keyboard.press("End");
		assert.match(await page.locator("#wave").getAttribute("aria-valuetext"), / of /);
	});

	test("help opens and closes, and sign-out is reached", async () => {
		await page.keyboard.press("?");
		assert.equal(await page.locator("#keys").isVisible(), true);
		await page.keyboard.press("Escape");
		assert.equal(await page.locator("#keys").isVisible(), false);
		await page.goto("/interactions");
		await tabTo(({ tag, text }) => tag === "SUMMARY" && /admin/.test(text), "the account menu");
		await page.keyboard.press("Enter");
		await tabTo(({ text }) => text === "Sign out", "Sign out");
		await page.keyboard.press("Enter");
		await page.waitForURL(/\/signin/);
		assertNoComplaint(page);
	});
});

describe("without JavaScript", () => {
	let page;

	before(async () => {
		page = await openPage(browser, stack, { javaScriptEnabled: false });
		await signIn(page, stack);
	});
	after(() => page.context().close());

	test("the list filters and pages", async () => {
		await page.getByRole("combobox", { name: "Encrypted" }).selectOption("true");
		await page.getByRole("button", { name: "Search", exact: true }).click();
		const rows = page.locator("table.grid tbody tr:not(.day)");
		await page.waitForURL(/encrypted=true/);
		assert.equal(await rows.count(), Math.min(50, items.filter(({ encrypted }) => encrypted).length));
		await page.goto("/interactions?limit=10");
		assert.equal(await rows.count(), 10);
		const first = await rows.first().innerText();
		await page.getByRole("link", { name: "Older" }).click();
		await page.waitForURL(/after=/);
		assert.equal(await rows.count(), 10);
		assert.notEqual(await rows.first().innerText(), first);
	});

	test("a call shows what is known, has the browser's own player, and downloads", async () => {
		await page.goto(itemWhere(({ state, encrypted, media_count: n, agents, has_screen: screen }) =>
			state === "ok" && encrypted && n === 1 && agents.length > 0 && !screen));
		assert.equal(await page.locator("#plain audio[controls]").isVisible(), true);
		assert.equal(await page.locator("#player").isVisible(), false, "no dead controls");
		await page.getByRole("heading", { name: "People" }).waitFor();
		const link = page.getByRole("link", { name: "Download part" });
		const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
		assert.equal(await download.failure(), null);
	});

	test("failed calls, faults and passes are there, and sign-out works", async () => {
		for (const [link, heading] of [["Failed", "Failed calls"], ["Faults", /fault|damaged/i],
			["Passes", /pass/i]]) {
			await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: link }).click();
			await page.getByRole("heading", { name: heading, level: 1 }).waitFor();
		}
		await page.locator("details.menu summary").click();
		await page.getByRole("button", { name: "Sign out" }).click();
		await page.waitForURL(/\/signin/);
		assertNoComplaint(page);
	});
});
