/* SPDX-License-Identifier: Apache-2.0 */
/* What this browser remembers for the user; nothing, where it is told to remember nothing. */

export function recall(name) {
	try {
		return localStorage.getItem(name);
	} catch {
		return null;
	}
}

/* null forgets. */
export function remember(name, value) {
	try {
		if (value === null)
			localStorage.removeItem(name);
		else
			localStorage.setItem(name, value);
	} catch {
		/* A browser that keeps nothing is no failure. */
	}
}

/* The same for this tab only, and only until it is closed. */
export function recallHere(name) {
	try {
		return sessionStorage.getItem(name);
	} catch {
		return null;
	}
}

export function rememberHere(name, value) {
	try {
		if (value === null)
			sessionStorage.removeItem(name);
		else
			sessionStorage.setItem(name, value);
	} catch {
		/* A browser that keeps nothing is no failure. */
	}
}
