// SPDX-License-Identifier: Apache-2.0
// An HTTP client as a browser would be one: cookies are kept and sent back, and
// the CSRF token of the session goes with everything that is not a GET.
import http from "node:http";
import https from "node:https";

export class Client {
	constructor(url, { ca } = {}) {
		this.url = new URL(url);
		this.ca = ca;
		this.cookies = new Map();
		this.csrf = undefined;
	}

	keepCookies(response) {
		for (const line of response.headers["set-cookie"] ?? []) {
			const [pair, ...attributes] = line.split(/;\s*/);
			const name = pair.slice(0, pair.indexOf("="));
			const value = pair.slice(name.length + 1);
			const gone = attributes.some((a) => /^max-age=0$/i.test(a) ||
				(/^expires=/i.test(a) && new Date(a.slice(8)) < new Date()));
			if (gone || value === "") this.cookies.delete(name);
			else this.cookies.set(name, value);
		}
	}

	/** Answers {status, headers, body, text, json()}; never throws for a status. */
	async request(method, path, { headers = {}, body, timeout = 60000 } = {}) {
		const secure = this.url.protocol === "https:";
		const all = { ...headers };
		if (this.cookies.size > 0)
			all.cookie ??= [...this.cookies].map(([n, v]) => `${n}=${v}`).join("; ");
		if (this.csrf !== undefined && !["GET", "HEAD"].includes(method))
			all["x-iap-csrf"] ??= this.csrf;
		if (body !== undefined) all["content-length"] ??= Buffer.byteLength(body);
		return await new Promise((done, failed) => {
			const request = (secure ? https : http).request({
				host: this.url.hostname, port: this.url.port, method, path, headers: all,
				agent: false, timeout, ca: this.ca,
			}, (response) => {
				const parts = [];
				response.on("data", (part) => parts.push(part));
				response.on("error", failed);
				response.on("end", () => {
					this.keepCookies(response);
					const bytes = Buffer.concat(parts);
					done({ status: response.statusCode, headers: response.headers,
						body: bytes, text: bytes.toString("utf8"),
						json: () => JSON.parse(bytes.toString("utf8")) });
				});
			});
			request.on("timeout", () => request.destroy(new Error(`${method} ${path}: time-out`)));
			request.on("error", failed);
			request.end(body);
		});
	}

	get(path, headers) {
		return this.request("GET", path, { headers });
	}

	send(method, path, value, headers = {}) {
		return this.request(method, path, { body: JSON.stringify(value),
			headers: { "content-type": "application/json", ...headers } });
	}

	async signIn(user, password) {
		const answer = await this.send("POST", "/api/v1/session", { user, password });
		if (answer.status === 201) this.csrf = answer.json().csrf;
		return answer;
	}

	async signOut() {
		const answer = await this.request("DELETE", "/api/v1/session");
		this.csrf = undefined;
		return answer;
	}
}
