/** The trail on a real disk: kills, locks, full and read-only places, damaged and newer files, what lies in the folder. */
import assert from 'node:assert/strict'
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { createHash, createHmac } from 'node:crypto'
import { globSync } from 'node:fs'
import { copyFile, mkdtemp, open as openFile, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import type { Fault, Gap, Keyring } from '#exchange'
import { openTrail, parseQuery } from './index.ts'
import { EARLIER } from './stores/earlier.case.ts'
import { bodyOf, ending, idOf, NOON, opening } from './stores/made.ts'

const keyring: Keyring = {
  digest: (purpose, data) => createHmac('sha256', purpose).update(data).digest(),
  hash: () => createHash('sha256'),
  key: (purpose) => createHash('sha256').update(purpose).digest(),
}
const DAY_FILE = 'days/2026-11-24.default.db'
const open = (folder: string, onLatch?: (fault: Fault) => void) =>
  openTrail({ folder, keyring, now: () => NOON, ...(onLatch && { onLatch }) })

async function newFolder(t: TestContext): Promise<string> {
  const parent = await mkdtemp(join(tmpdir(), 'gatelog-trail-'))
  t.after(() => rm(parent, { recursive: true, force: true }))
  return join(parent, 'data')
}

const textOf = (body: { bytes: Uint8Array } | undefined) => Buffer.from(body?.bytes ?? []).toString()

test('everything is there after a restart, and seqs go on', async (t) => {
  const folder = await newFolder(t)
  const first = await open(folder)
  await first.append(opening(idOf(1), { body: bodyOf('a prompt'), text: 'the login page' }))
  await first.append(ending(idOf(1), { body: bodyOf('a reply '.repeat(200)) }))
  await first.documents.put('key', 'k1', { name: 'one' })
  await first.close()
  const second = await open(folder)
  const kept = await second.exchange(idOf(1).slice(0, 8))
  assert.deepEqual([textOf(kept?.opening.body), textOf(kept?.ending?.body)], ['a prompt', 'a reply '.repeat(200)])
  assert.deepEqual(await second.documents.list('key'), [{ name: 'one' }])
  assert.equal((await second.find(parseQuery('"login page"', NOON), { limit: 5 })).exchanges.length, 1)
  assert.equal(await second.append(opening(idOf(2))), 3)
  await second.close()
})
test('a seq is not given out again where its day file was removed', async (t) => {
  const folder = await newFolder(t)
  const first = await open(folder)
  await first.append(opening(idOf(1)))
  await first.append(ending(idOf(1)))
  await first.close()
  await rm(join(folder, DAY_FILE))
  const second = await open(folder)
  assert.equal(await second.append(opening(idOf(2))), 3)
  await second.close()
})

/** Appends and journals until it is killed, and says what was acknowledged: an entry's id and seq, or an id and bytes. */
const CHILD = `
import { writeSync } from 'node:fs'
import { createHash, createHmac, randomBytes } from 'node:crypto'
const { openTrail } = await import(process.argv[1] + '/index.ts')
const { opening, ending, idOf, bodyOf, NOON } = await import(process.argv[1] + '/stores/made.ts')
const keyring = {
  digest: (purpose, data) => createHmac('sha256', purpose).update(data).digest(),
  hash: () => createHash('sha256'),
  key: (purpose) => createHash('sha256').update(purpose).digest(),
}
const trail = await openTrail({ folder: process.argv[2], keyring, now: () => NOON })
function say(...words) {
  const line = Buffer.from(words.join(' ') + '\\n')
  for (let at = 0; at < line.length; ) {
    try {
      at += writeSync(1, line, at)
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error // a pipe that is full for a moment is waited for
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1)
    }
  }
}
let count = Number(process.argv[3])
async function stream() {
  for (;;) {
    const id = idOf(count++, NOON - (count % 2) * 86400000)
    const body = bodyOf(id + randomBytes(1024).toString('hex'))
    say('asked', id, await trail.append(opening(id, { body, text: 'prompt ' + id })))
    for (let at = 0; at < 4; at++) {
      trail.journal(id, Buffer.from('piece ' + at + ' '))
      await trail.journalled()
      say('bytes', id, at + 1)
    }
    if (count % 3) say('ended', id, await trail.append(ending(id, { body })))
  }
}
await Promise.all(Array.from({ length: 8 }, stream))
`

interface Heard {
  asked: Map<string, number>
  ended: Map<string, number>
  pieces: Map<string, number>
}

async function runAndKill(folder: string, from: number, lines: number, heard: Heard): Promise<void> {
  const args = ['--input-type=module', '--eval', CHILD, import.meta.dirname, folder, String(from)]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const gone = new Promise((resolve) => child.once('close', resolve))
  let count = 0
  for await (const line of createInterface({ input: child.stdout })) {
    const [word, id = '', number] = line.split(' ')
    const map = word === 'asked' ? heard.asked : word === 'ended' ? heard.ended : heard.pieces
    map.set(id, Number(number))
    if (++count === lines) child.kill('SIGKILL')
  }
  await gone
  assert.ok(count >= lines, `the child died by itself after ${count} lines`)
}

test('kill -9 under load loses nothing acknowledged, and every exchange ends exactly once', async (t) => {
  const folder = await newFolder(t)
  const heard: Heard = { asked: new Map(), ended: new Map(), pieces: new Map() }
  for (const [round, lines] of [150, 400, 700].entries()) await runAndKill(folder, round * 100_000, lines, heard)
  const trail = await open(folder)
  for (const [id, seq] of heard.asked) {
    const kept = await trail.exchange(id)
    assert.equal(kept?.seq, seq)
    assert.ok(textOf(kept?.opening.body).startsWith(id) && kept?.opening.body?.bytes.length === id.length + 2048)
    assert.ok(kept?.ending, `${id} has no ending`)
    if (heard.ended.has(id)) assert.equal(kept.ending.kind, 'replied')
    if (kept.ending.kind === 'replied') continue
    assert.equal(kept.ending.kind, 'interrupted')
    const acknowledged = Array.from({ length: heard.pieces.get(id) ?? 0 }, (_, at) => `piece ${at} `).join('')
    assert.ok(textOf(kept.ending.body).startsWith(acknowledged), `${id} lost bytes in flight`)
  }
  const found = await trail.find(parseQuery(`prompt -nothing`, NOON), { limit: 10_000 })
  assert.ok(found.exchanges.length >= heard.asked.size, 'the index lost texts')
  await trail.close()
  assertContiguous(folder)
})

/** Seqs over all files run from 1 without a hole, no byte in flight is left, and SQLite finds nothing amiss. */
function assertContiguous(folder: string): void {
  const seqs: number[] = []
  for (const path of globSync(join(folder, 'days/*.db'))) {
    const db = new DatabaseSync(path)
    seqs.push(
      ...db
        .prepare('SELECT seq FROM entries')
        .all()
        .map((row) => Number(row['seq'])),
    )
    assert.equal(db.prepare('PRAGMA quick_check').get()?.['quick_check'], 'ok')
    db.close()
  }
  seqs.sort((a, b) => a - b)
  assert.deepEqual([seqs[0], seqs.at(-1)], [1, seqs.length])
}

test('bytes in flight leave the disk once their exchanges have ended', async (t) => {
  const folder = await newFolder(t)
  const trail = await open(folder)
  for (const n of [1, 2]) await trail.append(opening(idOf(n)))
  for (const n of [1, 2, 1]) {
    trail.journal(idOf(n), Buffer.from('bytes'))
    await trail.journalled()
  }
  for (const n of [1, 2]) await trail.append(ending(idOf(n)))
  const left = () => {
    const db = new DatabaseSync(join(folder, DAY_FILE))
    const counts = ['flight', 'unindexed'].map((table) => db.prepare(`SELECT count(*) AS count FROM ${table}`).get())
    db.close()
    return counts.map((row) => row?.['count'])
  }
  await new Promise((resolve) => setTimeout(resolve, 150))
  await trail.close()
  for (let tries = 0; tries < 20 && left().some((count) => count !== 0); tries++) {
    const again = await open(folder) // whoever has it does that once nothing else is to be done
    await new Promise((resolve) => setTimeout(resolve, 500))
    await again.close()
  }
  assert.deepEqual(left(), [0, 0])
})
test('a second opener is refused at once, and let in after the first has closed', async (t) => {
  const folder = await newFolder(t)
  const trail = await open(folder)
  const started = performance.now()
  await assert.rejects(open(folder), { code: 'trail.locked' })
  assert.ok(performance.now() - started < 2000)
  assert.equal(await trail.append(opening(idOf(1))), 1)
  await trail.close()
  await (await open(folder)).close()
})
test('another process is refused also after this one copied the files', async (t) => {
  const folder = await newFolder(t)
  const trail = await open(folder)
  await trail.append(opening(idOf(1)))
  for (const name of ['head.db', 'keys.db', DAY_FILE]) await copyFile(join(folder, name), join(folder, '../copy'))
  const second = spawnSync(process.execPath, ['--input-type=module', '-e', CHILD, import.meta.dirname, folder], {
    ...{ encoding: 'utf8', timeout: 10_000 },
  })
  assert.deepEqual(
    (await readdir(folder)).filter((name) => name.startsWith('lock')),
    ['lock'],
  )
  await trail.close()
  assert.match(second.stderr, /code: 'trail\.locked'/)
  assert.equal((await stat(join(folder, 'lock'))).size, 0)
})
test('folder and files are for their owner only', async (t) => {
  const folder = await newFolder(t)
  const trail = await open(folder)
  await trail.append(opening(idOf(1)))
  const modes = await Promise.all(
    ['.', 'days', 'lock', 'head.db', 'head.db-wal', 'keys.db', 'keys.db-wal', DAY_FILE, `${DAY_FILE}-wal`].map(
      async (path) => (await stat(join(folder, path))).mode & 0o777,
    ),
  )
  await trail.close()
  assert.deepEqual(modes, [0o700, 0o700, 0o600, 0o600, 0o600, 0o600, 0o600, 0o600, 0o600])
})
test('no word of a body or of a text can be read in the folder', async (t) => {
  const folder = await newFolder(t)
  const canary = 'zanzibarcanary'
  const trail = await open(folder)
  const body = bodyOf(`${canary} `.repeat(200))
  await trail.append(opening(idOf(1), { body, text: `${canary} camel${canary}Case` }))
  await trail.append(ending(idOf(1), { body, text: canary }))
  const { exchanges } = await trail.find(parseQuery(canary, NOON), { limit: 1 })
  assert.equal(exchanges.length, 1)
  await trail.close()
  for (const path of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!path.isFile()) continue
    const bytes = await readFile(join(path.parentPath, path.name))
    const start = bytes.toString('latin1').toLowerCase().split(canary).length - 1
    assert.ok(start <= 2, `${path.name} holds the word ${start} times`)
  }
})
test('a newer format is refused, of the head as of the keys and a day', async (t) => {
  for (const path of ['head.db', 'keys.db', DAY_FILE]) {
    const folder = await newFolder(t)
    const trail = await open(folder)
    await trail.append(opening(idOf(1)))
    await trail.close()
    const db = new DatabaseSync(join(folder, path))
    db.exec('PRAGMA user_version=99')
    db.close()
    await assert.rejects(open(folder), { code: 'trail.newer' })
  }
})
test('a folder of an earlier version is read, searched by what it holds, and written on', async (t) => {
  const folder = await newFolder(t)
  const said = (value: string) => ({ value, source: 'declared' }) as const
  const facts = { language: said('Go'), commit: said('abc1234def'), files: said('cmd/main.go\nC:\\new.go') }
  const first = await open(folder)
  await first.append(opening(idOf(1), { facts, body: bodyOf('a prompt') }))
  await first.append(ending(idOf(1)))
  await first.append(opening(idOf(2)))
  const gap = { ...{ kind: 'gap', exchange: idOf(5), at: NOON, from: 1, to: 2, count: 3 }, reason: 'r', signature: 's' }
  await first.append(gap as Gap)
  await first.close()
  const db = new DatabaseSync(join(folder, DAY_FILE))
  db.exec(EARLIER)
  db.close()
  const second = await open(folder)
  for (const text of ['language:go', 'commit:abc1234', 'file:main.go', 'file:"C:\\\\new.go"', 'language:go file:cmd/*'])
    assert.deepEqual(
      (await second.find(parseQuery(text, NOON), { limit: 5 })).exchanges.map(({ exchange }) => exchange),
      [idOf(1)],
      text,
    )
  assert.deepEqual([await second.gaps(), await second.searches()], [[{ seq: 4, gap }], []])
  const outcome = { kind: 'outcome', exchange: idOf(1), at: NOON, outcome: 'accepted', source: 'declared' } as const
  await second.append({ ...outcome, by: idOf(3), event: 'ghostText.accepted' })
  await second.append(opening(idOf(4), { facts: { github: { value: 'mona', source: 'observed' } } }))
  const kept = await second.exchange(idOf(1))
  assert.deepEqual([textOf(kept?.opening.body), kept?.ending?.kind, kept?.outcomes?.length], ['a prompt', 'replied', 1])
  const found = async (text: string) => (await second.find(parseQuery(text, NOON), { limit: 5 })).exchanges.length
  assert.deepEqual([await found('accepted:yes'), await found('github:mona'), await found('')], [1, 1, 3])
  await second.close()
})
test('a damaged file is refused, and its name is told', async (t) => {
  for (const path of ['head.db', 'keys.db', DAY_FILE]) {
    const folder = await newFolder(t)
    const trail = await open(folder)
    await trail.append(opening(idOf(1)))
    await trail.close()
    await writeFile(join(folder, path), 'this was a database once '.repeat(400))
    const named = (fault: Fault) =>
      fault.code === 'trail.broken' && fault.detail?.includes(path.split('/').at(-1) ?? '') === true
    await assert.rejects(open(folder), named)
  }
})
test('a file that vanishes under the trail latches it', async (t) => {
  const folder = await newFolder(t)
  const latched: Fault[] = []
  const trail = await open(folder, (fault) => latched.push(fault))
  await trail.append(opening(idOf(1)))
  await rm(join(folder, DAY_FILE))
  await assert.rejects(trail.append(opening(idOf(2))), { code: 'trail.broken' })
  await assert.rejects(trail.append(opening(idOf(3))), { code: 'trail.broken' })
  assert.equal(trail.state.kind, 'latched')
  await trail.close()
  assert.equal(latched.length, 1)
})
test('a place where nothing can be made is refused', async (t) => {
  const folder = await newFolder(t)
  await writeFile(folder, 'a file, not a folder')
  await assert.rejects(open(folder), { code: 'trail.unavailable' })
})

/** A small file system in memory, unmounted after the test; undefined where this process may not mount. */
async function smallPlace(t: TestContext, options: string): Promise<string | undefined> {
  const place = await mkdtemp(join(tmpdir(), 'gatelog-small-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', place], { stdio: 'ignore' })
  } catch {
    await rm(place, { recursive: true })
    t.skip('needs root and mount')
    return undefined
  }
  t.after(async () => {
    execFileSync('umount', ['-l', place])
    await rm(place, { recursive: true })
  })
  return place
}

test('a read-only place is refused', async (t) => {
  const place = await smallPlace(t, 'size=1m,ro')
  if (place) await assert.rejects(open(join(place, 'data')), { code: 'trail.unavailable' })
})
test('a full disk refuses, loses nothing, and works again once there is space', async (t) => {
  const place = await smallPlace(t, 'size=4m')
  if (!place) return
  const trail = await open(join(place, 'data'))
  await trail.append(opening(idOf(1), { body: bodyOf('first') }))
  const ballast = await openFile(join(place, 'ballast'), 'w')
  const full = async () => {
    for (;;) await ballast.write(Buffer.alloc(4096))
  }
  await assert.rejects(full(), { code: 'ENOSPC' })
  const noise = createHash('sha512').update('noise').digest('hex').repeat(5000)
  await assert.rejects(trail.append(opening(idOf(2), { body: bodyOf(noise + Math.random()) })), {
    code: 'trail.unavailable',
  })
  assert.equal(trail.state.kind, 'refusing')
  trail.journal(idOf(1), Buffer.alloc(200_000, 'x'))
  await assert.rejects(trail.journalled(), { code: 'trail.unavailable' })
  await assert.rejects(trail.documents.put('key', 'big', 'x'.repeat(500_000)), { code: 'trail.unavailable' })
  await ballast.truncate(0)
  await ballast.close()
  assert.equal(await trail.append(opening(idOf(3))), 2)
  assert.equal(trail.state.kind, 'open')
  await trail.journalled()
  assert.equal(await trail.exchange(idOf(2)), undefined)
  await trail.close()
  const again = await open(join(place, 'data'))
  assert.equal(textOf((await again.exchange(idOf(1)))?.opening.body), 'first')
  assert.equal((await again.exchange(idOf(1)))?.ending?.body?.bytes.length, 200_000)
  await again.close()
})
test('more days than files stay open and answer', async (t) => {
  const folder = await newFolder(t)
  const first = await open(folder)
  for (let day = 0; day < 60; day++)
    await first.append(opening(idOf(day, NOON - day * 86_400_000), { session: 's', text: 'word' }))
  assert.equal((await first.session('s')).length, 60)
  await first.close()
  const second = await open(folder)
  assert.equal((await second.find(parseQuery('word verdict:interrupted', NOON), { limit: 100 })).exchanges.length, 60)
  await second.close()
})
test('after a restart every exchange is found in the file of its retention, and a day that was removed stays so', async (t) => {
  const folder = await newFolder(t)
  const old = idOf(1, NOON - 86_400_000)
  const first = await open(folder)
  await first.append(opening(old, { retain: '1d', kind: 'refused' }))
  await first.append(opening(idOf(2), { retain: '7y' }))
  await first.close()
  await rm(join(folder, 'days', '2026-11-23.1d.db'))
  const second = await open(folder)
  assert.equal((await second.exchange(idOf(2)))?.ending?.kind, 'interrupted')
  assert.equal(await second.exchange(old), undefined)
  assert.equal(await second.append(opening(idOf(3))), 4)
  assert.deepEqual((await readdir(join(folder, 'days'))).filter((name) => name.endsWith('.db')).sort(), [
    '2026-11-24.7y.db',
    '2026-11-24.default.db',
  ])
  await second.close()
})
