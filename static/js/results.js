/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The calls of the search one came from, in its order, so that the next of them
 * is one key away. A list page leaves them here; each tab has its own.
 */

import { recallHere, rememberHere } from "./store.js";

const SETTING = "iap-results";
const LISTS = ["/interactions", "/failed"];
const MOST_PAGES = 5; /* a page of a narrow search may be empty though there are older ones */

/* The address of a page of the same search; null after the last. */
function pageAfter(page, cursor) {
	const url = new URL(page, location.origin);

	if (!cursor)
		return null;
	url.searchParams.set("after", cursor);
	return url.pathname + url.search;
}

function searchOf(page) {
	const url = new URL(page, location.origin);

	url.searchParams.delete("after");
	return url.pathname + url.search;
}

function load() {
	try {
		const found = JSON.parse(recallHere(SETTING));

		return Array.isArray(found?.ids) && typeof found.page === "string" ? found : null;
	} catch {
		return null;
	}
}

function save(results) {
	rememberHere(SETTING, JSON.stringify(results));
}

function append(results, ids, next) {
	const known = new Set(results.ids);

	return { ...results, ids: [...results.ids, ...ids.filter((id) => !known.has(id))], next };
}

/* Called by a list: the page after one that is known lengthens it, another search begins anew. */
export function keepResults(ids, next) {
	const page = location.pathname + location.search;
	const known = load();

	if (known?.next === page)
		save({ ...append(known, ids, next), page });
	else if (known && searchOf(known.page) === searchOf(page) && ids.length && ids.every((id) => known.ids.includes(id)))
		save({ ...known, page });
	else
		save({ page, ids, next });
}

export function forgetResults() {
	rememberHere(SETTING, null);
}

async function fetchPage(page) {
	const url = new URL(page, location.origin);
	const answer = await fetch(`/api/v1${url.pathname}${url.search}`);
	const { items, next } = answer.ok ? await answer.json() : { items: [], next: null };

	return { ids: items.map((item) => item.id), next: pageAfter(page, next) };
}

/* A tab that was opened by a link knows the page of the link only. */
async function find(id) {
	const known = load();
	const from = document.referrer && new URL(document.referrer);

	if (known?.ids.includes(id))
		return known;
	if (!from || from.origin !== location.origin || !LISTS.includes(from.pathname))
		return null;
	const page = from.pathname + from.search;
	const { ids, next } = await fetchPage(page);

	return ids.includes(id) ? { page, ids, next } : null;
}

/* The search that `id` was found in: its page and the calls before and after `id`; null without one. */
export async function placeInResults(id) {
	let results = await find(id);

	for (let i = 0; results?.next && results.ids.at(-1) === id && i < MOST_PAGES; i++) {
		const { ids, next } = await fetchPage(results.next);

		results = append(results, ids, next);
	}
	if (!results)
		return null;
	save(results);
	const at = results.ids.indexOf(id);

	return { page: results.page, before: results.ids[at - 1] ?? null, after: results.ids[at + 1] ?? null };
}
