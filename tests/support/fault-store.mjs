// SPDX-License-Identifier: Apache-2.0
// fault-store.mjs FOLDER: an S3 that goes wrong as the name of the object says, and the
// metadata and token services of the clouds; by http and, with FOLDER/cert.pem and key.pem,
// by https. Writes both addresses to FOLDER/addresses when it listens.
// GET /__count/PATH answers how often PATH was asked for.
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import https from 'node:https'

const folder = process.argv[2]
const BODY = Buffer.from(Array.from({ length: 40000 }, (_, i) => i % 251))
const AHEAD_MS = 2 * 3600 * 1000
const counts = new Map()

const error = (code, message = 'as you wish') => `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`
const page = (inside) => `<?xml version="1.0"?><ListBucketResult>${inside}</ListBucketResult>`
const item = (name) => `<Contents><Key>${name}</Key><Size>1</Size><LastModified>2026-01-02T03:04:05.000Z</LastModified></Contents>`

function range(request) {
	const match = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '')
	return match === null ? null : [Number(match[1]), Math.min(Number(match[2]), BODY.length - 1)]
}

function whole(request, answer, more = {}) {
	const [first, last] = range(request) ?? [0, BODY.length - 1]
	const piece = BODY.subarray(first, last + 1)
	answer.writeHead(206, { 'Content-Length': piece.length, 'Content-Range': `bytes ${first}-${last}/${BODY.length}`,
		ETag: '"one"', 'Last-Modified': 'Sun, 06 Nov 1994 08:49:37 GMT', ...more })
	answer.end(request.method === 'HEAD' ? undefined : piece)
}

function refuse(answer, status, code, headers = {}) {
	answer.writeHead(status, { 'Content-Type': 'application/xml', ...headers })
	answer.end(code === null ? undefined : error(code))
}

// Sends the head and some bytes, then breaks the connection off.
function torn(request, answer, bytes) {
	const [first, last] = range(request) ?? [0, BODY.length - 1]
	answer.writeHead(206, { 'Content-Length': last - first + 1, 'Content-Range': `bytes ${first}-${last}/${BODY.length}` })
	answer.write(BODY.subarray(first, first + bytes))
	setTimeout(() => answer.socket.destroy(), 50)
}

// What objects do, by name; `n` counts the requests for it, from 1.
const objects = {
	good: whole,
	'once-500': (q, a, n) => (n === 1 ? refuse(a, 500, 'InternalError') : whole(q, a)),
	'twice-503': (q, a, n) => (n <= 2 ? refuse(a, 503, 'SlowDown', { 'Retry-After': '1' }) : whole(q, a)),
	'always-503': (q, a) => refuse(a, 503, 'SlowDown'),
	'later-503': (q, a) => refuse(a, 503, 'SlowDown', { 'Retry-After': '3600' }),
	'once-torn': (q, a, n) => (n === 1 ? torn(q, a, 1000) : whole(q, a)),
	'always-torn': (q, a) => torn(q, a, 1000),
	'no-answer': (q) => q.socket.destroy(),
	slow: (q, a) => {
		a.writeHead(206, { 'Content-Length': 16384, 'Content-Range': `bytes 0-16383/${BODY.length}` })
		const timer = setInterval(() => a.write('x'), 100)
		a.on('close', () => clearInterval(timer))
	},
	silent: () => {},
	'other-range': (q, a) => { a.writeHead(206, { 'Content-Range': `bytes 5-9/${BODY.length}`, 'Content-Length': 5 }); a.end('12345') },
	shifted: (q, a) => { a.writeHead(206, { 'Content-Range': `bytes 5-16383/${BODY.length}`, 'Content-Length': 16379 }); a.end(BODY.subarray(5, 16384)) },
	'other-length': (q, a) => { a.writeHead(206, { 'Content-Range': `bytes 0-16383/${BODY.length}`, 'Content-Length': 5 }); a.end('12345') },
	'no-range': (q, a) => { a.writeHead(200, { 'Content-Length': 100 }); a.end(BODY.subarray(0, 100)) },
	larger: (q, a) => { a.writeHead(206, { 'Content-Range': `bytes 0-39999/${BODY.length}` }); a.end(BODY) },
	changed: (q, a, n) => (n === 1 ? whole(q, a) : q.headers['if-match'] === '"one"' ? refuse(a, 412, 'PreconditionFailed') : whole(q, a)),
	redirect: (q, a) => { a.writeHead(307, { Location: `http://${q.headers.host}/faults/good` }); a.end() },
	region: (q, a) => refuse(a, 301, 'PermanentRedirect', { 'x-amz-bucket-region': 'eu-central-1' }),
	glacier: (q, a) => refuse(a, 403, 'InvalidObjectState'),
	expired: (q, a) => (q.headers['x-amz-security-token'] === 'fresh' ? whole(q, a) : refuse(a, 400, 'ExpiredToken')),
	'expired-always': (q, a) => refuse(a, 400, 'ExpiredToken'),
	skewed: (q, a) => {
		const text = q.headers['x-amz-date'].replace(/(....)(..)(..)T(..)(..)(..)Z/, '$1-$2-$3T$4:$5:$6Z')
		const date = new Date(Date.now() + AHEAD_MS)
		if (Math.abs(new Date(text) - date) < 900000) whole(q, a, { Date: date.toUTCString() })
		else refuse(a, 403, 'RequestTimeTooSkewed', { Date: date.toUTCString() })
	},
	'skewed-always': (q, a) => refuse(a, 403, 'RequestTimeTooSkewed'),
	payer: (q, a) => (q.headers['x-amz-request-payer'] === 'requester' ? whole(q, a) : refuse(a, 403, 'AccessDenied')),
	'many-headers': (q, a) => whole(q, a, Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`X-${i}`, 'y'.repeat(2000)]))),
}

// What listings do, by prefix.
const listings = {
	'good/': () => page(`${item('good/a')}<CommonPrefixes><Prefix>good/b/</Prefix></CommonPrefixes>`),
	'plus/': () => page(`<EncodingType>url</EncodingType>${item('plus/a+b%2Bc%01')}`),
	'loop/': () => page(`${item('loop/a')}<IsTruncated>true</IsTruncated><NextContinuationToken>again</NextContinuationToken>`),
	'nowhere/': () => page('<IsTruncated>true</IsTruncated>'),
	'doctype/': () => `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>${page(item('doctype/&e;'))}`,
	'error-200/': () => error('InternalError'),
	'html/': () => '<html><body>Welcome to the proxy</body></html>',
	'torn/': () => page(item('torn/a')).slice(0, 60),
	'outside/': () => page(item('elsewhere/a')),
	'nosize/': () => page('<Contents><Key>nosize/a</Key><LastModified>2026-01-02T03:04:05.000Z</LastModified></Contents>'),
}

const stamp = (ms) => new Date(Date.now() + ms).toISOString().replace(/\.\d+/, '')
const json = (answer, value, status = 200) => { answer.writeHead(status, { 'Content-Type': 'application/json' }); answer.end(JSON.stringify(value)) }
const text = (answer, value, status = 200) => { answer.writeHead(status); answer.end(value) }
const keys = (n, ms) => ({ Code: 'Success', AccessKeyId: `AK${n}`, SecretAccessKey: 'secret', Token: `token ${n}`, Expiration: stamp(ms) })
const HOUR = 3600000

// Metadata and token services: a path, and what it answers; `n` as above.
const services = {
	'PUT /imds/latest/api/token': (q, a) => (q.headers['x-aws-ec2-metadata-token-ttl-seconds'] ? text(a, 'session') : text(a, '', 400)),
	'GET /imds/latest/meta-data/iam/security-credentials/': (q, a) => (q.headers['x-aws-ec2-metadata-token'] === 'session' ? text(a, 'role one\n') : text(a, '', 401)),
	'GET /imds/latest/meta-data/iam/security-credentials/role%20one': (q, a, n) => (q.headers['x-aws-ec2-metadata-token'] === 'session' ? json(a, keys(n, HOUR)) : text(a, '', 401)),
	'PUT /imds1/latest/api/token': (q, a) => text(a, 'version 1 only', 403),
	'GET /imds1/latest/meta-data/iam/security-credentials/': (q, a) => text(a, 'role'),
	'PUT /norole/latest/api/token': (q, a) => text(a, 'session'),
	'GET /norole/latest/meta-data/iam/security-credentials/': (q, a) => text(a, '', 404),
	'GET /container': (q, a, n) => (q.headers.authorization === 'pod' ? json(a, keys(n, HOUR)) : json(a, { message: 'who are you?' }, 401)),
	'GET /container-short': (q, a, n) => json(a, keys(n, 60000)),
	'GET /container-dying': (q, a, n) => (n === 1 ? json(a, keys(n, 60000)) : json(a, { message: 'gone' }, 410)),
	'GET /container-slow': (q, a, n) => setTimeout(() => json(a, keys(n, HOUR)), 300),
	'POST /sts': (q, a, n, body) => {
		const form = new URLSearchParams(body)
		if (form.get('WebIdentityToken') !== 'jwt+/=' || form.get('Action') !== 'AssumeRoleWithWebIdentity')
			return text(a, `<ErrorResponse><Error><Code>InvalidIdentityToken</Code><Message>not that one</Message></Error></ErrorResponse>`, 400)
		text(a, `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult><Credentials>` +
			`<AccessKeyId>${form.get('RoleArn')}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>${stamp(HOUR)}</Expiration>` +
			`</Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`)
	},
	'GET /azure/metadata/identity/oauth2/token': (q, a, n, body, query) => (q.headers.metadata === 'true' && query.get('resource') === 'https://storage.azure.com/'
		? json(a, { access_token: `managed ${query.get('client_id')}`, expires_on: String(Math.floor((Date.now() + HOUR) / 1000)) }) : json(a, { error_description: 'no' }, 400)),
	'GET /app': (q, a, n, body, query) => (q.headers['x-identity-header'] === 'hush' && query.get('api-version') === '2019-08-01'
		? json(a, { access_token: 'app', expires_on: '4000000000' }) : json(a, {}, 403)),
	'POST /tenant/oauth2/v2.0/token': (q, a, n, body) => {
		const form = new URLSearchParams(body)
		if (form.get('client_assertion') === 'jwt+/=' && form.get('scope') === 'https://storage.azure.com/.default' && form.get('client_assertion_type') === 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer')
			json(a, { access_token: `workload ${form.get('client_id')}`, expires_in: 3600 })
		else json(a, { error: 'invalid_client', error_description: 'AADSTS700016: not that one' }, 401)
	},
}

function answer(request, response, body) {
	const url = new URL(request.url, 'http://x')
	const path = url.pathname
	if (path.startsWith('/__count/')) return text(response, String(counts.get(path.slice(8)) ?? 0))
	const n = (counts.get(path) ?? 0) + 1
	counts.set(path, n)
	const service = services[`${request.method} ${path}`]
	if (service !== undefined) return service(request, response, n, body, url.searchParams)
	if (url.searchParams.get('list-type') === '2') return text(response, (listings[url.searchParams.get('prefix')] ?? (() => page('')))())
	const object = objects[decodeURIComponent(path.replace(/^\/faults\//, ''))]
	if (object !== undefined) return object(request, response, n)
	refuse(response, 404, 'NoSuchKey')
}

function handle(request, response) {
	const pieces = []
	request.on('data', (piece) => pieces.push(piece))
	request.on('end', () => answer(request, response, Buffer.concat(pieces).toString()))
}

const listen = (server) => new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port)))
const plain = await listen(http.createServer(handle))
const secure = await listen(https.createServer({ cert: readFileSync(`${folder}/cert.pem`), key: readFileSync(`${folder}/key.pem`) }, handle))
writeFileSync(`${folder}/addresses.new`, `http://127.0.0.1:${plain} https://localhost:${secure}\n`)
renameSync(`${folder}/addresses.new`, `${folder}/addresses`)
