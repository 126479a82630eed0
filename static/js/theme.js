/* SPDX-License-Identifier: Apache-2.0 */
/* Runs before anything is drawn, so that no page flashes in the other theme. */
(() => {
	document.documentElement.classList.add("js");
	try {
		const theme = localStorage.getItem("iap-theme");

		if (theme === "light" || theme === "dark")
			document.documentElement.dataset.theme = theme;
	} catch {
		/* A browser that keeps nothing has the system's theme. */
	}
})();
