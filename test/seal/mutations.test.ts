/** Everything that can be done to a record behind its back is found and named; nothing that somebody was entitled to is. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, describe, test } from 'node:test'
import { openTrail, wrappingOf } from '../../src/trail/index.ts'
import { keepAnchored } from '../../src/trail/seal/anchor.ts'
import { standingOf } from '../../src/trail/seal/anchored.ts'
import { headIn, LogFiles, sealIn } from '../../src/trail/seal/files.ts'
import { rangeHash } from '../../src/trail/seal/hashes.ts'
import {
  commitmentsOf,
  FIELDS,
  type Field,
  parseLeaf,
  printLeaf,
  printSalts,
  saltOf,
} from '../../src/trail/seal/leaf.ts'
import { age, keyOf, signerOf } from '../../src/trail/seal/made.ts'
import { TILE } from '../../src/trail/seal/tiles.ts'
import { LogWriter } from '../../src/trail/seal/writer.ts'
import { bodyOf, ending, idOf, NOON, opening } from '../../src/trail/stores/made.ts'
import { type Expected, MUTATIONS } from './mutations.case.ts'
import {
  ACT,
  type Change,
  DAY,
  early,
  forge,
  hasEntry,
  headSql,
  keyring,
  keysSql,
  look,
  lookAt,
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
async function revised(folder: string, says = true): Promise<void> {
  const trail = await open(folder, true)
  const salt = Buffer.alloc(32, 9)
  const masked = (text: string) => ({ part: 'prompt', bytes: Buffer.from(text), salt, findings: [] }) as const
  const none = { erased: [], taken: [], notes: [] }
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
  await trail.dayFiles.revise({ by: ERASED, erased: [], taken: [], notes: [], bodies: [more] })
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

describe('lines that somebody wrote who has the folder and not its keys', () => {
  const asked = opening(idOf(8000), { actor: { id: 'bea', name: 'Bea' } as never, body: bodyOf('x') })
  const purge = {
    ...{ ...ACT, kind: 'purge' },
    days: [{ day: '2026-11-23', entries: SIZE, exchanges: SIZE }],
  }
  const serve = async (f: string) => (await open(f, true)).close()
  const cases: readonly (readonly [string, Change, readonly Expected[]])[] = [
    ['an exchange that never was, before anybody sealed it', (f) => forge(f, asked), [['forged', SIZE + 1]]],
    [
      'the same, and a server was started on it',
      async (f) => {
        forge(f, asked)
        await serve(f)
      },
      [['forged', SIZE + 1]],
    ],
    [
      'a purge that never was, after a server was started on it',
      async (f) => {
        forge(f, purge)
        await rm(join(f, 'days/2026-11-23.default.db'))
        await serve(f)
      },
      [['dropped', 1]],
    ],
    [
      'a line with the proof of another',
      async (f) => {
        forge(f, asked)
        sql(f, `UPDATE entries SET salt = (SELECT salt FROM entries e WHERE e.seq = 600) WHERE seq = ${SIZE + 1}`)
        await serve(f)
      },
      [['forged', SIZE + 1]],
    ],
    [
      'the key that proves was taken out of keys.db, and a server was started on it',
      async (f) => {
        forge(f, asked)
        keysSql(f, `DELETE FROM keys WHERE file = 'entries'`)
        headSql(f, `DELETE FROM documents WHERE kind = 'proof'`)
        await serve(f)
      },
      [['forged', 1]],
    ],
    [
      'since when entries are proven was taken out, and a server was started on it',
      async (f) => {
        forge(f, asked)
        headSql(f, `DELETE FROM documents WHERE kind = 'proof'`)
        await serve(f)
      },
      [['forged', SIZE + 1]],
    ],
    [
      'since when entries are proven was written anew',
      (f) => headSql(f, `UPDATE documents SET json = '{"since":999,"mark":"00"}' WHERE kind = 'proof'`),
      [],
    ],
    [
      'the key that proves is gone',
      (f) => keysSql(f, `DELETE FROM keys WHERE file = 'entries'`),
      [['forged', undefined]],
    ],
    [
      'who has the key of the seal too wrote an entry and its leaf anew',
      async (f) => {
        const row = 'SELECT json, salt FROM entries WHERE seq = 15'
        sql(f, `UPDATE entries SET json = replace(json, '"Ana"', '"Bea"') WHERE seq = 15`)
        const db = new DatabaseSync(join(f, 'days/2026-11-24.default.db'))
        const { json, salt } = db.prepare(row).get() as { json: string; salt: Uint8Array }
        db.close()
        await rewrite(f, (leaves) => {
          const { body } = parseLeaf(String(leaves[14]))?.fields ?? {}
          const entry = JSON.parse(json)
          leaves[14] = Buffer.from(printLeaf(15, entry, { ...commitmentsOf(entry, salt, undefined), body }))
        })
      },
      [['forged', 15]],
    ],
  ]
  for (const [name, change, expected] of cases)
    test(`${name}: ${expected.map(([harm]) => harm).join(', ') || 'no alarm'}`, async (t) => {
      const { alarms, found } = await look(await mutated(t, change))
      const told = alarms.map(({ harm, seq }) => [harm, seq])
      for (const [harm, seq] of expected)
        assert.ok(
          told.some((one) => one[0] === harm && one[1] === seq),
          JSON.stringify(alarms.slice(0, 3)),
        )
      if (expected.length === 0) assert.equal(found, 0)
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
  test('who reads where the key is not is on the record, vouched for by nobody; nothing else is written there', async (t) => {
    const folder = await mutated(t, () => undefined)
    const shown = await lookAt(folder, wrappingOf([Buffer.alloc(32, 5)]), false)
    const { exchange, at, who } = ACT
    const read = { did: 'viewed', via: 'local', reader: who, of: 'x', count: 1, times: 1, content: false } as const
    await shown.append({ kind: 'read', exchange, at, ...read })
    const hold = { ...ACT, exchange: idOf(9100), kind: 'hold', scope: {} } as const
    await assert.rejects(shown.append(hold), { code: 'trail.key' })
    await shown.close()
    const trail = await open(folder, true)
    await trail.append(hold)
    await trail.close()
    const { alarms, counts } = await look(folder)
    assert.deepEqual([alarms, counts.verified, counts.unproven], [[], SIZE + 1, 1])
    sql(folder, `UPDATE entries SET json = replace(json, '"viewed"', '"listed"') WHERE seq = ${SIZE + 1}`)
    assert.deepEqual((await look(folder)).alarms[0]?.harm, 'changed')
  })
  test('a key that is lost for good: what was there before is taken as it is, all since is proven by the new one', async (t) => {
    const folder = await mutated(t, () => undefined)
    const other = wrappingOf([Buffer.alloc(32, 5)])
    const trail = await openTrail({ folder, keyring, now: () => NOON, signer, wrapping: other, lostKey: 'go on' })
    await trail.append(opening(idOf(8000)))
    await trail.close()
    forge(folder, { ...opening(idOf(8001)) }, SIZE + 2)
    const { alarms, locked } = await look(folder, {}, other)
    assert.deepEqual(
      alarms.map(({ harm, seq }) => [harm, seq]),
      [['forged', SIZE + 2]],
    )
    assert.equal(locked?.bodies, SIZE)
  })
  test('a record of before entries were proven', async (t) => {
    const folder = await mutated(t, () => undefined)
    for (const day of ['2026-11-23', '2026-11-24']) await age(folder, `${day}.default.db`, SIZE)
    keysSql(folder, `DELETE FROM keys WHERE file = 'entries'`) // what proves under it proves nothing under another
    forge(folder, { ...ACT, kind: 'hold', scope: {} })
    const trail = await open(folder, true)
    await trail.append(opening(idOf(8002)))
    await trail.close()
    const { alarms, counts } = await look(folder)
    assert.deepEqual([alarms, counts.verified], [[], SIZE + 2])
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
