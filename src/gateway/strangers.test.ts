/** How refusals of strangers share a line: by source, within ten seconds, and never without bound. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { type Entry, Fault, type Opening } from '#exchange'
import { answer, within } from './asking.case.ts'
import type { Exchange } from './exchange.ts'
import { begin } from './exchange.ts'
import type { House } from './house.ts'
import { Strangers } from './strangers.ts'
import type { Head } from './turn.ts'

const address = { connection: '', host: undefined, path: '/', query: '', pathKey: undefined }
const head = (remote: string): Head => ({
  ...{ method: 'GET', address, headers: {}, door: 'reverse', remote, insecure: false },
})

/** Strangers over a trail that only remembers, with a clock that the test moves. */
async function withStrangers(
  t: TestContext,
  run: (refuse: (remote: string, key?: string) => boolean, lines: Opening[]) => void,
) {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] })
  await within({ script: answer }, async ({ house }) => {
    const lines: Opening[] = []
    const trail = { append: async (entry: Entry) => lines.push(entry as Opening) } as unknown as House['trail']
    const strangers = new Strangers(trail)
    const refuse = (remote: string, key?: string) => {
      const exchange: Exchange<Head> = begin(
        head(remote),
        { ...house, now: Date.now },
        { client: 'x', interactive: false },
      )
      if (key) exchange.key = key
      return strangers.coalesces(exchange, new Fault('identity.unknown'))
    }
    run(refuse, lines)
    t.mock.timers.reset()
  })
}

test('a window is written when it is over, although nobody else comes', (t) =>
  withStrangers(t, (refuse, lines) => {
    assert.deepEqual([refuse('a'), refuse('a'), refuse('b'), refuse('a')], [false, true, false, true])
    t.mock.timers.tick(5000)
    assert.deepEqual([refuse('b'), lines.length], [true, 0])
    t.mock.timers.tick(5002)
    assert.deepEqual(
      lines.map(({ facts, count }) => [facts.remote?.value, count]),
      [
        ['a', 2],
        ['b', 1],
      ],
    )
    t.mock.timers.tick(60_000)
    assert.equal(lines.length, 2)
  }))

test('more sources than can be told apart share one line', (t) =>
  withStrangers(t, (refuse, lines) => {
    const own = Array.from({ length: 1000 }, (_, at) => refuse(`r${at}`))
    const more = Array.from({ length: 500 }, (_, at) => refuse(`s${at}`))
    assert.deepEqual([own.includes(true), more.filter((shared) => !shared).length], [false, 1])
    t.mock.timers.tick(10_001)
    assert.deepEqual(
      lines.map(({ facts, count }) => [facts.remote?.value, count]),
      [['s499', 499]],
    )
  }))

test('a key that is known shares its line with nobody, however many sources there are', (t) =>
  withStrangers(t, (refuse, lines) => {
    for (let at = 0; at < 1001; at++) refuse(`r${at}`)
    assert.deepEqual(
      [refuse('a', 'key-a'), refuse('b', 'key-b'), refuse('a', 'key-a'), refuse('s')],
      [false, false, true, true],
    )
    t.mock.timers.tick(10_001)
    assert.deepEqual(
      lines.map(({ key, facts, count }) => [key, facts.remote?.value, count]),
      [
        [undefined, 's', 1],
        ['key-a', 'a', 1],
      ],
    )
  }))

test('a source that makes up hosts has twenty lines, and then one for all the others', async () => {
  await within({ script: answer }, async ({ house }) => {
    const strangers = new Strangers(house.trail)
    const refuse = (path: string) => {
      const turn = { ...head('a'), address: { ...address, path } }
      const exchange: Exchange<Head> = begin(turn, house, { client: 'x', interactive: false })
      return strangers.coalesces(exchange, new Fault('forward.provider'))
    }
    const told = Array.from({ length: 1200 }, (_, at) => refuse(`r${at}.githubcopilot.com:443`))
    assert.equal(told.filter((shared) => !shared).length, 21)
    assert.equal(refuse('r0.githubcopilot.com:443'), true)
  })
})

test('of a limit each connection has a line', async () => {
  await within({ script: answer }, async ({ house }) => {
    const strangers = new Strangers(house.trail)
    const refuse = (connection: string) => {
      const turn = { ...head('a'), address: { ...address, connection } }
      const exchange: Exchange<Head> = begin(turn, house, { client: 'x', interactive: false })
      return strangers.coalesces(exchange, new Fault('limit.requests'))
    }
    assert.deepEqual([refuse('one'), refuse('two'), refuse('one')], [false, false, true])
  })
})
