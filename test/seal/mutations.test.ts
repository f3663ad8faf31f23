/** Everything that can be done to a record behind its back is found and named; nothing that somebody was entitled to is. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, describe, test } from 'node:test'
import { wrappingOf } from '../../src/trail/index.ts'
import { keepAnchored } from '../../src/trail/seal/anchor.ts'
import { standingOf } from '../../src/trail/seal/anchored.ts'
import { headIn, LogFiles, sealIn } from '../../src/trail/seal/files.ts'
import { rangeHash } from '../../src/trail/seal/hashes.ts'
import { commitmentsOf, FIELDS, type Field, printSalts, saltOf } from '../../src/trail/seal/leaf.ts'
import { keyOf, signerOf } from '../../src/trail/seal/made.ts'
import { TILE } from '../../src/trail/seal/tiles.ts'
import { LogWriter } from '../../src/trail/seal/writer.ts'
import { ending, idOf, NOON, opening } from '../../src/trail/stores/made.ts'
import { type Expected, MUTATIONS } from './mutations.case.ts'
import {
  ACT,
  type Change,
  DAY,
  early,
  look,
  mutated,
  open,
  rewrite,
  SIZE,
  setUp,
  signer,
  sql,
  tearDown,
  whole,
} from './tampered.case.ts'

before(setUp)
after(tearDown)

describe('mutations', () => {
  for (const [name, change, [harm, seq, told], options] of MUTATIONS)
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
async function revised(folder: string): Promise<void> {
  const trail = await open(folder, true)
  const salt = Buffer.alloc(32, 9)
  const masked = (text: string) => ({ part: 'prompt', bytes: Buffer.from(text), salt, findings: [] }) as const
  const none = { erased: [], taken: [], notes: [] }
  const commitment = commitmentsOf({}, { body: salt }, createHash('sha256').update('masked').digest()).body ?? ''
  const listed = { exchange: idOf(10), part: 'prompt', rules: ['r'], commitment } as const
  const scope = { exchange: idOf(2) }
  const counts = { exchanges: 1, sessions: 1, later: 1, notes: 0 }
  await trail.append({ ...ACT, at: NOON + DAY, kind: 'erase', exchange: ERASED, basis: 'law', scope, ...counts })
  await trail.append({ ...ACT, kind: 'redact', exchange: REDACTED, bodies: [listed] })
  await trail.dayFiles.revise({ ...none, by: ERASED, bodies: [{ exchange: idOf(6), ...masked('cut') }] })
  await trail.dayFiles.revise({ ...none, by: ERASED, bodies: [], erased: [idOf(2)] })
  await trail.dayFiles.revise({ ...none, by: REDACTED, bodies: [{ exchange: idOf(10), ...masked('masked') }] })
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
      ['changed', 15],
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
    [
      'more bodies are cut by the erasure than it says',
      (f) => {
        unsalt(f, 15, 'body')
        sql(f, `INSERT INTO redacted VALUES (15, ?, ${NEW_SALT}, '[]')`, ERASED)
      },
      ['changed', 601, /of 1 later exchanges something went, and 2/],
    ],
  ]
  for (const [name, change, expected] of cases)
    test(`${name}: ${expected?.[0] ?? 'no alarm'}`, async (t) => {
      const folder = await mutated(t, revised)
      await change(folder, t)
      const { alarms, counts } = await look(folder)
      const [first] = alarms
      assert.deepEqual(expected && [first?.harm, first?.seq], expected?.slice(0, 2), JSON.stringify(alarms))
      if (expected?.[2]) assert.match(first?.told ?? '', expected[2])
      if (!expected) assert.deepEqual([alarms, counts.erased, counts.redacted], [[], 2, 2])
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

describe('no false alarm', () => {
  test('a record as it should be, with and without a key from elsewhere', async () => {
    const report = await look(whole())
    assert.deepEqual(report.alarms, [])
    const { sealed, unsealed, counts, ownKey } = report
    assert.deepEqual([sealed, unsealed, counts.verified, ownKey], [SIZE, 0, SIZE, false])
    const trail = await open(whole(), false)
    const own = await trail.verify({})
    await trail.close()
    assert.deepEqual([own?.ok, own?.ownKey, own?.vkey], [true, true, signer.vkey])
    assert.equal((await look(whole(), { vkey: signerOf(2).vkey })).alarms[0]?.harm, 'forged')
  })
  test('an anchor with junk for a proof is named as what it claims, and never says anchored', async (t) => {
    const folder = await mutated(t, () => undefined)
    const note = headIn(sealIn(early()))?.printed ?? ''
    await keepAnchored(sealIn(folder), { name: 'tsa', kind: 'rfc3161' }, note, { at: NOON, proof: Buffer.of(1) })
    const report = await look(folder)
    assert.match(standingOf(report), /^internally consistent; anchor of tsa claimed, not checked /)
    assert.doesNotMatch(standingOf(report), /anchored/)
  })
  test('bodies whose key is not here are locked, not changed, and never pass for verified', async (t) => {
    const other = wrappingOf([Buffer.alloc(32, 5)])
    const report = await look(whole(), {}, other)
    const { keys } = report.locked ?? { keys: [] }
    assert.deepEqual([report.ok, report.found, report.locked?.bodies, keys.length], [false, 0, SIZE, 1])
    assert.match(keys[0] ?? '', /^[0-9a-f]{16}$/)
    const folder = await mutated(t, (f) =>
      sql(f, `UPDATE entries SET json = replace(json, '"Ana"', '"Bea"') WHERE seq = 3`),
    )
    const { alarms, locked } = await look(folder, {}, other)
    assert.deepEqual([alarms[0]?.harm, alarms[0]?.seq, alarms.length, locked?.bodies], ['changed', 3, 1, SIZE - 1])
  })
  test('entries that are not sealed yet', async (t) => {
    const folder = await mutated(t, () => undefined)
    const trail = await open(folder, false)
    await trail.append(opening(idOf(5000)))
    await trail.append(ending(idOf(5000)))
    await trail.close()
    const report = await look(folder)
    assert.deepEqual([report.ok, report.unsealed, report.counts.verified], [true, 2, SIZE])
  })
  test('a day that was purged, and one entry more than that', async (t) => {
    const folder = await mutated(t, () => undefined)
    const trail = await open(folder, true)
    const file = (await trail.dayFiles.list()).find(({ day }) => day === '2026-11-23')!
    const { entries, exchanges } = file
    const days = [{ day: file.day, entries, exchanges }]
    const act = {
      exchange: idOf(7000),
      at: NOON,
      who: { value: 'root', source: 'observed' },
      why: 'its time was over',
    } as const
    await trail.append({ kind: 'purge', ...act, days })
    await trail.dayFiles.remove([file.name])
    await trail.close()
    const report = await look(folder)
    assert.deepEqual([report.alarms, report.counts.expired], [[], entries])
    sql(
      folder,
      `UPDATE entries SET json = replace(json, '"entries":${entries}', '"entries":${entries - 1}') WHERE json LIKE '%purge%'`,
    )
    assert.equal((await look(folder)).ok, false)
  })
})

test('files of the log are those that the specification names', async () => {
  const names = await readdir(sealIn(whole()))
  assert.deepEqual(names.sort(), ['checkpoint', 'tile', 'vkey'])
  assert.deepEqual(rangeHash(new LogFiles(sealIn(whole()), SIZE).node, 0, SIZE), headIn(sealIn(whole()))?.root)
  assert.ok(keyOf(1).asymmetricKeyType === 'ed25519' && TILE === 256)
})
