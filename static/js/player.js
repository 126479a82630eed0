/* SPDX-License-Identifier: Apache-2.0 */
/* The player of one call: its buttons, its axis as a slider, its keys. */

import { listen } from "./keys.js";
import { findSilences, whoSpeaks } from "./levels.js";
import { Loop } from "./loop.js";
import { MiniPlayer } from "./mini.js";
import { MomentField } from "./moment.js";
import { positionOf, rememberPosition } from "./positions.js";
import { Score } from "./score.js";
import { Sides } from "./sides.js";
import { Sound } from "./sound.js";
import { recall, remember } from "./store.js";
import { inWords, onClock, spoken } from "./time.js";
import { SENTENCES, Timeline } from "./timeline.js";

const KEEP_MS = 5000; /* from one note of the position to the next; and what is too near an end to note */
const WORTH_MS = 300; /* a silence with less of it left is not skipped */

const byId = (id) => document.getElementById(id);

/* A setting of this browser, a number. */
function remembered(name, fallback) {
	const value = Number.parseFloat(recall(name));

	return Number.isFinite(value) ? value : fallback;
}

export class Player extends EventTarget {
	#still = 0; /* where the playhead stands while nothing is loaded */
	#frame = 0;
	#before = 0; /* where the playhead was when it was last looked at */
	#kept = 0; /* when the position was last noted */
	#silences = [];
	#skips = false;
	#heard = false;
	#loop = new Loop();

	constructor(call) {
		super();
		this.call = call;
		this.timeline = new Timeline(call);
		this.isVideo = this.timeline.parts[0]?.kind === "video";
		this.sound = new Sound(this.isVideo ? byId("screen") : byId("sound"));
		delete byId("room").dataset.opening;
		byId("stage").hidden = !this.isVideo && this.timeline.screens.length === 0;
		this.score = new Score(this.timeline, call.participants ?? [], {
			ruler: byId("ruler"), wave: byId("wave"), strokes: byId("strokes"),
			miniStrokes: byId("mini-strokes"), veils: byId("veils"),
			silences: byId("silences"), loop: byId("loop"), lanes: byId("lanes"), played: byId("played"),
			here: byId("here"), flag: byId("flag"), flagText: byId("flag-text"),
		});
		this.sides = new Sides(this.sound.element);
		this.#followSound();
		this.#buttons();
		this.#axis();
		this.#keys();
		this.#onlyOne();
		this.#begin();
		new MomentField(this);
		if (this.sound.part)
			new MiniPlayer(this);
	}

	get time() {
		const { part } = this.sound;

		return part ? part.begin + this.sound.position : this.#still;
	}

	get isPlaying() { return this.sound.wanted; }

	#begin() {
		const from = Number.parseFloat(new URLSearchParams(location.search).get("t")) * 1000;
		const first = this.timeline.partAt(0) ?? this.timeline.parts.find((part) => !part.failed);

		this.setSpeed(remembered("iap-speed", 1));
		this.setVolume(remembered("iap-volume", 1));
		this.setSkips(recall("iap-skip-silence") === "on");
		if (!first)
			this.#disable();
		else if (from > 0)
			this.seek(from);
		else
			this.#resume(first.begin);
		this.show();
		this.#loadPeaks();
	}

	/* Goes to where the user stopped in this call, and says so. */
	#resume(begin) {
		const stopped = positionOf(this.call.id);

		this.seek(stopped ?? begin);
		byId("stopped").textContent = stopped === null ? "" : `Stopped at ${spoken(stopped)}`;
		byId("resume").hidden = stopped === null;
	}

	/* Notes the position of a call that was heard, but none that is as good as the start. */
	#keepPosition() {
		const { time, timeline } = this;

		if (!this.#heard)
			return;
		this.#kept = performance.now();
		rememberPosition(this.call.id, time < KEEP_MS || time > timeline.length - KEEP_MS ? null : time);
	}

	#disable() {
		for (const control of byId("player").querySelectorAll(".deck button, .deck select, .deck input, .side button, .side input"))
			control.disabled = true;
		this.say("No part of this call can be played.", true);
	}

	async #loadPeaks() {
		for (const part of this.timeline.parts) {
			if (part.failed || part.kind !== "audio")
				continue;
			try {
				const answer = await fetch(part.peaks_url);
				const found = answer.ok ? await answer.json() : null;

				if (found?.peaks?.length)
					this.#usePeaks(part, found);
			} catch {
				/* The plain line stays; playing does not need the drawing. */
			}
		}
	}

	#usePeaks(part, { peaks, duration_ms: duration }) {
		peaks.largest = peaks.flat().reduce((most, value) => Math.max(most, Math.abs(value)), 0);
		part.peaks = peaks;
		part.peaksLength = duration || part.end - part.begin;
		for (const { from, to } of findSilences(peaks, part.peaksLength))
			this.#silences.push({ from: part.begin + from, to: part.begin + to });
		this.score.setPeaks(part, peaks);
		this.#showSilences();
		if (part === this.sound.part)
			this.#followPart();
		this.tell();
	}

	/* A part of one channel has no sides. */
	#followPart() {
		const { peaks } = this.sound.part;

		if (!peaks)
			return;
		this.sides.isStereo = peaks.length > 1;
		if (this.isPlaying)
			this.sides.mixer.apply();
	}

	/* ---- moving ---- */

	/* What the user asks for ends what stands in the line below. */
	seek(ms) {
		const moment = Math.min(Math.max(ms, 0), this.timeline.length);
		const part = this.timeline.partAt(moment, this.sound.part) ?? this.timeline.parts.findLast((one) => !one.failed);

		if (!part)
			return;
		this.say("");
		byId("resume").hidden = true;
		this.#go(part, moment - part.begin);
		this.tell();
	}

	#go(part, ms) {
		const isOther = part !== this.sound.part;

		this.sound.go(part, Math.min(Math.max(ms, 0), part.end - part.begin));
		this.#before = this.time;
		if (isOther)
			this.#followPart();
		this.show();
	}

	/* Where the playhead goes by itself: over silence, back to the start of the loop. */
	#steer() {
		const before = this.#before;
		const now = this.time;

		this.#before = now;
		if (!this.isPlaying || this.sound.element.seeking)
			return;
		const silence = this.#skips && this.#silences.find(({ from, to }) => from <= now && now < to - WORTH_MS);
		const ahead = silence ? silence.to : now;
		const target = this.#loop.turn(before, ahead) ?? ahead;
		const part = target === now ? null : this.timeline.partAt(target, this.sound.part);

		if (part)
			this.#go(part, target - part.begin);
		else if (target !== now)
			this.#go(this.sound.part, target - this.sound.part.begin);
	}

	markLoop(end) {
		const loop = this.#loop;

		if (!this.sound.part)
			return;
		loop.mark(end, this.time);
		if (loop.isOn && this.time >= loop.to)
			this.seek(loop.from);
		this.score.drawLoop(loop);
		for (const name of ["from", "to"]) {
			const button = byId(`loop-${name}`);
			const at = loop[name] === null ? "here" : spoken(loop[name]);

			button.setAttribute("aria-pressed", loop[name] !== null);
			button.setAttribute("aria-label", loop.isOn ? `End the loop ${name} ${at}` : `Loop ${name} ${at}`);
		}
		if (loop.isOn)
			byId("told").textContent = `Loop from ${inWords(loop.from)} to ${inWords(loop.to)}`;
		else
			byId("told").textContent = loop.from === null ? "No loop" : `Loop begins at ${inWords(loop.from)}`;
	}

	setSkips(skips) {
		this.#skips = skips;
		byId("skip").setAttribute("aria-pressed", skips);
		remember("iap-skip-silence", skips ? "on" : null);
		this.#showSilences();
	}

	#showSilences() {
		this.score.drawSilences(this.#skips ? this.#silences : []);
	}

	toggle() {
		if (!this.sound.part)
			return;
		if (this.isPlaying) {
			this.sound.pause();
			this.#keepPosition();
		} else {
			this.#heard = true;
			byId("resume").hidden = true;
			this.sides.mixer.apply();
			if (this.sound.element.ended && !this.timeline.partAfter(this.sound.part))
				this.seek(0);
			this.sound.play();
		}
		this.tell();
		this.show();
	}

	#next() {
		const { part } = this.sound;
		const begin = this.#loop.turn(this.#before, part.end + 1);

		if (begin !== null) {
			const first = this.timeline.partAt(begin, part) ?? part;

			this.#go(first, begin - first.begin);
			return;
		}
		const next = this.timeline.partAfter(part);
		const skipped = this.timeline.failedBetween(part, next).map((one) => this.#why(one)).join(" ");

		this.say(skipped, skipped !== "");
		if (next) {
			this.#go(next, 0);
			return;
		}
		this.sound.pause();
		this.#keepPosition();
		this.show();
	}

	#why(part) {
		return `Part ${part.number} ${SENTENCES[part.state] ?? "cannot be played"}.`;
	}

	/* ---- what the sound tells ---- */

	#followSound() {
		const { sound } = this;

		sound.addEventListener("change", () => this.#tick());
		sound.addEventListener("ended", () => this.#next());
		sound.addEventListener("length", () => {
			if (this.timeline.correct(sound.part, sound.element.duration * 1000))
				this.score.draw();
		});
		sound.addEventListener("waiting", (event) => {
			const seconds = (event.detail.ms / 1000).toFixed(0);

			this.say(event.detail.opening ? `Opening the recording in the archive, ${seconds} s…` :
				`The archive answers slowly, ${seconds} s…`);
		});
		sound.addEventListener("went-on", () => this.say(""));
		sound.addEventListener("failed", (event) => this.#failed(event.detail));
	}

	#failed(why) {
		const { part } = this.sound;

		if (why.status === 401) {
			this.sound.pause();
			this.say("Your session has ended. Reload the page to sign in again.", true);
		} else if (why.state) {
			part.state = why.state;
			part.failed = true;
			this.score.draw();
			if (this.timeline.partAfter(part))
				this.#next();
			else
				this.sound.pause();
			this.say(this.#why(part), true);
		} else {
			this.sound.pause();
			this.say(why.detail ?? why.title ?? "The archive cannot be reached. Try again in a moment.", true);
		}
	}

	say(text, isBad = false) {
		const line = byId("says");

		line.textContent = text;
		line.classList.toggle("bad", isBad && text !== "");
	}

	/* ---- showing ---- */

	/* Says the position to those who hear it: when it is asked for, not every second. */
	tell() {
		const { time, timeline } = this;
		const { part } = this.sound;
		const wave = byId("wave");
		const speaker = part?.peaks ? whoSpeaks(part.peaks, part.peaksLength, time - part.begin) : "";

		wave.setAttribute("aria-valuemax", Math.round(timeline.length / 1000));
		wave.setAttribute("aria-valuenow", Math.round(time / 1000));
		wave.setAttribute("aria-valuetext", `${inWords(time)} of ${inWords(timeline.length)}${speaker && `, ${speaker}`}`);
	}

	#tick() {
		this.#steer();
		if (this.isPlaying && performance.now() - this.#kept > KEEP_MS)
			this.#keepPosition();
		this.show();
	}

	show() {
		const { time, timeline } = this;

		this.score.moveTo(time, this.sound.part);
		byId("now").textContent = spoken(time);
		byId("total").textContent = spoken(timeline.length);
		if (this.call.started_at)
			byId("clock").textContent = onClock(Date.parse(this.call.started_at) + time, this.call.zone);
		byId("part").textContent = timeline.parts.length > 1 && this.sound.part ?
			`Part ${this.sound.part.number} of ${timeline.parts.length}` : "";
		this.#showButton();
		this.#showScreen(time);
		this.dispatchEvent(new CustomEvent("moment", { detail: time }));
		cancelAnimationFrame(this.#frame);
		if (this.isPlaying && !this.sound.element.paused)
			this.#frame = requestAnimationFrame(() => this.#tick());
	}

	#showButton() {
		const name = this.isPlaying ? "pause" : "play";
		const button = byId("play");

		if (button.dataset.shows === name)
			return;
		button.dataset.shows = name;
		button.setAttribute("aria-label", name === "play" ? "Play" : "Pause");
		button.querySelector("use").setAttribute("href", `/static/icons.svg#${name}`);
	}

	/* The screen follows the voice; it is never its own clock. */
	#showScreen(time) {
		const video = byId("screen");
		const screen = this.timeline.screenAt(time);

		if (this.isVideo || !this.timeline.screens.length)
			return;
		byId("no-screen").hidden = Boolean(screen);
		video.hidden = !screen;
		if (!screen) {
			video.pause();
			return;
		}
		if (!video.src.endsWith(screen.url)) {
			video.muted = true;
			video.src = screen.url;
		}
		const seconds = (time - screen.begin) / 1000;
		const isRunning = this.isPlaying && !this.sound.element.paused;

		if (Math.abs(video.currentTime - seconds) > (isRunning ? 0.4 : 0.05) && !video.seeking)
			video.currentTime = seconds;
		video.playbackRate = this.sound.element.playbackRate;
		if (isRunning && video.paused)
			video.play().catch(() => {});
		else if (!isRunning && !video.paused)
			video.pause();
	}

	/* ---- controls ---- */

	setSpeed(rate) {
		const options = [...byId("speed").options].map((option) => Number(option.value));
		const nearest = options.reduce((best, one) => Math.abs(one - rate) < Math.abs(best - rate) ? one : best);

		byId("speed").value = String(nearest);
		this.sound.speed = nearest;
		remember("iap-speed", nearest);
	}

	#changeSpeed(step) {
		const select = byId("speed");
		const at = Math.min(Math.max(select.selectedIndex + step, 0), select.options.length - 1);

		this.setSpeed(Number(select.options[at].value));
	}

	setVolume(volume) {
		this.sound.element.volume = Math.min(Math.max(volume, 0), 1);
		byId("volume").value = Math.round(this.sound.element.volume * 100);
		remember("iap-volume", this.sound.element.volume);
	}

	mute() {
		const button = byId("mute");

		this.sound.element.muted = !this.sound.element.muted;
		button.setAttribute("aria-pressed", this.sound.element.muted);
		button.querySelector("use").setAttribute("href", `/static/icons.svg#${this.sound.element.muted ? "muted" : "volume"}`);
	}

	async #link() {
		const address = new URL(location.href);
		const words = byId("link").querySelector("span");

		address.search = `?t=${Math.floor(this.time / 1000)}`;
		history.replaceState(null, "", address);
		try {
			await navigator.clipboard.writeText(address.href);
			words.textContent = "Copied";
		} catch {
			words.textContent = "In the address bar";
		}
		setTimeout(() => { words.textContent = "Link"; }, 2000);
	}

	#buttons() {
		byId("play").addEventListener("click", () => this.toggle());
		for (const [name, step] of [["back10", -10000], ["back5", -5000], ["ahead5", 5000], ["ahead10", 10000]])
			byId(name).addEventListener("click", () => this.seek(this.time + step));
		for (const end of ["from", "to"])
			byId(`loop-${end}`).addEventListener("click", () => this.markLoop(end));
		byId("skip").addEventListener("click", () => this.setSkips(!this.#skips));
		byId("from-start").addEventListener("click", () => {
			this.seek(0);
			byId("play").focus();
		});
		addEventListener("pagehide", () => this.#keepPosition());
		byId("speed").addEventListener("change", (event) => this.setSpeed(Number(event.target.value)));
		byId("volume").addEventListener("input", (event) => this.setVolume(event.target.value / 100));
		byId("mute").addEventListener("click", () => this.mute());
		byId("link").addEventListener("click", () => this.#link());
		this.#pictureInPicture();
	}

	#pictureInPicture() {
		const button = byId("pip");
		const video = byId("screen");

		button.hidden = !document.pictureInPictureEnabled;
		button.addEventListener("click", async () => {
			try {
				if (document.pictureInPictureElement)
					await document.exitPictureInPicture();
				else
					await video.requestPictureInPicture();
			} catch {
				this.say("The screen is not there yet. Try again in a moment.");
			}
		});
		video.addEventListener("enterpictureinpicture", () => button.setAttribute("aria-pressed", true));
		video.addEventListener("leavepictureinpicture", () => button.setAttribute("aria-pressed", false));
	}

	#axis() {
		const wave = byId("wave");
		const goTo = (event) => this.seek(this.score.momentAt(event.clientX));
		const steps = { ArrowLeft: -5000, ArrowDown: -5000, ArrowRight: 5000, ArrowUp: 5000, PageUp: 60000, PageDown: -60000 };

		wave.addEventListener("pointerdown", (event) => {
			if (event.button !== 0)
				return;
			wave.setPointerCapture(event.pointerId);
			goTo(event);
		});
		wave.addEventListener("pointermove", (event) => {
			if (wave.hasPointerCapture(event.pointerId))
				goTo(event);
		});
		byId("lanes").addEventListener("click", (event) => {
			if (event.target.closest(".axis"))
				goTo(event);
		});
		wave.addEventListener("keydown", (event) => {
			if (event.ctrlKey || event.metaKey || event.altKey)
				return;
			if (event.key in steps)
				this.seek(this.time + steps[event.key]);
			else if (event.key === "Home" || event.key === "End")
				this.seek(event.key === "Home" ? 0 : this.timeline.length - 1000);
			else
				return;
			event.preventDefault();
		});
	}

	#keys() {
		const handlers = {
			" ": () => this.toggle(),
			k: () => this.toggle(),
			j: () => this.seek(this.time - 10000),
			l: () => this.seek(this.time + 10000),
			ArrowLeft: () => this.seek(this.time - 5000),
			ArrowRight: () => this.seek(this.time + 5000),
			"<": () => this.#changeSpeed(-1),
			">": () => this.#changeSpeed(1),
			m: () => this.mute(),
			"[": () => this.markLoop("from"),
			"]": () => this.markLoop("to"),
		};

		for (let digit = 0; digit <= 9; digit++)
			handlers[digit] = () => this.seek(this.timeline.length * digit / 10);
		listen(handlers);
	}

	/* One call plays at a time, in the whole browser. */
	#onlyOne() {
		const channel = new BroadcastChannel("iap-player");

		this.sound.element.addEventListener("play", () => channel.postMessage("playing"));
		channel.addEventListener("message", () => {
			if (this.isPlaying)
				this.sound.pause();
		});
	}
}
