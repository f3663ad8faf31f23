/** A pump and its cursor: hanging sinks, restored records, what is told of an exchange and when. */
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { Fault, type Keyring } from '#exchange'
import { openTrail, type SealState, type Trail } from '#trail'
import { keepPlace, placeOf } from './cursor.ts'
import { Pump, type PumpOptions } from './pump.ts'
import type { Row } from './row.ts'
import { endingOf, idOf, LOG, NOTES, openingOf, unreadOf } from './rows.case.ts'
import type { Sink } from './sink.ts'

const keyring = { key: () => Buffer.alloc(32, 7) } as never as Keyring

async function started(
  t: TestContext,
  sink: Partial<Sink>,
  more: Partial<PumpOptions> = {},
  before?: (trail: Trail) => unknown,
) {
  const trail = more.trail ?? (await openTrail({ folder: '', keyring, now: Date.now, store: 'memory' }))
  await before?.(trail)
  const [told, rows]: [string[], Row[]] = [[], []]
  const taking: Sink = {
    deliver: async (given) => void rows.push(...given),
    close: async () => undefined,
    ...sink,
  }
  const pump = new Pump({
    ...{
      name: 'x',
      sink: taking,
      trail,
      from: 'start',
      timeoutMs: 50,
      gatherMs: 1,
      retryMs: 5,
      rows: 3,
      skipAfterMs: 0,
    },
    ...{ content: false, openings: false, log: () => undefined, now: Date.now, tell: (line) => told.push(line) },
    ...more,
  })
  t.after(async () => {
    await pump.close()
    await trail.close()
  })
  return { trail, pump, told, rows }
}

/** Another pump with the cursor of the one before it. */
async function again(t: TestContext, trail: Trail, more: Partial<PumpOptions> = {}) {
  const rows: Row[] = []
  const sink = { deliver: async (given: readonly Row[]) => void rows.push(...given), close: async () => undefined }
  const pump = new Pump({
    ...{ name: 'x', sink, trail, from: 'start', timeoutMs: 50, gatherMs: 1, retryMs: 5, rows: 3, skipAfterMs: 0 },
    ...{ content: false, openings: false, log: () => undefined, now: Date.now, tell: () => undefined },
    ...more,
  })
  t.after(() => pump.close())
  return { pump, rows }
}

const until = async (holds: () => boolean | Promise<boolean>) => {
  for (let tries = 0; !(await holds()); tries++) {
    assert.ok(tries < 4000, 'it never came about')
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

const fill = async (trail: Trail, count: number) => {
  for (let nth = 1; nth <= count; nth++) {
    await trail.append(openingOf(nth))
    await trail.append(endingOf(nth))
  }
}

const fill2 = async (trail: Trail) => {
  await trail.append(openingOf(4))
  await trail.append(endingOf(4))
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

test('a body that cannot be opened is told of in the row that was to bear it, a reply’s not in that of its opening', async (t) => {
  const { trail, rows } = await started(t, {}, { openings: true, content: true })
  const { exchange } = trail
  const { unreadable } = unreadOf(1)
  trail.exchange = async (id) => {
    const found = await exchange.call(trail, id)
    return found && unreadable && { ...found, unreadable }
  }
  await fill(trail, 1)
  await until(() => rows.length === 2)
  assert.deepEqual(
    rows.map((row) => Object.entries(row.unreadable ?? {}).map(([part, { code }]) => [part, code])),
    [
      [['prompt', 'trail.key']],
      [
        ['prompt', 'trail.key'],
        ['reply', 'trail.body'],
      ],
    ],
  )
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
  const { trail, told, pump } = await started(t, { deliver: hangs }, { timeoutMs: 10 }, (trail) => fill(trail, 2))
  await until(() => calls >= 3)
  assert.equal(told.length, 1)
  assert.match(told[0] ?? '', /no acknowledgement within 10 ms/)
  assert.deepEqual([pump.state.cursor, (await placeOf(trail, 'x'))?.seq], [0, 0])
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
  await until(async () => (await placeOf(trail, 'x'))?.seq === 16)
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
    await keepPlace(trail, 'x', { seq: 99, owed: [], untaken: [] }, 1)
  })
  await until(() => restored.pump.state.cursor === 2)
  assert.match(restored.told[0] ?? '', /cursor 99 is above the record’s 2/)
  await restored.trail.append({ ...NOTES[0]!, exchange: idOf(61) })
  await until(() => restored.rows.length === 1)
})

for (const value of [
  null,
  {},
  [],
  { seq: 'x' },
  { seq: -1 },
  { seq: 0.5 },
  { seq: 1e300 },
  { seq: 2, owed: 5 },
  { seq: 2, owed: [['a', 'b']] },
  { seq: 2, owed: [[2, 1]] },
  { seq: 2, owed: [[1, 9e15]] },
  { seq: 2, untaken: [null] },
  { seq: 2, untaken: 'x' },
  { seq: 2, stuck: 5 },
])
  test(`what is no cursor is named with its sink, and all that is kept is sent: ${JSON.stringify(value)}`, async (t) => {
    const { rows, told, trail, pump } = await started(t, {}, { from: 'now' }, async (trail) => {
      await fill(trail, 3)
      await trail.documents.put('export', 'x', value)
    })
    await until(() => rows.length === 3)
    await until(() => pump.state.cursor === 6)
    assert.equal(told.length, 1)
    assert.match(told[0] ?? '', /^export x: A document of head\.db .*: export x, which is no cursor by its form\./)
    assert.match(told[0] ?? '', /begins again with the oldest entry that is kept\. Find out who else/)
    assert.equal((await placeOf(trail, 'x'))?.seq, 6)
  })

test('a cursor that nobody wrote here passes over nothing', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'gatelog-pump-'))
  const first = await openTrail({ folder, keyring, now: Date.now })
  await fill(first, 3)
  await keepPlace(first, 'x', { seq: 2, owed: [], untaken: [] }, 1)
  await first.close()
  const head = new DatabaseSync(join(folder, 'head.db'))
  head.exec(`UPDATE documents SET json = '{"name":"x","seq":6,"at":1}' WHERE kind = 'export'`)
  head.close()
  const { rows, told } = await started(
    t,
    {},
    { from: 'now', trail: await openTrail({ folder, keyring, now: Date.now }) },
  )
  t.after(() => rm(folder, { recursive: true, force: true }))
  await until(() => rows.length === 3)
  assert.match(
    told[0] ?? '',
    /^export x: A document of head\.db was not written by who had the key of this record.*: export x\. It begins again/,
  )
})

test('one that goes on begins where it was acknowledged', async (t) => {
  const { rows } = await started(t, {}, {}, async (trail) => {
    await fill(trail, 4)
    await keepPlace(trail, 'x', { seq: 4, owed: [], untaken: [] }, 1)
  })
  await until(() => rows.length === 2)
  assert.deepEqual(
    rows.map(({ exchange }) => exchange),
    [idOf(3), idOf(4)],
  )
})

/** A log of which so much is sealed, and what its sealer does. */
function sealing(size: number) {
  const state = { size, fault: undefined as string | undefined, now: openingOf(1).at + 86_400_000 }
  const log = () => ({
    ...LOG,
    size: state.size,
    leaf: (seq: number) => (seq > state.size ? undefined : LOG.leaf(seq)),
  })
  const own = async (): Promise<SealState> => ({
    ...{ kind: 'on', vkey: 'v', size: state.size },
    ...(state.fault !== undefined && { fault: state.fault }),
  })
  return { state, how: { log, sealing: own, now: () => state.now } }
}

test('an entry waits to be sealed for as long as sealing is sound, however old it is', async (t) => {
  const { state, how } = sealing(2)
  const { trail, rows } = await started(t, {}, how)
  await fill(trail, 3)
  await until(() => rows.length === 1)
  state.now += 600_000
  await new Promise((resolve) => setTimeout(resolve, 30))
  assert.equal(rows.length, 1)
  state.size = 6
  await until(() => rows.length === 3)
  assert.deepEqual(
    rows.map(({ leaves }) => leaves?.length),
    [2, 2, 2],
  )
})

test('where sealing fails rows go without a leaf after some seconds, and again with it once they are sealed', async (t) => {
  const { state, how } = sealing(2)
  state.fault = 'no key'
  const { trail, rows, pump } = await started(t, {}, how)
  await fill(trail, 3)
  await until(() => rows.length === 1)
  state.now += 4999
  await new Promise((resolve) => setTimeout(resolve, 30))
  assert.equal(rows.length, 1)
  state.now += 1
  await until(() => rows.length === 3)
  assert.deepEqual([rows[2]?.leaves, pump.state.owed], [undefined, 4])
  await pump.close()
  const next = await again(t, trail, { ...how, name: 'x' })
  assert.equal(next.pump.state.untaken.length, 0)
  Object.assign(state, { fault: undefined, size: 4 })
  await fill2(trail)
  await until(() => next.rows.length === 1)
  state.size = 8
  await until(() => next.rows.length === 3)
  assert.deepEqual(
    next.rows.map(({ id, leaves }) => [id.slice(-11), leaves?.length]).sort(),
    [rows[1], rows[2], { id: `${idOf(4)}.replied` }].map((row) => [row?.id.slice(-11), 2]).sort(),
  )
  await until(() => next.pump.state.owed === 0)
  assert.deepEqual((await placeOf(trail, 'x'))?.owed, [])
})

const refusing = (ids: ReadonlySet<string>, taken: string[]) => async (given: readonly Row[]) => {
  if (given.some(({ id }) => ids.has(id))) throw new Fault('export.refused', 'answered 422')
  taken.push(...given.map(({ id }) => id))
}

const nthId = (nth: number) => `${idOf(nth)}.replied`

test('one row that is never taken is passed over once its time is up, and told; it is offered again later', async (t) => {
  const [bad, taken] = [new Set([nthId(2)]), [] as string[]]
  let now = 1_800_000_000_000
  const how = { skipAfterMs: 60_000, now: () => now }
  const { trail, told, pump } = await started(t, { deliver: refusing(bad, taken) }, how, (trail) => fill(trail, 4))
  await until(() => taken.includes(nthId(1)))
  await new Promise((resolve) => setTimeout(resolve, 60))
  assert.deepEqual(taken, [nthId(1)])
  await until(async () => (await placeOf(trail, 'x'))?.stuck?.seq === 4)
  now += 60_000
  await until(() => taken.includes(nthId(4)))
  assert.match(told.join('\n'), new RegExp(`${nthId(2)} is PASSED OVER: refused since \\S+Z \\(answered 422`))
  assert.deepEqual([...new Set(taken)], [1, 3, 4].map(nthId))
  assert.deepEqual(
    pump.state.untaken.map(({ id, seq, why }) => [id, seq, why]),
    [[nthId(2), 4, 'answered 422']],
  )
  await pump.close()
  const still = await again(t, trail, { ...how, sink: { deliver: refusing(bad, taken), close: async () => undefined } })
  await until(() => still.pump.state.cursor !== undefined)
  assert.equal(still.pump.state.untaken.length, 1)
  await still.pump.close()
  const next = await again(t, trail, how)
  await until(() => next.rows.length === 1)
  await until(() => next.pump.state.untaken.length === 0)
  assert.deepEqual([next.rows[0]?.id, (await placeOf(trail, 'x'))?.untaken], [nthId(2), []])
})

test('a receiver that refuses all has no row passed over, and neither has one that nothing follows', async (t) => {
  const [all, taken] = [new Set([1, 2, 3].map(nthId)), [] as string[]]
  let now = 1_800_000_000_000
  const how = { skipAfterMs: 60_000, now: () => now }
  const { trail, pump } = await started(t, { deliver: refusing(all, taken) }, how, (trail) => fill(trail, 3))
  await until(() => pump.state.fault !== undefined)
  await until(() => pump.state.cursor === 0 && pump.state.fault !== undefined)
  now += 600_000
  await new Promise((resolve) => setTimeout(resolve, 100))
  all.delete(nthId(1))
  all.delete(nthId(2))
  await until(() => taken.includes(nthId(2)))
  await new Promise((resolve) => setTimeout(resolve, 30))
  now += 600_000
  await new Promise((resolve) => setTimeout(resolve, 60))
  assert.deepEqual([pump.state.untaken, [...new Set(taken)]], [[], [nthId(1), nthId(2)]])
  await trail.append(openingOf(4))
  await trail.append(endingOf(4))
  await until(() => taken.includes(nthId(4)))
})
