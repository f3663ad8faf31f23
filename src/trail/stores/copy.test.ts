/** A copy is of one moment, and nobody waits for it: what is committed meanwhile is in the record and not in the copy. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { wrappingOf } from '../wrapping.ts'
import { bodyOf, commit, ending, idOf, opening } from './made.ts'
import { openSqlite } from './sqlite.ts'

const DAY_FILE = '2026-11-24.default.db'
const key = (purpose: string) => createHash('sha256').update(purpose).digest()

async function opened(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'gatelog-copy-'))
  const to = join(folder, 'to')
  mkdirSync(to)
  const store = await openSqlite({
    ...{ folder: join(folder, 'data'), wrapping: wrappingOf([key('wrapping')]), onBroken: () => undefined },
    ...{ tokenKey: key('token'), lineKey: key('line') },
  })
  t.after(async () => {
    await store.close()
    rmSync(folder, { recursive: true, force: true })
  })
  const body = () => ({ ...bodyOf(''), bytes: randomBytes(200_000) })
  for (let nth = 0; nth < 40; nth++) await commit(store, opening(idOf(nth), { body: body() }), ending(idOf(nth)))
  return { store, to, body, data: join(folder, 'data') }
}

function inCopy(to: string): unknown[] {
  const db = new DatabaseSync(join(to, DAY_FILE))
  const rows = ['PRAGMA integrity_check', 'SELECT count(*) AS count, max(seq) AS last FROM entries']
  const told = rows.map((sql) => Object.values(db.prepare(sql).get() ?? {}))
  db.close()
  return told.flat()
}

test('what is committed while it is made is not in it, and is not lost', async (t) => {
  const { store, to, body } = await opened(t)
  let over = false
  const copied = store.copy({ to, known: {} }).then((files) => {
    over = true
    return files
  })
  let next = 100
  do await commit(store, opening(idOf(next), { body: body() }), ending(idOf(next++)))
  while (!over)
  const files = await copied
  assert.deepEqual(
    files.map(({ path, copied }) => [path, copied]),
    [
      [`days/${DAY_FILE}`, true],
      ['head.db', true],
    ],
  )
  assert.deepEqual(inCopy(to), ['ok', 80, 80])
  for (let nth = 100; nth < next; nth++) assert.ok((await store.exchange(idOf(nth)))?.ending)
})

test('an erasure waits for the copy, and commits do not wait for the erasure that waits', async (t) => {
  const { store, to } = await opened(t)
  const order: string[] = []
  const mark = (what: string) => () => void order.push(what)
  const copied = store.copy({ to, known: {} }).then(mark('copied'))
  const erased = store.revise({ by: idOf(90), erased: [idOf(1)], bodies: [], notes: [] }).then(mark('erased'))
  const again = store.copy({ to, known: {} }).then(mark('copied again'))
  await commit(store, opening(idOf(200)))
  order.push('committed')
  await Promise.all([copied, erased, again])
  for (const first of ['committed', 'copied'])
    for (const later of ['copied again', 'erased']) assert.ok(order.indexOf(first) < order.indexOf(later), order.join())
  assert.equal(await store.exchange(idOf(1)), undefined)
})

test('keys that are destroyed or wrapped anew wait for the copy of keys.db, and are', async (t) => {
  const { store, to, body } = await opened(t)
  await commit(store, opening(idOf(300), { session: 's', body: body() }), ending(idOf(300)))
  for (let nth = 0; nth < 5; nth++) {
    const [copied, ...done] = await Promise.allSettled([
      store.copy({ to, known: {}, only: 'keys.db' }),
      store.rekey('s'),
      store.rewrap('refuse'),
    ])
    assert.deepEqual([copied.status, ...done.map(({ status }) => status)], Array(3).fill('fulfilled'))
  }
  const [, shredded] = await Promise.all([store.copy({ to, known: {}, only: 'keys.db' }), store.shred(DAY_FILE)])
  assert.ok(shredded > 0)
})

const SECOND = `
import { DatabaseSync } from 'node:sqlite'
for (const path of process.argv.slice(1))
  try {
    new DatabaseSync(path, { timeout: 0 }).exec('BEGIN IMMEDIATE')
    console.log('open')
  } catch (error) {
    console.log(error.message)
  }
`

test('another process may open none of the files while they are copied, written anew, and afterwards', async (t) => {
  const { store, to, data, body } = await opened(t)
  const files = ['head.db', 'keys.db', `days/${DAY_FILE}`].map((path) => join(data, path))
  const second = () =>
    spawnSync(process.execPath, ['--input-type=module', '--eval', SECOND, ...files], { encoding: 'utf8' }).stdout
  const refused = 'database is locked\n'.repeat(files.length)
  rmSync(join(data, 'lock'))
  assert.equal(second(), refused)
  for (let nth = 0; nth < 2; nth++) {
    const copied = store.copy({ to, known: {} })
    assert.equal(second(), refused)
    await copied
    await store.copy({ to, known: {}, only: 'keys.db' })
    assert.equal(second(), refused)
    await store.revise({ by: idOf(90), erased: [idOf(nth)], bodies: [], notes: [] })
    await commit(store, opening(idOf(400 + nth), { body: body() }))
    assert.equal(second(), refused)
  }
})
