/** What telemetry reports and the record holds is no bypass; what it does not hold is one, once, and only a minute later. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Fault } from '#exchange'
import { within } from '../asking.case.ts'
import type { openHouse } from '../house.case.ts'

type House = Awaited<ReturnType<typeof openHouse>>

const MINUTE = 60_000
const AT = Date.now()
const span = (attributes: Record<string, string>, at = AT) => ({
  ...{ name: 'chat m', startTimeUnixNano: `${at}000000`, endTimeUnixNano: `${at}000000` },
  attributes: Object.entries(attributes).map(([key, stringValue]) => ({ key, value: { stringValue } })),
})
const exportOf = (...spans: object[]) => JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] })
const interaction = (id: string) => ({ 'github.copilot.interaction_id': id, 'gen_ai.request.model': 'm' })

function told(house: House, body: string, headers: Record<string, string> = {}, path = 'traces') {
  const url = new URL(`/otlp/v1/${path}`, house.url)
  const type = { 'content-type': 'application/json' }
  return fetch(url, { method: 'POST', body, headers: { ...type, 'x-gatelog-key': house.key, ...headers } })
}

const asked = (house: House, id: string) =>
  fetch(`${house.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-gatelog-key': house.key, 'x-interaction-id': id },
    body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'hi' }] }),
  }).then((answer) => answer.text())

const script = (_request: unknown, _body: string, response: { end(text: string): void }) => response.end('{}')
const bypasses = (house: House) => house.watched.entries.flatMap((entry) => (entry.kind === 'bypass' ? [entry] : []))

test('a call that passed here is on the record, another one is a bypass, told once', () =>
  within({ script }, async (house) => {
    await asked(house, 'here')
    const body = exportOf(span(interaction('here')), span(interaction('elsewhere')))
    assert.equal((await told(house, body)).status, 200)
    assert.equal((await told(house, body)).status, 200)
    const { sightings } = house.house
    await sightings.settle(Date.now())
    assert.deepEqual(bypasses(house), [], 'not before its minute is over')
    await sightings.settle(Date.now() + MINUTE + 1)
    await told(house, body)
    await sightings.settle(Date.now() + 2 * MINUTE)
    const [one, ...more] = bypasses(house)
    assert.deepEqual(more, [])
    assert.ok(one?.interaction === 'elsewhere' && one.source === 'declared' && one.via === 'otlp' && one.actor)
    assert.deepEqual([sightings.tally.seen, sightings.tally.onRecord, sightings.tally.bypasses], [2, 1, 1])
  }))

test('without an id the time decides, and another actor’s exchange is none of one’s own', () =>
  within({ script }, async (house) => {
    await asked(house, 'here')
    const { key } = await house.identity.create({ kind: 'user', actor: 'eve', connections: '*' })
    await told(house, exportOf(span({}), span({}, AT - 3_600_000)))
    await told(house, exportOf(span(interaction('here'))), { 'x-gatelog-key': key })
    await house.house.sightings.settle(Date.now() + MINUTE + 1)
    assert.deepEqual(
      bypasses(house).map(({ actor, happened }) => [actor, happened]),
      [
        [house.watched.entries[0]?.kind === 'asked' && house.watched.entries[0].actor?.id, AT - 3_600_000],
        ['eve', AT],
      ],
    )
  }))

test('a secret in telemetry reaches no entry, and a flood of one actor is bounded', () =>
  within({ script }, async (house) => {
    const secret = `gh${'p_'}${'A1b2C3'.repeat(6)}`
    await told(house, exportOf(span(interaction(secret))))
    const many = Array.from({ length: 1500 }, (_, nth) => span(interaction(`i${nth}`)))
    await told(house, exportOf(...many))
    const { sightings } = house.house
    assert.deepEqual([sightings.waiting, sightings.tally.dropped], [1000, 501])
    await sightings.settle(Date.now() + MINUTE + 1)
    assert.ok(!JSON.stringify(house.watched.entries).includes(secret))
  }))

test('what the trail does not take waits for it; of what cannot have been there is a count', () =>
  within({ script }, async (house) => {
    const cannot = { ...span(interaction('odd')), startTimeUnixNano: '9'.repeat(40) }
    await told(house, exportOf(span(interaction('elsewhere')), cannot))
    const { sightings } = house.house
    assert.deepEqual([sightings.tally.seen, sightings.tally.dropped, sightings.waiting], [2, 1, 1])
    house.watched.fail = new Fault('trail.unavailable')
    await assert.rejects(sightings.settle(Date.now() + MINUTE + 1), { code: 'trail.unavailable' })
    house.watched.fail = undefined
    assert.equal(sightings.waiting, 1)
    await sightings.settle(Date.now() + MINUTE + 1)
    assert.deepEqual([sightings.waiting, sightings.tally.bypasses, bypasses(house).length], [0, 1, 1])
  }))

test('a key that is turned away is on the record, and one line for many; a broken body is its sender’s alone', () =>
  within({ script }, async (house) => {
    for (const key of ['gtl_user_wrong', 'gtl_user_other']) await told(house, '{}', { 'x-gatelog-key': key })
    await told(house, '{')
    await house.identity.revoke(house.record.id)
    await told(house, '{}')
    house.house.strangers.flush(Number.POSITIVE_INFINITY)
    await new Promise(setImmediate)
    assert.deepEqual(
      house.watched.entries.flatMap((entry) =>
        entry.kind === 'refused' ? [[entry.fault, entry.path, entry.key, entry.count]] : [],
      ),
      [
        ['identity.unknown', '/otlp/v1/traces', undefined, undefined],
        ['identity.revoked', '/otlp/v1/traces', house.record.id, undefined],
        ['identity.unknown', '/otlp/v1/traces', undefined, 1],
      ],
    )
  }))

test('who has no key, a broken body and other signals', () =>
  within({ script }, async (house) => {
    const statusOf = async (...args: Parameters<typeof told> extends [unknown, ...infer Rest] ? Rest : never) =>
      (await told(house, ...args)).status
    assert.equal(await statusOf('{}', { 'x-gatelog-key': 'gtl_user_wrong' }), 401)
    assert.equal(await statusOf('{'), 400)
    assert.equal(await statusOf(exportOf(), { 'content-type': 'text/plain' }), 400)
    assert.equal(await statusOf('{}', {}, 'logs'), 200)
    assert.equal(await statusOf(exportOf(), {}, 'traces/?x'), 200)
    assert.equal(await statusOf(exportOf(), {}, 'nonsense'), 400)
    assert.equal(await statusOf('x'.repeat(5 * 2 ** 20)), 413)
  }))

test('reports of the past are decided at once, by the id of the request or by login and time, and never twice', () =>
  within(
    {
      script: (_request, _body, response) => response.setHeader('x-github-request-id', 'AB:1').end('{}'),
    },
    async (house) => {
      await asked(house, 'here')
      const audit = { who: { github: 'id 7' }, via: 'github-audit', from: AT, to: AT } as const
      const reports = [
        { ...audit, request: 'AB:1' },
        { ...audit, request: 'AB:2' },
      ]
      const { sightings } = house.house
      const first = await sightings.review(reports)
      assert.deepEqual([first.seen, first.onRecord, first.bypasses], [2, 1, 1])
      const again = await sightings.review(reports)
      assert.deepEqual([again.onRecord, again.bypasses, again.dropped], [1, 0, 1])
      assert.equal(bypasses(house)[0]?.github, 'id 7')
    },
  ))
