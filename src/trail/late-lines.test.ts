import assert from 'node:assert/strict'
import { createHash, createHmac } from 'node:crypto'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { Fault, type Keyring, type Read } from '#exchange'
import { adopt, searchesWaiting } from './late-lines.ts'
import { openTrail } from './open.ts'
import { idOf, NOON, opening } from './stores/made.ts'
import type { Trail } from './trail.ts'
import { wrappingOf } from './wrapping.ts'

const keyring: Keyring = {
  digest: (purpose, data) => createHmac('sha256', purpose).update(data).digest(),
  hash: () => createHash('sha256'),
  key: (purpose) => createHash('sha256').update(purpose).digest(),
}
const OTHER = wrappingOf([Buffer.alloc(32, 5)])
const LATER = NOON + 60_000
const READ = {
  ...{ kind: 'read', exchange: idOf(70), at: NOON, did: 'searched', via: 'local', of: 'kangaroo', content: true },
  ...{ reader: { value: 'ana', source: 'observed' }, count: 3, times: 1 },
} as const satisfies Read

const keyless = (folder: string, asItIs = false) =>
  openTrail({ folder, keyring, now: () => NOON, wrapping: OTHER, lostKey: 'show', asItIs })
const withKey = (folder: string) => openTrail({ folder, keyring, now: () => LATER })

/** A record of one exchange. */
async function ground(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'gatelog-late-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  const trail = await withKey(folder)
  await trail.append(opening(idOf(1)))
  await trail.close()
  return folder
}

function adoptIn(trail: Parameters<typeof adopt>[0]['trail'], how?: Parameters<typeof adopt>[1]) {
  let count = 900
  return adopt({ trail, now: () => LATER, uuid: () => idOf(count++, LATER) }, how)
}

/** What the record has of reads, after a change. */
async function readsIn(folder: string): Promise<Read[]> {
  const trail = await withKey(folder)
  await adoptIn(trail)
  const reads = (await trail.reads(100)).map(({ read }) => read)
  await trail.close()
  return reads
}

async function leaveOne(folder: string, line: Parameters<Trail['append']>[0] = READ): Promise<void> {
  const trail = await keyless(folder)
  assert.equal(await trail.append(line), 0)
  await trail.close()
}

/** Puts rows where lines wait, as who can write in the data folder does. */
function plant(folder: string, ...rows: readonly (readonly [id: string, json: string | Uint8Array])[]): void {
  const db = new DatabaseSync(join(folder, 'head.db'))
  for (const row of rows) db.prepare("INSERT INTO documents VALUES ('waiting', ?, ?)").run(...row)
  db.close()
}

test('a line of who reads where the key is not waits outside of the log, and is told while it does', async (t) => {
  const folder = await ground(t)
  await leaveOne(folder)
  for (const asItIs of [false, true]) {
    const trail = await keyless(folder, asItIs)
    const last = await trail.highest()
    assert.deepEqual(await trail.following(0, 10).then((all) => all.map(({ seq }) => seq)), [last])
    const { count, strange, isHere, lines } = await trail.late.waiting('', 10)
    assert.deepEqual([count, strange, isHere, lines[0]?.id], [1, 0, false, READ.exchange])
    assert.deepEqual(await adoptIn(trail), { lines: 0, strange: 0, left: 1 })
    await assert.rejects(trail.append({ ...opening(idOf(2)) }), { code: 'trail.key' })
    await trail.close()
  }
})

test('who has the key puts it on the record as the word of whoever left it, once', async (t) => {
  const folder = await ground(t)
  await leaveOne(folder)
  const [read, ...more] = await readsIn(folder)
  assert.deepEqual(more, [])
  const uid = process.getuid?.()
  assert.deepEqual(read, {
    ...{ ...READ, exchange: idOf(900, LATER), at: LATER, reader: { value: 'ana', source: 'declared' } },
    late: { id: READ.exchange, at: NOON, ...(uid !== undefined && { uid }) },
  })
  assert.equal((await readsIn(folder)).length, 1)
  assert.ok(![...filesOf(folder, 'head.db*')].some((bytes) => bytes.includes('kangaroo')))
})

const filesOf = (folder: string, pattern: string): Buffer[] =>
  globSync(pattern, { cwd: folder }).map((name) => readFileSync(join(folder, name)))

test('a process that died after it was on the record and before it waited no more puts it there no second time', async (t) => {
  const folder = await ground(t)
  await leaveOne(folder)
  await leaveOne(folder, { ...READ, exchange: idOf(71) })
  const trail = await withKey(folder)
  const dying = {
    waiting: trail.late.waiting,
    remove: async () => {
      throw new Fault('trail.unavailable', 'it died')
    },
  }
  const house = {
    ...{ append: trail.append.bind(trail), reads: trail.reads.bind(trail), searches: trail.searches.bind(trail) },
    late: dying,
  }
  await assert.rejects(adoptIn(house), { code: 'trail.unavailable' })
  await trail.close()
  const reads = await readsIn(folder)
  assert.deepEqual(
    reads.map(({ late }) => late?.id),
    [READ.exchange, idOf(71)],
  )
})

test('what somebody plants there stops no start, is counted, and can claim no more than that somebody read', async (t) => {
  const folder = await ground(t)
  const line = (more: object) => JSON.stringify({ uid: 0, line: { ...READ, ...more } })
  plant(
    folder,
    ['junk', 'no JSON {'],
    ['none', 'null'],
    ['list', '[]'],
    ['purge', JSON.stringify({ line: { kind: 'purge', exchange: idOf(72), at: NOON, days: [] } })],
    ['asked', JSON.stringify({ line: opening(idOf(73)) })],
    ['path', line({ exchange: '../../days/2026-11-24.custody.db' })],
    ['did', line({ did: 'erased' })],
    ['count', line({ count: -1 })],
    ['format', line({ format: '\u001b[2J' })],
    ['time', line({ at: 'yesterday' })],
    ['huge', line({ of: 'x'.repeat(2 ** 20) })],
    ['bytes', Buffer.from(line({}))],
    ['n'.repeat(65), line({})],
    [
      'good',
      line({
        ...{ at: NOON * 1000, exchange: idOf(74, 0), retain: 'custody', insteadOf: 1, was: 1, via: 'server', late: {} },
        ...{ reader: { value: 'r'.repeat(500), source: 'attested' }, facts: { x: 1 }, seq: 1 },
      }),
    ],
  )
  const trail = await withKey(folder)
  const before = await trail.highest()
  assert.deepEqual(await adoptIn(trail), { lines: 1, strange: 13, left: 0 })
  assert.equal(await trail.highest(), before + 1)
  const [{ read } = { read: undefined }] = await trail.reads(10)
  assert.deepEqual(read, {
    ...{ ...READ, exchange: idOf(900, LATER), at: LATER },
    reader: { value: 'r'.repeat(128), source: 'declared' },
    late: { id: idOf(74, 0), at: LATER, uid: 0 },
  })
  const { count, strange } = await trail.late.waiting('', 10)
  assert.deepEqual([count, strange], [0, 0])
  await trail.close()
  assert.deepEqual(globSync('days/*.db', { cwd: folder }), ['days/2026-11-24.default.db'])
})

test('more than may wait: nothing is shown without the key, and a start takes a part of it', async (t) => {
  const folder = await ground(t)
  const json = JSON.stringify({ line: { ...READ, exchange: idOf(75) } })
  const db = new DatabaseSync(join(folder, 'head.db'))
  db.prepare(
    `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
     INSERT INTO documents SELECT 'waiting', printf('%05d', i), ? FROM n`,
  ).run(json)
  db.close()
  const shut = await keyless(folder)
  await assert.rejects(shut.append(READ), { code: 'trail.key', detail: /10000 lines/ })
  await assert.rejects(shut.append({ ...READ, of: 'x'.repeat(20_000) }), { code: 'trail.key', detail: /too long/ })
  await shut.close()
  const trail = await withKey(folder)
  assert.deepEqual(await adoptIn(trail, { most: 500 }), { lines: 512, strange: 0, left: 9488 })
  await trail.close()
})

test('searches by value that wait count as those on the record do', async (t) => {
  const folder = await ground(t)
  const searched = { kind: 'searched', via: 'local', fingerprint: 'ab', query: 'q', found: 1 } as const
  await leaveOne(folder, { ...searched, exchange: idOf(76), at: NOON })
  const shut = await keyless(folder)
  assert.deepEqual(await searchesWaiting(shut), [NOON])
  await shut.close()
  const trail = await withKey(folder)
  await adoptIn(trail)
  assert.deepEqual(await searchesWaiting(trail), [])
  const [{ searched: told } = { searched: undefined }] = await trail.searches()
  assert.deepEqual([told?.late?.id, told?.fingerprint, told?.query], [idOf(76), 'ab', 'q'])
  await trail.close()
})

test('a copy of the record brings it along; what an erasure of since then may have taken of it is left out', async (t) => {
  const folder = await ground(t)
  await leaveOne(folder)
  const copy = `${folder}-copy`
  t.after(() => rm(copy, { recursive: true, force: true }))
  await cp(folder, copy, { recursive: true })
  assert.ok(existsSync(join(copy, 'head.db')))
  const trail = await withKey(copy)
  await adoptIn(trail, { blank: true })
  const [{ read } = { read: undefined }] = await trail.reads(10)
  assert.deepEqual([read?.of, read?.reader.value, read?.count], ['"[masked:erased]"', 'ana', 3])
  await trail.close()
})
