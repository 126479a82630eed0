/* SPDX-License-Identifier: Apache-2.0 */
/* A stretch of a call that is heard again and again, from A to B, in milliseconds. Draws and plays nothing. */

const SHORTEST_MS = 500;

export class Loop {
	from = null;
	to = null;

	get isOn() { return this.from !== null && this.to !== null; }

	/* Marks an end, "from" or "to"; once both are there, takes both away. */
	mark(end, ms) {
		if (this.isOn) {
			this.from = this.to = null;
			return;
		}
		this[end] = ms;
		if (end === "to" && this.from === null)
			this.from = 0;
		if (!this.isOn)
			return;
		if (this.from > this.to)
			[this.from, this.to] = [this.to, this.from];
		this.to = Math.max(this.to, this.from + SHORTEST_MS);
	}

	/* Where to go when the playhead has come from `before` to `now`; null: nowhere else. */
	turn(before, now) {
		return this.isOn && before < this.to && now >= this.to ? this.from : null;
	}
}
