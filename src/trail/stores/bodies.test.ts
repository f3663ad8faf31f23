/** What a stored body needs: only its own session's rows, only its own day's file; and it is told where one is missing. */
import assert from 'node:assert/strict'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { likeness } from '../likeness.ts'
import type { Store } from '../store.ts'
import { wrappingOf } from '../wrapping.ts'
import { idOf, NOON, opening } from './made.ts'
import { openSqlite } from './sqlite.ts'

const DAY_MS = 86_400_000
const wrapping = wrappingOf([Buffer.alloc(32, 9)])
const FIRST = Buffer.from(Array.from({ length: 3000 }, (_, at) => `line ${at * 7919} of it\n`).join(''))
const grown = (more: string) => Buffer.concat([FIRST.subarray(0, -4), Buffer.from(more), FIRST.subarray(-4)])

async function openFolder(t: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), 'gatelog-bodies-'))
  const opened: Store[] = []
  t.after(async () => {
    for (const store of opened) await store.close().catch(() => undefined)
    await rm(folder, { recursive: true, force: true })
  })
  const open = async () => {
    const store = await openSqlite({
      folder,
      tokenKey: Buffer.alloc(32, 7),
      lineKey: Buffer.alloc(32, 8),
      wrapping,
      onBroken: () => undefined,
    })
    opened.push(store)
    return store
  }
  return { days: join(folder, 'days'), open }
}

/** An opening with a body, said to be like the one of exchange `like`. */
function said(count: number, bytes: Buffer, session: string, like?: number, at = NOON) {
  const body = { bytes, type: '', received: '', sent: '' }
  return opening(idOf(count, at), {
    session,
    body,
    ...(like !== undefined && { like: { exchange: idOf(like), ...likeness(FIRST, bytes) } }),
  })
}

test('a body is made from rows of its own session and of no other', async (t) => {
  const { days, open } = await openFolder(t)
  const store = await open()
  const entries = [said(1, FIRST, 'a'), said(2, grown('b'), 'b', 1), said(3, grown('c'), 'a', 1)]
  for (const entry of entries) await store.commit({ entries: [entry], pieces: [] })
  await store.close()
  const file = new DatabaseSync(join(days, '2026-11-24.default.db'))
  file.prepare('DELETE FROM bodies WHERE seq = 1').run()
  file.close()
  const again = await open()
  assert.deepEqual(Buffer.from((await again.exchange(idOf(2)))?.opening.body?.bytes ?? []), grown('b'))
  const third = await again.exchange(idOf(3))
  assert.deepEqual([third?.unreadable?.opening?.code, third?.opening.body], ['trail.body', undefined])
  const { outcomes } = await again.commit({ entries: [said(4, grown('d'), 'a', 3)], pieces: [] })
  assert.deepEqual(outcomes, [4], 'a body that is damaged stops nothing')
  assert.ok(grown('d').equals((await again.exchange(idOf(4)))?.opening.body?.bytes ?? Buffer.alloc(0)))
  await again.close()
})

test('a body needs no other day’s file, though it grew from one in it', async (t) => {
  const { days, open } = await openFolder(t)
  const store = await open()
  await store.commit({ entries: [said(1, FIRST, 'a')], pieces: [] })
  await store.commit({ entries: [said(2, grown('next day'), 'a', 1, NOON + DAY_MS)], pieces: [] })
  await store.close()
  await rm(join(days, '2026-11-24.default.db'))
  const again = await open()
  const kept = await again.exchange(idOf(2, NOON + DAY_MS))
  assert.deepEqual(Buffer.from(kept?.opening.body?.bytes ?? []), grown('next day'))
  await again.close()
})

test('history is kept once, also by a store that was opened anew and is told nothing', async (t) => {
  const { days, open } = await openFolder(t)
  const random = Buffer.from(Array.from({ length: 40_000 }, (_, at) => (at * at * 31 + at * 7) % 256))
  for (let count = 1; count <= 20; count++) {
    const store = await open()
    const bytes = Buffer.concat([random, Buffer.from(`turn ${count}`)])
    await store.commit({ entries: [said(count, bytes, 'a')], pieces: [] })
    await store.close()
  }
  const { size } = await stat(join(days, '2026-11-24.default.db'))
  assert.ok(size < 5 * random.length, `${size} bytes for 20 times ${random.length}`)
})

test('an index that is written anew many times keeps its file in order', async (t) => {
  const { open } = await openFolder(t)
  const store = await open()
  for (let round = 0; round < 4; round++) {
    const ids = Array.from({ length: 300 }, (_, nth) => 1 + 300 * round + nth)
    const entries = ids.map((nth) => opening(idOf(nth), { kind: 'refused', text: `w${nth} ${'z '.repeat(40)}` }))
    await store.commit({ entries, pieces: [] })
    const erased = ids.slice(0, 150).map((nth) => idOf(nth))
    assert.equal((await store.revise({ by: idOf(9000 + round), erased, bodies: [], notes: [] })).entries, 150)
  }
  assert.equal(
    (await store.find({ where: {}, except: {}, text: ['z'], without: [] }, { limit: 1000 })).rows.length,
    600,
  )
  await store.close()
})
