/* SPDX-License-Identifier: Apache-2.0 */
/* The page of one call: the player, moments to jump to, the original document. */

import { listen } from "./keys.js";
import { Metadata } from "./metadata.js";
import { Player } from "./player.js";
import { placeInResults } from "./results.js";
import { recallHere, rememberHere } from "./store.js";

const STEPPED = "iap-stepped"; /* the call that such a link leads to */

/* One of the two links to the calls beside this one in the search; without one it stays, but leads nowhere. */
function linkStep(id, call) {
	const link = document.getElementById(id);

	if (call === null) {
		link.setAttribute("aria-disabled", "true");
		return;
	}
	link.href = `/interactions/${encodeURIComponent(call)}`;
	link.addEventListener("click", () => rememberHere(STEPPED, call));
}

/* The way back is the search one came from, with its filters; and its other calls are one key away. */
async function linkResults(id) {
	const from = document.referrer && new URL(document.referrer);

	if (from && from.origin === location.origin && ["/interactions", "/failed"].includes(from.pathname))
		document.getElementById("back").href = from.pathname + from.search;
	const place = await placeInResults(id).catch(() => null);

	if (!place)
		return;
	document.getElementById("back").href = place.page;
	linkStep("newer", place.before);
	linkStep("older", place.after);
	document.getElementById("steps").hidden = false;
	listen({
		N: () => document.getElementById("older").click(),
		P: () => document.getElementById("newer").click(),
	});
}

/* Who came here by such a link hears which call it is. */
function greet(id) {
	if (recallHere(STEPPED) === id)
		document.querySelector("h1").focus();
	rememberHere(STEPPED, null);
}

/* Each time in a list becomes a link to that moment. */
function linkMoments(player) {
	for (const at of document.querySelectorAll(".at[data-ms]")) {
		const link = document.createElement("a");

		if (at.dataset.ms === "")
			continue;
		link.href = `?t=${Math.floor(at.dataset.ms / 1000)}`;
		link.textContent = at.textContent;
		link.addEventListener("click", (event) => {
			if (event.ctrlKey || event.metaKey || event.shiftKey)
				return;
			event.preventDefault();
			player.seek(Number(at.dataset.ms));
		});
		at.replaceChildren(link);
	}
}

/* The last event before the playhead is the current one. */
function followEvents(player) {
	const events = [...document.querySelectorAll("#events li[data-ms]")].filter((li) => li.dataset.ms !== "");

	player.addEventListener("moment", ({ detail: time }) => {
		const current = time > 0 ? events.findLast((event) => Number(event.dataset.ms) <= time) : undefined;

		for (const event of events) {
			if (event === current)
				event.setAttribute("aria-current", "true");
			else
				event.removeAttribute("aria-current");
		}
	});
}

const id = decodeURIComponent(location.pathname.split("/").at(-1));
const model = document.getElementById("call");
const metadata = document.getElementById("metadata");

linkResults(id);
greet(id);
if (model) {
	const player = new Player(JSON.parse(model.textContent));

	linkMoments(player);
	followEvents(player);
	player.show();
}
if (metadata)
	new Metadata(metadata);
