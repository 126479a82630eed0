/* SPDX-License-Identifier: Apache-2.0 */
/* One media element that plays one part after another, and says why when it cannot. */

const WAIT_MS = 1000; /* silence longer than this is explained */

/* Asks the server what the media element does not tell. */
async function askWhy(url) {
	try {
		const answer = await fetch(url, { headers: { Range: "bytes=0-0" } });

		if (answer.ok)
			return { state: "damaged", unplayable: true };
		const problem = await answer.json().catch(() => ({}));

		return { ...problem, status: answer.status };
	} catch {
		return { status: 0 };
	}
}

export class Sound extends EventTarget {
	#part = null;
	#pending = null; /* seconds to go to once the length is known */
	#waiting = null;

	constructor(element) {
		super();
		this.element = element;
		this.wanted = false; /* the user wants to hear */
		element.addEventListener("loadedmetadata", () => this.#loaded());
		element.addEventListener("ended", () => this.#tell("ended"));
		element.addEventListener("error", () => this.#failed());
		element.addEventListener("waiting", () => this.#wait());
		for (const name of ["playing", "pause", "seeked", "canplay"])
			element.addEventListener(name, () => this.#stopWaiting());
		for (const name of ["play", "pause", "timeupdate", "seeked", "playing"])
			element.addEventListener(name, () => this.#tell("change"));
	}

	get part() { return this.#part; }

	/* Milliseconds from the start of the part. */
	get position() {
		return (this.#pending ?? this.element.currentTime) * 1000;
	}

	/* Goes to a moment of a part, playing on or staying still as before. */
	go(part, ms) {
		const { defaultPlaybackRate } = this.element;

		if (this.#part === part) {
			this.#seek(ms / 1000);
		} else {
			this.#part = part;
			this.#pending = ms / 1000;
			this.element.src = part.url;
			this.element.playbackRate = defaultPlaybackRate;
			this.element.preservesPitch = true;
		}
		if (this.wanted)
			this.play();
	}

	#seek(seconds) {
		if (this.element.readyState >= HTMLMediaElement.HAVE_METADATA) {
			this.#pending = null;
			this.element.currentTime = seconds;
		} else {
			this.#pending = seconds;
		}
	}

	#loaded() {
		const seconds = this.#pending;

		this.#tell("length");
		this.#pending = null;
		if (seconds)
			this.element.currentTime = seconds;
	}

	play() {
		this.wanted = true;
		if (this.element.readyState < HTMLMediaElement.HAVE_FUTURE_DATA)
			this.#wait();
		this.element.play().catch((error) => {
			/* A new source or a pause ends the old promise; that is no failure. */
			if (error.name === "NotAllowedError") {
				this.wanted = false;
				this.#stopWaiting();
				this.#tell("change");
			}
		});
	}

	pause() {
		this.wanted = false;
		this.element.pause();
		this.#stopWaiting();
		this.#tell("change");
	}

	set speed(rate) {
		this.element.defaultPlaybackRate = rate;
		this.element.playbackRate = rate;
	}

	async #failed() {
		const part = this.#part;

		this.#stopWaiting();
		const why = await askWhy(part.url);

		if (part === this.#part)
			this.#tell("failed", why);
	}

	#wait() {
		const since = performance.now();

		if (this.#waiting || !this.wanted)
			return;
		this.#waiting = setInterval(() => {
			const opening = this.element.readyState < HTMLMediaElement.HAVE_METADATA;

			this.#tell("waiting", { opening, ms: performance.now() - since });
		}, WAIT_MS);
	}

	#stopWaiting() {
		if (!this.#waiting)
			return;
		clearInterval(this.#waiting);
		this.#waiting = null;
		this.#tell("went-on");
	}

	#tell(name, detail) {
		this.dispatchEvent(new CustomEvent(name, { detail }));
	}
}
