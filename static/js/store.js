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
