/** Documents of head.db are given out only as who had the record's key wrote them: forged, moved or garbled ones act on nothing. */
import assert from 'node:assert/strict'
import { createHash, createHmac } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import type { Keyring } from '#exchange'
import { openTrail } from '../open.ts'
import { Proofs } from '../seal/proofs.ts'
import type { Trail } from '../trail.ts'
import { type LostKey, wrappingOf } from '../wrapping.ts'
import { idOf, NOON, opening } from './made.ts'
import { migrate } from './sqlite/migrate.ts'

const keyring: Keyring = {
  digest: (purpose, data) => createHmac('sha256', purpose).update(data).digest(),
  hash: () => createHash('sha256'),
  key: (purpose) => createHash('sha256').update(purpose).digest(),
}
const [ONE, TWO] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)]
const PROOF = Buffer.alloc(32, 9)

async function ground(t: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), 'gatelog-documents-'))
  const opened: Trail[] = []
  t.after(async () => {
    for (const trail of opened) await trail.close().catch(() => undefined)
    await rm(folder, { recursive: true, force: true })
  })
  const open = async (keys: readonly Buffer[] = [ONE], lostKey: LostKey = 'refuse', asItIs = false) => {
    const wrapping = wrappingOf(keys as [Buffer, ...Buffer[]])
    const trail = await openTrail({ folder, keyring, now: () => NOON, wrapping, lostKey, asItIs })
    opened.push(trail)
    return trail
  }
  const sql = (...statements: readonly string[]) => {
    const db = new DatabaseSync(join(folder, 'head.db'))
    for (const statement of statements) db.exec(statement)
    db.close()
  }
  return { folder, open, sql }
}

/** A record with two documents of one kind and one of another. */
async function filled(t: TestContext) {
  const made = await ground(t)
  const trail = await made.open()
  await trail.append(opening(idOf(1)))
  await trail.documents.put('a', 'x', { v: 1 })
  await trail.documents.put('a', 'y', { v: 2 })
  await trail.documents.put('b', 'x', { v: 1 })
  await trail.close()
  return made
}

const all = async ({ documents }: Trail) => [
  ...(await documents.list('a')),
  ...(await documents.list('b')),
  (await documents.forged()).map(({ kind, id }) => `${kind} ${id}`),
]

const CASES: readonly (readonly [string, readonly string[], readonly unknown[]])[] = [
  ['one of before', [], [{ v: 1 }, { v: 2 }, { v: 1 }, []]],
  ['a new one', [`INSERT INTO documents VALUES ('a', 'z', '{}')`], [{ v: 1 }, { v: 2 }, { v: 1 }, ['a z']]],
  [
    'a new one with a MAC',
    [`INSERT INTO documents VALUES ('b', 'z', '{}')`, `INSERT INTO macs VALUES ('b', 'z', randomblob(32))`],
    [{ v: 1 }, { v: 2 }, { v: 1 }, ['b z']],
  ],
  ['another text', [`UPDATE documents SET json = '{"v":3}' WHERE id = 'y'`], [{ v: 1 }, { v: 1 }, ['a y']]],
  ['its MAC taken out', [`DELETE FROM macs WHERE id = 'y'`], [{ v: 1 }, { v: 1 }, ['a y']]],
  ['a cut MAC', [`UPDATE macs SET mac = substr(mac, 1, 31) WHERE id = 'y'`], [{ v: 1 }, { v: 1 }, ['a y']]],
  ['an empty MAC', [`UPDATE macs SET mac = x'' WHERE id = 'y'`], [{ v: 1 }, { v: 1 }, ['a y']]],
  ['a MAC that is text', [`UPDATE macs SET mac = 'x' WHERE id = 'y'`], [{ v: 1 }, { v: 1 }, ['a y']]],
  [
    'another id with its MAC',
    [`UPDATE documents SET id = 'z' WHERE id = 'y'`, `UPDATE macs SET id = 'z' WHERE id = 'y'`],
    [{ v: 1 }, { v: 1 }, ['a z']],
  ],
  [
    'the same text under another kind, with its MAC',
    [
      `INSERT INTO documents SELECT 'b', id, json FROM documents WHERE id = 'y'`,
      `INSERT INTO macs SELECT 'b', id, mac FROM macs WHERE id = 'y'`,
    ],
    [{ v: 1 }, { v: 2 }, { v: 1 }, ['b y']],
  ],
  [
    'a part moved from the id to the kind, with its MAC',
    [`UPDATE documents SET kind = 'ay', id = '' WHERE id = 'y'`, `UPDATE macs SET kind = 'ay', id = '' WHERE id = 'y'`],
    [{ v: 1 }, { v: 1 }, ['ay ']],
  ],
  ['null', [`INSERT INTO documents VALUES ('a', 'z', 'null')`], [{ v: 1 }, { v: 2 }, { v: 1 }, ['a z']]],
  ['no JSON', [`INSERT INTO documents VALUES ('a', 'z', '{')`], [{ v: 1 }, { v: 2 }, { v: 1 }, ['a z']]],
  ['no text', [`INSERT INTO documents VALUES ('a', x'00ff', x'00')`], [{ v: 1 }, { v: 2 }, { v: 1 }, ['a ?']]],
  [
    'control characters',
    [`INSERT INTO documents VALUES ('a', char(27) || '[2J', '{}')`],
    [{ v: 1 }, { v: 2 }, { v: 1 }, ['a ?[2J']],
  ],
  [
    'a long id',
    [`INSERT INTO documents VALUES ('a', printf('%.*c', 1000, 'z'), '{}')`],
    [{ v: 1 }, { v: 2 }, { v: 1 }, [`a ${'z'.repeat(96)}`]],
  ],
]

for (const [name, change, expected] of CASES)
  test(`${name}: what is not the record’s own is in no answer, and is named`, async (t) => {
    const { open, sql } = await filled(t)
    sql(...change)
    for (const asItIs of [true, false]) {
      const trail = await open([ONE], 'refuse', asItIs)
      assert.deepEqual(await all(trail), expected)
      await trail.close()
    }
  })

test('one that takes the place of a forged one is true, and what was there is told as long as the process lives', async (t) => {
  const { open, sql } = await filled(t)
  sql(`UPDATE documents SET json = '{"v":3}' WHERE id = 'y'`, `INSERT INTO documents VALUES ('a', 'z', '{}')`)
  const trail = await open()
  await trail.documents.put('a', 'y', { v: 4 })
  await trail.documents.delete('a', 'z')
  assert.deepEqual(await all(trail), [{ v: 1 }, { v: 4 }, { v: 1 }, ['a y', 'a z']])
  await trail.close()
  assert.deepEqual(await all(await open()), [{ v: 1 }, { v: 4 }, { v: 1 }, []])
})

test('a new wrapping key keeps them true', async (t) => {
  const { open } = await filled(t)
  const trail = await open([TWO, ONE])
  await trail.keys.rewrap('refuse')
  assert.deepEqual(await all(trail), [{ v: 1 }, { v: 2 }, { v: 1 }, []])
  await trail.close()
  assert.deepEqual(await all(await open([TWO])), [{ v: 1 }, { v: 2 }, { v: 1 }, []])
})

test('where the key is not here nothing is given out, put or taken away; given up for lost, they are taken as they lie', async (t) => {
  const { open, sql } = await filled(t)
  sql(`INSERT INTO documents VALUES ('a', 'z', 'null')`)
  const locked = await open([TWO], 'show')
  for (const done of [
    () => locked.documents.get('a', 'x'),
    () => locked.documents.list('a'),
    () => locked.documents.put('a', 'x', {}),
    () => locked.documents.delete('a', 'x'),
  ])
    await assert.rejects(done, { code: 'trail.key' })
  assert.deepEqual([await locked.documents.list('c'), await locked.documents.forged()], [[], []])
  await locked.keys.rewrap('go on')
  assert.deepEqual(await all(locked), [{ v: 1 }, { v: 2 }, { v: 1 }, ['a z']])
  await locked.close()
  assert.deepEqual(await all(await open([TWO])), [{ v: 1 }, { v: 2 }, { v: 1 }, ['a z']])
})

/** What an earlier version left: no table of MACs, and its own mark of when proofs began. */
const EARLIER = (mark: string) => [
  'DROP TABLE macs',
  'PRAGMA user_version = 1',
  `UPDATE documents SET json = '{"since":0,"mark":"${mark}"}' WHERE kind = 'proof'`,
]

/** The mark of an earlier version, which it takes the key to make: the label is the one that stood there. */
async function earlierMark(folder: string): Promise<string> {
  const db = new DatabaseSync(join(folder, 'keys.db'))
  const row = db
    .prepare("SELECT w.name, k.wrapped FROM keys k JOIN wrappers w ON w.id = k.wrapper WHERE k.file = 'entries'")
    .get()
  db.close()
  const wrapped = { by: String(row?.['name']), bytes: row?.['wrapped'] as Uint8Array }
  const [key] = await wrappingOf([ONE]).unwrap([wrapped])
  const mac = createHmac('sha256', key ?? PROOF)
    .update('gatelog since 1\0')
    .update(Buffer.alloc(8))
  return mac.digest('hex')
}

test('those of a record of before are taken as they lie when it is opened first, and never again', async (t) => {
  const { folder, open, sql } = await filled(t)
  sql(...EARLIER(await earlierMark(folder)), `INSERT INTO documents VALUES ('a', 'z', 'null')`)
  const dry = migrate(folder, { dryRun: true }).files.find(({ file }) => file === 'head.db')
  assert.deepEqual([dry?.version, dry?.to, dry?.does.length, dry?.rows], [1, 2, 1, 5])
  await assert.rejects(open([ONE], 'refuse', true), { code: 'trail.older' })
  const first = await open()
  assert.deepEqual(await all(first), [{ v: 1 }, { v: 2 }, { v: 1 }, ['a z']])
  await first.close()
  sql(`INSERT INTO documents VALUES ('b', 'z', '{}')`)
  assert.deepEqual(await all(await open()), [{ v: 1 }, { v: 2 }, { v: 1 }, ['a z', 'b z']])
})

test('who takes out the mark, its table, or makes it look like one of before, gets nothing taken', async (t) => {
  for (const change of [
    [`DELETE FROM documents WHERE kind = 'proof'`],
    [`UPDATE documents SET json = 'null' WHERE kind = 'proof'`],
    ['DROP TABLE macs', 'PRAGMA user_version = 1'],
    [`DELETE FROM documents WHERE kind = 'proof'`, 'DROP TABLE macs', 'PRAGMA user_version = 1'],
  ]) {
    const { open, sql } = await filled(t)
    sql(`INSERT INTO documents VALUES ('a', 'z', '{}')`, ...change)
    const trail = await open()
    const found = await all(trail)
    const forged = found.at(-1) as readonly string[]
    assert.ok(forged.includes('a z'), change.join())
    assert.equal((await trail.documents.get('a', 'z')) === undefined, true)
  }
})

test('a MAC is of one document alone, and none of an entry or a mark', () => {
  const proofs = new Proofs([PROOF])
  const one = { kind: 'a', id: 'x', json: '{}' }
  const mac = proofs.document(one)
  assert.ok(proofs.isDocument(mac, one))
  for (const other of [
    { ...one, kind: 'ax', id: '' },
    { ...one, id: 'x{', json: '}' },
    { ...one, id: 'x\0' },
    { kind: 'x', id: 'a', json: '{}' },
    { ...one, json: '{} ' },
  ])
    assert.ok(!proofs.isDocument(mac, other))
  assert.ok(!new Proofs([Buffer.alloc(32, 8)]).isDocument(mac, one))
  assert.ok(new Proofs([Buffer.alloc(32, 8), PROOF]).isDocument(mac, one))
  assert.ok(!proofs.isMark(0, proofs.document(one).toString('hex')))
  const earlier = createHmac('sha256', PROOF).update('gatelog since 1\0').update(Buffer.alloc(8)).digest('hex')
  assert.deepEqual([proofs.isEarlierMark(0, earlier), proofs.isMark(0, earlier)], [true, false])
  assert.ok(!proofs.isEarlierMark(0, proofs.mark(0)))
})
