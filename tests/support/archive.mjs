// SPDX-License-Identifier: Apache-2.0
// A small maker of archives that shares nothing with tools/sample: documents as
// given, media of its own, envelopes taken apart here, all cryptography done by
// the openssl command, which is the oracle for decryption too.
import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { runOk } from "./stack.mjs";

export const sha256 = (bytes) => crypto.createHash("sha256").update(bytes).digest("hex");

/** Numbers below 1 that are the same for the same seed (mulberry32). */
export function seeded(seed) {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let t = Math.imul(state ^ (state >>> 15), state | 1);
		t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
		return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
	};
}

const anyBytes = (length, seed) =>
	crypto.createCipheriv("aes-128-ctr", crypto.createHash("md5").update(`seed ${seed}`).digest(),
		Buffer.alloc(16)).update(Buffer.alloc(length));

/**
 * MP3 of so many frames (26 ms each at 128 kbit/s, 44.1 kHz): silence to a
 * decoder, since each frame's side information says that no data is its own;
 * what follows it is different for each seed.
 */
export function mp3(frames, seed) {
	const bytes = anyBytes(frames * 417, seed);
	for (let at = 0; at < bytes.length; at += 417) {
		bytes.writeUInt32BE(0xfffb9064, at);
		bytes.fill(0, at + 4, at + 36);
	}
	return bytes;
}

/** WAV, 8 kHz, 16 bit, one channel, of so many milliseconds. */
export function wav(ms, seed) {
	const data = anyBytes(ms * 16, seed);
	const head = Buffer.alloc(44);
	head.write("RIFF", 0);
	head.writeUInt32LE(36 + data.length, 4);
	head.write("WAVEfmt ", 8);
	head.writeUInt32LE(16, 16);
	head.writeUInt16LE(1, 20);
	head.writeUInt16LE(1, 22);
	head.writeUInt32LE(8000, 24);
	head.writeUInt32LE(16000, 28);
	head.writeUInt16LE(2, 32);
	head.writeUInt16LE(16, 34);
	head.write("data", 36);
	head.writeUInt32LE(data.length, 40);
	return Buffer.concat([head, data]);
}

/** Writes files below a folder: {key: bytes, text or value (as JSON)}. */
export function lay(dir, files) {
	for (const [key, content] of Object.entries(files)) {
		const file = path.join(dir, key);
		fs.mkdirSync(path.dirname(file), { recursive: true });
		fs.writeFileSync(file, typeof content === "string" || Buffer.isBuffer(content)
			? content : JSON.stringify(content, null, "\t"));
	}
}

/** A self-signed certificate: {cert, key, alias}; the same subject as issuer. */
export async function makePair(dir, name, serial) {
	const cert = path.join(dir, `${name}.cert.pem`), key = path.join(dir, `${name}.key.pem`);
	fs.mkdirSync(dir, { recursive: true });
	await runOk("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-utf8", "-days", "9",
		"-subj", `/C=NZ/O=Another Bank/CN=${name}`, "-set_serial", String(serial),
		"-addext", "subjectKeyIdentifier=hash", "-keyout", key, "-out", cert]);
	return { cert, key, serial: String(serial),
		alias: `rcs_Environment:1:C=NZ,O=Another Bank,CN=${name}:${serial}` };
}

/** A whole-file message of `plain` for the certificates `to`. how: bits, ber, keyId. */
export async function encryptWhole(dir, plain, to, how = {}) {
	const work = fs.mkdtempSync(path.join(dir, ".cms-"));
	const from = path.join(work, "plain"), out = path.join(work, "cms");
	fs.writeFileSync(from, plain);
	await runOk("openssl", ["cms", "-encrypt", "-binary", "-outform", "DER",
		`-aes${how.bits ?? 256}`, ...(how.ber ? ["-stream"] : []), ...(how.keyId ? ["-keyid"] : []),
		"-in", from, "-out", out, ...to.flatMap((pair) => ["-recip", pair.cert])]);
	const bytes = fs.readFileSync(out);
	fs.rmSync(work, { recursive: true });
	return bytes;
}

// The elements in der[from, to): [{from, body, to}].
function elements(der, from, to) {
	const found = [];
	for (let at = from; at < to;) {
		let body = at + 2, length = der[at + 1];
		if (length >= 0x80) {
			const octets = length & 0x7f;
			length = der.readUIntBE(body, octets);
			body += octets;
		}
		found.push({ from: at, body, to: body + length });
		at = body + length;
	}
	return found;
}

function element(tag, ...parts) {
	const body = Buffer.concat(parts);
	let length = Buffer.from([body.length]);
	if (body.length >= 0x80) {
		const hex = body.length.toString(16);
		const octets = Buffer.from(hex.padStart(hex.length + hex.length % 2, "0"), "hex");
		length = Buffer.concat([Buffer.from([0x80 | octets.length]), octets]);
	}
	return Buffer.concat([Buffer.from([tag]), length, body]);
}

/**
 * As a recorder does it: the envelope in the document, the cipher text in the
 * file: {envelope, bytes}. how.text: lines, crlf or bare (base64 alone).
 */
export async function encryptDetached(dir, plain, to, how = {}) {
	const der = await encryptWhole(dir, plain, to, { ...how, ber: false });
	const [info] = elements(der, 0, der.length);
	const [type, explicit] = elements(der, info.body, info.to);
	const [enveloped] = elements(der, explicit.body, explicit.to);
	const members = elements(der, enveloped.body, enveloped.to);
	const content = members.at(-1);
	const [contentType, algorithm, cipher] = elements(der, content.body, content.to);
	const slice = ({ from, to: end }) => der.subarray(from, end);
	const envelope = element(0x30, slice(type), element(0xa0, element(0x30,
		...members.slice(0, -1).map(slice), element(0x30, slice(contentType), slice(algorithm)))));
	return { envelope: envelopeText(envelope, how.text ?? "lines"),
		bytes: der.subarray(cipher.body, cipher.to) };
}

function envelopeText(der, style) {
	const base64 = der.toString("base64");
	if (style === "bare") return base64;
	const lines = ["-----BEGIN PKCS7-----", ...base64.match(/.{1,76}/g), "-----END PKCS7-----", ""];
	return lines.join(style === "crlf" ? "\r\n" : "\n");
}

/** What openssl makes of a stored medium: its plain bytes. */
export async function opensslDecrypt(dir, { file, envelope, pair }) {
	const work = fs.mkdtempSync(path.join(dir, ".cms-"));
	const out = path.join(work, "plain"), pem = path.join(work, "envelope");
	let from = ["-inform", "DER", "-in", file];
	if (envelope !== undefined) {
		const base64 = envelope.replace(/-----[A-Z0-9 ]+-----/g, "").replace(/\s+/g, "");
		fs.writeFileSync(pem, Buffer.from(base64, "base64"));
		from = ["-inform", "DER", "-in", pem, "-content", file];
	}
	await runOk("openssl", ["cms", "-decrypt", "-binary", ...from, "-inkey", pair.key,
		"-recip", pair.cert, "-out", out]);
	const bytes = fs.readFileSync(out);
	fs.rmSync(work, { recursive: true });
	return bytes;
}
