/** What was acknowledged and cut off is told when a record is opened next; what is all there never is. */
import assert from 'node:assert/strict'
import { createHash, createHmac } from 'node:crypto'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import type { Keyring, Restored } from '#exchange'
import type { Acked, AckedMark } from './acked.ts'
import { openTrail, type Trail } from './index.ts'
import { signerOf } from './seal/made.ts'
import { ending, idOf, NOON, opening } from './stores/made.ts'

const keyring: Keyring = {
  digest: (purpose, data) => createHmac('sha256', purpose).update(data).digest(),
  hash: () => createHash('sha256'),
  key: (purpose) => createHash('sha256').update(purpose).digest(),
}
const signer = signerOf()
const FILE = '2026-11-24.default.db'
let told = 9000

/** Outside of the record, as long as the test. */
class Memory implements AckedMark {
  left: Acked | undefined
  begin(acked: Acked): void {
    this.left = acked
  }
  reach(seq: number): void {
    this.left = { ...this.left, seq }
  }
  entry(gone: { from: number; to: number }) {
    return { kind: 'vanished', exchange: idOf(++told), at: NOON, ...gone } as const
  }
}

interface House {
  readonly folder: string
  readonly memory: Memory
  /** Opens the record, which is closed before it is opened again. */
  open(how?: { sealing?: boolean; asItIs?: boolean; memory?: Memory | null }): Promise<Trail>
  close(): Promise<void>
  /** Runs SQL on one of its files, while nobody has it open. */
  sql(file: string, statement: string): void
}

async function house(t: TestContext): Promise<House> {
  const parent = await mkdtemp(join(tmpdir(), 'gatelog-acked-'))
  const folder = join(parent, 'data')
  let trail: Trail | undefined
  t.after(async () => {
    await trail?.close()
    await rm(parent, { recursive: true, force: true })
  })
  const memory = new Memory()
  return {
    ...{ folder, memory },
    async open({ sealing = false, asItIs = false, memory: other = memory } = {}) {
      await trail?.close()
      trail = await openTrail({
        ...{ folder, keyring, now: () => NOON, asItIs, ...(sealing && { signer }), ...(other && { acked: other }) },
      })
      return trail
    },
    close: async () => trail?.close(),
    sql(file, statement) {
      const db = new DatabaseSync(join(folder, file))
      db.exec('PRAGMA foreign_keys=OFF')
      db.exec(statement)
      db.close()
    },
  }
}

async function say(trail: Trail, ...ids: readonly number[]): Promise<void> {
  for (const id of ids) {
    await trail.append(opening(idOf(id)))
    await trail.append(ending(idOf(id)))
  }
}

/** Takes out all that a record has of the seqs from `from` on, as if it had never been. */
function cut({ sql }: House, from: number, heads = true): void {
  sql(`days/${FILE}`, `DELETE FROM entries WHERE seq >= ${from}`)
  sql(`days/${FILE}`, `DELETE FROM exchanges WHERE seq >= ${from}`)
  sql(`days/${FILE}`, `UPDATE exchanges SET closing = NULL, outcome = NULL WHERE closing >= ${from}`)
  if (heads) sql('head.db', `UPDATE marks SET value = ${from - 1} WHERE name = 'seq'`)
}

const spans = async (trail: Trail) => (await trail.vanished()).map(({ seq, vanished: { from, to } }) => [from, to, seq])

async function sealed(trail: Trail): Promise<void> {
  for (let tries = 0; (await trail.sealed()).size < (await trail.highest()); tries++) {
    assert.ok(tries < 500, JSON.stringify(await trail.sealed()))
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

for (const [how, heads] of [
  ['', true],
  [', though the head file says that nothing is', false],
] as const)
  test(`what was cut off is told first, and no entry takes its place${how}`, async (t) => {
    const own = await house(t)
    await say(await own.open(), 1, 2, 3)
    assert.deepEqual(own.memory.left, { seq: 6, since: 0 })
    await own.close()
    cut(own, 4, heads)
    const trail = await own.open()
    assert.deepEqual(await spans(trail), [[4, 6, 7]])
    // the exchange whose ending went is ended anew, behind it
    const { rows } = await trail.recorded({ where: {}, except: {}, text: [], without: [] }, { limit: 9 })
    assert.deepEqual(
      rows.map(({ seq, closing, ending }) => [seq, closing, ending?.kind]),
      [
        [3, 8, 'interrupted'],
        [1, 2, 'replied'],
      ],
    )
    assert.equal(own.memory.left?.seq, 8)
    assert.deepEqual(await spans(await own.open()), [[4, 6, 7]], 'once')
  })

test('verify finds it before anything says so, and takes it as told from then on', async (t) => {
  const own = await house(t)
  const first = await own.open({ sealing: true })
  await say(first, 1)
  await sealed(first)
  await say(await own.open(), 2, 3)
  const { left: acked } = own.memory
  assert.ok(acked)
  const look = async () => {
    const looked = await own.open({ asItIs: true })
    const report = await looked.verify({ vkey: signer.vkey, acked: own.memory.left ?? acked })
    assert.ok(report)
    return report
  }
  assert.deepEqual((await look()).alarms, [])
  await own.close()
  cut(own, 5)
  const found = await look()
  assert.deepEqual(found.alarms, [
    { harm: 'truncated', seq: 5, told: 'entries 5 to 6 were acknowledged, and are not in the record' },
  ])
  await own.open()
  const said = await look()
  assert.deepEqual([said.alarms, said.vanished], [[], [{ from: 5, to: 6, by: 7 }]])
  await sealed(await own.open({ sealing: true }))
  const after = await look()
  assert.deepEqual([after.alarms, after.vanished, after.counts.vanished], [[], [{ from: 5, to: 6, by: 7 }], 2])
  assert.equal(after.sealed, 7)
})

test('what was sealed as an entry is not excused by it, nor is one that is put there later', async (t) => {
  const own = await house(t)
  await say(await own.open(), 1, 2)
  await own.close()
  cut(own, 3)
  const trail = await own.open({ sealing: true })
  await say(trail, 5)
  await sealed(trail)
  await trail.close()
  own.sql(`days/${FILE}`, 'DELETE FROM entries WHERE seq = 2')
  own.sql(`days/${FILE}`, 'UPDATE exchanges SET closing = NULL WHERE closing = 2')
  own.sql(`days/${FILE}`, 'UPDATE entries SET seq = 4 WHERE seq = 6')
  const looked = await own.open({ asItIs: true })
  const report = await looked.verify({ vkey: signer.vkey, acked: { seq: 7 } })
  assert.equal(report?.counts.vanished, 1)
  const harms = report?.alarms.map(({ harm, seq }) => `${harm} ${seq}`) ?? []
  assert.ok(harms.includes('dropped 2'), harms.join())
  assert.ok(
    harms.some((harm) => / 4$/.test(harm)),
    harms.join(),
  )
})

test('a line that somebody else put at the end is no end, however high a number was given out', async (t) => {
  const own = await house(t)
  await say(await own.open(), 1, 2, 3)
  await own.close()
  cut(own, 4)
  const json = JSON.stringify({ ...opening(idOf(7)), kind: 'refused' })
  for (const seq of [6, 2_000_000_000])
    own.sql(`days/${FILE}`, `INSERT INTO entries(seq, json, salt) VALUES (${seq}, '${json}', x'${'11'.repeat(32)}')`)
  own.sql('head.db', "UPDATE marks SET value = 4000000000 WHERE name = 'seq'")
  const looked = await own.open({ asItIs: true })
  assert.equal(await looked.highest(), 4_000_000_000)
  const trail = await own.open()
  assert.deepEqual(await spans(trail), [[4, 6, 7]], 'and moves no number that is given out')
})

const restored = (nth: number): Restored => ({
  ...{ kind: 'restored', exchange: idOf(nth), at: NOON, reader: { value: 'ana', source: 'observed' } },
  ...{ from: 'b', taken: NOON, last: 2, sealed: 0, known: 0, erasures: 0, holds: 0, revocations: 0, voided: 0 },
})

test('a record that was put back says so itself, once for each time', async (t) => {
  const own = await house(t)
  await say(await own.open(), 1)
  await own.close()
  await cp(own.folder, `${own.folder}.copy`, { recursive: true })
  await say(await own.open(), 2, 3)
  await own.close()
  const back = async () => {
    await rm(own.folder, { recursive: true })
    await cp(`${own.folder}.copy`, own.folder, { recursive: true })
  }
  await back()
  await (await own.open({ memory: null })).append(restored(100))
  const looked = await own.open({ asItIs: true })
  assert.equal((await looked.verify({ vkey: signer.vkey, acked: { seq: 6 } }))?.found ?? 0, 0)
  const trail = await own.open()
  assert.deepEqual(await spans(trail), [])
  assert.deepEqual(own.memory.left, { seq: 3, restored: idOf(100), since: 0 })
  await say(trail, 4)
  await trail.close()
  cut(own, 4)
  assert.deepEqual(await spans(await own.open()), [[4, 5, 6]], 'the same entry explains nothing more')
  await own.close()
  own.sql('days/2026-11-24.custody.db', 'DELETE FROM entries WHERE seq = 3')
  own.sql('days/2026-11-24.custody.db', 'DELETE FROM gaps WHERE seq = 3')
  await own.open()
  assert.equal(own.memory.left?.restored, idOf(100), 'nor once it was taken out and put back')
})

test('an entry that tells of a restore and that nobody proves explains nothing', async (t) => {
  const own = await house(t)
  await say(await own.open(), 1, 2)
  await own.close()
  cut(own, 3)
  const json = JSON.stringify(restored(100))
  own.sql(`days/${FILE}`, `INSERT INTO entries(seq, json, salt) VALUES (3, '${json}', x'${'11'.repeat(32)}')`)
  own.sql(`days/${FILE}`, "INSERT INTO gaps VALUES (3, 'restored')")
  assert.deepEqual(await spans(await own.open()), [[3, 4, 5]])
})

test('a line that tells of what vanished and that nobody proves is told nowhere', async (t) => {
  const own = await house(t)
  await say(await own.open({ sealing: true }), 1)
  await own.close()
  const json = JSON.stringify({ kind: 'vanished', exchange: idOf(100), at: NOON, from: 1, to: 2 })
  own.sql(`days/${FILE}`, `INSERT INTO entries(seq, json, salt) VALUES (3, '${json}', x'${'11'.repeat(32)}')`)
  own.sql(`days/${FILE}`, "INSERT INTO gaps VALUES (3, 'vanished')")
  const looked = await own.open({ asItIs: true })
  assert.deepEqual(await spans(looked), [])
  const report = await looked.verify({ vkey: signer.vkey })
  assert.deepEqual([report?.vanished, report?.alarms.map(({ harm }) => harm)], [undefined, ['forged']])
})

test('nothing is told of what is there: removed, older than the memory, without one, or sealed', async (t) => {
  const own = await house(t)
  const trail = await own.open({ sealing: true })
  await say(trail, 1, 2)
  await sealed(trail)
  await trail.dayFiles.remove([FILE])
  assert.deepEqual(await spans(await own.open()), [], 'removed')
  const remembered = () => own.memory.left?.seq
  await say(await own.open({ memory: null }), 3)
  assert.deepEqual(await spans(await own.open()), [], 'a memory of before')
  assert.equal(remembered(), 6)
  own.memory.left = undefined
  assert.deepEqual(await spans(await own.open()), [], 'no memory')
  assert.equal(remembered(), 6)
})
