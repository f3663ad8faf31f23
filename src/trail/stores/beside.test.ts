/** What is committed while exchanges are erased, bodies written anew and keys changed is all there afterwards, and rests on nothing that went. */
import assert from 'node:assert/strict'
import { createHash, createHmac } from 'node:crypto'
import { globSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { likeness } from '../likeness.ts'
import type { Revision } from '../revision.ts'
import type { Store } from '../store.ts'
import { wrappingOf } from '../wrapping.ts'
import { print } from './edits.ts'
import { ask, bodyOf, commit, ending, idOf, opening, piece } from './made.ts'
import { openSqlite } from './sqlite.ts'

const DAY_FILE = '2026-11-24.default.db'
const key = (purpose: string) => createHash('sha256').update(purpose).digest()
const NOTHING: Revision = { by: idOf(900), erased: [], bodies: [], notes: [] }

async function ground(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'gatelog-beside-'))
  const data = join(folder, 'data')
  const keys = { tokenKey: key('token'), lineKey: Buffer.alloc(32, 8), wrapping: wrappingOf([key('wrapping')]) }
  const open = () => openSqlite({ folder: data, ...keys, onBroken: () => undefined })
  const stores: Store[] = []
  t.after(async () => {
    for (const store of stores) await store.close().catch(() => undefined)
    rmSync(folder, { recursive: true, force: true })
  })
  const opened = async () => {
    stores.push(await open())
    return stores.at(-1) as Store
  }
  return { data, opened }
}

const textOf = (nth: number) => Array.from({ length: 400 }, (_, at) => `line ${at} said in turn ${nth > at ? at : 0}`)
const promptOf = (nth: number) => Buffer.from([...textOf(nth), `and ${nth} words of my own`].join('\n'))
const wordOf = (nth: number) => `kangaroo${nth}house`

/** A turn of a session that resends what was said, made from the body of the turn `from`. */
async function turn(store: Store, nth: number, from?: number): Promise<void> {
  const body = { ...bodyOf(''), bytes: promptOf(nth) }
  const like = from !== undefined && {
    like: { exchange: idOf(from), ...likeness(promptOf(from), promptOf(nth)) },
  }
  const edits = { units: [], forms: [`line${nth}=of()`] }
  await commit(store, opening(idOf(nth), { session: 's', body, text: wordOf(nth), path: `/${wordOf(nth)}`, ...like }))
  await store.commit({ entries: [], pieces: [piece(idOf(nth), `flown ${nth}`)] })
  await commit(store, ending(idOf(nth), { body: bodyOf(`reply ${nth}`), text: 'reply', edits }))
}

async function holds(store: Store, nth: number, prompt = promptOf(nth)): Promise<void> {
  const read = await store.exchange(idOf(nth))
  assert.ok(read?.opening.body && Buffer.compare(read.opening.body.bytes, prompt) === 0, `the prompt of ${nth}`)
  assert.equal(Buffer.from(read.ending?.body?.bytes ?? []).toString(), `reply ${nth}`)
  const { rows } = await store.find(ask(wordOf(nth)), { limit: 9 })
  assert.deepEqual(
    rows.map(({ opening }) => opening.exchange),
    [idOf(nth)],
  )
  assert.deepEqual(
    (await store.lines([print(`line${nth}=of()`)], 9)).map(({ exchange }) => exchange),
    [idOf(nth)],
  )
}

/** Turns come, each made from one that may be going just now, until something is over. */
async function turnsUntil(store: Store, done: Promise<unknown>, from: number): Promise<number> {
  let over = false
  const end = done.finally(() => (over = true))
  let next = from
  do await turn(store, next++, 1 + (next % 20))
  while (!over)
  await end
  return next
}

function isSound(data: string): void {
  const db = new DatabaseSync(join(data, 'days', DAY_FILE))
  assert.deepEqual(Object.values(db.prepare('PRAGMA integrity_check').get() ?? {}), ['ok'])
  for (const index of ['words', 'prints']) db.exec(`INSERT INTO ${index}(${index}) VALUES ('integrity-check')`)
  db.close()
}

test('turns that come while others are erased, written anew and put under a new key are whole', async (t) => {
  const { data, opened } = await ground(t)
  const store = await opened()
  for (let nth = 1; nth <= 20; nth++) await turn(store, nth, nth > 1 ? nth - 1 : undefined)
  const anew = Buffer.from('another prompt '.repeat(500))
  const bodies: Revision['bodies'] = [
    { exchange: idOf(4), part: 'prompt', bytes: anew, salt: Buffer.alloc(32, 7), findings: [] },
  ]
  let next = await turnsUntil(store, store.revise({ ...NOTHING, erased: [idOf(2), idOf(9)], bodies }), 100)
  next = await turnsUntil(store, store.rekey('s'), next)
  const there = [
    ...Array.from({ length: 20 }, (_, at) => at + 1),
    ...Array.from({ length: next - 100 }, (_, at) => 100 + at),
  ]
  const hold = async (store: Store) => {
    for (const nth of there)
      if (nth === 2 || nth === 9) assert.equal(await store.exchange(idOf(nth)), undefined)
      else if (nth === 4)
        assert.equal(Buffer.from((await store.exchange(idOf(4)))?.opening.body?.bytes ?? []).compare(anew), 0)
      else await holds(store, nth)
  }
  await hold(store)
  await store.close()
  isSound(data)
  await hold(await opened())
})

test('a store that is closed meanwhile stops half way, and the next one begins by writing the file anew', async (t) => {
  const { data, opened } = await ground(t)
  const first = await opened()
  for (let nth = 1; nth <= 20; nth++) await turn(first, nth)
  const erased = [1, 2, 3].map((nth) => idOf(nth))
  const stopped = first.revise({ ...NOTHING, erased })
  const closed = first.close()
  await assert.rejects(stopped, { code: 'trail.unavailable' })
  await closed
  const store = await opened()
  await store.revise({ ...NOTHING, erased })
  for (let nth = 4; nth <= 20; nth++) await holds(store, nth)
  assert.deepEqual(
    readdirSync(join(data, 'days')).filter((name) => name.includes('anew')),
    [],
  )
})

test('no digest of a word that only went is left in a file', async (t) => {
  const { data, opened } = await ground(t)
  const store = await opened()
  for (let nth = 1; nth <= 20; nth++) await turn(store, nth)
  const digestOf = (word: string) => createHmac('sha256', key('token')).update(word).digest('hex').slice(6, 16)
  const isIn = (word: string) =>
    globSync(join(data, '**/*.db*')).some((path) => readFileSync(path).toString('latin1').includes(digestOf(word)))
  assert.deepEqual((await store.find(ask(wordOf(3)), { limit: 9 })).rows.length, 1)
  assert.ok(isIn(wordOf(3)), 'it is there before')
  await store.revise({ ...NOTHING, erased: [idOf(3)] })
  assert.deepEqual([isIn(wordOf(3)), isIn(wordOf(5))], [false, true])
})
