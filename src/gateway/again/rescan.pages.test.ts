/** A rescan writes a day file anew once, whatever number of pages finds something in it, and however it ends. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import type { Trail } from '#trail'
import { Erasure } from './erasure.ts'
import { DAY, DOER, idOf, NOON } from './ground.case.ts'
import { LATE, openAt, pagesOf, rescanOf, SAYING, say } from './rescan.case.ts'

const TODAY = '2026-11-24.default.db'
const YESTERDAY = '2026-11-23.default.db'
const CHILD = join(import.meta.dirname, 'rescan.case.ts')

function ground(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'gatelog-pages-'))
  t.after(async () => {
    for (const trail of open.splice(0)) await trail.close()
    rmSync(folder, { recursive: true, force: true })
  })
  return join(folder, 'data')
}

const open: Trail[] = []

async function opened(folder: string): Promise<Trail> {
  const trail = await openAt(folder)
  open.push(trail)
  return trail
}

/** What a process of its own prints of its pages, killed where it comes to a point so many times. */
function child(folder: string, killAt: string, stop = '') {
  const env = { ...process.env, GATELOG_KILL_AT: killAt }
  const { signal, stdout, stderr } = spawnSync(process.execPath, [CHILD, folder, stop], { env })
  assert.equal(stderr.toString(), '')
  const lines = stdout.toString().trim().split('\n')
  return { signal, pages: lines.map((line) => JSON.parse(line) as { seen: number; found: number }) }
}

/** The files that are to be written anew, of a record that nobody has open. */
function notedIn(folder: string): unknown[] {
  const db = new DatabaseSync(join(folder, 'head.db'))
  const rows = db.prepare("SELECT id FROM documents WHERE kind = 'scrub'").all()
  db.close()
  return rows.map(({ id }) => id)
}

const waiting = async (trail: Trail): Promise<number> => (await trail.documents.list('scrub')).length
/** Another one each time that a file is written anew. */
const inodeOf = (folder: string, name: string): number => statSync(join(folder, 'days', name)).ino

async function saying(trail: Trail, ids: Iterable<string>): Promise<string[]> {
  const found: string[] = []
  for (const id of ids) {
    const body = (await trail.exchange(id))?.opening.body
    if (Buffer.from(body?.bytes ?? '').includes(LATE)) found.push(id)
  }
  return found
}

const idsOf = (from: number, to: number, at = NOON) =>
  Array.from({ length: to - from }, (_, nth) => idOf(from + nth, at))

test('five pages that find something write one day file anew once, before the last one says that it is done', (t) => {
  const once = ground(t)
  const done = child(once, 'anew.copied:2')
  assert.equal(done.signal, null)
  const all = [50, 100, 150, 200, 250].map((seen) => ({ seen, found: 50 }))
  assert.deepEqual(done.pages, all)
  assert.deepEqual(notedIn(once), [])
  const killed = child(ground(t), 'anew.copied')
  assert.deepEqual([killed.signal, killed.pages], ['SIGKILL', all.slice(0, 4)])
})

test('killed between two pages: the next process writes the file anew, and the rescan goes on there', async (t) => {
  const folder = ground(t)
  assert.equal(child(folder, '', '3').signal, 'SIGKILL')
  assert.deepEqual(notedIn(folder), [TODAY])
  const inode = inodeOf(folder, TODAY)
  const trail = await opened(folder)
  while ((await waiting(trail)) > 0) await wait(10)
  assert.notEqual(inodeOf(folder, TODAY), inode)
  const pages = await pagesOf(rescanOf(trail, 'here').rescan)
  assert.deepEqual(
    pages.map(({ seen, found, resumed }) => [seen, found.length, resumed]).slice(0, 2),
    [200, 250].map((seen) => [seen, 50, true]),
  )
  assert.deepEqual([await waiting(trail), await saying(trail, idsOf(0, SAYING))], [0, []])
})

test('one that goes on in another process writes the file anew for what was left, and once for itself', (t) => {
  const folder = ground(t)
  assert.equal(child(folder, '', '2').signal, 'SIGKILL')
  const { signal, pages } = child(folder, 'anew.copied:3')
  assert.deepEqual([signal, pages[0], pages.at(2)], [null, { seen: 150, found: 50 }, { seen: 250, found: 50 }])
  assert.deepEqual(notedIn(folder), [])
})

test('a file is written anew by the page that leaves its day, what is found later in the next one by a later page', async (t) => {
  const folder = ground(t)
  const trail = await opened(folder)
  await say(trail, 0, 60, 1)
  await say(trail, 100, 160)
  const { rescan } = rescanOf(trail, 'here')
  const files = [TODAY, YESTERDAY]
  const before = files.map((name) => inodeOf(folder, name))
  const anew = () => files.map((name, nth) => inodeOf(folder, name) !== before[nth])
  const after = async () => [(await pagesOf(rescan, 1))[0]?.found.length, ...anew(), await waiting(trail)]
  assert.deepEqual(await after(), [50, false, false, 1])
  assert.deepEqual(await after(), [50, true, false, 1])
  assert.deepEqual(await after(), [20, true, true, 0])
  assert.deepEqual(await saying(trail, [...idsOf(0, 60, NOON - DAY), ...idsOf(100, 160)]), [])
})

test('a page that fails stops it: what the pages before took is gone from the file by then', async (t) => {
  const trail = await opened(ground(t))
  await say(trail, 0, 120)
  const { rescan } = rescanOf(trail, 'here')
  await pagesOf(rescan, 1)
  assert.equal(await waiting(trail), 1)
  const failing = t.mock.method(trail, 'recorded', () => Promise.reject(new Error('no page')))
  await assert.rejects(pagesOf(rescan, 1), { message: 'no page' })
  assert.equal(await waiting(trail), 0)
  failing.mock.restore()
  assert.deepEqual(
    (await pagesOf(rescan)).map(({ seen }) => seen),
    [100, 120],
  )
})

test('an erasure that comes between two pages leaves nothing to write anew, and what is held by words stays held', async (t) => {
  const folder = ground(t)
  const trail = await opened(folder)
  await say(trail, 0, 120)
  const { house, holds, rescan } = rescanOf(trail, 'here')
  const { id } = await holds.add({ query: 'bluebird', until: NOON + 1 }, DOER)
  await pagesOf(rescan, 1)
  await say(trail, 200, 201, 0, 'other')
  const { exchanges } = await new Erasure({ ...house, holds }).erase({ exchange: idOf(200) }, DOER)
  assert.deepEqual([exchanges, await waiting(trail)], [1, 0])
  const inode = inodeOf(folder, TODAY)
  await pagesOf(rescan)
  assert.notEqual(inodeOf(folder, TODAY), inode)
  assert.deepEqual([await waiting(trail), await saying(trail, idsOf(0, 120))], [0, []])
  assert.deepEqual(await holds.among(new Set(idsOf(0, 120))), { held: 120, by: [id] })
})
