/** A clock that jumps lets no day go by itself; one that is only late, or goes on, does. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lookAgain } from './clock-mark.ts'
import { ClockWatch, clockCheck } from './clock-watch.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const NOON = Date.parse('2026-11-24T12:00:00Z')

function house(days: readonly string[] = []) {
  let kept: unknown
  let [now, ran] = [NOON, 0]
  const documents = {
    get: async () => kept,
    async put(_kind: string, _id: string, value: unknown) {
      kept = value
    },
  }
  const trail = { documents, dayFiles: { list: async () => days.map((day) => ({ day })) } } as never
  const made = { trail, now: () => now, clock: () => ran }
  return {
    start: () => new ClockWatch(made),
    pass(ms: number, wall = ms) {
      now += wall
      ran += ms
    },
    check: async () => (await clockCheck(trail)).map(({ check, state, told }) => [check, state, told.slice(0, 18)]),
  }
}

test('a clock that goes on is believed, after a restart too', async () => {
  const { start, pass, check } = house(['2026-11-22', '2026-11-23', '2026-11-24'])
  for (const watch of [start(), start()])
    for (let hour = 0; hour < 200; hour++) {
      assert.equal(await watch.look(), undefined)
      pass(HOUR)
    }
  pass(0, 2 * DAY)
  assert.equal(await start().look(), undefined)
  assert.deepEqual(await check(), [])
})

for (const years of [1, -1])
  test(`one that jumps by ${years} years is not, nor after a restart, and is again where it comes back`, async () => {
    const { start, pass, check } = house()
    const watch = start()
    assert.equal(await watch.look(), undefined)
    pass(HOUR, HOUR + years * 365 * DAY)
    assert.match(
      (await watch.look()) ?? '',
      /^today, 202[57]-11-24, is 365 days (ahead of|behind) .*2026-11-24\): no day/,
    )
    pass(HOUR)
    assert.notEqual(await watch.look(), undefined)
    pass(HOUR)
    assert.notEqual(await start().look(), undefined)
    assert.deepEqual(await check(), [['clock', 'warn', `today, 202${6 + years}-11-24,`]])
    pass(HOUR, HOUR - years * 365 * DAY)
    assert.equal(await start().look(), undefined)
    assert.deepEqual(await check(), [])
  })

test('where it stays there for a day it is believed: a record that was off for a month is purged in the end', async () => {
  const { start, pass } = house(['2026-10-20', '2026-11-24'])
  const watch = start()
  let hours = 0
  while ((await watch.look()) !== undefined && hours < 99) {
    pass(HOUR)
    hours += 1
  }
  assert.equal(hours, 24)
})

test('a process that runs knows how late it is, whatever it did not look', () => {
  assert.deepEqual(lookAgain({ seen: NOON }, NOON + 9 * DAY, 9 * DAY), { seen: NOON + 9 * DAY })
  assert.ok(lookAgain({ seen: NOON }, NOON + 9 * DAY).jumped)
})
