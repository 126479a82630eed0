/* SPDX-License-Identifier: Apache-2.0 */
/* The page of one call: the player, moments to jump to, the original document. */

import { Metadata } from "./metadata.js";
import { Player } from "./player.js";

/* The way back is the search one came from, with its filters. */
function linkBack() {
	const from = document.referrer && new URL(document.referrer);

	if (from && from.origin === location.origin && ["/interactions", "/failed"].includes(from.pathname))
		document.getElementById("back").href = from.pathname + from.search;
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

const model = document.getElementById("call");
const metadata = document.getElementById("metadata");

linkBack();
if (model) {
	const player = new Player(JSON.parse(model.textContent));

	linkMoments(player);
	followEvents(player);
	player.show();
}
if (metadata)
	new Metadata(metadata);
