// SPDX-License-Identifier: Apache-2.0
// seed-store.mjs KIND ENDPOINT FOLDER: puts the objects of the storage tests into a
// store and writes FOLDER/manifest: a line "key in hexadecimal, size, SHA-256" for each.
import { createHmac } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { accountKey, bucket, client, hangUp, putAll, sha256 } from './store-client.mjs'

const [kind, endpoint, folder] = process.argv.slice(2)
const prefix = kind === 'local' ? '' : 'archive one/'

// Small, seeded, the same everywhere (mulberry32).
let seed = 20261122
function random(below) {
	seed = (seed + 0x6d2b79f5) | 0
	let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
	t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
	return ((t ^ (t >>> 14)) >>> 0) % below
}

// Byte i of the large object; test_store.c knows the rule too.
const pattern = (size) => Buffer.from(Array.from({ length: size }, (_, i) => (i ^ (i >>> 8) ^ (i >>> 16)) & 255))

// Names that hold, all together, every character a name may have.
function oddName(number) {
	const name = []
	// Every ASCII character but NUL and the slash comes up in turn, others by chance.
	const ascii = 1 + (number % 126)
	const own = String.fromCharCode(ascii >= 47 ? ascii + 1 : ascii)
	const length = 1 + random(20)
	for (let i = 0; i < length; i++) {
		const pick = random(10)
		if (pick < 4) name.push(String.fromCharCode(97 + random(26)))
		else if (pick < 7) name.push('+%&=?#;:@ ,$!~*\'()[]{}<>"\\|^`.-_'[random(33)])
		else if (pick < 8) name.push(String.fromCharCode(0x80 + random(0x780)))
		else if (pick < 9) name.push(String.fromCodePoint(0x800 + random(0xcf00)))
		else name.push(String.fromCodePoint(0x10000 + random(0x100000)))
	}
	name.splice(random(name.length + 1), 0, own)
	return `${name.join('')}${number}`
}

// XML 1.0 has no way to say these; Azurite lists them raw and nobody can read its page.
const unlistable = /[\u0001-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/

function objects() {
	const list = [
		['top.txt', Buffer.from('top')],
		['empty', Buffer.alloc(0)],
		['one', Buffer.from('1')],
		['a/b/c.txt', Buffer.from('deep')],
		['a.txt', Buffer.from('beside a')],
		['a/b.txt', Buffer.from('beside b')],
		['window', pattern(16384)],
		['window and one', pattern(16385)],
		['large', pattern(9 * 1024 * 1024 + 5)],
	]
	for (let i = 0; i < 1200; i++) list.push([`many/${String(i).padStart(5, '0')}.json`, Buffer.from(`{"n":${i}}`)])
	for (let i = 0; i < 1000; i++) {
		let name = oddName(i)
		if (kind === 'azure') name = name.replace(new RegExp(unlistable, 'gu'), '_').replace(/\\/g, '_')
		list.push([`odd/${name}`, Buffer.from(`odd ${i}`)])
	}
	if (kind === 'local')
		for (let i = 128; i < 256; i++) list.push([Buffer.from([0x62, i, 0x62]), Buffer.from(`byte ${i}`)])
	return list
}

// A shared access signature for the container ("Create a service SAS", version 2020-12-06 and later).
function sas(url, permissions, end, key) {
	const account = url.hostname.split('.')[0]
	const fields = { sp: permissions, se: end, sv: '2021-12-02', sr: 'c' }
	const text = [fields.sp, '', fields.se, `/blob/${account}/${bucket}`, '', '', '', fields.sv, fields.sr, '', '', '', '', '', '', ''].join('\n')
	fields.sig = createHmac('sha256', key).update(text).digest('base64')
	return `sas = ${new URLSearchParams(fields)}\n`
}

function writeSas(url) {
	const key = accountKey(folder)
	writeFileSync(`${folder}/sas`, sas(url, 'rl', '2099-01-01T00:00:00Z', key), { mode: 0o600 })
	writeFileSync(`${folder}/sas-ended`, sas(url, 'rl', '2020-01-01T00:00:00Z', key), { mode: 0o600 })
	writeFileSync(`${folder}/sas-write`, sas(url, 'w', '2099-01-01T00:00:00Z', key), { mode: 0o600 })
	writeFileSync(`${folder}/sas-foreign`, sas(url, 'rl', '2099-01-01T00:00:00Z', Buffer.from('another')), { mode: 0o600 })
}

function putLocal(root, name, body) {
	const path = Buffer.concat([Buffer.from(`${root}/`), Buffer.from(name)])
	mkdirSync(path.subarray(0, path.lastIndexOf(0x2f)), { recursive: true })
	writeFileSync(path, body)
}

const put = kind === 'local' ? (name, body) => putLocal(endpoint, name, body) : client(kind, endpoint, folder)
const list = objects()
if (kind !== 'local') await put(null, Buffer.alloc(0))
const todo = list.map(([name, body]) => [kind === 'local' ? name : prefix + name, body])
if (kind !== 'local') {
	// Not below the prefix; a marker of a folder; and names that a key of IAP cannot have.
	todo.push(['archive onerous/not ours', Buffer.from('x')], [`${prefix}a/`, Buffer.alloc(0)])
	if (kind === 's3') todo.push([`${prefix}twice//empty`, Buffer.from('x')], [`${prefix}twice/../dots`, Buffer.from('x')])
}
await putAll(put, process.env.IAP_TEST_STORE_EMPTY === 'yes' ? [] : todo)
hangUp()
if (kind === 'azure') writeSas(new URL(endpoint))
writeFileSync(`${folder}/manifest`, list.map(([name, body]) => `${Buffer.from(name).toString('hex')} ${body.length} ${sha256(body)}\n`).join(''))
