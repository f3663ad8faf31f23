/** Everything that can be done to a record behind its back is found and named; nothing that somebody was entitled to is. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, describe, test } from 'node:test'
import { keepAnchored } from '../../src/trail/seal/anchor.ts'
import { headIn, sealIn } from '../../src/trail/seal/files.ts'
import { commitmentsOf, FIELDS, type Field, printSalts, saltOf } from '../../src/trail/seal/leaf.ts'
import { signerOf } from '../../src/trail/seal/made.ts'
import { LogWriter } from '../../src/trail/seal/writer.ts'
import { idOf, NOON } from '../../src/trail/stores/made.ts'
import { BELIEVED } from './believed.case.ts'
import { LOG_MUTATIONS } from './log-mutations.case.ts'
import { type Expected, MUTATIONS } from './mutations.case.ts'
import {
  ACT,
  type Change,
  DAY,
  early,
  hasEntry,
  look,
  mutated,
  open,
  rewrite,
  setUp,
  sql,
  tearDown,
  whole,
} from './tampered.case.ts'

before(setUp)
after(tearDown)

describe('mutations', () => {
  for (const [name, change, [harm, seq, told], options] of [...MUTATIONS, ...LOG_MUTATIONS, ...BELIEVED])
    test(`${name}: ${harm}`, async (t) => {
      const report = await look(await mutated(t, change), options)
      const [first] = report.alarms
      assert.equal(report.ok, false)
      assert.deepEqual(
        [first?.harm, seq === 'any' ? seq : first?.seq],
        [harm, seq],
        JSON.stringify(report.alarms.slice(0, 3)),
      )
      if (told) assert.match(first?.told ?? '', told)
    })
})

/** A record in which one exchange was erased, a later one cut, and a third one redacted: each by an entry that is sealed. */
async function revised(folder: string, says = true): Promise<void> {
  const trail = await open(folder, true)
  const salt = Buffer.alloc(32, 9)
  const masked = (text: string) => ({ part: 'prompt', bytes: Buffer.from(text), salt, findings: [] }) as const
  const none = { erased: [], notes: [] }
  const commitmentTo = (text: string) =>
    commitmentsOf({}, { body: salt }, createHash('sha256').update(text).digest()).body ?? ''
  const commitment = commitmentTo('masked')
  const cut = says && { cut: [{ exchange: idOf(6), part: 'prompt', commitment: commitmentTo('cut') }] as const }
  const listed = { exchange: idOf(10), part: 'prompt', rules: ['r'], commitment } as const
  const scope = { exchange: idOf(2) }
  const counts = { exchanges: 1, sessions: 1, later: 1, notes: 0 }
  await trail.append({
    ...ACT,
    at: NOON + DAY,
    kind: 'erase',
    exchange: ERASED,
    basis: 'law',
    scope,
    ...counts,
    ...cut,
  })
  await trail.append({ ...ACT, kind: 'redact', exchange: REDACTED, bodies: [listed] })
  await trail.dayFiles.revise({ ...none, by: ERASED, bodies: [{ exchange: idOf(6), ...masked('cut') }] })
  await trail.dayFiles.revise({ ...none, by: ERASED, bodies: [], erased: [idOf(2)] })
  await trail.dayFiles.revise({ ...none, by: REDACTED, bodies: [{ exchange: idOf(10), ...masked('masked') }] })
  await trail.close()
}

/** One body more is cut in the name of the erasure, by whoever has the record's key. */
async function cutMore(folder: string): Promise<void> {
  const trail = await open(folder, false)
  const more = {
    exchange: idOf(14),
    part: 'prompt',
    bytes: Buffer.from('x'),
    salt: Buffer.alloc(32, 3),
    findings: [],
  } as const
  await trail.dayFiles.revise({ by: ERASED, erased: [], notes: [], bodies: [more] })
  await trail.close()
}

/** Salts of an entry but one, as a redaction leaves them. */
function unsalt(folder: string, seq: number, part: Field): void {
  const db = new DatabaseSync(join(folder, 'days/2026-11-24.default.db'))
  const root = db.prepare('SELECT salt FROM entries WHERE seq = ?').get(seq)?.['salt'] as Uint8Array
  const left = Object.fromEntries(FIELDS.filter((name) => name !== part).map((name) => [name, saltOf(name, root)]))
  db.prepare('UPDATE entries SET salt = ? WHERE seq = ?').run(printSalts(left), seq)
  db.close()
}

const ERASED = idOf(9001)
const REDACTED = idOf(9002)
const NEW_SALT = `x'${'00'.repeat(32)}'`

describe('under a true erasure and a true redaction', () => {
  const cases: readonly (readonly [string, Change, Expected | undefined])[] = [
    ['nothing more was done', () => undefined, undefined],
    [
      'who asked is another, and its salt taken out',
      (f) => {
        sql(f, `UPDATE entries SET json = replace(json, '"Ana"', '"Bea"') WHERE seq = 15`)
        unsalt(f, 15, 'who')
        sql(f, `INSERT INTO redacted VALUES (15, ?, ${NEW_SALT}, '[]')`, ERASED)
      },
      ['changed', 15, /the salt of who was taken out/],
    ],
    [
      'a body that the redaction does not list is said to be redacted by it',
      (f) => {
        unsalt(f, 15, 'body')
        sql(f, `INSERT INTO redacted VALUES (15, ?, ${NEW_SALT}, '[]')`, REDACTED)
      },
      ['changed', 15],
    ],
    [
      'a redacted body under another salt',
      (f) => sql(f, `UPDATE redacted SET salt = ${NEW_SALT} WHERE "by" = ?`, REDACTED),
      ['changed', 11],
    ],
    ['a redacted body is another', (f) => sql(f, 'DELETE FROM bodies WHERE seq = 11'), ['changed', 11]],
    ['a body that the erasure does not list is cut by it', cutMore, ['changed', 15, /written anew, and no entry says/]],
    [
      'a body that is as it was, said to be redacted by it',
      (f) => sql(f, `INSERT INTO redacted SELECT 15, ?, ${NEW_SALT}, '[]' WHERE ${hasEntry(15)}`, REDACTED),
      ['index changed', 15, /nothing was done/],
    ],
    ['a body that was cut is another', (f) => sql(f, 'DELETE FROM bodies WHERE seq = 7'), ['changed', 7]],
    [
      'a body that was cut, under another salt',
      (f) => sql(f, `UPDATE redacted SET salt = ${NEW_SALT} WHERE "by" = ?`, ERASED),
      ['changed', 7],
    ],
  ]
  for (const [name, change, expected] of cases)
    test(`${name}: ${expected?.[0] ?? 'no alarm'}`, async (t) => {
      const folder = await mutated(t, (f) => revised(f))
      await change(folder, t)
      const { alarms, counts } = await look(folder)
      const [first] = alarms
      assert.deepEqual(expected && [first?.harm, first?.seq], expected?.slice(0, 2), JSON.stringify(alarms))
      if (expected?.[2]) assert.match(first?.told ?? '', expected[2])
      if (!expected) assert.deepEqual([alarms, counts.erased, counts.redacted], [[], 2, 2])
    })
})

describe('under an erasure of an earlier version, which says of no body what it is now', () => {
  const old: Change = (f) => revised(f, false)
  test('such a body is told as not provable', async (t) => {
    const { alarms, counts } = await look(await mutated(t, old))
    assert.deepEqual([alarms, counts.redacted, counts.unprovable], [[], 2, 1])
  })
  test('no more of them than it says', async (t) => {
    const folder = await mutated(t, old)
    await cutMore(folder)
    const [first] = (await look(folder)).alarms
    assert.deepEqual([first?.harm, first?.seq], ['changed', 601])
    assert.match(first?.told ?? '', /of 1 later exchanges something went, and 2/)
  })
})

describe('what an outside head shows', () => {
  const history = (f: string) =>
    rewrite(f, (leaves) => {
      for (const [at, leaf] of leaves.entries()) leaves[at] = Buffer.from(String(leaf).replace('"asked"', '"denied"'))
    })
  test('a whole log that was written anew with the true key is found by a kept checkpoint, and by an anchor', async (t) => {
    const note = headIn(sealIn(early()))?.printed ?? ''
    const folder = await mutated(t, history)
    const kept = await look(folder, { heads: [note] })
    assert.deepEqual([kept.alarms[0]?.harm, kept.alarms[0]?.told.includes('the first 400')], ['rolled back', true])
    await keepAnchored(sealIn(folder), { name: 'tsa', kind: 'rfc3161' }, note, { at: NOON, proof: Buffer.of(1) })
    assert.equal((await look(folder)).alarms[0]?.harm, 'rolled back')
  })
  test('a record that was rolled back as a whole is found by a kept checkpoint alone', async () => {
    assert.equal((await look(early())).ok, true)
    const report = await look(early(), { heads: [headIn(sealIn(whole()))?.printed ?? ''] })
    assert.match(report.alarms[0]?.told ?? '', /600 entries were sealed, the log has 400/)
  })
  test('and by what was signed last; where the log was rolled back alone, its newer leaves being left, all of them are held', async (t) => {
    const known = [headIn(sealIn(whole()))?.printed ?? '']
    const report = await look(early(), { known })
    assert.match(report.alarms[0]?.told ?? '', /what was signed last: 600 entries were sealed, the log has 400/)
    const folder = await mutated(t, async (f) => {
      const checkpoint = await readFile(join(sealIn(early()), 'checkpoint'))
      for (const name of await readdir(f)) if (join(f, name) !== sealIn(f)) await rm(join(f, name), { recursive: true })
      await cp(early(), f, { recursive: true, filter: (path) => !path.startsWith(sealIn(early())) })
      await writeFile(join(sealIn(f), 'checkpoint'), checkpoint)
    })
    const left = await look(folder, { known })
    assert.deepEqual([left.sealed, left.found > 0, left.alarms[0]?.seq], [600, true, 401])
  })
  test('a kept checkpoint that is none, or of another log, is an alarm', async () => {
    const foreign = await LogWriter.open({
      folder: join(dirname(early()), 'foreign'),
      origin: 'other',
      signer: signerOf(1, 'other'),
    })
    foreign.add(Buffer.from('x'))
    await foreign.publish()
    for (const note of ['nonsense', foreign.head?.printed ?? ''])
      assert.equal((await look(whole(), { heads: [note] })).ok, false)
  })
})
