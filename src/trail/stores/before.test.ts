/** A record of before proofs and MACs that has no log is taken as it lies once; one of now is never made to look like it. */
import assert from 'node:assert/strict'
import { createHash, createHmac } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import type { Keyring } from '#exchange'
import type { AckedMark } from '../acked.ts'
import { openTrail, type TrailOptions } from '../open.ts'
import { signerOf } from '../seal/made.ts'
import { ending, idOf, NOON, opening } from './made.ts'
import { migrate } from './sqlite/migrate.ts'

const keyring: Keyring = {
  digest: (purpose, data) => createHmac('sha256', purpose).update(data).digest(),
  hash: () => createHash('sha256'),
  key: (purpose) => createHash('sha256').update(purpose).digest(),
}
const SIGNER = signerOf()

type How = Partial<TrailOptions>

/** A record of two entries and a document as a version without proofs left it, and by default its keys; how it is opened. */
async function house(t: TestContext, isWithKeys = true) {
  const folder = mkdtempSync(join(tmpdir(), 'gatelog-before-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const sql = (file: string, ...statements: readonly string[]) => {
    const db = new DatabaseSync(join(folder, file))
    for (const statement of statements) db.exec(statement)
    db.close()
  }
  const open = (how: How = {}) => openTrail({ folder, keyring, now: () => NOON, ...how })
  const trail = await open()
  await trail.append(opening(idOf(1)))
  await trail.append(ending(idOf(1)))
  await trail.documents.put('key', 'k_true', { id: 'k_true' })
  await trail.close()
  sql('head.db', `DELETE FROM documents WHERE kind = 'proof'`, 'DROP TABLE macs', 'PRAGMA user_version = 1')
  migrate(folder, { dryRun: false })
  if (isWithKeys) sql('keys.db', `DELETE FROM keys WHERE file = 'entries'`)
  const found = async (how: How) => {
    const opened = await open(how)
    try {
      const { documents } = opened
      return [await documents.list('key'), (await documents.forged()).length, await opened.provenAfter()]
    } finally {
      await opened.close()
    }
  }
  return { sql, found }
}

const mark = (sealed: number): AckedMark => ({
  ...{ left: undefined, sealed, begin: () => undefined, reach: () => undefined },
  entry: (gone) => ({ kind: 'vanished', exchange: idOf(9), at: NOON, ...gone }),
})

for (const [name, how] of [
  ['where nobody signs', {}],
  ['where somebody signs who never did', { signer: SIGNER }],
  ['where it is remembered outside that nothing was sealed', { acked: mark(0) }],
] as const)
  test(`its documents and entries are taken as they lie ${name}, and nothing that comes later`, async (t) => {
    const { sql, found } = await house(t)
    assert.deepEqual(await found(how), [[{ id: 'k_true' }], 0, 2])
    sql('head.db', `INSERT INTO documents VALUES ('key', 'k_forged', '{"id":"k_forged"}')`)
    assert.deepEqual(await found(how), [[{ id: 'k_true' }], 1, 2])
  })

for (const [name, how] of [
  ['it is remembered outside that proofs have begun', { begun: { since: 0 } }],
  ['what is remembered outside cannot be read', { begun: { since: undefined } }],
  ['something was sealed, as is remembered outside', { acked: mark(1) }],
  ['a head of it was signed', { signer: { ...SIGNER, last: async () => 'gatelog.example/log\n1\nAA==\n' } }],
] as const)
  test(`one of now that looks like it is not, where ${name}`, async (t) => {
    const { found } = await house(t)
    const [given, forged, since] = await found(how)
    assert.deepEqual([given, since], [[], 0])
    assert.ok(Number(forged) > 0)
  })

test('one that is put back under the newest keys, which prove entries, is taken as it lies where its backup says so', async (t) => {
  const { sql, found } = await house(t, false)
  assert.deepEqual((await found({ asItIs: true }))[0], [], 'nobody says so')
  for (const asItIs of [true, false])
    assert.deepEqual(await found({ ofBefore: true, asItIs }), [[{ id: 'k_true' }], 0, 2])
  sql('head.db', `INSERT INTO documents VALUES ('key', 'k_forged', '{"id":"k_forged"}')`)
  assert.deepEqual(await found({ ofBefore: true }), [[{ id: 'k_true' }], 1, 2], 'it has a mark by now')
})
