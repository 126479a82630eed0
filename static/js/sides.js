/* SPDX-License-Identifier: Apache-2.0 */
/* The controls of each side beside the wave: how loud, or alone. */

import { Mixer } from "./mixer.js";
import { recall, remember } from "./store.js";

const SIDES = ["agent", "customer"];
const byId = (id) => document.getElementById(id);

export class Sides {
	constructor(element) {
		this.mixer = new Mixer(element);
		for (const [side, name] of SIDES.entries()) {
			const slider = byId(`${name}-level`);
			const remembered = Number.parseFloat(recall(`iap-volume-${name}`));

			if (remembered >= 0 && remembered <= 2)
				this.mixer.levels[side] = remembered;
			slider.addEventListener("input", () => this.#set(side, slider.value / 100));
			byId(`${name}-alone`).addEventListener("click", () => this.#toggleAlone(side));
		}
		this.#show();
	}

	/* Recordings of one channel have no sides. */
	set isStereo(isStereo) {
		this.mixer.isStereo = isStereo;
		byId("side-mono").hidden = isStereo;
		for (const name of SIDES)
			byId(`side-${name}`).hidden = !isStereo;
	}

	#set(side, level) {
		this.mixer.levels[side] = level;
		remember(`iap-volume-${SIDES[side]}`, level);
		this.mixer.apply();
		this.#show();
	}

	#toggleAlone(side) {
		this.mixer.alone = this.mixer.alone === side ? -1 : side;
		this.mixer.apply();
		this.#show();
	}

	#show() {
		for (const [side, name] of SIDES.entries()) {
			const slider = byId(`${name}-level`);
			const level = Math.round(this.mixer.levels[side] * 100);

			slider.value = level;
			slider.setAttribute("aria-valuetext", `${level} %`);
			byId(`${name}-alone`).setAttribute("aria-pressed", this.mixer.alone === side);
		}
	}
}
