/* SPDX-License-Identifier: Apache-2.0 */
/* Moves through a list of calls: j and k from link to link, a click anywhere on a row. */

import { listen } from "./keys.js";
import { keepResults } from "./results.js";

const links = [...document.querySelectorAll(".grid tbody a, .list td:first-child a.lead")];

function move(step) {
	const at = links.indexOf(document.activeElement);
	const next = at < 0 ? 0 : Math.min(Math.max(at + step, 0), links.length - 1);

	links[next]?.focus();
	links[next]?.scrollIntoView({ block: "nearest" });
}

/* The address of a call ends with its id. */
function idOf(link) {
	return decodeURIComponent(link.pathname.split("/").at(-1));
}

keepResults(links.map(idOf), document.querySelector("a[rel=next]")?.getAttribute("href") ?? null);
listen({ j: () => move(1), k: () => move(-1) });

document.querySelector(".grid")?.addEventListener("click", (event) => {
	const selected = String(document.getSelection());

	/* A click that marks text for copying opens nothing. */
	if (event.target.closest("a") || selected)
		return;
	event.target.closest("tr")?.querySelector("a")?.click();
});
