/* SPDX-License-Identifier: Apache-2.0 */
/* What every page has: menus that close, the theme, the help, the way to search. */

import { lettersOn, listen, setLetters } from "./keys.js";
import { forgetResults } from "./results.js";
import { recall, remember } from "./store.js";

function closeMenus(except) {
	for (const menu of document.querySelectorAll("details.menu[open]"))
		if (!except || !menu.contains(except))
			menu.open = false;
}

document.addEventListener("click", (event) => closeMenus(event.target));
document.addEventListener("keydown", (event) => {
	const menu = event.key === "Escape" && document.querySelector("details.menu[open]");

	if (menu) {
		menu.open = false;
		menu.querySelector("summary").focus();
	}
});

function showTheme(theme) {
	if (theme === "system") {
		delete document.documentElement.dataset.theme;
		remember("iap-theme", null);
	} else {
		document.documentElement.dataset.theme = theme;
		remember("iap-theme", theme);
	}
}

const themes = document.getElementById("themes");

if (themes) {
	const chosen = recall("iap-theme") ?? "system";

	for (const radio of themes.querySelectorAll("input"))
		radio.checked = radio.value === chosen;
	themes.addEventListener("change", (event) => showTheme(event.target.value));
}

const letters = document.getElementById("letter-keys");

if (letters) {
	letters.checked = lettersOn();
	letters.addEventListener("change", () => setLetters(letters.checked));
	listen({ "?": () => document.getElementById("keys").togglePopover() });
	if (document.querySelector(".nav a[href='/interactions']") && !document.getElementById("filters"))
		listen({ "/": () => { location.href = "/interactions#filters"; } });
}

/* The next to sign in here may be another. */
if (document.body.classList.contains("is-signin"))
	forgetResults();
