/** Header fields of replies: what is clean crosses byte for byte, a secret does not, and leaves a finding. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Ending } from '#exchange'
import { compile, RULES } from '#masking'
import type { HeaderList, Incoming } from '#relay'
import { answer, ask, within } from './asking.case.ts'
import { cleanHead } from './heads.ts'
import { chat, chunk, DONE, SECRET } from './house.case.ts'

const ENGINE = compile(RULES)
const PASSWORD = ['q7Zk', '2mVx', '9LpT', 'w4'].join('')
const incoming = (headers: HeaderList): Incoming => ({ status: 200, headers, body: nothing() })
async function* nothing(): AsyncGenerator<Uint8Array> {
  yield new Uint8Array()
}
const clean = (...headers: [string, string][]) => cleanHead({ engine: ENGINE }, incoming(headers))

test('what providers send crosses as it is', () => {
  const head = incoming([
    ['Date', 'Wed, 25 Nov 2026 10:00:00 GMT'],
    ['Content-Type', 'text/event-stream; charset=utf-8'],
    ['x-request-id', 'req_011CVTQf6uY9vJmBc4zW3kXp'],
    ['x-github-request-id', 'E1F2:3A4B:5C6D7E:8F9A0B:6745C2D1'],
    ['apim-request-id', '0d9a7b52-4c1e-4a37-9f7e-5b8f1f7f0c11'],
    ['CF-RAY', '8f2d3b1c4a5e6f70-FRA'],
    ['traceparent', '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'],
    ['etag', 'W/"33a64df551425fcc55e4d42a148795d9f25f89d4"'],
    ['anthropic-organization-id', 'f3b1c2d4-9a8b-4c7d-8e6f-1a2b3c4d5e6f'],
    ['x-ratelimit-reset-tokens', '6m0s'],
    ['x-quota-snapshot-chat', 'ent=-1&ov=0.0&ovPerm=false&rem=100.0&rst=2026-12-01T00%3A00%3A00Z'],
    ['retry-after', '7'],
  ])
  const { incoming: same, findings } = cleanHead({ engine: ENGINE }, head)
  assert.equal(same, head)
  assert.deepEqual(findings, [])
})

test('ids of any make are no secrets: UUIDs, and words of hex, base62 and base64url', () => {
  const word = (unit: string, least: number, most: number) =>
    fc.string({ unit: fc.constantFrom(...unit), minLength: least, maxLength: most })
  const hex = '0123456789abcdef'
  const ids = fc.oneof(
    fc.uuid(),
    word(hex, 16, 64),
    word(`${hex}ghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ`, 8, 40),
  )
  fc.assert(
    fc.property(ids, (id) => {
      assert.deepEqual(clean(['x-request-id', id], ['request-id', `req_${id}`]).findings, [])
    }),
    { numRuns: 500 },
  )
})

test('a secret in a value is masked where it stands; names, order and the other fields stay', () => {
  const fields: [string, string][] = [
    ['X-Echo', `before ${SECRET} after`],
    ['Location', `https://ana:${PASSWORD}@db.acme.net/x`],
    ['x-echo', 'clean'],
  ]
  const { incoming: masked, findings } = clean(...fields)
  assert.deepEqual(masked.headers[0], ['X-Echo', 'before [masked:github-pat] after'])
  assert.ok(!JSON.stringify(masked.headers).includes(PASSWORD))
  assert.deepEqual(masked.headers[2], fields[2])
  assert.deepEqual(findings.map(({ lane, direction, start, end }) => [lane, direction, start, end]).slice(0, 1), [
    ['header x-echo', 'reply', 7, 7 + '[masked:github-pat]'.length],
  ])
  assert.equal(findings.length, 2)
})

test('through the gateway, streamed and whole: the client sees none, the record has the finding', () => {
  const head = { 'x-debug': `key=${SECRET}`, 'x-request-id': SECRET }
  return within(
    {
      script: (_request, body, response) => {
        const streamed = body.includes('"stream":true')
        response.writeHead(200, { ...head, 'content-type': streamed ? 'text/event-stream' : 'application/json' })
        response.end(streamed ? chunk('hi') + DONE : '{"choices":[]}')
      },
    },
    async (house) => {
      for (const streamed of [true, false]) {
        const reply = await ask(house, chat('hi', streamed))
        await reply.text()
        assert.ok(![...reply.headers.values()].join().includes(SECRET))
        const ending = house.watched.entries.at(-1) as Ending
        assert.deepEqual(
          ending.findings.map(({ rule, lane, masked }) => [rule, lane, masked]),
          [
            ['github-pat', 'header x-debug', true],
            ['github-pat', 'header x-request-id', true],
          ],
        )
        assert.match(ending.requestId ?? '', /^\[masked:github-pat#[a-z0-9]{4}\]$/)
        assert.ok(!JSON.stringify(house.watched.entries).includes(SECRET))
      }
    },
  )
})

test('a clean head leaves no finding', () =>
  within({ script: answer }, async (house) => {
    await (await ask(house, chat('hi'))).text()
    assert.deepEqual((house.watched.entries.at(-1) as Ending).findings, [])
  }))
