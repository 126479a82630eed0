/* SPDX-License-Identifier: Apache-2.0 */
/* The player of one call: its buttons, its axis as a slider, its keys. */

import { listen } from "./keys.js";
import { Score } from "./score.js";
import { Sound } from "./sound.js";
import { recall, remember } from "./store.js";
import { inWords, onClock, spoken } from "./time.js";
import { SENTENCES, Timeline } from "./timeline.js";

const byId = (id) => document.getElementById(id);

/* A setting of this browser, a number. */
function remembered(name, fallback) {
	const value = Number.parseFloat(recall(name));

	return Number.isFinite(value) ? value : fallback;
}

export class Player extends EventTarget {
	#still = 0; /* where the playhead stands while nothing is loaded */
	#frame = 0;

	constructor(call) {
		super();
		this.call = call;
		this.timeline = new Timeline(call);
		this.isVideo = this.timeline.parts[0]?.kind === "video";
		this.sound = new Sound(this.isVideo ? byId("screen") : byId("sound"));
		byId("player").hidden = false;
		byId("stage").hidden = !this.isVideo && this.timeline.screens.length === 0;
		this.score = new Score(this.timeline, call.participants ?? [], {
			ruler: byId("ruler"), wave: byId("wave"), strokes: byId("strokes"), veils: byId("veils"), side: byId("side"),
			lanes: byId("lanes"), played: byId("played"), here: byId("here"), flag: byId("flag"), flagText: byId("flag-text"),
		});
		this.#followSound();
		this.#buttons();
		this.#axis();
		this.#keys();
		this.#onlyOne();
		this.#begin();
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
		if (first)
			this.seek(from > 0 ? from : first.begin);
		else
			this.#disable();
		this.show();
		this.#loadPeaks();
	}

	#disable() {
		for (const control of byId("player").querySelectorAll(".deck button, .deck select, .deck input"))
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

				if (found?.peaks?.length) {
					found.peaks.largest = found.peaks.flat().reduce((most, value) => Math.max(most, Math.abs(value)), 0);
					this.score.setPeaks(part, found.peaks);
				}
			} catch {
				/* The plain line stays; playing does not need the drawing. */
			}
		}
	}

	/* ---- moving ---- */

	seek(ms) {
		const moment = Math.min(Math.max(ms, 0), this.timeline.length);
		const part = this.timeline.partAt(moment, this.sound.part) ?? this.timeline.parts.findLast((one) => !one.failed);

		if (!part)
			return;
		this.say("");
		this.sound.go(part, Math.min(Math.max(moment - part.begin, 0), part.end - part.begin));
		this.show();
	}

	toggle() {
		if (this.isPlaying) {
			this.sound.pause();
		} else {
			if (this.sound.element.ended && !this.timeline.partAfter(this.sound.part))
				this.seek(0);
			this.sound.play();
		}
		this.show();
	}

	#next() {
		const { part } = this.sound;
		const next = this.timeline.partAfter(part);
		const skipped = this.timeline.failedBetween(part, next).map((one) => this.#why(one)).join(" ");

		this.say(skipped, skipped !== "");
		if (next)
			this.sound.go(next, 0);
		else
			this.sound.pause();
		this.show();
	}

	#why(part) {
		return `Part ${part.number} ${SENTENCES[part.state] ?? "cannot be played"}.`;
	}

	/* ---- what the sound tells ---- */

	#followSound() {
		const { sound } = this;

		sound.addEventListener("change", () => this.show());
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

	show() {
		const { time, timeline } = this;
		const wave = byId("wave");

		this.score.moveTo(time, this.sound.part);
		wave.setAttribute("aria-valuemax", Math.round(timeline.length / 1000));
		wave.setAttribute("aria-valuenow", Math.round(time / 1000));
		wave.setAttribute("aria-valuetext", `${inWords(time)} of ${inWords(timeline.length)}`);
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
			this.#frame = requestAnimationFrame(() => this.show());
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
		byId("back10").addEventListener("click", () => this.seek(this.time - 10000));
		byId("ahead10").addEventListener("click", () => this.seek(this.time + 10000));
		byId("speed").addEventListener("change", (event) => this.setSpeed(Number(event.target.value)));
		byId("volume").addEventListener("input", (event) => this.setVolume(event.target.value / 100));
		byId("mute").addEventListener("click", () => this.mute());
		byId("link").addEventListener("click", () => this.#link());
		byId("pip").hidden = !document.pictureInPictureEnabled;
		byId("pip").addEventListener("click", () => byId("screen").requestPictureInPicture().catch(() => {}));
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
