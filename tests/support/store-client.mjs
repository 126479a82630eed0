// SPDX-License-Identifier: Apache-2.0
// Puts objects into the stores of tests/support/with-store; signs requests by
// itself, not by IAP's code.
import { createHash, createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import http from 'node:http'

export const bucket = 'recordings'
export const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex')
const hmac = (key, text) => createHmac('sha256', key).update(text).digest()

const encode = (text) => encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
const encodePath = (name) => name.split('/').map(encode).join('/')

const agent = new http.Agent({ keepAlive: true, maxSockets: 16 })

function send(url, path, headers, body) {
	return new Promise((resolve, reject) => {
		const request = http.request({ agent, host: '127.0.0.1', port: url.port, method: 'PUT', path,
			headers: { ...headers, 'Content-Length': body.length } }, (answer) => {
			let text = ''
			answer.on('data', (piece) => { text += piece })
			answer.on('end', () => answer.statusCode < 300 ? resolve() : reject(new Error(`PUT ${path}: ${answer.statusCode} ${text}`)))
		})
		request.on('error', reject)
		request.end(body)
	})
}

function putS3(url, name, body) {
	const path = `/${bucket}${name === null ? '' : `/${encodePath(name)}`}`
	const time = new Date().toISOString().replace(/[-:]|\.\d+/g, '')
	const scope = `${time.slice(0, 8)}/us-east-1/s3/aws4_request`
	const headers = { host: url.host, 'x-amz-content-sha256': sha256(body), 'x-amz-date': time }
	const names = Object.keys(headers).join(';')
	const canonical = ['PUT', path, '', ...Object.entries(headers).map(([n, v]) => `${n}:${v}`), '', names, sha256(body)].join('\n')
	const key = [time.slice(0, 8), 'us-east-1', 's3', 'aws4_request'].reduce(hmac, 'AWS4iap/test+secret')
	const signature = hmac(key, `AWS4-HMAC-SHA256\n${time}\n${scope}\n${sha256(canonical)}`).toString('hex')
	headers.authorization = `AWS4-HMAC-SHA256 Credential=IAPTESTKEY/${scope}, SignedHeaders=${names}, Signature=${signature}`
	return send(url, path, headers, body)
}

function putAzure(url, key, name, body) {
	const account = url.hostname.split('.')[0]
	const path = `/${bucket}${name === null ? '' : `/${encodePath(name)}`}`
	const headers = { host: url.host, 'x-ms-date': new Date().toUTCString(), 'x-ms-version': '2021-12-02' }
	if (name !== null) headers['x-ms-blob-type'] = 'BlockBlob'
	const lines = Object.keys(headers).filter((n) => n.startsWith('x-ms-')).sort().map((n) => `${n}:${headers[n]}\n`).join('')
	const resource = `/${account}${path}${name === null ? '\nrestype:container' : ''}`
	const text = `PUT\n\n\n${body.length || ''}\n\n\n\n\n\n\n\n\n${lines}${resource}`
	headers.authorization = `SharedKey ${account}:${createHmac('sha256', key).update(text).digest('base64')}`
	return send(url, path + (name === null ? '?restype=container' : ''), headers, body)
}

/** The account key of an Azure store, as with-store wrote it. */
export const accountKey = (folder) => Buffer.from(readFileSync(`${folder}/right`, 'utf8').split('= ')[1].trim(), 'base64')

/** put(name, body) for the store at `endpoint`; a null name makes the bucket. */
export function client(kind, endpoint, folder) {
	const url = new URL(endpoint)
	if (kind === 's3') return (name, body) => putS3(url, name, body)
	const key = accountKey(folder)
	return (name, body) => putAzure(url, key, name, body)
}

/** Puts all of [[name, body], ...], several at a time. */
export async function putAll(put, objects) {
	const todo = [...objects]
	const work = async () => {
		for (let next = todo.pop(); next !== undefined; next = todo.pop()) await put(...next)
	}
	await Promise.all(Array.from({ length: 16 }, work))
}

/** Ends kept connections. */
export const hangUp = () => agent.destroy()
