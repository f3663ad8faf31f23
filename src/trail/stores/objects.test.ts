/** A file of the record that has a trigger, a view or a table of somebody else is not opened, and what was not written is a fault. */
import assert from 'node:assert/strict'
import { createHash, createHmac } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import type { Keyring } from '#exchange'
import { openTrail, type Trail } from '../index.ts'
import { ending, idOf, NOON, opening } from './made.ts'
import { Head } from './sqlite/head.ts'

const keyring: Keyring = {
  digest: (purpose, data) => createHmac('sha256', purpose).update(data).digest(),
  hash: () => createHash('sha256'),
  key: (purpose) => createHash('sha256').update(purpose).digest(),
}
const DAY = 'days/2026-11-24.default.db'

/** A closed record of one exchange and one document. */
async function house(t: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), 'gatelog-objects-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  const open = (asItIs = false): Promise<Trail> => openTrail({ folder, keyring, now: () => NOON, asItIs })
  const trail = await open()
  await trail.append(opening(idOf(1)))
  await trail.append(ending(idOf(1)))
  await trail.documents.put('key', 'k_1', { state: 'good' })
  await trail.close()
  const sql = (file: string, ...statements: readonly string[]) => {
    const db = new DatabaseSync(join(folder, file))
    for (const statement of statements) db.exec(statement)
    db.close()
  }
  return { folder, open, sql }
}

for (const [file, what, make, drop] of [
  [
    'head.db',
    'trigger a',
    'CREATE TRIGGER a BEFORE UPDATE ON documents BEGIN SELECT RAISE(IGNORE); END',
    'DROP TRIGGER a',
  ],
  ['head.db', 'view v', 'CREATE VIEW v AS SELECT 1', 'DROP VIEW v'],
  ['head.db', 'index i', 'CREATE UNIQUE INDEX i ON marks(value)', 'DROP INDEX i'],
  ['keys.db', 'trigger a', 'CREATE TRIGGER a BEFORE DELETE ON keys BEGIN SELECT RAISE(IGNORE); END', 'DROP TRIGGER a'],
  ['keys.db', 'table t', 'CREATE TABLE t(x)', 'DROP TABLE t'],
  [DAY, 'trigger a', 'CREATE TRIGGER a BEFORE INSERT ON entries BEGIN SELECT RAISE(IGNORE); END', 'DROP TRIGGER a'],
  [DAY, 'view words_more', 'CREATE VIEW words_more AS SELECT 1', 'DROP VIEW words_more'],
] as const)
  test(`a ${what} in ${file} is told by name, and the record is not opened until it is gone`, async (t) => {
    const { open, sql } = await house(t)
    sql(file, make)
    const named = new RegExp(`${file.split('/').at(-1)?.replaceAll('.', '\\.')} has a ${what},`)
    await assert.rejects(open(), { code: 'trail.broken', message: named })
    if (file !== DAY) await assert.rejects(open(true), { code: 'trail.damaged', message: named })
    sql(file, drop, 'ANALYZE')
    await (await open()).close()
  })

test('a view in the place of a table, and a table with another conflict rule, are none of the format', async (t) => {
  const { open, sql } = await house(t)
  sql('head.db', 'ALTER TABLE marks RENAME TO m', 'CREATE VIEW marks AS SELECT * FROM m')
  await assert.rejects(open(), { code: 'trail.broken', message: /head\.db has a (table m|view marks),/ })
  sql(
    'head.db',
    'DROP VIEW marks',
    'CREATE TABLE marks(name TEXT PRIMARY KEY, value, UNIQUE(value) ON CONFLICT IGNORE)',
  )
  sql('head.db', 'DROP TABLE m')
  await assert.rejects(open(), { code: 'trail.broken', message: /index sqlite_autoindex_marks/ })
})

test('what a statement did not do is a fault and not said to be done', async (t) => {
  const { folder } = await house(t)
  const head = new Head(join(folder, 'head.db'))
  t.after(() => head.close())
  const broken = { code: 'trail.broken', message: /head\.db: a row was not written/ }
  for (const [of, run] of [
    ['UPDATE ON documents', () => head.put('key', 'k_1', '{}')],
    ['INSERT ON documents', () => head.put('key', 'k_2', '{}')],
    ['INSERT ON macs', () => head.put('key', 'k_1', '{}', [{ kind: 'key', id: 'k_1', mac: new Uint8Array(32) }])],
    ['DELETE ON documents', () => head.delete('key', 'k_1')],
    ['INSERT ON marks', () => head.setMark('seq', 9)],
  ] as const) {
    head.file.command(`CREATE TRIGGER a BEFORE ${of} BEGIN SELECT RAISE(IGNORE); END`)
    assert.throws(run, broken, of)
    head.file.command('DROP TRIGGER a')
  }
  assert.match(head.document('key', 'k_1') ?? '', /good/)
  assert.equal(head.delete('key', 'k_1'), true)
  assert.equal(head.delete('key', 'k_1'), false)
})
