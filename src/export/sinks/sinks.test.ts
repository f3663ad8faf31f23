/** Every sink passes every case, against a receiver of its kind on this machine. */
import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { Fault, type Keyring } from '#exchange'
import { openTrail, type Trail } from '#trail'
import { places } from '../cursor.ts'
import { Exports } from '../exports.ts'
import type { Row } from '../row.ts'
import { endingOf, idOf, NOTES, openingOf, rowsOfEveryKind } from '../rows.case.ts'
import { openSink, SINKS, type SinkSettings } from './index.ts'
import { type Mode, RECEIVERS, type Receiver } from './receivers.case.ts'

const keyring = { key: () => Buffer.alloc(32, 7) } as never as Keyring
const HOSTILE = '\u001b]0;x\u0007\u202e]; drop\r\n<34>1 - é€🙂'
const soon = () => AbortSignal.timeout(20_000)
const ids = (rows: readonly Row[]) => rows.map(({ id }) => id)

type Case = (receiver: Receiver, t: TestContext) => Promise<void>

async function deliversAll({ settings, taken, faults }: Receiver): Promise<void> {
  const sink = openSink(settings)
  const rows = [...rowsOfEveryKind('plain'), ...rowsOfEveryKind(HOSTILE)]
  await sink.deliver(rows.slice(0, 5), soon())
  await sink.deliver(rows.slice(5), soon())
  await sink.close()
  assert.deepEqual([taken(), faults], [ids(rows), []])
}

/** Whatever the other side does instead of acknowledging: a fault that says where, and nothing from it in the terminal. */
async function failsClearly(receiver: Receiver): Promise<void> {
  const rows = rowsOfEveryKind().slice(0, 2)
  const sink = openSink(receiver.settings)
  for (const mode of receiver.modes) {
    receiver.mode = mode
    await assert.rejects(sink.deliver(rows, AbortSignal.timeout(400)), (error) => {
      assert.ok(error instanceof Fault && /^export\./.test(error.code), `${mode}: ${String(error)}`)
      return true
    })
  }
  receiver.mode = 'take'
  await sink.deliver(rows, soon())
  assert.deepEqual(receiver.taken(), ids(rows))
  await receiver.gone()
  await assert.rejects(sink.deliver(rows, soon()), /E[A-Z]+/)
  await sink.close()
}

async function trustsNobody({ untrusting, taken }: Receiver): Promise<void> {
  if (!untrusting) return
  const sink = openSink(untrusting)
  const told = await sink.deliver(rowsOfEveryKind().slice(0, 1), soon()).then(
    () => 'taken',
    (error) => error,
  )
  await sink.close()
  assert.ok(told instanceof Fault && told.code === 'export.unreachable', String(told))
  assert.match(told.message, /SELF_SIGNED|UNABLE_TO_VERIFY/)
  assert.deepEqual(taken(), [])
}

const openMemory = () => openTrail({ folder: '', keyring, now: Date.now, store: 'memory' })

const append = async (trail: Trail, from: number, to: number) => {
  for (let nth = from; nth <= to; nth++) {
    await trail.append(openingOf(nth))
    await trail.append(endingOf(nth))
  }
}

const until = async (holds: () => boolean | Promise<boolean>) => {
  for (let tries = 0; !(await holds()); tries++) {
    assert.ok(tries < 3000, 'it never came about')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

/** Through every trouble the cursor stays, it is told once, and in the end all is there, each first time in order. */
async function losesNothing(receiver: Receiver, t: TestContext): Promise<void> {
  const trail = await openMemory()
  const told: string[] = []
  const exports = new Exports({
    trail,
    log: () => undefined,
    now: Date.now,
    tell: (line) => told.push(line),
    retryMs: 5,
  })
  t.after(async () => {
    await exports.close()
    await trail.close()
  })
  await append(trail, 1, 3)
  await exports.set({ siem: { ...receiver.settings, timeout_ms: 1500 } })
  const count = () => new Set(receiver.taken()).size
  await until(() => count() === 3)
  let all = 3
  for (const mode of receiver.modes as readonly Mode[]) {
    const seq = await trail.highest()
    await until(async () => (await places(trail))[0]?.seq === seq)
    await until(async () => (await exports.standings())[0]?.fault === undefined)
    const before = told.length
    receiver.mode = mode
    await append(trail, all + 1, all + 2)
    all += 2
    await until(async () => (await exports.standings())[0]?.fault !== undefined)
    await new Promise((resolve) => setTimeout(resolve, 60))
    assert.deepEqual([told.length, (await places(trail))[0]?.seq], [before + 1, seq], mode)
    assert.equal((await exports.standings())[0]?.behind, 4)
    receiver.mode = 'take'
    await until(() => count() === all)
    await until(async () => (await exports.standings())[0]?.fault === undefined)
  }
  await trail.append(NOTES[0]!)
  await until(() => receiver.taken().at(-1) === `${idOf(50)}.gap`)
  const firsts = [...new Set(receiver.taken())]
  const wanted = Array.from({ length: all }, (_, nth) => `${idOf(nth + 1)}.replied`)
  assert.deepEqual([firsts, receiver.faults], [[...wanted, `${idOf(50)}.gap`], []])
}

const CASES: readonly (readonly [title: string, run: Case])[] = [
  ['delivers rows of every kind, in order, hostile text too', deliversAll],
  ['a receiver that does not acknowledge is a clear fault, and is got over', failsClearly],
  ['a certificate that nobody vouches for is no receiver', trustsNobody],
  ['loses nothing, moves no cursor too early, tells trouble once', losesNothing],
]

for (const kind of Object.keys(SINKS) as SinkSettings['kind'][])
  describe(kind, () => {
    for (const [title, run] of CASES) test(title, async (t) => run(await RECEIVERS[kind](t), t))
  })
