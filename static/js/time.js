/* SPDX-License-Identifier: Apache-2.0 */
/* Times as the pages write them. */

/* 3:12, 1:02:03 */
export function spoken(ms) {
	const seconds = Math.floor(Math.max(ms, 0) / 1000);
	const two = (number) => String(number).padStart(2, "0");

	if (seconds >= 3600)
		return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
	return `${Math.floor(seconds / 60)}:${two(seconds % 60)}`;
}

/* Milliseconds of a time as somebody types it: 3:12, 1:02:03, or seconds; null for anything else. */
export function parseMoment(text) {
	const found = /^\s*(?:(?:(\d{1,3}):)?(\d{1,3}):)?(\d{1,6}(?:\.\d{1,3})?)\s*$/.exec(text);

	if (!found)
		return null;
	const [hours, minutes, seconds] = found.slice(1).map((number) => Number(number ?? 0));

	if ((found[2] !== undefined && seconds >= 60) || (found[1] !== undefined && minutes >= 60))
		return null;
	return Math.round((hours * 3600 + minutes * 60 + seconds) * 1000);
}

/* "3 minutes 12", for those who hear it */
export function inWords(ms) {
	const seconds = Math.floor(Math.max(ms, 0) / 1000);
	const hours = Math.floor(seconds / 3600);
	const minutes = Math.floor(seconds / 60) % 60;
	const words = [];

	if (hours)
		words.push(`${hours} hour${hours === 1 ? "" : "s"}`);
	if (hours || minutes)
		words.push(`${minutes} minute${minutes === 1 ? "" : "s"}`);
	words.push(hours || minutes ? `${seconds % 60}` : `${seconds % 60} seconds`);
	return words.join(" ");
}

/* "14:03:14 +11:00" in the site's zone. */
export function onClock(time, zone) {
	const format = new Intl.DateTimeFormat("en-GB", {
		timeZone: zone, hour: "2-digit", minute: "2-digit", second: "2-digit", timeZoneName: "longOffset",
	});
	const parts = Object.fromEntries(format.formatToParts(time).map((part) => [part.type, part.value]));
	const offset = parts.timeZoneName.replace("GMT", "") || "+00:00";

	return `${parts.hour}:${parts.minute}:${parts.second} ${offset}`;
}
