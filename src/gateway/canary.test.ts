/** A secret in each place of a request and of a reply: none of them is in the record. Sends nothing beyond loopback. */
import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { test } from 'node:test'
import { type Open, within } from './asking.case.ts'
import { chat, chunk, DONE, type Script, SECRET, type Setup } from './house.case.ts'

/** Of a secret, so many characters are its own: a cut one that shows them all but a few is no better. */
const TELLING = SECRET.slice(0, 20)

interface Sent {
  readonly method?: string
  readonly target?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** Sends bytes as they stand, for no client would let them pass; resolves once the door has closed. */
function speak({ url, key }: Open, { method = 'POST', target = '/c/up/v1/chat/completions', headers, body }: Sent) {
  const content = body ?? (method === 'POST' ? chat('hi') : '')
  const fields = {
    host: new URL(url).host,
    'x-gatelog-key': key,
    'content-type': 'application/json',
    ...(method === 'POST' && { 'content-length': String(Buffer.byteLength(content)) }),
    connection: 'close',
    ...headers,
  }
  const head = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`)
  return new Promise<void>((resolve) => {
    const socket = connect({ host: '127.0.0.1', port: Number(new URL(url).port) })
    socket.write(`${method} ${target} HTTP/1.1\r\n${head.join('')}\r\n${content}`)
    socket.once('error', () => socket.destroy()).once('close', () => resolve())
    socket.resume()
  })
}

/** All that is recorded, bodies as the text that they are. */
const recorded = ({ watched }: Open): string =>
  JSON.stringify(watched.entries, (_, value) => (value?.type === 'Buffer' ? Buffer.from(value).toString() : value))

const body = (more: object): string => JSON.stringify({ ...JSON.parse(chat('hi')), ...more })
/** So far into a text that the cut at `length` goes through the secret. */
const across = (length: number): string => `${'a/'.repeat(length)}`.slice(0, length - 24)

const UPGRADE = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'AAAA',
}

const PLACES: Readonly<Record<string, Sent>> = {
  connection: { target: `/c/${SECRET}/v1/chat/completions` },
  'connection, cut': { target: `/c/${across(64).replaceAll('/', '-')}${SECRET}/v1/chat/completions` },
  host: { target: `/c/up/${SECRET}/v1/chat/completions` },
  'unknown path': { method: 'GET', target: `/c/up/v1/files/${SECRET}` },
  'unknown path, cut': { method: 'GET', target: `/c/up/${across(128 - 'GET /'.length)}/${SECRET}` },
  'path, percent-encoded': { method: 'GET', target: `/c/up/v1/files/${SECRET.replace('ghp', 'gh%70')}` },
  'no address': { method: 'GET', target: `/${SECRET}` },
  'no address, cut': { method: 'GET', target: `/${across(256)}/${SECRET}` },
  'odd path': { method: 'GET', target: `/c/up//${SECRET}` },
  'query name': { target: `/c/up/v1/chat/completions?${SECRET}=1` },
  'query value': { target: `/c/up/v1/chat/completions?api-version=${SECRET}` },
  'another host': { target: `http://${SECRET}/c/up/v1/chat/completions` },
  'host field': { headers: { host: SECRET } },
  expect: { headers: { expect: SECRET } },
  'transfer-encoding': { headers: { 'content-length': '', 'transfer-encoding': SECRET } },
  'content-encoding': { headers: { 'content-encoding': SECRET } },
  'content-encoding, cut': { headers: { 'content-encoding': `${across(64)}/${SECRET}` } },
  'content-type': { headers: { 'content-type': `text/${SECRET}` } },
  'content-type that fits': { headers: { 'content-type': `application/json; boundary=${SECRET}` } },
  'content-type of an unknown route': { target: '/c/up/v1/x', headers: { 'content-type': SECRET } },
  'user-agent': { headers: { 'user-agent': `curl/${SECRET}` } },
  'user-agent, cut': { headers: { 'user-agent': `${across(1024)}/${SECRET}` } },
  'editor-version': { headers: { 'editor-version': `${SECRET}/1` } },
  'session field': { headers: { 'x-session-id': SECRET } },
  initiator: { headers: { 'x-initiator': SECRET } },
  interaction: { headers: { 'x-interaction-id': SECRET } },
  repository: { headers: { 'x-github-repository-nwo': `${SECRET}/x` } },
  'turn metadata': {
    headers: {
      'x-codex-turn-metadata': JSON.stringify({
        workspaces: { x: { associated_remote_urls: { origin: `x/${SECRET}/y` }, latest_git_commit_hash: SECRET } },
      }),
    },
  },
  key: { headers: { 'x-gatelog-key': SECRET } },
  credential: { headers: { authorization: `Bearer ${SECRET}` } },
  'any field': { headers: { 'x-any': SECRET } },
  upgrade: { method: 'GET', target: `/c/up/v1/${SECRET}`, headers: UPGRADE },
  'upgrade of no connection': { method: 'GET', target: `/c/${SECRET}/v1/responses`, headers: UPGRADE },
  'upgrade of no address': { method: 'GET', target: `/${across(256)}/${SECRET}`, headers: UPGRADE },
  tunnel: { method: 'CONNECT', target: `${SECRET}.example.com:443` },
  'tunnel without a port': { method: 'CONNECT', target: SECRET },
  'no JSON': { body: SECRET },
  model: { body: body({ model: SECRET }) },
  'model, cut': { body: body({ model: `${across(1024)}/${SECRET}` }) },
  role: { body: body({ messages: [{ role: SECRET, content: 'hi' }] }) },
  'any key': { body: body({ [SECRET]: { [SECRET]: [SECRET] } }) },
  tool: { body: body({ tools: [{ type: 'function', function: { name: SECRET } }] }) },
  'nwo, session': { body: body({ nwo: SECRET, metadata: { user_id: JSON.stringify({ session_id: SECRET }) } }) },
  extra: { body: body({ extra: { language: SECRET, filename: SECRET } }) },
}

for (const unknownRoutes of ['refuse', 'record-and-pass'] as const)
  for (const [place, sent] of Object.entries(PLACES))
    test(`a secret in ${place} is not in the record, unknown routes: ${unknownRoutes}`, () =>
      within({ script: (_request, _body, response) => void response.end(DONE), unknownRoutes }, async (house) => {
        await speak(house, sent)
        house.house.strangers.flush(Number.POSITIVE_INFINITY)
        await new Promise(setImmediate)
        assert.ok(house.watched.entries.length > 0)
        const told = recorded(house)
        assert.ok(!told.includes(TELLING), told.slice(0, 4000))
        assert.ok(!decodeURIComponent(told.replace(/%(?![0-9a-f]{2})/gi, '')).includes(TELLING), told.slice(0, 4000))
      }))

const REPLIES: Readonly<Record<string, readonly [Record<string, string>, string]>> = {
  'content-encoding': [{ 'content-encoding': `${across(64)}/${SECRET}` }, '{}'],
  'content-type': [{ 'content-type': `text/event-stream; x=${SECRET}` }, DONE],
  'content-type of a whole reply': [{ 'content-type': `application/json; x=${SECRET}` }, '{}'],
  'request id': [{ 'x-request-id': SECRET }, '{}'],
  model: [{}, JSON.stringify({ model: SECRET, choices: [{ finish_reason: SECRET, message: { content: 'x' } }] })],
  'streamed model': [
    { 'content-type': 'text/event-stream' },
    chunk('x', SECRET).replace('gpt-5.4', SECRET).concat('data: [DONE]\n\n'),
  ],
  key: [{}, JSON.stringify({ [SECRET]: { [SECRET]: [SECRET] } })],
  'streamed key': [
    { 'content-type': 'text/event-stream' },
    `data: ${JSON.stringify({ [SECRET]: { [SECRET]: [SECRET] } })}\n\n${DONE}`,
  ],
}

for (const [place, [headers, text]] of Object.entries(REPLIES))
  test(`a secret in a reply’s ${place} is not in the record`, () => {
    const script: Script = (_request, _body, response) => {
      response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(text)
    }
    const setup: Setup = { script }
    return within(setup, async (house) => {
      await speak(house, {})
      assert.equal(house.watched.entries.length, 2)
      assert.ok(!recorded(house).includes(TELLING), recorded(house).slice(0, 4000))
    })
  })
