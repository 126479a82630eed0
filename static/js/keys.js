/* SPDX-License-Identifier: Apache-2.0 */
/* Single-letter keys: only while nothing is typed into, and only if the user wants them (WCAG 2.1.4). */

import { recall, remember } from "./store.js";

const SETTING = "iap-letter-keys";

export function lettersOn() {
	return recall(SETTING) !== "off";
}

export function setLetters(on) {
	remember(SETTING, on ? "on" : "off");
}

/* Whether keys belong to the thing that has the focus. */
function isTyping(target) {
	return target.closest("input:not([type=radio], [type=checkbox]), select, textarea, [contenteditable]") !== null;
}

/* Calls handlers[key]() for a key pressed outside of fields. */
export function listen(handlers) {
	document.addEventListener("keydown", (event) => {
		const handler = handlers[event.key];
		/* Some keyboards write [ and ] with AltGr, which counts as Ctrl and Alt. */
		const isCommand = (event.ctrlKey || event.altKey) && !event.getModifierState("AltGraph");

		if (!handler || event.defaultPrevented || event.metaKey || isCommand)
			return;
		if (!(event.target instanceof Element) || isTyping(event.target) || event.target.closest("[popover]"))
			return;
		if (event.key.length === 1 && event.key !== " " && !lettersOn())
			return;
		/* Space and Enter press what has the focus. */
		if ((event.key === " " || event.key === "Enter") && event.target.closest("a, button, summary, input"))
			return;
		event.preventDefault();
		handler(event);
	});
}
