/* SPDX-License-Identifier: Apache-2.0 */
/* The original document, formatted with its numbers and order as written, or exactly as stored. */

const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null|[{}[\],:]|\s+|[^]/g;

function span(kind, text) {
	const element = document.createElement("span");

	element.className = kind;
	element.textContent = text;
	return element;
}

/* Lays the text out anew, token by token: parsing it would change long numbers and repeated keys. */
export function pretty(text) {
	const code = document.createElement("code");
	const tokens = text.match(TOKEN).filter((token) => token.trim() !== "");
	let line = span("l", "");
	let depth = 0;
	const newLine = () => {
		code.append(line);
		line = span("l", "  ".repeat(depth));
	};

	tokens.forEach((token, at) => {
		const next = tokens[at + 1];
		const isKey = token[0] === '"' && next === ":";

		if (token === "{" || token === "[") {
			line.append(token);
			if (next === "}" || next === "]")
				return;
			depth++;
			newLine();
		} else if (token === "}" || token === "]") {
			if (tokens[at - 1] !== "{" && tokens[at - 1] !== "[") {
				depth--;
				newLine();
			}
			line.append(token);
		} else if (token === ",") {
			line.append(token);
			newLine();
		} else if (token === ":") {
			line.append(": ");
		} else {
			line.append(span(isKey ? "k" : token[0] === '"' ? "s" : "n", token));
		}
	});
	code.append(line);
	return code;
}

function raw(text) {
	const code = document.createElement("code");

	code.append(span("l raw", text));
	code.className = "stored";
	return code;
}

export class Metadata {
	constructor(section) {
		this.section = section;
		this.box = section.querySelector("#document");
		this.view = "pretty";
		section.querySelector(".switch").addEventListener("click", (event) => this.#choose(event));
		new IntersectionObserver((entries, observer) => {
			if (entries.some((entry) => entry.isIntersecting)) {
				observer.disconnect();
				this.#load();
			}
		}, { rootMargin: "200px" }).observe(section);
	}

	#choose(event) {
		const button = event.target.closest("[data-view]");

		if (!button)
			return;
		this.view = button.dataset.view;
		for (const other of this.section.querySelectorAll("[data-view]"))
			other.setAttribute("aria-pressed", other === button);
		this.#show();
	}

	/* Looking at the document is audited, so it is fetched only when it comes into view. */
	async #load() {
		try {
			const answer = await fetch(this.section.dataset.url);

			if (!answer.ok)
				throw new Error((await answer.json()).detail);
			this.text = await answer.text();
			this.#show();
		} catch (error) {
			this.box.replaceChildren(span("soft", `The document cannot be shown: ${error.message}`));
		}
	}

	#show() {
		if (this.text !== undefined)
			this.box.replaceChildren(this.view === "raw" ? raw(this.text) : pretty(this.text));
	}
}
