/* SPDX-License-Identifier: Apache-2.0 */
/* Makes the filters pleasant: dates to pick, spans at a press, an address without empty parts. */

import { listen } from "./keys.js";

const form = document.getElementById("filters");
const drawer = form.closest("details");
const wide = matchMedia("(min-width: 64rem)");
const zone = document.querySelector(".zone")?.textContent.trim() || "UTC";

/* At the side the filters are open; above the list they open when asked for. */
function place() {
	drawer.open = wide.matches || location.hash === "#filters";
	drawer.classList.add("ready");
}

/* A day of the site's zone, `ago` days before today, as 2026-11-16. */
function day(ago) {
	const today = new Intl.DateTimeFormat("en-CA", { timeZone: zone }).format(new Date());
	const date = new Date(`${today}T00:00:00Z`);

	date.setUTCDate(date.getUTCDate() - ago);
	return date.toISOString().slice(0, 10);
}

function openAndFocus() {
	drawer.open = true;
	form.querySelector("#agent").focus();
}

place();
wide.addEventListener("change", place);
if (location.hash === "#filters")
	openAndFocus();

/* A date field would lose what it cannot show, such as a time. */
for (const field of form.querySelectorAll("[data-date]"))
	if (/^(\d{4}-\d\d-\d\d)?$/.test(field.value))
		field.type = "date";

document.getElementById("presets").addEventListener("click", (event) => {
	const days = Number(event.target.dataset.days);

	if (!days)
		return;
	form.elements.from.type = form.elements.until.type = "date";
	form.elements.from.value = day(days - 1);
	form.elements.until.value = "";
	form.requestSubmit();
});

form.addEventListener("submit", () => {
	for (const field of form.elements)
		if (field.name && !field.value)
			field.disabled = true;
});

/* Coming back by the browser's own button, the page may still have its fields off. */
addEventListener("pageshow", () => {
	for (const field of form.elements)
		field.disabled = false;
});

listen({ "/": openAndFocus });
