/** Everything that can be done to a record behind its back is found and named; nothing that somebody was entitled to is. */
import assert from 'node:assert/strict'
import { createHash, createHmac } from 'node:crypto'
import { globSync } from 'node:fs'
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, describe, type TestContext, test } from 'node:test'
import type { Keyring } from '../../src/exchange/index.ts'
import { openTrail } from '../../src/trail/index.ts'
import { keepAnchored } from '../../src/trail/seal/anchor.ts'
import { headIn, LogFiles, sealIn } from '../../src/trail/seal/files.ts'
import { rangeHash } from '../../src/trail/seal/hashes.ts'
import { commitmentsOf, FIELDS, type Field, printSalts, saltOf } from '../../src/trail/seal/leaf.ts'
import { keyOf, signerOf } from '../../src/trail/seal/made.ts'
import { printCheckpoint, printNote } from '../../src/trail/seal/note.ts'
import { type Alarm, type Report, standingOf } from '../../src/trail/seal/report.ts'
import { printBundle, TILE, tilePath, widthOf } from '../../src/trail/seal/tiles.ts'
import type { VerifyOptions } from '../../src/trail/seal/verify.ts'
import { LogWriter } from '../../src/trail/seal/writer.ts'
import { bodyOf, ending, finding, idOf, NOON, opening } from '../../src/trail/stores/made.ts'

const keyring: Keyring = {
  digest: (purpose, data) => createHmac('sha256', purpose).update(data).digest(),
  hash: () => createHash('sha256'),
  key: (purpose) => createHash('sha256').update(purpose).digest(),
}
const DAY = 86_400_000
const SIZE = 600
const signer = signerOf()
/** Without a signer: nobody mends or seals anything while it is looked at. */
const open = (folder: string, sealing: boolean) =>
  openTrail({ folder, keyring, now: () => NOON, ...(sealing && { signer }) })

let parent = ''
/** A sealed record of 600 entries in two days, as it should be; and one of its first 400. */
const whole = () => join(parent, 'whole')
const early = () => join(parent, 'early')
let count = 0

async function fill(folder: string, to: number): Promise<void> {
  const trail = await open(folder, true)
  const { size } = await trail.sealed()
  for (let seq = size; seq < to; seq += 2) {
    const id = idOf(seq, NOON - (seq % 8 === 0 ? DAY : 0))
    const body = bodyOf(`${'what was said before '.repeat(300)}${seq}`)
    const actor = { id: 'ana', name: 'Ana' } as never
    await trail.append(opening(id, { session: `s${seq % 4}`, body, actor, findings: [finding('aws-key', true)] }))
    await trail.append(ending(id, { body: bodyOf(`reply ${seq}`) }))
  }
  await trail.close()
}

before(async () => {
  parent = await mkdtemp(join(tmpdir(), 'gatelog-mutations-'))
  await fill(whole(), 400)
  await cp(whole(), early(), { recursive: true })
  await fill(whole(), SIZE)
})
after(() => rm(parent, { recursive: true, force: true }))

async function look(folder: string, options: VerifyOptions = {}): Promise<Report> {
  const trail = await open(folder, false)
  try {
    return (await trail.verify({ vkey: signer.vkey, ...options }))!
  } finally {
    await trail.close()
  }
}

type Change = (folder: string, t: TestContext) => Promise<unknown> | unknown

async function mutated(t: TestContext, change: Change): Promise<string> {
  const folder = join(parent, `copy-${++count}`)
  await cp(whole(), folder, { recursive: true })
  t.after(() => rm(folder, { recursive: true, force: true }))
  await change(folder, t)
  return folder
}

/** Runs SQL on the day file that holds an entry, or on all. */
function sql(folder: string, statement: string, ...values: (string | number | Uint8Array | null)[]): void {
  for (const path of globSync('days/*.db', { cwd: folder })) {
    const db = new DatabaseSync(join(folder, path))
    db.exec('PRAGMA foreign_keys=OFF')
    db.prepare(statement).run(...values)
    db.close()
  }
}

const onBytes = async (path: string, change: (bytes: Buffer) => Buffer | undefined) => {
  const bytes = await readFile(path)
  await writeFile(path, change(bytes) ?? bytes)
}
const flip = (bytes: Buffer, at: number): undefined => {
  bytes[at] = (bytes[at] ?? 0) ^ 1
}
const tileOf = (folder: string, level: number | 'entries', index: number) =>
  join(sealIn(folder), tilePath({ level, index, width: widthOf(level === 'entries' ? 0 : level, index, SIZE) }))

/** Puts a log with a true tree over other leaves in the place of the one that is there, signed by a key. */
async function rewrite(folder: string, change: (leaves: Buffer[]) => void, by = signer): Promise<void> {
  const files = new LogFiles(sealIn(folder), headIn(sealIn(folder))?.size ?? 0)
  const leaves = Array.from({ length: files.size }, (_, at) => files.leaf(at))
  change(leaves)
  await rm(sealIn(folder), { recursive: true })
  const log = await LogWriter.open({ folder: sealIn(folder), origin: 'gatelog.example/log', signer: by })
  for (const leaf of leaves) log.add(leaf)
  await log.publish()
}

const swap = (folder: string, column: 'json' | 'salt', one: number, other: number) => {
  const db = new DatabaseSync(join(folder, 'days/2026-11-24.default.db'))
  const get = (seq: number) =>
    db.prepare(`SELECT ${column} AS value FROM entries WHERE seq = ?`).get(seq)?.['value'] as string
  const values = [get(one), get(other)] as const
  assert.ok(values[0] && values[1])
  db.prepare(`UPDATE entries SET ${column} = ? WHERE seq = ?`).run(values[1], one)
  db.prepare(`UPDATE entries SET ${column} = ? WHERE seq = ?`).run(values[0], other)
  db.close()
}

/** Bodies of two entries, with all that belongs to them, each in the other's place. */
const swapBodies = (folder: string) => {
  const db = new DatabaseSync(join(folder, 'days/2026-11-24.default.db'))
  for (const step of ['SET seq = -seq WHERE seq IN (4, 6)', 'SET seq = 6 WHERE seq = -4', 'SET seq = 4 WHERE seq = -6'])
    db.exec(`UPDATE bodies ${step}`)
  db.close()
}

const ACT = { exchange: idOf(9000), at: NOON, who: { value: 'root', source: 'observed' }, why: 'asked for' } as const

/** Puts an entry after the last one, behind everybody's back: nothing seals it. */
function forge(folder: string, note: object): void {
  const db = new DatabaseSync(join(folder, 'days/2026-11-24.default.db'))
  db.prepare('INSERT INTO entries VALUES (?, ?, ?)').run(SIZE + 1, JSON.stringify(note), Buffer.alloc(32, 1))
  db.prepare('INSERT INTO gaps VALUES (?, ?)').run(SIZE + 1, 'kind' in note ? String(note.kind) : '')
  db.close()
}

type Expected = readonly [harm: Alarm['harm'], seq: number | undefined, told?: RegExp]

const MUTATIONS: readonly [string, Change, Expected, VerifyOptions?][] = [
  [
    'a flipped character of an entry',
    (f) => sql(f, `UPDATE entries SET json = replace(json, '"Ana"', '"Bea"') WHERE seq = 3`),
    ['changed', 3, /who/],
  ],
  [
    'a finding taken out',
    (f) => sql(f, `UPDATE entries SET json = json_set(json, '$.findings', json('[]')) WHERE seq = 513`),
    ['changed', 513, /judged/],
  ],
  [
    'another time',
    (f) => sql(f, `UPDATE entries SET json = json_set(json, '$.at', 5) WHERE seq = 12`),
    ['changed', 12, /^at/],
  ],
  [
    'a field added',
    (f) => sql(f, `UPDATE entries SET json = json_set(json, '$.more', 5) WHERE seq = 12`),
    ['changed', 12, /about/],
  ],
  [
    'a flipped bit of a body',
    (f) => sql(f, `UPDATE bodies SET bytes = CAST(substr(bytes, 1, length(bytes) - 1) || x'00' AS BLOB) WHERE seq = 4`),
    ['changed', 4, /body/],
  ],
  ['a body taken out', (f) => sql(f, 'DELETE FROM bodies WHERE seq = 6'), ['changed', 6, /body/]],
  ['JSON that is none', (f) => sql(f, `UPDATE entries SET json = '{' WHERE seq = 6`), ['unreadable', 6]],
  [
    'a salt exchanged',
    (f) => sql(f, 'UPDATE entries SET salt = randomblob(32) WHERE seq = 20'),
    ['changed', 20, /salt/],
  ],
  ['a salt taken out', (f) => sql(f, 'UPDATE entries SET salt = NULL WHERE seq = 20'), ['changed', 20]],
  ['salts of two entries swapped', (f) => swap(f, 'salt', 3, 7), ['changed', 3, /salt/]],
  ['bodies of two entries swapped', swapBodies, ['changed', 4, /body/]],
  ['an entry dropped', (f) => sql(f, 'DELETE FROM entries WHERE seq = 77'), ['dropped', 77]],
  ['an entry emptied as if erased', (f) => sql(f, `UPDATE entries SET json = '' WHERE seq = 78`), ['dropped', 78]],
  [
    'an entry said to be erased by nobody',
    (f) => {
      sql(f, `UPDATE entries SET json = '' WHERE seq = 78`)
      sql(f, 'INSERT INTO erased VALUES (78, ?, ?)', idOf(77), idOf(999))
    },
    ['dropped', 78],
  ],
  [
    'a body said to be redacted by nobody',
    (f) => {
      sql(f, `INSERT INTO redacted VALUES (4, ?, x'00', '[]')`, idOf(999))
      sql(f, 'UPDATE entries SET salt = substr(salt, 1, 0) WHERE seq = 4')
    },
    ['changed', 4],
  ],
  [
    'an entry said to be erased by an entry that was never sealed',
    (f) => {
      forge(f, { ...ACT, kind: 'erase', basis: 'law', scope: {}, exchanges: 5, sessions: 1, later: 0, notes: 0 })
      sql(f, `UPDATE entries SET json = '' WHERE seq = 78`)
      sql(f, 'INSERT INTO erased VALUES (78, ?, ?)', idOf(77), ACT.exchange)
    },
    ['dropped', 78, /601, which is not sealed/],
  ],
  [
    'a day said to be purged by an entry that was never sealed',
    async (f) => {
      forge(f, { ...ACT, kind: 'purge', days: [{ day: '2026-11-23', entries: SIZE, exchanges: SIZE }] })
      await rm(join(f, 'days/2026-11-23.default.db'))
    },
    ['dropped', 1],
  ],
  ['a whole day dropped', (f) => rm(join(f, 'days/2026-11-23.default.db')), ['dropped', 1]],
  ['two entries reordered', (f) => swap(f, 'json', 3, 7), ['reordered', 3, /entry 7/]],
  [
    'an entry duplicated over another',
    (f) => sql(f, 'UPDATE entries SET json = (SELECT json FROM entries e WHERE e.seq = 5) WHERE seq = 11'),
    ['duplicated', 11, /copy of entry 5/],
  ],
  [
    'a second row of one seq in another file',
    (f) => {
      const row = `INSERT INTO entries SELECT 1, json, salt FROM d.entries WHERE seq = 1`
      const db = new DatabaseSync(join(f, 'days/2026-11-24.default.db'))
      db.prepare('ATTACH ? AS d').run(join(f, 'days/2026-11-23.default.db'))
      db.exec(row)
      db.exec(`UPDATE d.entries SET json = replace(json, '"Ana"', '"Bea"') WHERE seq = 1`)
      db.close()
    },
    ['duplicated', 1, /more than one entry/],
  ],
  ['the end cut off', (f) => sql(f, 'DELETE FROM entries WHERE seq > 590'), ['truncated', 591, /10 entries/]],
  [
    'day files of before',
    async (f) => cp(join(early(), 'days'), join(f, 'days'), { recursive: true }),
    ['truncated', 401, /200 entries/],
  ],
  [
    'the log of before',
    async (f) => {
      await rm(sealIn(f), { recursive: true })
      await cp(sealIn(early()), sealIn(f), { recursive: true })
    },
    ['rolled back', undefined, /600 entries were sealed, the log has 400/],
  ],
  ['the log gone', (f) => rm(sealIn(f), { recursive: true }), ['rolled back', undefined, /is gone/]],
  ['a flipped bit of a leaf', (f) => onBytes(tileOf(f, 'entries', 1), (b) => flip(b, 700)), ['log changed', 257 + 1]],
  ['a flipped bit of a tile', (f) => onBytes(tileOf(f, 0, 1), (b) => flip(b, 32 * 9)), ['log changed', 257 + 9]],
  ['a flipped bit of an upper tile', (f) => onBytes(tileOf(f, 1, 0), (b) => flip(b, 32)), ['log changed', 257]],
  ['leaves cut off', (f) => onBytes(tileOf(f, 'entries', 2), (b) => b.subarray(0, 900)), ['log changed', 513]],
  [
    'leaf and tile changed together',
    async (f) => {
      const files = new LogFiles(sealIn(f), SIZE)
      const leaves = [...files.leaves(0)]
      leaves[4] = Buffer.from(String(leaves[4]).replace('"asked"', '"denied"'))
      await writeFile(tileOf(f, 'entries', 0), printBundle(leaves))
      const { leafHash } = await import('../../src/trail/seal/hashes.ts')
      await writeFile(tileOf(f, 0, 0), Buffer.concat(leaves.map(leafHash)))
    },
    ['log changed', 1],
  ],
  [
    'a flipped bit of the checkpoint’s root',
    (f) =>
      onBytes(join(sealIn(f), 'checkpoint'), (b) => {
        const text = b.toString()
        const at = text.split('\n').slice(0, 2).join('\n').length + 5
        return Buffer.from(text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1))
      }),
    ['forged', undefined],
  ],
  [
    'a checkpoint of another key over changed leaves',
    (f) => rewrite(f, (leaves) => leaves.splice(100, 1, Buffer.from('x')), signerOf(7)),
    ['forged', undefined, /not signed by/],
  ],
  [
    'a checkpoint signed by the true key over another tree',
    async (f) => {
      const text = printCheckpoint({ origin: 'gatelog.example/log', size: SIZE, root: Buffer.alloc(32, 3) })
      const bytes = await signer.sign(Buffer.from(text))
      const note = printNote({
        text,
        signatures: [{ name: 'gatelog.example/log', id: signer.vkey.split('+')[1]!, bytes }],
      })
      await writeFile(join(sealIn(f), 'checkpoint'), note)
    },
    ['forged', undefined, /not over the leaves/],
  ],
  ['a checkpoint that is none', (f) => writeFile(join(sealIn(f), 'checkpoint'), 'hello\n'), ['log changed', undefined]],
  [
    'leaves of two entries swapped by who has the key',
    (f) => rewrite(f, (leaves) => leaves.splice(2, 2, leaves[3]!, leaves[2]!)),
    ['log changed', 3],
  ],
  [
    'an entry dropped with its leaf by who has the key',
    async (f) => {
      sql(f, 'DELETE FROM entries WHERE seq = 600')
      await rewrite(f, (leaves) => leaves.splice(599, 1))
    },
    ['rolled back', undefined, /599/],
  ],
]

describe('mutations', () => {
  for (const [name, change, [harm, seq, told], options] of MUTATIONS)
    test(`${name}: ${harm}`, async (t) => {
      const report = await look(await mutated(t, change), options)
      const [first] = report.alarms
      assert.equal(report.ok, false)
      assert.deepEqual([first?.harm, first?.seq], [harm, seq], JSON.stringify(report.alarms.slice(0, 3)))
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
      folder: join(parent, 'foreign'),
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
    assert.deepEqual(report.claimed, { by: 'tsa', at: NOON, size: 400 })
    assert.match(standingOf(report), /^internally consistent; .* not checked here/)
    assert.doesNotMatch(standingOf(report), /anchored/)
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
