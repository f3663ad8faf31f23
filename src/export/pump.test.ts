/** A pump and its cursor: hanging sinks, restored records, what is told of an exchange and when. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { Keyring } from '#exchange'
import { openTrail, type Trail } from '#trail'
import { cursorOf, moveCursor } from './cursor.ts'
import { Pump, type PumpOptions } from './pump.ts'
import type { Row } from './row.ts'
import { endingOf, idOf, LOG, NOTES, openingOf } from './rows.case.ts'
import type { Sink } from './sink.ts'

const keyring = { key: () => Buffer.alloc(32, 7) } as never as Keyring

async function started(
  t: TestContext,
  sink: Partial<Sink>,
  more: Partial<PumpOptions> = {},
  before?: (trail: Trail) => unknown,
) {
  const trail = await openTrail({ folder: '', keyring, now: Date.now, store: 'memory' })
  await before?.(trail)
  const [told, rows]: [string[], Row[]] = [[], []]
  const taking: Sink = {
    deliver: async (given) => void rows.push(...given),
    close: async () => undefined,
    ...sink,
  }
  const pump = new Pump({
    ...{ name: 'x', sink: taking, trail, from: 'start', timeoutMs: 50, gatherMs: 1, retryMs: 5, rows: 3 },
    ...{ content: false, openings: false, log: () => undefined, now: Date.now, tell: (line) => told.push(line) },
    ...more,
  })
  t.after(async () => {
    await pump.close()
    await trail.close()
  })
  return { trail, pump, told, rows }
}

const until = async (holds: () => boolean) => {
  for (let tries = 0; !holds(); tries++) {
    assert.ok(tries < 500, 'it never came about')
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

const fill = async (trail: Trail, count: number) => {
  for (let nth = 1; nth <= count; nth++) {
    await trail.append(openingOf(nth))
    await trail.append(endingOf(nth))
  }
}

test('an exchange is told once it has ended, notes at once, without bodies, with its leaves', async (t) => {
  const { trail, rows } = await started(t, {}, { log: () => LOG })
  await fill(trail, 4)
  await trail.append(openingOf(9))
  for (const [nth, note] of NOTES.entries()) await trail.append({ ...note, exchange: idOf(60 + nth) })
  await until(() => rows.length === 4 + NOTES.length)
  assert.deepEqual(
    rows.map(({ kind }) => kind),
    [...Array(4).fill('replied'), ...NOTES.map(({ kind }) => kind)],
  )
  assert.ok(rows.every((row) => row.untrusted === undefined && row.origin === LOG.origin && row.leaves?.length))
})

test('openings and content go where they are asked for, each opening with what was known then', async (t) => {
  const { trail, rows } = await started(t, {}, { openings: true, content: true })
  await fill(trail, 2)
  await until(() => rows.length === 4)
  assert.deepEqual(
    rows.map(({ id }) => id),
    [1, 2].flatMap((nth) => [`${idOf(nth)}.asked`, `${idOf(nth)}.replied`]),
  )
  assert.deepEqual(
    rows.map(({ ending, untrusted }) => [ending !== undefined, Object.keys(untrusted ?? {})]),
    [
      [false, ['prompt']],
      [true, ['prompt', 'reply']],
      [false, ['prompt']],
      [true, ['prompt', 'reply']],
    ],
  )
})

test('a sink that never settles is left alone, told once, and the record goes on', async (t) => {
  let calls = 0
  const hangs = () => {
    calls += 1
    return new Promise<void>(() => undefined)
  }
  const { trail, told, pump } = await started(t, { deliver: hangs }, { timeoutMs: 10 })
  await fill(trail, 2)
  await until(() => calls >= 3)
  assert.equal(told.length, 1)
  assert.match(told[0] ?? '', /no acknowledgement within 10 ms/)
  assert.deepEqual([pump.state.cursor, await cursorOf(trail, 'x')], [0, 0])
})

test('batches are bounded, and the cursor stands behind the last acknowledged one', async (t) => {
  const sizes: number[] = []
  const deliver = async (given: readonly Row[]) => {
    sizes.push(given.length)
    if (sizes.length === 3) throw new Error('no')
  }
  const { trail } = await started(t, { deliver }, {}, (trail) => fill(trail, 8))
  await until(() => sizes.length === 4)
  assert.deepEqual(sizes, [3, 3, 2, 2])
  await new Promise((resolve) => setTimeout(resolve, 20))
  assert.equal(await cursorOf(trail, 'x'), 16)
})

test('a new sink begins with the oldest entry, or now; one whose record was put back goes on from there', async (t) => {
  const now = await started(t, {}, { from: 'now' }, (trail) => fill(trail, 3))
  await until(() => now.pump.state.cursor === 6)
  await now.trail.append(openingOf(7))
  await now.trail.append(endingOf(7))
  await until(() => now.rows.length === 1)
  assert.equal(now.rows[0]?.exchange, idOf(7))
  const restored = await started(t, {}, {}, async (trail) => {
    await fill(trail, 1)
    await moveCursor(trail, 'x', 99, 1)
  })
  await until(() => restored.pump.state.cursor === 2)
  assert.match(restored.told[0] ?? '', /cursor 99 is above the record’s 2/)
  await restored.trail.append({ ...NOTES[0]!, exchange: idOf(61) })
  await until(() => restored.rows.length === 1)
})

test('one that goes on begins where it was acknowledged', async (t) => {
  const { rows } = await started(t, {}, {}, async (trail) => {
    await fill(trail, 4)
    await moveCursor(trail, 'x', 4, 1)
  })
  await until(() => rows.length === 2)
  assert.deepEqual(
    rows.map(({ exchange }) => exchange),
    [idOf(3), idOf(4)],
  )
})

test('an entry waits some seconds to be sealed, and goes without a leaf where sealing fails', async (t) => {
  const sealed = { size: 2 }
  let now = openingOf(1).at + 1500
  const log = () => ({
    ...LOG,
    size: sealed.size,
    leaf: (seq: number) => (seq > sealed.size ? undefined : LOG.leaf(seq)),
  })
  const { trail, rows } = await started(t, {}, { log, now: () => now })
  await fill(trail, 3)
  await until(() => rows.length === 1)
  await new Promise((resolve) => setTimeout(resolve, 20))
  assert.equal(rows.length, 1)
  sealed.size = 4
  await until(() => rows.length === 2)
  now += 10_000
  await until(() => rows.length === 3)
  assert.deepEqual(
    rows.map(({ leaves }) => leaves?.length),
    [2, 2, undefined],
  )
})
