/** What is let go while the record lags behind: over a store whose commits take as long as a test says, by a clock of its own. */
import assert from 'node:assert/strict'
import { createHash, createHmac } from 'node:crypto'
import { mock, test } from 'node:test'
import fc from 'fast-check'
import type { Keyring } from '#exchange'
import { isBehind } from '../../src/gateway/record.ts'
import { startTrail } from '../../src/trail/open.ts'
import type { Batch, Committed, Store } from '../../src/trail/store.ts'
import { idOf, NOON, opening } from '../../src/trail/stores/made.ts'
import { openMemory } from '../../src/trail/stores/memory.ts'

const ALLOWED_MS = 25
const DAY_MS = 86_400_000
const clock = { ms: 0 }
const keyring: Keyring = {
  digest: (purpose, data) => createHmac('sha256', purpose).update(data).digest(),
  hash: () => createHash('sha256'),
  key: (purpose) => createHash('sha256').update(purpose).digest(),
}

/** Until all that can go on without a clock has. */
const settle = async () => {
  for (let turn = 0; turn < 8; turn++) await new Promise(setImmediate)
}

/** A trail with two streams on either side of midnight, whose commits end when they are told to. */
async function slow() {
  const store: Store = await openMemory({ lineKey: Buffer.alloc(32) })
  const flying: { batch: Batch; end: () => void }[] = []
  const write = store.commit.bind(store)
  let held = false
  store.commit = async (batch: Batch): Promise<Committed> => {
    if (held) await new Promise<void>((end) => flying.push({ batch, end }))
    return write(batch)
  }
  const trail = await startTrail(async () => store, { folder: '', keyring, now: () => NOON })
  const streams = [0, 1, 2, 3].map((nth) => idOf(nth, NOON - (nth % 2) * DAY_MS))
  for (const id of streams) await trail.append(opening(id))
  held = true
  return { trail, flying, streams }
}

interface Step {
  readonly ms: number
  readonly stream: number
  /** Whether the oldest commit ends. */
  readonly commit: boolean
  /** Whether another exchange begins on the stream's day. */
  readonly entry: boolean
}
const step: fc.Arbitrary<Step> = fc.record({
  ms: fc.oneof(fc.integer({ min: 0, max: 30 }), fc.constantFrom(0, ALLOWED_MS, ALLOWED_MS + 1)),
  stream: fc.nat(3),
  commit: fc.boolean(),
  entry: fc.boolean(),
})

/** Lets events go as a stream does, and holds after each step what would be missing if the process ended now. */
async function run(steps: readonly Step[]): Promise<void> {
  const { trail, flying, streams } = await slow()
  const house = { trail, clock: () => clock.ms }
  /** What left and is not durable: when, and the number of its byte. */
  const open = new Map<number, number>()
  let count = 0
  const durable = (batch: Batch) => {
    for (const { bytes } of batch.pieces) for (const byte of bytes) open.delete(byte)
  }
  const one = async ({ ms, stream, commit, entry }: Step) => {
    clock.ms += ms
    mock.timers.tick(ms)
    await settle()
    const first = commit ? flying.shift() : undefined
    first?.end()
    await settle()
    if (first) durable(first.batch)
    const byte = count++
    if (entry) void trail.append(opening(idOf(100 + byte, NOON - (stream % 2) * DAY_MS)))
    trail.journal(streams[stream] ?? '', Uint8Array.of(byte))
    if (!isBehind(house)) open.set(byte, clock.ms)
    else void trail.journalled().then(() => assert.ok(!open.has(byte)))
    const times = [...open.values()]
    assert.ok(Math.max(...times) - Math.min(...times) <= ALLOWED_MS || times.length === 0, `${times}`)
  }
  for (const each of steps) await one(each)
  let over = false
  const closed = trail.close().then(() => {
    over = true
  })
  while (!over) {
    flying.shift()?.end()
    await settle()
  }
  await closed
}

test('what left and is not durable left within 25 ms, however long commits take, on either side of midnight', async (t) => {
  t.after(() => mock.restoreAll())
  t.after(() => mock.timers.reset())
  mock.timers.enable({ apis: ['setTimeout'] })
  mock.method(performance, 'now', () => clock.ms)
  await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 60 }), run), { numRuns: 300 })
})
