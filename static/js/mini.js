/* SPDX-License-Identifier: Apache-2.0 */
/* One line under the top bar for a player that has been scrolled away. */

import { spoken } from "./time.js";

const byId = (id) => document.getElementById(id);

export class MiniPlayer {
	#isPlaying = null;

	constructor(player) {
		const axis = byId("mini-axis");

		this.player = player;
		byId("mini-play").addEventListener("click", () => player.toggle());
		axis.addEventListener("click", (event) => {
			const box = axis.getBoundingClientRect();

			player.seek((event.clientX - box.left) / box.width * player.timeline.length);
		});
		player.addEventListener("moment", () => this.#show());
		new IntersectionObserver(([entry]) => this.#toggle(entry)).observe(byId("player"));
		this.#show();
	}

	#toggle(entry) {
		const isAway = !entry.isIntersecting && entry.boundingClientRect.bottom <= 0;

		byId("mini").hidden = !isAway;
		document.documentElement.classList.toggle("with-mini", isAway);
	}

	#show() {
		const { time, timeline, isPlaying } = this.player;

		byId("mini-time").textContent = `${spoken(time)} / ${spoken(timeline.length)}`;
		byId("mini-played").setAttribute("width", timeline.percent(time));
		if (this.#isPlaying === isPlaying)
			return;
		this.#isPlaying = isPlaying;
		byId("mini-play").setAttribute("aria-label", isPlaying ? "Pause the call" : "Play the call");
		byId("mini-play").querySelector("use").setAttribute("href", `/static/icons.svg#${isPlaying ? "pause" : "play"}`);
	}
}
