/* SPDX-License-Identifier: Apache-2.0 */
/* What the wave form tells besides its drawing: where nobody speaks, and who does. */

const QUIET = 0.05; /* of the loudest moment: noise of the line stays below */
const SHORTEST_MS = 1500; /* what is shorter is a breath, not a silence */
const EDGE_MS = 250; /* of a silence that are left on each side, so that no word is cut */
const NEAR_MS = 400; /* around a moment, for who speaks in it */
const COARSE_MS = 2000; /* points that are longer do not tell one speaker from the next */
const LOUDER = 4; /* the other side's echo is at least so many times quieter */

/* The parts of a recording in which every side is quiet, in milliseconds from its start. */
export function findSilences(peaks, duration) {
	const { length } = peaks[0];
	const step = duration / length;
	const limit = peaks.largest * QUIET;
	const out = [];
	let begin = 0;

	for (let i = 0; i <= length; i++) {
		if (i < length && peaks.every((side) => Math.abs(side[i]) <= limit))
			continue;
		if ((i - begin) * step >= SHORTEST_MS)
			out.push({
				from: begin === 0 ? 0 : begin * step + EDGE_MS,
				to: i === length ? duration : i * step - EDGE_MS,
			});
		begin = i + 1;
	}
	return out;
}

/* "agent speaking", "customer speaking", both, nobody; "" where it cannot be told. */
export function whoSpeaks(peaks, duration, ms) {
	const step = duration / peaks[0].length;
	const from = Math.max(Math.floor((ms - NEAR_MS) / step), 0);
	const to = Math.floor((ms + NEAR_MS) / step) + 1;
	const limit = peaks.largest * QUIET;

	if (!(step <= COARSE_MS))
		return "";
	const [agent, customer] = peaks.map((side) => Math.max(0, ...side.slice(from, to).map(Math.abs)));

	if (agent <= limit && !(customer > limit))
		return "silence";
	if (customer === undefined)
		return "someone speaking";
	if (agent > customer * LOUDER)
		return "agent speaking";
	return customer > agent * LOUDER ? "customer speaking" : "both speaking";
}
