/* SPDX-License-Identifier: Apache-2.0 */
/* Draws the axis: ruler, two sides of sound, pauses and failures, parts, people, the playhead. */

import { spoken } from "./time.js";
import { WORDS } from "./timeline.js";

const STROKE = 3; /* pixels from one stroke of the wave to the next */
const STEPS = [5, 10, 15, 30, 60, 120, 180, 300, 600, 900, 1800, 3600, 7200].map((seconds) => seconds * 1000);

function svg(name, attributes = {}, ...children) {
	const element = document.createElementNS("http://www.w3.org/2000/svg", name);

	for (const [key, value] of Object.entries(attributes))
		element.setAttribute(key, value);
	element.append(...children);
	return element;
}

function icon(name) {
	return svg("svg", { class: "i", "aria-hidden": "true" }, svg("use", { href: `/static/icons.svg#${name}` }));
}

function div(className, ...children) {
	const element = document.createElement("div");

	element.className = className;
	element.append(...children);
	return element;
}

/* One number a stroke: the loudest of the values that fall on it, 0 to 1. */
function loudest(values, count, largest) {
	const out = [];

	for (let i = 0; i < count; i++) {
		const from = Math.floor(i * values.length / count);
		const to = Math.max(from + 1, Math.floor((i + 1) * values.length / count));
		let most = 0;

		for (let k = from; k < to && k < values.length; k++)
			most = Math.max(most, Math.abs(values[k]));
		out.push(Math.min(most / largest, 1));
	}
	return out;
}

function strokes(heights, direction) {
	return heights.map((height, i) => {
		const length = (height * 46).toFixed(1);

		return height < 0.02 ? "" : `M${i * STROKE + 1.5} ${direction < 0 ? 48 : 52}v${direction * length}`;
	}).join("");
}

export class Score {
	constructor(timeline, people, ids) {
		this.timeline = timeline;
		this.people = people;
		this.at = ids;
		this.peaks = new Map();
		this.draw();
		new ResizeObserver(() => this.drawToWidth()).observe(ids.wave);
	}

	draw() {
		this.drawRuler();
		this.drawWave();
		this.drawVeils();
		this.drawLanes();
	}

	/* What is drawn in pixels follows the width. */
	drawToWidth() {
		this.drawRuler();
		this.drawWave();
		this.drawVeils();
	}

	drawRuler() {
		const { length } = this.timeline;
		const width = this.at.ruler.clientWidth || 800;
		const step = STEPS.find((size) => length / size <= width / 90) ?? STEPS.at(-1);
		const children = [];

		for (let ms = 0; ms < length; ms += step) {
			const x = this.timeline.percent(ms);

			children.push(svg("line", { class: "tickline", x1: x, x2: x, y1: 16, y2: 28 }));
			if (ms < length - step * 0.6)
				children.push(this.label(x, spoken(ms), ms === 0 ? "start" : "middle"));
		}
		children.push(this.label("100%", spoken(length), "end"));
		this.at.ruler.replaceChildren(...children);
	}

	label(x, text, anchor) {
		const element = svg("text", { x, y: 11, "text-anchor": anchor });

		element.textContent = text;
		return element;
	}

	setPeaks(part, peaks) {
		this.peaks.set(part, peaks);
		this.drawWave();
	}

	get isStereo() {
		return [...this.peaks.values()].some((peaks) => peaks.length > 1);
	}

	drawWave() {
		const { timeline } = this;
		const width = this.at.wave.clientWidth || 800;
		const pieces = [];

		for (const [part, peaks] of this.peaks) {
			const share = (part.end - part.begin) / timeline.length;
			const count = Math.max(1, Math.floor(width * share / STROKE));
			const largest = peaks.largest || 1;
			const above = loudest(peaks[0], count, largest);
			const paths = peaks.length > 1 ?
				[svg("path", { class: "a", d: strokes(above, -1) }),
					svg("path", { class: "c", d: strokes(loudest(peaks[1], count, largest), 1) })] :
				[svg("path", { class: "m", d: strokes(above, -1) + strokes(above, 1) })];

			pieces.push(svg("svg", {
				x: timeline.percent(part.begin), width: timeline.percent(part.end - part.begin), height: "100%",
				viewBox: `0 0 ${count * STROKE} 100`, preserveAspectRatio: "none",
			}, ...paths));
		}
		this.at.strokes.replaceChildren(...pieces);
		this.at.miniStrokes.replaceChildren(...pieces.map((piece) => piece.cloneNode(true)));
	}

	/* What is skipped, faint along the middle. */
	drawSilences(silences) {
		this.at.silences.replaceChildren(...silences.flatMap(({ from, to }) => {
			const place = { x: this.timeline.percent(from), width: this.timeline.percent(to - from), y: "38%", height: "24%" };

			return [svg("rect", { class: "veil", ...place }), svg("rect", { class: "silence", ...place, fill: "url(#hatch)" })];
		}));
	}

	/* The stretch from A to B, or the one end that is known. */
	drawLoop({ from, to }) {
		const ends = [["A", from, "start"], ["B", to, "end"]].filter(([, ms]) => ms !== null);
		const marks = ends.flatMap(([name, ms, anchor]) => {
			const x = this.timeline.percent(ms);
			const text = svg("text", { x: anchor === "start" ? 5 : -5, y: "100%", dy: -6, "text-anchor": anchor });

			text.textContent = name;
			return [svg("line", { x1: x, x2: x, y1: 0, y2: "100%" }), svg("svg", { x, overflow: "visible" }, text)];
		});

		if (ends.length === 2)
			marks.unshift(svg("rect", { x: this.timeline.percent(from), width: this.timeline.percent(to - from), height: "100%" }));
		this.at.loop.replaceChildren(...marks);
	}

	/* Pauses, gaps and failed parts lie over the wave. */
	drawVeils() {
		const out = [];

		this.addGaps(out);
		for (const part of this.timeline.parts) {
			if (part.failed)
				this.veil(out, part.begin, part.end, "hatch-fail", `Part ${part.number} ${WORDS[part.state] ?? ""}`);
			for (const mask of part.masks ?? [])
				this.veil(out, part.begin + mask.from_ms, part.begin + mask.to_ms, "hatch", "Paused");
		}
		this.at.veils.replaceChildren(...out);
	}

	addGaps(out) {
		let after = 0;

		for (const part of this.timeline.parts) {
			if (part.begin - after > 500)
				this.veil(out, after, part.begin, "hatch", "");
			after = Math.max(after, part.end);
		}
		if (this.timeline.length - after > 500)
			this.veil(out, after, this.timeline.length, "hatch", "");
	}

	veil(out, from, to, hatch, text) {
		const x = this.timeline.percent(from);
		const width = this.timeline.percent(to - from);
		const enough = (to - from) / this.timeline.length * (this.at.wave.clientWidth || 800) > text.length * 6 + 20;

		out.push(svg("rect", { class: "veil", x, width, height: "100%" }),
			svg("rect", { x, width, height: "100%", fill: `url(#${hatch})` }));
		if (!text || !enough)
			return;
		const words = svg("text", { class: "inside", x: 10, y: 13 });

		words.textContent = text;
		out.push(svg("svg", { x, y: 8, overflow: "visible" },
			svg("rect", { class: "plate", x: 4, width: text.length * 6 + 12, height: 18, rx: 3 }), words));
	}

	lane(iconName, name, ...marks) {
		const label = document.createElement("bdi");
		const clip = document.createElement("span");
		const row = document.createElement("span");

		label.textContent = name;
		clip.className = "clip";
		clip.append(label);
		row.className = "name";
		row.append(icon(iconName), clip);
		return div("line", row, svg("svg", { class: "axis", "aria-hidden": "true" },
			svg("line", { class: "base", x1: 0, x2: "100%", y1: 11, y2: 11 }), ...marks));
	}

	bar(kind, from, to) {
		return svg("rect", { class: `on ${kind}`, x: this.timeline.percent(from), width: this.timeline.percent(to - from), y: 9, height: 4, rx: 2 });
	}

	partMarks(part) {
		const x = this.timeline.percent(part.begin);
		const width = this.timeline.percent(part.end - part.begin);
		const text = svg("text", { class: part.failed ? "failed" : "", x: 7, y: 15 });

		text.textContent = `${part.number} · ${part.failed ? WORDS[part.state] : spoken(part.end - part.begin)}`;
		part.box = svg("rect", { class: part.failed ? "part failed" : "part", x, width, y: 3, height: 16, rx: 3 });
		return [part.box, svg("svg", { x, width, height: 22 }, text)];
	}

	drawLanes() {
		const { timeline } = this;
		const rows = [this.lane("document", "Recording", ...timeline.parts.flatMap((part) => this.partMarks(part)))];

		for (const person of this.people) {
			const from = person.joined_offset_ms ?? 0;

			rows.push(this.lane(person.kind === "external" ? "customer" : "user",
				person.name || person.user || person.phone || "Customer",
				this.bar(person.kind, from, Math.min(person.left_offset_ms ?? timeline.length, timeline.length))));
		}
		if (timeline.screens.length)
			rows.push(this.lane("screen", "Screen", ...timeline.screens.map((one) => this.bar("", one.begin, one.end))));
		this.at.lanes.replaceChildren(...rows);
	}

	moveTo(ms, part) {
		const x = this.timeline.percent(ms);

		this.at.played.setAttribute("width", x);
		this.at.here.setAttribute("x1", x);
		this.at.here.setAttribute("x2", x);
		this.at.flag.setAttribute("x", x);
		this.at.flagText.textContent = spoken(ms);
		for (const other of this.timeline.parts)
			other.box.classList.toggle("current", other === part && this.timeline.parts.length > 1);
	}

	/* The moment under a pointer. */
	momentAt(clientX) {
		const box = this.at.wave.getBoundingClientRect();

		return Math.min(Math.max((clientX - box.left) / box.width, 0), 1) * this.timeline.length;
	}
}
