/* SPDX-License-Identifier: Apache-2.0 */
/* The time under the playhead, which becomes a field for an exact one when pressed. */

import { parseMoment, spoken } from "./time.js";

const byId = (id) => document.getElementById(id);

export class MomentField {
	constructor(player) {
		this.player = player;
		this.button = byId("go-to");
		this.form = byId("moment-form");
		this.field = byId("moment");
		this.button.addEventListener("click", () => this.#open());
		this.form.addEventListener("submit", (event) => {
			event.preventDefault();
			this.#go();
		});
		this.field.addEventListener("keydown", (event) => {
			if (event.key === "Escape")
				this.#close(true);
		});
		this.field.addEventListener("blur", () => this.#close(false));
	}

	#open() {
		this.form.hidden = false;
		this.field.value = spoken(this.player.time);
		this.#setWrong(false);
		this.field.focus();
		this.field.select();
	}

	#go() {
		const moment = parseMoment(this.field.value);

		this.#setWrong(moment === null);
		if (moment === null)
			return;
		this.player.seek(moment);
		this.#close(true);
	}

	#setWrong(isWrong) {
		this.field.setAttribute("aria-invalid", isWrong);
		this.player.say(isWrong ? "A time is written 3:12, or 1:02:03 past an hour." : "", isWrong);
	}

	#close(keepsFocus) {
		if (this.form.hidden)
			return;
		if (this.field.getAttribute("aria-invalid") === "true")
			this.#setWrong(false);
		if (keepsFocus)
			this.button.focus();
		this.form.hidden = true;
	}
}
