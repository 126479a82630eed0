/* SPDX-License-Identifier: Apache-2.0 */
/* Where the user stopped in each call; of the calls heard last only. */

import { recall, remember } from "./store.js";

const SETTING = "iap-positions";
const MOST = 200;

/* Pairs of a call's id and milliseconds, the one heard last at the end. */
function load() {
	try {
		const found = JSON.parse(recall(SETTING) ?? "[]");

		return Array.isArray(found) ? found.filter((pair) => Array.isArray(pair)) : [];
	} catch {
		return [];
	}
}

export function positionOf(id) {
	const ms = Number(load().find((pair) => pair[0] === id)?.[1]);

	return ms > 0 ? ms : null;
}

/* null forgets. */
export function rememberPosition(id, ms) {
	const pairs = load().filter((pair) => pair[0] !== id);

	if (ms !== null)
		pairs.push([id, Math.round(ms)]);
	remember(SETTING, JSON.stringify(pairs.slice(-MOST)));
}
