/** What telemetry tells of suggestions: on whose exchange it goes, how often, and how far back. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { Fault } from '#exchange'
import { type Open, within } from '../asking.case.ts'
import { Outcomes } from './outcomes.ts'
import {
  anotherKey,
  endings,
  GHOST,
  ghost,
  openings,
  SETTINGS,
  send,
  TELEMETRY,
  told,
  within2,
} from './surface.case.ts'

test('telemetry becomes outcomes on the exchanges of its own actor, once, and goes on as it came', () =>
  within2(async (house) => {
    await (await send(house, GHOST, { method: 'POST', body: ghost })).text()
    const bob = await anotherKey(house)
    const events = [
      told('ghostText.shown', 'r1'),
      told('ghostText.accepted', 'r1', { compType: 'full' }),
      told('ghostText.shown', 'r99'),
    ]
    const body = Uint8Array.from(gzipSync(events.map((each) => JSON.stringify(each)).join('\n')))
    const headers = { 'content-type': 'application/x-json-stream', 'content-encoding': 'gzip' }
    for (const key of [bob, house.key, house.key])
      await (await send(house, TELEMETRY, { method: 'POST', body, headers, key })).text()
    const outcomes = house.watched.entries.filter((entry) => entry.kind === 'outcome')
    const [asked, , , mine] = openings(house).map(({ exchange }) => exchange)
    assert.deepEqual(
      outcomes.map(({ exchange, outcome, source }) => [exchange, outcome, source]),
      [
        [asked, 'shown', 'declared'],
        [asked, 'accepted', 'declared'],
      ],
    )
    assert.ok(outcomes.every(({ by }) => by !== mine && by === openings(house)[2]?.exchange))
    const counts = endings(house)
      .map((ending) => ending.outcomes)
      .filter(Boolean)
    assert.deepEqual(counts, [
      { taken: 0, foreign: 2, unknown: 1, repeated: 0 },
      { taken: 2, foreign: 0, unknown: 1, repeated: 0 },
      { taken: 0, foreign: 0, unknown: 1, repeated: 2 },
    ])
    assert.equal(house.seen[1]?.headers['content-encoding'], 'gzip')
    assert.ok(endings(house).every(({ body: kept }, at) => at === 0 || kept === undefined))
  }))

test('one reply has at most sixteen outcomes', () =>
  within2(async (house) => {
    await (await send(house, GHOST, { method: 'POST', body: ghost })).text()
    const body = JSON.stringify(
      Array.from({ length: 40 }, (_, choiceIndex) => told('ghostText.shown', 'r1', { choiceIndex })),
    )
    await (await send(house, TELEMETRY, { method: 'POST', body })).text()
    assert.deepEqual(endings(house)[1]?.outcomes, { taken: 16, foreign: 0, unknown: 0, repeated: 24 })
  }))

/** What a restart does to it: memory is gone, the record is there. */
const restart = ({ house }: Open) => void Object.assign(house, { outcomes: new Outcomes() })

/** Tells, and what its ending counts. */
async function tells(house: Open, key: string, ...events: object[]) {
  const before = endings(house).length
  await (await send(house, TELEMETRY, { method: 'POST', body: JSON.stringify(events), key })).text()
  return endings(house)[before]?.outcomes
}

const outcomesIn = ({ watched }: Open) => watched.entries.filter((entry) => entry.kind === 'outcome')
const NONE = { taken: 0, foreign: 0, unknown: 0, repeated: 0 }

test('what was asked before a restart is still told of, by its actor alone, and once', () =>
  within2(async (house) => {
    await (await send(house, GHOST, { method: 'POST', body: ghost })).text()
    const bob = await anotherKey(house)
    assert.deepEqual(await tells(house, house.key, told('ghostText.shown', 'r1')), { ...NONE, taken: 1 })
    restart(house)
    const both = [told('ghostText.shown', 'r1'), told('ghostText.accepted', 'r1')]
    assert.deepEqual(await tells(house, bob, ...both), { ...NONE, foreign: 2 })
    restart(house)
    assert.deepEqual(await tells(house, house.key, ...both), { ...NONE, taken: 1, repeated: 1 })
    restart(house)
    assert.deepEqual(await tells(house, house.key, ...both, told('ghostText.shown', 'r98')), {
      ...{ ...NONE, repeated: 2, unknown: 1 },
    })
    const asked = openings(house)[0]?.exchange
    assert.deepEqual(
      outcomesIn(house).map(({ exchange, outcome }) => [exchange, outcome]),
      [
        [asked, 'shown'],
        [asked, 'accepted'],
      ],
    )
  }))

test('told twice at the same moment after a restart, it is on the record once', () =>
  within2(async (house) => {
    await (await send(house, GHOST, { method: 'POST', body: ghost })).text()
    restart(house)
    await Promise.all([1, 2, 3].map(() => tells(house, house.key, told('ghostText.accepted', 'r1'))))
    assert.equal(outcomesIn(house).length, 1)
  }))

test('a reply of more than a day ago is not told of any more, and an id is no pattern', () =>
  within2(async (house) => {
    await (await send(house, GHOST, { method: 'POST', body: ghost })).text()
    restart(house)
    assert.deepEqual(await tells(house, house.key, told('ghostText.shown', 'r*')), { ...NONE, unknown: 1 })
    Object.assign(house.house, { now: () => Date.now() + 25 * 3_600_000 })
    assert.deepEqual(await tells(house, house.key, told('ghostText.shown', 'r1')), { ...NONE, unknown: 1 })
  }))

test('an id that two actors got is the first one’s, and one of a route that suggests nothing is nobody’s', () => {
  const script = (
    _request: unknown,
    _body: string,
    response: { setHeader(name: string, value: string): typeof response; end(text: string): void },
  ) => response.setHeader('x-request-id', 'same').end('{}')
  return within({ script, kind: 'copilot', copilot: SETTINGS }, async (house) => {
    const bob = await anotherKey(house)
    await (await send(house, '/github/copilot_internal/user')).text()
    assert.deepEqual(await tells(house, house.key, told('ghostText.shown', 'same')), { ...NONE, unknown: 1 })
    for (const key of [house.key, bob]) await (await send(house, GHOST, { method: 'POST', body: ghost, key })).text()
    for (const [restarted, event] of [
      [false, 'ghostText.shown'],
      [true, 'ghostText.dismissed'],
    ] as const) {
      if (restarted) restart(house)
      assert.deepEqual(await tells(house, bob, told(event, 'same')), { ...NONE, foreign: 1 })
      assert.deepEqual(await tells(house, house.key, told(event, 'same')), { ...NONE, taken: 1 })
    }
    assert.equal(new Set(outcomesIn(house).map(({ exchange }) => exchange)).size, 1)
  })
})

test('while the record cannot be read the telemetry passes, and what it tells is taken another time', () =>
  within2(async (house) => {
    await (await send(house, GHOST, { method: 'POST', body: ghost })).text()
    restart(house)
    const { recorded } = house.house.trail
    const fails = () => Promise.reject(new Fault('trail.unavailable'))
    Object.defineProperty(house.house.trail, 'recorded', { value: fails, configurable: true })
    assert.deepEqual(await tells(house, house.key, told('ghostText.shown', 'r1')), { ...NONE, unknown: 1 })
    Object.defineProperty(house.house.trail, 'recorded', { value: recorded, configurable: true })
    assert.deepEqual(await tells(house, house.key, told('ghostText.shown', 'r1')), { ...NONE, taken: 1 })
  }))
