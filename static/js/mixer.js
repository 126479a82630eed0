/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How loud each side of a call is. A media element plays by itself until the
 * two sides are to differ; from then on its sound goes through Web Audio.
 */

const SOFTLY_S = 0.015; /* a level that jumps clicks */

export class Mixer {
	#element;
	#context = null;
	#whole = null;
	#sides = [];

	constructor(element) {
		this.#element = element;
		this.levels = [1, 1];
		this.alone = -1; /* the side that is heard alone */
		this.isStereo = false;
	}

	get #differs() {
		return this.isStereo && (this.alone >= 0 || this.levels.some((level) => level !== 1));
	}

	/* What is heard of a side, 1 as recorded. */
	levelOf(side) {
		return this.alone >= 0 && this.alone !== side ? 0 : this.levels[side];
	}

	/* To be called where the user does something: sound may not begin otherwise. */
	apply() {
		if (!this.#context && !this.#differs)
			return;
		if (!this.#context)
			this.#open();
		this.#context.resume();
		this.#turn(this.#whole, this.isStereo ? 0 : 1);
		for (const [side, gain] of this.#sides.entries())
			this.#turn(gain, this.isStereo ? this.levelOf(side) : 0);
	}

	#turn(gain, level) {
		gain.gain.setTargetAtTime(level, this.#context.currentTime, SOFTLY_S);
	}

	/* One way for the two sides, one past it for recordings of one channel. */
	#open() {
		const context = new AudioContext();
		const source = context.createMediaElementSource(this.#element);
		const splitter = context.createChannelSplitter(2);
		const merger = context.createChannelMerger(2);

		this.#context = context;
		this.#whole = context.createGain();
		this.#whole.gain.value = 0;
		this.#sides = [0, 1].map((side) => {
			const gain = context.createGain();

			splitter.connect(gain, side);
			gain.connect(merger, 0, side);
			return gain;
		});
		source.connect(splitter);
		source.connect(this.#whole);
		this.#whole.connect(context.destination);
		merger.connect(context.destination);
	}
}
