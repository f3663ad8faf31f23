/** GitHub's audit stream as it is streamed to a collector: who may, what becomes of a record, and garbage. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { within } from '../asking.case.ts'
import { Fault, type openHouse } from '../house.case.ts'
import { Sightings } from './sightings.ts'

type House = Awaited<ReturnType<typeof openHouse>>

const HOUR = 3_600_000
const AT = Date.now()
const record = (request: string, more: object = {}) => ({
  ...{ type: 'request', user_id: 7, enterprise_id: 1, endpoint: '/chat/completions', body: '{"messages":[]}' },
  ...{ '@timestamp': AT, event_id: `e-${request}`, github_request_id: request },
  ...more,
})
const batch = (...events: unknown[]) => events.map((event) => JSON.stringify({ time: AT / 1000, event })).join('\n')

const script = (
  _request: unknown,
  _body: string,
  response: { setHeader(name: string, value: string): typeof response; end(text: string): void },
) => response.setHeader('x-github-request-id', 'AB:1').end('{}')

async function keyFor(
  house: House,
  connections: readonly string[] | '*' = ['github-audit'],
  kind: 'svc' | 'user' = 'svc',
) {
  return (await house.identity.create({ kind, actor: 'github', connections })).key
}

interface Sent {
  readonly path?: string
  readonly headers?: Record<string, string>
  readonly method?: string
}

async function collect(
  house: House,
  key: string,
  body: string | Uint8Array<ArrayBuffer>,
  { path = '', headers = {}, method = 'POST' }: Sent = {},
) {
  const url = new URL(`/services/collector${path}`, house.url)
  const sent = { method, headers: { authorization: `Splunk ${key}`, ...headers } }
  const answer = await fetch(url, method === 'GET' ? sent : { ...sent, body })
  const { text, code } = (await answer.json()) as { text: string; code: number }
  return { status: answer.status, code, text }
}

const asked = (house: House) =>
  fetch(`${house.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-gatelog-key': house.key },
    body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'hi' }] }),
  }).then((answer) => answer.text())

const bypasses = (house: House) => house.watched.entries.flatMap((entry) => (entry.kind === 'bypass' ? [entry] : []))
const OK = { status: 200, code: 0, text: 'Success' }

test('a request that passed here is on the record, another one is a bypass an hour later, once, whatever else the stream bears', () =>
  within({ script }, async (house) => {
    const key = await keyFor(house)
    await asked(house)
    const others = [
      { action: 'git.push', user_id: 7, '@timestamp': AT, actor: 'octocat' },
      record('AB:3', { type: 'response' }),
      'a text',
      record('AB:4', { '@timestamp': 1e300 }),
      record('AB:5', { user_id: null }),
      null,
    ].filter((each) => each !== null)
    const body = batch(record('AB:1'), record('AB:2'), ...others)
    for (const path of ['', '/event', '/event/1.0']) assert.deepEqual(await collect(house, key, body, { path }), OK)
    const { sightings } = house.house
    const { seen, dropped, onRecord } = sightings.tally
    assert.deepEqual([seen - dropped, onRecord, sightings.waiting], [2, 1, 1])
    assert.equal(dropped, 9, 'three records of each batch cannot be read, and no other is let go')
    await sightings.settle(Date.now() + HOUR / 2)
    assert.deepEqual(bypasses(house), [], 'its exchange may still be open')
    await sightings.settle(Date.now() + HOUR + 1000)
    await collect(house, key, body)
    await sightings.settle(Date.now() + 2 * HOUR + 1000)
    const [one, ...more] = bypasses(house)
    assert.deepEqual(more, [])
    assert.deepEqual(
      [one?.via, one?.github, one?.client, one?.source],
      ['github-audit', 'id 7', '/chat/completions', 'declared'],
    )
  }))

test('an exchange that ends after its report is no bypass; lines without an envelope and gzip are taken', () =>
  within({ script }, async (house) => {
    const key = await keyFor(house)
    const lines = Uint8Array.from(gzipSync(`${JSON.stringify(record('AB:1'))}\n`))
    const headers = { 'content-encoding': 'gzip' }
    assert.deepEqual(await collect(house, key, lines, { path: '/raw', headers }), OK)
    await asked(house)
    await house.house.sightings.settle(Date.now() + HOUR + 1000)
    assert.deepEqual([bypasses(house), house.house.sightings.tally.onRecord], [[], 1])
  }))

test('what is not decided outlives a restart, once, and nothing of it stays behind', () =>
  within({ script }, async (house) => {
    const key = await keyFor(house)
    const secret = `gh${'p_'}${'A1b2C3'.repeat(6)}`
    await collect(house, key, batch(record('AB:1'), record('AB:2', { endpoint: `/${secret}` })))
    await collect(house, key, batch(record('AB:3', { user_id: 8 })))
    const { documents } = house.watched.trail
    assert.equal((await documents.list('reported')).length, 2)
    assert.ok(!JSON.stringify(await documents.list('reported')).includes(secret))
    await asked(house)
    const again = sightingsAgain(house)
    await again.start()
    await again.start()
    assert.deepEqual([again.waiting, again.tally.seen], [3, 3])
    await again.settle(Date.now() + HOUR / 2)
    assert.deepEqual([again.waiting, (await documents.list('reported')).length], [3, 2])
    await again.settle(Date.now() + HOUR + 1000)
    assert.deepEqual([again.tally.onRecord, again.tally.bypasses, again.waiting], [1, 2, 0])
    assert.deepEqual(await documents.list('reported'), [])
    assert.equal(bypasses(house).length, 2)
  }))

/** As a process after this one has it. */
const sightingsAgain = ({ house, watched }: House) => {
  const { engine, now, uuid } = house
  return new Sightings({ trail: watched.trail, engine: () => engine, now, uuid, tell: () => undefined })
}

test('a prompt or a reply that GitHub streams is kept nowhere, and a secret neither', () =>
  within({ script }, async (house) => {
    const secret = `gh${'p_'}${'A1b2C3'.repeat(6)}`
    await collect(house, await keyFor(house), batch(record('AB:2', { body: 'quetzalcoatl', endpoint: `/${secret}` })))
    await house.house.sightings.settle(Date.now() + HOUR + 1000)
    const told = JSON.stringify(house.watched.entries)
    assert.equal(bypasses(house).length, 1)
    assert.ok(!told.includes('quetzalcoatl') && !told.includes(secret))
  }))

test('only a service’s key that names this door opens it', () =>
  within({ script }, async (house) => {
    const body = batch(record('AB:2'))
    const refused = [
      [await keyFor(house, '*'), 403, 4],
      [await keyFor(house, ['up']), 403, 4],
      [await keyFor(house, ['github-audit'], 'user'), 403, 4],
      [house.key, 403, 4],
      ['gtl_svc_wrong', 403, 4],
    ] as const
    for (const [key, status, code] of refused) {
      const answer = await collect(house, key, body)
      assert.deepEqual([answer.status, answer.code], [status, code], answer.text)
      assert.ok(!answer.text.includes(key))
    }
    for (const headers of [{ authorization: '' }, { authorization: 'Splunk' }, { authorization: 'Basic eDp5' }])
      assert.deepEqual(pick(await collect(house, '', body, { headers })), [401, 2])
    const key = await keyFor(house)
    assert.deepEqual(await collect(house, '', body, { headers: { authorization: '', 'x-gatelog-key': key } }), OK)
    const { record: held } = await house.identity.create({ kind: 'svc', actor: 'x', connections: ['github-audit'] })
    await house.identity.revoke(held.id)
    assert.equal(house.house.sightings.tally.seen, 1)
    const used = await fetch(`${house.url}/v1/chat/completions`, {
      method: 'POST',
      body: '{}',
      headers: { 'x-gatelog-key': key },
    })
    assert.ok(used.status >= 400, 'it opens nothing else')
  }))

const pick = ({ status, code }: { readonly status: number; readonly code: number }) => [status, code]

test('a key that is turned away is on the record, with whose it is where that is known, and one line for many', () =>
  within({ script }, async (house) => {
    const body = batch(record('AB:2'))
    for (const key of ['gtl_svc_guess', house.key, house.key, house.key]) await collect(house, key, body)
    house.house.strangers.flush(Number.POSITIVE_INFINITY)
    await new Promise(setImmediate)
    assert.deepEqual(
      house.watched.entries.flatMap((entry) =>
        entry.kind === 'refused' ? [[entry.fault, entry.path, entry.actor?.id, entry.count]] : [],
      ),
      [
        ['identity.unknown', '/services/collector', undefined, undefined],
        ['identity.scope', '/services/collector', 'ana', undefined],
        ['identity.scope', '/services/collector', 'ana', 2],
      ],
    )
    assert.ok(!JSON.stringify(house.watched.entries).includes('guess'))
  }))

test('garbage is refused by its place, and nothing of its batch is taken', () =>
  within({ script }, async (house) => {
    const key = await keyFor(house)
    const good = batch(record('AB:2'))
    for (const body of ['', ' \n '] as const) assert.deepEqual(pick(await collect(house, key, body)), [400, 5])
    assert.deepEqual(pick(await collect(house, key, '', { method: 'GET' })), [400, 5])
    for (const body of [
      `${good}{`,
      `${good}x`,
      '[]',
      '{}',
      'null',
      `${good}\n{"event":`,
      Uint8Array.from([0x7b, 0xff]),
    ]) {
      const answer = await collect(house, key, body)
      assert.deepEqual(pick(answer), [400, 6], answer.text)
    }
    assert.match((await collect(house, key, `${good}{`)).text, /event 1: no JSON.*\[collector\.body\]/)
    const bomb = Uint8Array.from(gzipSync(Buffer.alloc(40 * 2 ** 20, 0x20)))
    assert.deepEqual(pick(await collect(house, key, bomb, { headers: { 'content-encoding': 'gzip' } })), [413, 6])
    assert.deepEqual(pick(await collect(house, key, good, { headers: { 'content-encoding': 'gzip' } })), [400, 6])
    assert.equal(house.house.sightings.tally.seen, 0)
  }))

test('what may pass is told so, that GitHub sends it again: a limit, a record that cannot be read, the end', () =>
  within({ script, bytesPerHour: 300 }, async (house) => {
    const key = await keyFor(house)
    const body = batch(record('AB:2'))
    const { find } = house.house.trail
    const set = (value: unknown) => Object.defineProperty(house.house.trail, 'find', { value, configurable: true })
    set(() => Promise.reject(new Fault('trail.unavailable')))
    assert.deepEqual(pick(await collect(house, key, body)), [503, 9])
    set(find)
    assert.deepEqual(await collect(house, key, body), OK)
    assert.deepEqual(pick(await collect(house, key, body)), [503, 9])
  }))

test('its health is told to anybody', async () => {
  const setup = { script, draining: false }
  await within(setup, async (house) => {
    assert.deepEqual(pick(await collect(house, '', '', { path: '/health', method: 'GET' })), [200, 17])
    setup.draining = true
    assert.deepEqual(pick(await collect(house, '', '', { path: '/health/1.0', method: 'GET' })), [503, 18])
    assert.deepEqual(pick(await collect(house, await keyFor(house), batch(record('AB:2')))), [503, 9])
  })
})

test('a flood about one account is bounded, and the same batch at the same moment is counted once', () =>
  within({ script }, async (house) => {
    const key = await keyFor(house)
    const many = batch(...Array.from({ length: 1200 }, (_, nth) => record(`N:${nth}`)))
    await Promise.all([collect(house, key, many), collect(house, key, many)])
    const { sightings } = house.house
    assert.deepEqual([sightings.waiting, sightings.tally.seen - sightings.tally.dropped], [1000, 1000])
  }))
