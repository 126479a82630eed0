/* SPDX-License-Identifier: Apache-2.0 */
/* One axis for all parts of a call, in milliseconds from its start. Nothing here draws or plays. */

const CAN_PLAY = new Set(["ok", "unchecked"]);

export const SENTENCES = {
	missing: "is missing from the archive",
	empty: "is empty: nothing was recorded",
	unreadable: "cannot be read: the storage refuses",
	no_key: "cannot be played: its key is not in IAP",
	wrong_key: "cannot be played: the key does not fit",
	damaged: "is damaged",
};

export const WORDS = {
	missing: "missing", empty: "empty", unreadable: "unreadable", no_key: "no key", wrong_key: "wrong key", damaged: "damaged",
};

/* Where each medium lies; one without a time comes after the one before it. */
function lay(media) {
	const first = Math.min(0, ...media.map((medium) => medium.offset_ms ?? 0));
	let after = 0;

	return media.map((medium) => {
		const begin = medium.offset_ms == null ? after : medium.offset_ms - first;
		const end = begin + (medium.duration_ms ?? 0);

		after = Math.max(after, end);
		return { ...medium, begin, end, failed: !CAN_PLAY.has(medium.state) };
	});
}

export class Timeline {
	constructor(call) {
		const media = lay(call.media);
		const voices = media.filter((medium) => medium.kind === "audio");

		/* Where only the screen was recorded, it is what plays. */
		this.parts = (voices.length ? voices : media).sort((a, b) => a.begin - b.begin || a.n - b.n);
		this.screens = voices.length ? media.filter((medium) => medium.kind === "video" && !medium.failed) : [];
		this.parts.forEach((part, at) => { part.number = at + 1; });
		this.callLength = call.duration_ms ?? 0;
		this.measure();
	}

	measure() {
		this.length = Math.max(this.callLength, 1000, ...this.parts.map((part) => part.end),
			...this.screens.map((screen) => screen.end));
	}

	/* What the file says about its length counts more than the document. */
	correct(part, duration) {
		if (Number.isFinite(duration) && Math.abs(part.begin + duration - part.end) > 250) {
			part.end = part.begin + duration;
			this.measure();
			return true;
		}
		return false;
	}

	percent(ms) {
		return `${(Math.min(Math.max(ms / this.length, 0), 1) * 100).toFixed(4)}%`;
	}

	/* The part to play at `ms`: the present one if it reaches there, else the latest begun, else the next. */
	partAt(ms, present) {
		const covers = (part) => !part.failed && part.begin <= ms && ms < part.end;

		if (present && covers(present))
			return present;
		return this.parts.findLast(covers) ?? this.parts.find((part) => !part.failed && part.begin >= ms);
	}

	partAfter(part) {
		return this.parts.find((other) => other.number > part.number && !other.failed);
	}

	/* Failed parts that are stepped over on the way from one part to the next. */
	failedBetween(part, next) {
		return this.parts.filter((other) => other.failed && other.number > part.number &&
			(!next || other.number < next.number));
	}

	screenAt(ms) {
		return this.screens.find((screen) => screen.begin <= ms && ms < screen.end);
	}
}
