// SPDX-License-Identifier: Apache-2.0
// make-documents.mjs DIR COUNT: clear calls in the layout of the RCS archiver, a folder
// each, about 2 KB of metadata and a small medium, over three years.
import fs from "node:fs";
import path from "node:path";

const [dir, count] = [process.argv[2], Number(process.argv[3])];
const iso = (ms) => new Date(ms).toISOString().replace("Z", "+0000");
const start = Date.UTC(2021, 0, 4), span = 3 * 365 * 86400000;
const media = Buffer.concat([Buffer.from([0xff, 0xfb, 0x90, 0x64]), Buffer.alloc(413)]);

for (let n = 0; n < count; n++) {
	const at = start + Math.floor(n * span / count), id = n.toString(36).toUpperCase().padStart(28, "0") + "AES1";
	const agent = { type: "User", userName: `agent.${n % 300}`, firstName: `First${n % 300}`,
		lastName: `Last${n % 300}`, phoneNumber: String(5000 + n % 300) };
	const customer = { type: "External", phoneNumber: `+614${String(n * 7919 % 100000000).padStart(8, "0")}` };
	const document = {
		id, callerPhoneNumber: customer.phoneNumber, dialedPhoneNumber: "1300555000", callType: "Inbound",
		startTime: iso(at), stopTime: iso(at + 180000), region: `region${n % 4}`,
		mediaFiles: [{ mediaId: `${id}_call.mp3`, type: "audio/mp3", duration: "180000", size: "417",
			startTime: iso(at), stopTime: iso(at + 180000), tenant: "Environment", callUUID: id,
			mediaDescriptor: { storage: "webDAV", path: `http://recordings/${id}_call.mp3` },
			partitions: [`/US/${n % 7}`], accessgroups: [`/Sales/${n % 5}`],
			parameters: { ani: customer.phoneNumber, dnis: "1300555000", agentId: agent.userName } }],
		eventHistory: [
			{ event: "Joined", occurredAt: iso(at), calluuid: id, contact: customer },
			{ event: "Joined", occurredAt: iso(at + 2000), calluuid: id, contact: agent },
			{ event: "data", occurredAt: iso(at + 3000), data: { added: { Segment: "Gold",
				Account: String(n), Language: "en", Queue: `Q${n % 20}` } } },
			{ event: "Left", occurredAt: iso(at + 179000), calluuid: id, contact: agent },
			{ event: "Left", occurredAt: iso(at + 180000), calluuid: id, contact: customer },
		],
	};
	const folder = path.join(dir, "cc01/Environment", iso(at).slice(0, 10), id);
	fs.mkdirSync(folder, { recursive: true });
	fs.writeFileSync(path.join(folder, "recording.json"), JSON.stringify(document, null, 2));
	fs.writeFileSync(path.join(folder, `${id}_call.mp3`), media);
}
