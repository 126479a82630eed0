// SPDX-License-Identifier: Apache-2.0
// A real browser before a stack, which complains of what a person would not see:
// errors of scripts, violations of the content security policy, answers that are
// missing, and, when asked, what axe finds.
import assert from "node:assert/strict";
import fs from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const axeSource = fs.readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
	"--disable-background-networking", "--disable-component-update", "--disable-sync",
	"--autoplay-policy=no-user-gesture-required"];

export function launch() {
	return chromium.launch({ executablePath: process.env.IAP_CHROMIUM ?? "/usr/bin/chromium", args: flags });
}

/**
 * A page of its own session. `page.complaints` gathers what went wrong; a test
 * that expects an answer of 4xx takes its line away with expectAnswer().
 */
export async function openPage(browser, stack, options = {}) {
	const context = await browser.newContext({ baseURL: stack.url, ignoreHTTPSErrors: true,
		locale: "en-AU", viewport: { width: 1440, height: 900 }, ...options });
	context.setDefaultTimeout(15000);
	const page = await context.newPage();
	const complaints = page.complaints = [];
	page.on("pageerror", (error) => complaints.push(`script: ${error.message}`));
	page.on("console", (message) => {
		if (/Content Security Policy/i.test(message.text())) complaints.push(message.text());
	});
	page.on("response", (response) => {
		if (response.status() >= 400)
			complaints.push(`${response.status()} ${new URL(response.url()).pathname}`);
	});
	return page;
}

export function expectAnswer(page, pattern) {
	const at = page.complaints.findIndex((line) => pattern.test(line));
	assert.notEqual(at, -1, `no answer ${pattern}: ${page.complaints.join("; ")}`);
	page.complaints.splice(at, 1);
}

export function assertNoComplaint(page) {
	assert.deepEqual(page.complaints, []);
}

export async function signIn(page, stack, user = "admin", password = stack.password) {
	await page.goto("/signin");
	await page.getByLabel("Name").fill(user);
	await page.getByLabel("Password").fill(password);
	await page.getByRole("button", { name: "Sign in" }).click();
	await page.waitForURL(/\/interactions/);
}

/** What axe finds against WCAG 2.2 A and AA, one line each. */
export async function axe(page) {
	await page.evaluate(axeSource);
	const { violations } = await page.evaluate(() => globalThis.axe.run(document,
		{ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
	return violations.map(({ id, help, nodes }) =>
		`${id}: ${help}: ${nodes.slice(0, 3).map(({ html }) => html.slice(0, 120)).join(" | ")}`);
}

/** Whether the page is wider than the window: somebody would have to scroll sideways. */
export function overflows(page) {
	return page.evaluate(() => document.documentElement.scrollWidth > innerWidth + 1);
}

/** Taps the element's sound; loudest(ms) is then the largest amplitude heard so long. */
export async function tap(page, selector) {
	await page.evaluate((wanted) => {
		const context = new AudioContext();
		const analyser = context.createAnalyser();

		context.createMediaElementSource(document.querySelector(wanted)).connect(analyser);
		analyser.connect(context.destination);
		globalThis.tapped = { context, analyser };
	}, selector);
}

export function loudest(page, ms) {
	return page.evaluate(async (length) => {
		const { context, analyser } = globalThis.tapped;
		const wave = new Float32Array(analyser.fftSize);
		let most = 0;

		await context.resume();
		for (const end = performance.now() + length; performance.now() < end;) {
			analyser.getFloatTimeDomainData(wave);
			most = wave.reduce((a, b) => Math.max(a, Math.abs(b)), most);
			await new Promise((wake) => setTimeout(wake, 20));
		}
		return most;
	}, ms);
}
