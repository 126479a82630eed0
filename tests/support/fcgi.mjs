// SPDX-License-Identifier: Apache-2.0
// FastCGI in a few lines: a program, for tests of what nginx passes on and obeys;
// and what nginx is to a program, for tests of what the programs believe.
import net from "node:net";
import fs from "node:fs";

const BEGIN = 1, END = 3, PARAMS = 4, STDIN = 5, STDOUT = 6;

function record(type, id, body) {
	const parts = [];
	for (let at = 0; at === 0 || at < body.length; at += 65535) {
		const piece = body.subarray(at, at + 65535);
		const head = Buffer.alloc(8);
		head.writeUInt8(1, 0);
		head.writeUInt8(type, 1);
		head.writeUInt16BE(id, 2);
		head.writeUInt16BE(piece.length, 4);
		parts.push(head, piece);
	}
	return Buffer.concat(parts);
}

function readParams(bytes) {
	const params = [];
	let at = 0;
	const length = () => {
		if (bytes[at] < 128) return bytes[at++];
		at += 4;
		return bytes.readUInt32BE(at - 4) & 0x7fffffff;
	};
	while (at < bytes.length) {
		const name = length(), value = length();
		params.push([bytes.toString("utf8", at, at + name),
			bytes.toString("utf8", at + name, at + name + value)]);
		at += name + value;
	}
	return params;
}

function answer(socket, id, reply) {
	const { status = 200, headers = {}, body = "" } = reply;
	const lines = [`Status: ${status}`];
	for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`);
	const out = Buffer.concat([Buffer.from(lines.join("\r\n") + "\r\n\r\n"), Buffer.from(body)]);
	socket.write(record(STDOUT, id, out));
	if (out.length % 65535 !== 0) socket.write(record(STDOUT, id, Buffer.alloc(0)));
	socket.end(record(END, id, Buffer.alloc(8)));
}

function serveOne(socket, handler) {
	let pending = Buffer.alloc(0), params = [], body = [];
	socket.on("error", () => {});
	socket.on("data", (chunk) => {
		pending = Buffer.concat([pending, chunk]);
		while (pending.length >= 8) {
			const type = pending[1], id = pending.readUInt16BE(2);
			const size = pending.readUInt16BE(4), whole = 8 + size + pending[6];
			if (pending.length < whole) return;
			const content = pending.subarray(8, 8 + size);
			pending = pending.subarray(whole);
			if (type === BEGIN) params = [], body = [];
			if (type === PARAMS && size > 0) params.push(Buffer.from(content));
			if (type === STDIN && size > 0) body.push(Buffer.from(content));
			if (type !== STDIN || size > 0) continue;
			const pairs = readParams(Buffer.concat(params));
			Promise.resolve(handler({ params: Object.fromEntries(pairs), pairs,
				body: Buffer.concat(body) })).then((reply) => {
				if (reply) answer(socket, id, reply);
				else socket.destroy();
			});
		}
	});
}

/**
 * Answers on the unix socket `path`: handler({params, pairs, body}) gives
 * {status, headers, body}, or nothing to hang up. The result closes it.
 */
export async function serveFastcgi(path, handler) {
	fs.rmSync(path, { force: true });
	const server = net.createServer((socket) => serveOne(socket, handler));
	await new Promise((ready, failed) => server.on("error", failed).listen(path, ready));
	fs.chmodSync(path, 0o666);
	return () => new Promise((closed) => server.close(closed));
}

function writeParams(params) {
	const parts = [];
	const length = (n) => {
		const bytes = Buffer.alloc(4);
		bytes.writeUInt32BE((n | 0x80000000) >>> 0);
		parts.push(bytes);
	};
	for (const [name, value] of Object.entries(params)) {
		length(Buffer.byteLength(name));
		length(Buffer.byteLength(value));
		parts.push(Buffer.from(name + value));
	}
	return Buffer.concat(parts);
}

/**
 * Asks the program at the unix socket `path` as nginx would: {status, headers,
 * body}. A program that hangs up without an answer is status 0.
 */
export function askFastcgi(path, params, body = "") {
	return new Promise((done, failed) => {
		const socket = net.connect(path), out = [];
		let pending = Buffer.alloc(0);
		socket.on("error", failed);
		socket.on("data", (chunk) => {
			pending = Buffer.concat([pending, chunk]);
			while (pending.length >= 8) {
				const size = pending.readUInt16BE(4), whole = 8 + size + pending[6];
				if (pending.length < whole) return;
				if (pending[1] === STDOUT) out.push(Buffer.from(pending.subarray(8, 8 + size)));
				pending = pending.subarray(whole);
			}
		});
		socket.on("close", () => done(readAnswer(Buffer.concat(out))));
		const begin = Buffer.from([0, 1, 0, 0, 0, 0, 0, 0]);
		socket.write(Buffer.concat([record(BEGIN, 1, begin),
			record(PARAMS, 1, writeParams({ REQUEST_METHOD: "GET", SERVER_PROTOCOL: "HTTP/1.1",
				REMOTE_ADDR: "127.0.0.1", REQUEST_ID: "0".repeat(32), CONTENT_LENGTH: "", ...params })),
			record(PARAMS, 1, Buffer.alloc(0)),
			...(body === "" ? [] : [record(STDIN, 1, Buffer.from(body))]),
			record(STDIN, 1, Buffer.alloc(0))]));
	});
}

function readAnswer(bytes) {
	const end = bytes.indexOf("\r\n\r\n");
	if (end === -1) return { status: 0, headers: {}, body: Buffer.alloc(0) };
	const headers = {};
	for (const line of bytes.toString("latin1", 0, end).split("\r\n")) {
		const at = line.indexOf(":");
		headers[line.slice(0, at).toLowerCase()] = line.slice(at + 1).trim();
	}
	return { status: Number.parseInt(headers.status ?? "200", 10), headers, body: bytes.subarray(end + 4) };
}
