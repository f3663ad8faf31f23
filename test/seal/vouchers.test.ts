/** What an erasure or a purge took vouches for nothing else: neither in its day nor later, nor where only numbers fit. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, test } from 'node:test'
import type { Entry } from '../../src/exchange/index.ts'
import { printTaken, sealedUpTo, type Trail, tookOf } from '../../src/trail/index.ts'
import { idOf, NOON } from '../../src/trail/stores/made.ts'
import { ACT, DAY, look, mutated, open, SIZE, setUp, sql, tearDown } from './tampered.case.ts'

before(setUp)
after(tearDown)

const ERASED = idOf(9001)
const YESTERDAY = '2026-11-23'
/** Exchanges of yesterday; their entries are seq + 1 and seq + 2. */
const old = [0, 8, 16, 24].map((seq) => idOf(seq, NOON - DAY))
const ERASE = { ...ACT, kind: 'erase', exchange: ERASED, basis: 'law', scope: { user: 'x' } } as const
const NONE = { notes: [], bodies: [] }

/** Erases four exchanges of yesterday as the product does. */
async function erase(trail: Trail, listed = true): Promise<void> {
  const took = listed && { took: await tookOf(trail.dayFiles, { ids: old, notes: [] }) }
  await trail.append({ ...ERASE, exchanges: 4, sessions: 1, later: 0, notes: 0, cut: [], ...took })
  await trail.dayFiles.revise({ ...NONE, erased: old, by: ERASED })
}

async function purge(trail: Trail, listed = true): Promise<number> {
  const { name, day, entries, exchanges } = (await trail.dayFiles.list()).find((one) => one.day === YESTERDAY)!
  const took = listed && { took: printTaken(await trail.dayFiles.seqsIn(name)) }
  await trail.append({ kind: 'purge', ...ACT, exchange: idOf(7000), days: [{ day, entries, exchanges, ...took }] })
  await trail.dayFiles.remove([name])
  return entries
}

/** Exchanges of today are marked as if the erasure had taken them. */
function mark(folder: string, ...openings: readonly number[]): void {
  const db = new DatabaseSync(join(folder, 'days/2026-11-24.default.db'))
  for (const opening of openings)
    for (const seq of [opening + 1, opening + 2]) {
      db.prepare(`UPDATE entries SET json = '', salt = NULL WHERE seq = ?`).run(seq)
      db.prepare('INSERT INTO erased VALUES (?, ?, ?)').run(seq, idOf(opening), ERASED)
    }
  db.close()
}

test('an erasure whose day was purged since vouches for no other entry', async (t) => {
  const folder = await mutated(t, async (f) => {
    const trail = await open(f, true)
    await erase(trail)
    await purge(trail)
    await trail.close()
  })
  const fine = await look(folder)
  assert.deepEqual([fine.alarms, fine.counts.erased, fine.counts.expired], [[], 0, 150])
  mark(folder, 2, 4, 6, 10)
  const dropped = (await look(folder)).alarms.filter(({ harm }) => harm === 'dropped')
  assert.deepEqual([dropped[0]?.seq, dropped.length], [3, 8])
})

test('under an erasure that stands one exchange in the place of another is found', async (t) => {
  const folder = await mutated(t, async (f) => {
    const trail = await open(f, true)
    await erase(trail)
    await trail.close()
  })
  const fine = await look(folder)
  assert.deepEqual([fine.alarms, fine.counts.erased, fine.counts.counted], [[], 8, undefined])
  mark(folder, 2)
  const dropped = (await look(folder)).alarms.filter(({ harm }) => harm === 'dropped')
  assert.deepEqual(
    dropped.map(({ seq }) => seq),
    [3, 4],
  )
})

test('what became of a suggestion while its exchange was erased goes with it; a line of no such exchange does not', async (t) => {
  const outcome = (exchange: string): Entry => ({
    ...{ kind: 'outcome', exchange, at: NOON, outcome: 'accepted', source: 'declared' },
    ...{ by: idOf(99), event: 'ghostText.accepted' },
  })
  const folder = await mutated(t, async (f) => {
    const trail = await open(f, true)
    const took = await tookOf(trail.dayFiles, { ids: old, notes: [] })
    await trail.append({ ...ERASE, exchanges: 4, sessions: 1, later: 0, notes: 0, cut: [], took })
    await trail.append(outcome(old[0]!))
    await sealedUpTo(trail, await trail.append(outcome(idOf(2))))
    await trail.dayFiles.revise({ ...NONE, erased: old, by: ERASED })
    await trail.close()
  })
  const fine = await look(folder)
  assert.deepEqual([fine.alarms, fine.counts.erased], [[], 9])
  sql(folder, `UPDATE entries SET json = '', salt = NULL WHERE seq = ${SIZE + 3}`)
  sql(folder, `INSERT INTO erased SELECT seq, ?, ? FROM entries WHERE seq = ${SIZE + 3}`, idOf(2), ERASED)
  assert.deepEqual((await look(folder)).alarms[0]?.seq, SIZE + 3)
})

test('the same where it came in the last moment, before its leaf: it has one', async (t) => {
  const outcome = {
    kind: 'outcome',
    at: NOON,
    outcome: 'accepted',
    source: 'declared',
    event: 'ghostText.accepted',
  } as const
  const by = idOf(99)
  const erased = await mutated(t, async (f) => {
    const trail = await open(f, true)
    const took = await tookOf(trail.dayFiles, { ids: old, notes: [] })
    await sealedUpTo(
      trail,
      await trail.append({ ...ERASE, exchanges: 4, sessions: 1, later: 0, notes: 0, cut: [], took }),
    )
    await trail.append({ ...outcome, by, exchange: old[0]! })
    await trail.dayFiles.revise({ ...NONE, erased: old, by: ERASED })
    await trail.close()
  })
  const report = await look(erased)
  assert.deepEqual([report.alarms, report.counts.erased], [[], 9])
  const purged = await mutated(t, async (f) => {
    const trail = await open(f, true)
    const { name, day, entries, exchanges } = (await trail.dayFiles.list()).find((one) => one.day === YESTERDAY)!
    const took = printTaken(await trail.dayFiles.seqsIn(name))
    const note = { kind: 'purge', ...ACT, exchange: idOf(7000), days: [{ day, entries, exchanges, took }] } as const
    await sealedUpTo(trail, await trail.append(note))
    await trail.append({ ...outcome, by, exchange: old[0]! })
    await trail.dayFiles.remove([name])
    await trail.close()
  })
  const removed = await look(purged)
  assert.deepEqual([removed.alarms, removed.counts.expired], [[], 151])
})

test('entries of before say only how many, and that is told', async (t) => {
  const folder = await mutated(t, async (f) => {
    const trail = await open(f, true)
    await erase(trail, false)
    await trail.close()
  })
  const { alarms, counts } = await look(folder)
  assert.deepEqual([alarms, counts.erased, counts.counted], [[], 8, 8])
  const trail = await open(folder, true)
  const entries = await purge(trail, false)
  await trail.close()
  const purged = await look(folder)
  assert.deepEqual([purged.alarms, purged.counts.expired, purged.counts.counted], [[], entries, entries])
})

test('an entry that was not sealed yet, made unproven and taken out once it was: dropped', async (t) => {
  const folder = await mutated(t, async (f) => {
    const trail = await open(f, false)
    await trail.append({ ...ACT, kind: 'hold', exchange: idOf(9100), scope: {} })
    await trail.close()
    sql(f, `UPDATE entries SET salt = zeroblob(32) WHERE seq > ${SIZE}`)
    await (await open(f, true)).close()
  })
  assert.deepEqual((await look(folder)).alarms[0]?.harm, 'forged')
  sql(folder, `DELETE FROM entries WHERE seq > ${SIZE}`)
  const { ok, alarms } = await look(folder)
  assert.deepEqual([ok, alarms.map(({ harm, seq }) => [harm, seq])], [false, [['truncated', SIZE + 1]]])
})
