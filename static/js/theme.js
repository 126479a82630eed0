/* SPDX-License-Identifier: Apache-2.0 */
/* Runs before anything is drawn, so that no page flashes in the other theme. */
(() => {
	const theme = localStorage.getItem("iap-theme");

	document.documentElement.classList.add("js");
	if (theme === "light" || theme === "dark")
		document.documentElement.dataset.theme = theme;
})();
