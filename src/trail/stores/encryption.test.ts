/** What lies on disk is under keys: nothing can be read, moved or changed unseen; keys are lost, rotated and destroyed. */
import assert from 'node:assert/strict'
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import type { Recorded, Store } from '../store.ts'
import { type LostKey, type Wrapping, wrappingOf } from '../wrapping.ts'
import { bodyOf, commit, ending, idOf, NOON, opening, piece } from './made.ts'
import { openSqlite } from './sqlite.ts'

const DAY_MS = 86_400_000
const DAY_FILE = '2026-11-24.default.db'
const [ONE, TWO] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)]
const LONG = Array.from({ length: 2000 }, (_, at) => `line ${at * 7919} of it`).join('\n')

async function ground(t: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), 'gatelog-encryption-'))
  const opened: Store[] = []
  t.after(async () => {
    for (const store of opened) await store.close().catch(() => undefined)
    await rm(folder, { recursive: true, force: true })
  })
  const open = async (wrapping: Wrapping = wrappingOf([ONE]), lostKey: LostKey = 'refuse', name = 'data') => {
    const keys = { tokenKey: Buffer.alloc(32, 7), lineKey: Buffer.alloc(32, 8) }
    const at = join(folder, name)
    const store = await openSqlite({ folder: at, ...keys, wrapping, lostKey, onBroken: () => undefined })
    opened.push(store)
    return store
  }
  const sql = <Row>(text: string, file = `days/${DAY_FILE}`) => {
    const db = new DatabaseSync(join(folder, 'data', file))
    const rows = db.prepare(text).all() as Row[]
    db.close()
    return rows
  }
  const copy = (from: string, to: string) => cp(join(folder, from), join(folder, to), { recursive: true, force: true })
  return { folder, open, sql, copy }
}

const said = (count: number, text: string, session: string | undefined, at = NOON) =>
  opening(idOf(count, at), { body: bodyOf(text), ...(session && { session }) })

const prompt = (row: Recorded | undefined) =>
  row?.unreadable?.opening?.code ?? Buffer.from(row?.opening.body?.bytes ?? []).toString()
const reply = (row: Recorded | undefined) =>
  row?.unreadable?.ending?.code ?? Buffer.from(row?.ending?.body?.bytes ?? []).toString()

/** All bytes of a folder's files. */
async function everything(folder: string): Promise<string> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = files.filter((each) => each.isFile()).map((each) => join(each.parentPath, each.name))
  return (await Promise.all(paths.map((path) => readFile(path, 'latin1')))).join('\n')
}

test('no byte of a body, whole or in flight, can be read in the folder while it is open', async (t) => {
  const { folder, open } = await ground(t)
  const store = await open()
  await store.commit({
    entries: [
      said(1, 'canary-short', 's'),
      said(2, 'canary-nobody', undefined),
      ending(idOf(2), { body: bodyOf('canary-reply') }),
    ],
    pieces: [piece(idOf(1), 'canary-flying')],
  })
  const [row] = await store.unfinished()
  assert.equal(Buffer.from(row?.bytes ?? []).toString(), 'canary-flying')
  assert.ok(!(await everything(folder)).includes('canary-'))
  await store.close()
  const again = await open()
  assert.equal(Buffer.from((await again.unfinished())[0]?.bytes ?? []).toString(), 'canary-flying')
  const second = await again.exchange(idOf(2))
  assert.deepEqual([prompt(second), reply(second)], ['canary-nobody', 'canary-reply'])
})

test('each session has a key of its own in each day’s file, and prompt and reply are under it', async (t) => {
  const { open, sql } = await ground(t)
  const store = await open()
  for (const entry of [said(1, 'a', 'x'), ending(idOf(1), { body: bodyOf('b') }), said(2, 'c', 'y'), said(3, 'd', 'x')])
    await commit(store, entry)
  await commit(store, said(4, 'e', 'x', NOON + DAY_MS))
  await store.close()
  const keys = sql<{ key: number }>('SELECT key FROM bodies ORDER BY seq').map(({ key }) => key)
  assert.deepEqual([keys[1], keys[3], new Set(keys).size], [keys[0], keys[0], 2])
  const owners = sql<{ file: string; session: string }>(
    "SELECT file, session FROM keys WHERE file LIKE '2%'",
    'keys.db',
  )
  assert.deepEqual(
    owners.map(({ file, session }) => `${file.slice(8, 10)} ${session}`),
    ['24 x', '24 y', '25 x'],
  )
})

test('a body that was changed, cut or moved is told as such, and all others are read', async (t) => {
  const { open, sql } = await ground(t)
  const store = await open()
  for (let n = 1; n <= 6; n++) await commit(store, said(n, `prompt ${n}`, 's'))
  await store.close()
  sql('UPDATE bodies SET bytes = (SELECT bytes FROM bodies WHERE seq = 2) WHERE seq = 1')
  sql("UPDATE bodies SET bytes = x'00' WHERE seq = 3")
  sql('UPDATE bodies SET bytes = substr(bytes, 1, length(bytes) - 1) WHERE seq = 4')
  sql('UPDATE bodies SET size = size - 1 WHERE seq = 5')
  const again = await open()
  const told = await Promise.all([1, 2, 3, 4, 5, 6].map(async (n) => prompt(await again.exchange(idOf(n)))))
  assert.deepEqual(told, ['trail.body', 'prompt 2', 'trail.body', 'trail.body', 'trail.body', 'prompt 6'])
  assert.deepEqual((await commit(again, said(7, 'on', 's'))).outcomes, [7])
})

test('without its wrapping key a record is not opened for writing, is shown without bodies, and is never put under a new one', async (t) => {
  const { open } = await ground(t)
  const first = await open()
  await commit(first, said(1, 'a prompt', 's'))
  await first.close()
  await assert.rejects(open(wrappingOf([TWO])), { code: 'trail.key' })
  const shown = await open(wrappingOf([TWO]), 'show')
  const row = await shown.exchange(idOf(1))
  assert.deepEqual([row?.opening.exchange, prompt(row)], [idOf(1), 'trail.key'])
  const [refused] = (await commit(shown, said(2, 'a body', 't'))).outcomes
  assert.equal(typeof refused === 'object' && refused.code, 'trail.key')
  await shown.close()
  const back = await open()
  assert.equal(prompt(await back.exchange(idOf(1))), 'a prompt')
})

test('where the key is lost for good, the record goes on under a new one, and the old one still opens what it can', async (t) => {
  const { open } = await ground(t)
  const first = await open()
  await commit(first, said(1, LONG, 's'))
  await first.close()
  const second = await open(wrappingOf([TWO]), 'go on')
  await commit(second, said(2, `${LONG} on`, 's'))
  assert.deepEqual(
    [prompt(await second.exchange(idOf(1))), prompt(await second.exchange(idOf(2)))],
    ['trail.key', `${LONG} on`],
  )
  await second.close()
  const third = await open(wrappingOf([TWO, ONE]))
  assert.deepEqual([prompt(await third.exchange(idOf(1))), prompt(await third.exchange(idOf(2)))], [LONG, `${LONG} on`])
})

for (const [name, harm] of [
  ['gone', (path: string) => rm(path)],
  ['empty', (path: string) => writeFile(path, '')],
] as const)
  test(`where keys.db is ${name} nothing is written, the record is shown, and it goes on only where somebody says so, under other numbers`, async (t) => {
    const { folder, open, sql } = await ground(t)
    const first = await open()
    for (let n = 1; n <= 3; n++) await commit(first, said(n, `prompt ${n}`, `s${n}`))
    await first.close()
    const given = sql<{ key: number }>('SELECT key FROM keys').map(({ key }) => key)
    await harm(join(folder, 'data/keys.db'))
    await assert.rejects(open(), { code: 'trail.key', detail: /^keys\.db is gone or older/ })
    const shown = await open(wrappingOf([ONE]), 'show')
    const row = await shown.exchange(idOf(1))
    assert.deepEqual([row?.opening.exchange, prompt(row)], [idOf(1), 'trail.body'])
    assert.match(row?.unreadable?.opening?.detail ?? '', /is not in keys\.db/)
    const [refused] = (await commit(shown, said(4, 'a body', 't'))).outcomes
    assert.equal(typeof refused === 'object' && refused.code, 'trail.key')
    await shown.close()
    await assert.rejects(open(), { code: 'trail.key' })
    const on = await open(wrappingOf([TWO]), 'go on')
    for (let n = 1; n <= 3; n++) await commit(on, said(10 + n, `later ${n}`, `s${n}`))
    await on.close()
    const again = await open(wrappingOf([TWO]))
    assert.deepEqual(await Promise.all([1, 11, 12, 13].map(async (n) => prompt(await again.exchange(idOf(n))))), [
      'trail.body',
      'later 1',
      'later 2',
      'later 3',
    ])
    await again.close()
    const now = sql<{ key: number }>('SELECT key FROM keys').map(({ key }) => key)
    assert.deepEqual([now.length, now.filter((key) => key <= Math.max(...given))], [3, []])
  })

test('an older keys.db is not taken for the one of the record', async (t) => {
  const { open, copy } = await ground(t)
  const first = await open()
  await commit(first, said(1, 'prompt 1', 's1'))
  await first.close()
  await copy('data/keys.db', 'older')
  const second = await open()
  for (let n = 2; n <= 300; n++) await commit(second, said(n, `prompt ${n}`, `s${n}`))
  await second.close()
  await copy('data/keys.db', 'newer')
  await copy('older', 'data/keys.db')
  await assert.rejects(open(), { code: 'trail.key', detail: /key \d{3} was given out, it goes up to \d+$/ })
  await copy('newer', 'data/keys.db')
  const back = await open()
  assert.equal(prompt(await back.exchange(idOf(300))), 'prompt 300')
})

test('a new wrapping key takes over, also after a stop in the middle, and the old one opens nothing any more', async (t) => {
  const { open, copy } = await ground(t)
  const first = await open()
  for (let n = 1; n <= 600; n++) await commit(first, said(n, `prompt ${n}`, `s${n}`))
  await first.close()
  await copy('data', 'before')
  let left = 1
  const both = wrappingOf([TWO, ONE])
  const stops: Wrapping = {
    ...both,
    wrap: (keys) => (left-- > 0 ? both.wrap(keys) : Promise.reject(new Error('stopped'))),
  }
  const second = await open(stops)
  await assert.rejects(second.rewrap('refuse'))
  assert.equal(prompt(await second.exchange(idOf(600))), 'prompt 600')
  await second.close()
  const third = await open(both)
  const { lost } = await third.rewrap('refuse')
  assert.equal(lost, 0)
  assert.deepEqual(
    (await third.wrappers()).map(({ name, current }) => [name, current]),
    [[both.name, true]],
  )
  await commit(third, said(601, 'prompt 601', 'new'))
  await third.close()
  const fourth = await open(wrappingOf([TWO]))
  for (const n of [1, 257, 600, 601]) assert.equal(prompt(await fourth.exchange(idOf(n))), `prompt ${n}`)
  await fourth.close()
  await assert.rejects(open(wrappingOf([ONE])), { code: 'trail.key' })
  assert.equal(prompt(await (await open(wrappingOf([ONE]), 'refuse', 'before')).exchange(idOf(1))), 'prompt 1')
})

test('a session under a new key is read as before; its rows in an older copy are not, with every key there is', async (t) => {
  const { open, copy, sql } = await ground(t)
  const first = await open()
  for (const [n, text] of [LONG, `${LONG} more`, 'of another'].entries())
    await commit(first, said(n + 1, text, n < 2 ? 's' : 'other'))
  await commit(first, ending(idOf(1), { body: bodyOf('a reply') }))
  await commit(first, said(4, 'next day', 's', NOON + DAY_MS))
  await first.commit({ entries: [], pieces: [piece(idOf(2), 'in flight')] })
  await first.close()
  await copy('data/days', 'old')
  const second = await open()
  assert.equal(await second.rekey('s'), 5)
  const read = async (store: Store, n: number, at = NOON) => prompt(await store.exchange(idOf(n, at)))
  assert.deepEqual([await read(second, 2), await read(second, 4, NOON + DAY_MS)], [`${LONG} more`, 'next day'])
  assert.equal(reply(await second.exchange(idOf(1))), 'a reply')
  assert.equal(
    Buffer.from(
      (await second.unfinished()).find(({ opening }) => opening.exchange === idOf(2))?.bytes ?? [],
    ).toString(),
    'in flight',
  )
  await commit(second, said(5, 'later', 's'))
  await second.close()
  assert.deepEqual(sql('SELECT * FROM doomed'), [])
  await copy('old', 'data/days')
  const third = await open()
  assert.deepEqual(
    [await read(third, 1), await read(third, 2), await read(third, 3)],
    ['trail.body', 'trail.body', 'of another'],
  )
  assert.equal(await read(third, 4, NOON + DAY_MS), 'trail.body')
})

test('what a reply brought is under its session’s key as its body is', async (t) => {
  const { folder, open, copy } = await ground(t)
  const units = [{ from: 'edit', path: 'src/kangaroo.ts', lines: [1, 2], fresh: [1] }] as const
  const edits = { units, forms: ['wallaby=hop(far)'] }
  const first = await open()
  await commit(first, said(1, 'a prompt', 's'), ending(idOf(1), { edits }))
  const kept = async (store: Store) => (await store.exchange(idOf(1)))?.edits
  assert.deepEqual((await kept(first))?.units, units)
  assert.doesNotMatch(await everything(folder), /kangaroo|wallaby/)
  await first.close()
  await copy('data/days', 'old')
  const second = await open()
  assert.equal(await second.rekey('s'), 2)
  assert.deepEqual((await kept(second))?.units, units)
  await second.close()
  await copy('old', 'data/days')
  assert.equal(await kept(await open()), undefined)
})

test('what belongs to no session can get a new key too', async (t) => {
  const { open, copy } = await ground(t)
  const first = await open()
  await commit(first, said(1, 'nobody’s', undefined))
  await first.close()
  await copy('data/days', 'old')
  const second = await open()
  assert.equal(await second.rekey(undefined), 1)
  assert.equal(prompt(await second.exchange(idOf(1))), 'nobody’s')
  await second.close()
  await copy('old', 'data/days')
  assert.equal(prompt(await (await open()).exchange(idOf(1))), 'trail.body')
})

test('the keys of a day’s file are destroyed without a trace, and of no other', async (t) => {
  const { open, sql, folder } = await ground(t)
  const store = await open()
  await commit(store, said(1, 'a', 's'))
  await commit(store, said(2, 'b', 's', NOON + DAY_MS))
  const wrapped = () => sql<{ wrapped: Uint8Array }>('SELECT wrapped FROM keys WHERE file IS NOT NULL', 'keys.db')
  await store.close()
  const before = Buffer.from(wrapped()[0]?.wrapped ?? []).toString('latin1')
  assert.ok((await everything(folder)).includes(before))
  const again = await open()
  assert.equal(await again.shred(DAY_FILE), 1)
  assert.ok(!(await everything(folder)).includes(before), 'the wrapped key is still there')
  assert.deepEqual(
    [prompt(await again.exchange(idOf(1))), prompt(await again.exchange(idOf(2, NOON + DAY_MS)))],
    ['trail.body', 'b'],
  )
})

test('after a crash no key is given to two sessions, and one that was to be destroyed is', async (t) => {
  const { open, copy, sql } = await ground(t)
  const first = await open()
  for (let n = 1; n <= 5; n++) await commit(first, said(n, `prompt ${n}`, `s${n}`))
  await copy('data', 'crashed')
  await first.close()
  await copy('crashed', 'data')
  const second = await open()
  for (let n = 6; n <= 9; n++) await commit(second, said(n, `prompt ${n}`, `s${n}`))
  await second.close()
  const keys = sql<{ key: number }>('SELECT key FROM keys').map(({ key }) => key)
  assert.deepEqual([keys.length, new Set(keys).size], [9, 9])
  sql(`INSERT INTO doomed VALUES (${keys[0]})`)
  const third = await open()
  assert.equal(prompt(await third.exchange(idOf(1))), 'trail.body')
  for (let n = 2; n <= 9; n++) assert.equal(prompt(await third.exchange(idOf(n))), `prompt ${n}`)
  await third.close()
  assert.deepEqual(sql('SELECT * FROM doomed'), [])
})

test('a holder of keys that does not answer stops what needs a key, and nothing once it answers again', async (t) => {
  const { open } = await ground(t)
  const one = wrappingOf([ONE])
  let gone = false
  const flaky: Wrapping = {
    ...one,
    unwrap: (wrapped) => (gone ? Promise.reject(new Error('gone')) : one.unwrap(wrapped)),
  }
  const first = await open()
  await commit(first, said(1, 'a prompt', 's'))
  await first.close()
  const second = await open(flaky)
  gone = true
  await assert.rejects(second.exchange(idOf(1)))
  const { outcomes } = await commit(second, said(2, 'b', 's')).catch(() => ({ outcomes: ['refused'] }))
  assert.deepEqual(outcomes, ['refused'])
  gone = false
  assert.equal(prompt(await second.exchange(idOf(1))), 'a prompt')
  assert.deepEqual((await commit(second, said(2, 'b', 's'))).outcomes, [2])
})

test('an original lies under its session’s key too, is no part of the entry, and goes with its exchange', async (t) => {
  const { open, sql, copy, folder } = await ground(t)
  const store = await open()
  const sealed = (text: string) => ({ ...bodyOf('masked'), original: Buffer.from(text), unmaskable: true }) as const
  await commit(store, opening(idOf(1), { session: 's', body: sealed('canary-prompt') }))
  await commit(store, ending(idOf(1), { body: sealed('canary-reply') }))
  await commit(store, said(2, 'nothing masked', 's'))
  const kept = await store.exchange(idOf(1))
  assert.deepEqual([kept?.opening.body?.original, kept?.opening.body?.unmaskable], [undefined, true])
  const texts = async (of: Store, n: number) => {
    const { prompt: asked, reply: told } = (await of.originals(idOf(n))) ?? {}
    return [asked, told].map((bytes) => bytes && Buffer.from(bytes).toString())
  }
  assert.deepEqual(await texts(store, 1), ['canary-prompt', 'canary-reply'])
  assert.deepEqual(await texts(store, 2), [undefined, undefined])
  assert.equal(await store.originals(idOf(3)), undefined)
  assert.ok(!(await everything(folder)).includes('canary-'))
  await store.close()
  await copy('data/days', 'old')
  const again = await open()
  assert.equal(await again.rekey('s'), 5)
  assert.deepEqual(await texts(again, 1), ['canary-prompt', 'canary-reply'])
  await again.revise({ by: idOf(9), erased: [idOf(1)], bodies: [], notes: [] })
  assert.equal(await again.originals(idOf(1)), undefined)
  await again.close()
  assert.deepEqual(sql('SELECT seq FROM originals'), [])
  await copy('old', 'data/days')
  await assert.rejects((await open()).originals(idOf(1)), { code: 'trail.body' })
})
