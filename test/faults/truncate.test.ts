/** Files that end too early, cut at every byte of their last three records: what is whole is read, what is not is told. */
import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { Fault } from '#exchange'
import { signerOf } from '../../src/trail/seal/made.ts'
import { LogWriter } from '../../src/trail/seal/writer.ts'
import { bodyOf, ending, idOf, opening } from '../../src/trail/stores/made.ts'
import { NOON, openKilled, textOf } from './killed.case.ts'

/** Bytes between two cuts, but for those around the borders of records: `EVERY=1` for all of them. */
const EVERY = Number(process.env['EVERY'] ?? 97)
const DAY_FILE = 'days/2026-11-24.default.db'
const COUNT = 12

/** A record of some exchanges as a process leaves it that is killed: `wal` of its day's file holds the last ones. */
async function left(t: TestContext): Promise<{ folder: string; killed: string; closed: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'gatelog-cut-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const [live, killed, closed] = ['live', 'killed', 'closed'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]
  const { trail } = await openKilled(live)
  for (let nth = 1; nth <= 4; nth++) await trail.documents.put('mark', `m${nth}`, { nth })
  for (let nth = 1; nth <= COUNT; nth++) {
    const id = idOf(nth)
    await trail.append(opening(id, { at: NOON, session: `s${nth % 2}`, body: bodyOf(textOf(id)) }))
    await trail.append(ending(id, { at: NOON, body: bodyOf(`reply ${textOf(id)}`) }))
  }
  for (let tries = 0; (await trail.sealed()).size < 2 * COUNT && tries < 200; tries++)
    await new Promise((go) => setTimeout(go, 50))
  cpSync(live, killed, { recursive: true })
  await trail.close()
  cpSync(live, closed, { recursive: true })
  return { folder, killed, closed }
}

/** The size of a page, as a write-ahead log says it. */
const pageIn = (log: Buffer): number => log.readUInt32BE(8)

/** Where each commit of a write-ahead log ends, the header included. Source: sqlite.org/fileformat2.html §4.1. */
function commitsOf(log: Buffer): number[] {
  const page = pageIn(log)
  const ends: number[] = []
  const salt = log.subarray(16, 24)
  for (let at = 32; at + 24 + page <= log.length; at += 24 + page) {
    if (!log.subarray(at + 8, at + 16).equals(salt)) break
    if (log.readUInt32BE(at + 4) > 0) ends.push(at + 24 + page)
  }
  return ends
}

/** All cuts from `to` down to `from`: every one near a border, and of the others some. */
const cutsBetween = (from: number, to: number, border: (at: number) => number): number[] =>
  Array.from({ length: to - from }, (_, at) => to - 1 - at).filter((at) => at % EVERY === 0 || border(at) < 32)

/** What each file of a record counts; how many commits at its end are cut. */
const LOGS = [
  { file: DAY_FILE, rows: 'entries', most: 3 },
  { file: 'head.db', rows: 'documents', most: 3 },
  { file: 'keys.db', rows: 'keys', most: 1 },
] as const

for (const { file, rows, most } of LOGS)
  test(`${file}: a log cut anywhere in its last commits holds exactly the commits that are whole`, async (t) => {
    const { killed } = await left(t)
    const path = join(killed, file)
    const log = readFileSync(`${path}-wal`)
    const page = pageIn(log)
    const ends = commitsOf(log)
    const last = ends.slice(-1 - most)
    assert.equal(last.length, most + 1, `${ends.length} commits in the log`)
    writeFileSync(`${path}-wal`, log.subarray(0, last[most]))
    const count = () => {
      const db = new DatabaseSync(path, { readOnly: true })
      try {
        return Number(db.prepare(`SELECT count(*) AS count FROM ${rows}`).get()?.['count'])
      } finally {
        db.close()
      }
    }
    const counts = new Map<number, number>()
    for (const end of last.toReversed()) {
      truncateSync(`${path}-wal`, end)
      counts.set(end, count())
    }
    const grown = (counts.get(last[most] ?? 0) ?? 0) - (counts.get(last[0] ?? 0) ?? 0)
    assert.ok(rows === 'keys' ? grown >= 0 : grown > 0, 'the last commits hold rows')
    writeFileSync(`${path}-wal`, log.subarray(0, last[most]))
    const frame = (at: number) => Math.min((at - 32) % (24 + page), 24 + page - ((at - 32) % (24 + page)))
    const cuts = cutsBetween(last[0] ?? 0, last[most] ?? 0, frame)
    for (const cut of cuts) {
      truncateSync(`${path}-wal`, cut)
      const whole = last.filter((end) => end <= cut).at(-1) ?? 0
      assert.equal(count(), counts.get(whole), `cut at ${cut} of ${log.length}`)
    }
    process.stdout.write(`# ${file}: a log cut at ${cuts.length} of ${(last[most] ?? 0) - (last[0] ?? 0)} bytes\n`)
  })

/** Opens a record and reads all of it: each exchange is whole, absent, or told to be unreadable. */
async function readAll(folder: string): Promise<'refused' | number> {
  let record: Awaited<ReturnType<typeof openKilled>>
  try {
    record = await openKilled(folder)
  } catch (error) {
    assert.ok(error instanceof Fault && error.code.startsWith('trail.'), String(error))
    return 'refused'
  }
  let whole = 0
  try {
    for (let nth = 1; nth <= COUNT; nth++) {
      const kept = await record.trail.exchange(idOf(nth)).catch((error: unknown) => {
        assert.ok(error instanceof Fault && error.code.startsWith('trail.'), String(error))
        return undefined
      })
      const said = kept?.opening.body && Buffer.from(kept.opening.body.bytes).toString()
      if (said !== undefined) assert.equal(said, textOf(idOf(nth)))
      if (said !== undefined && kept?.ending?.kind === 'replied') whole++
    }
  } finally {
    await record.trail.close().catch((error: unknown) => assert.ok(error instanceof Fault, String(error)))
  }
  return whole
}

test('a record whose log is cut opens with all that is whole, and goes on', async (t) => {
  const { folder, killed } = await left(t)
  const ends = commitsOf(readFileSync(join(killed, `${DAY_FILE}-wal`))).slice(-4)
  for (const end of ends)
    for (const cut of [end - 1, end, end + 1]) {
      const copy = join(folder, `cut-${cut}`)
      cpSync(killed, copy, { recursive: true })
      truncateSync(join(copy, `${DAY_FILE}-wal`), cut)
      const whole = await readAll(copy)
      assert.ok(whole !== 'refused' && whole >= COUNT - 3, `cut at ${cut}: ${whole}`)
      rmSync(copy, { recursive: true })
    }
})

test('a day file cut in its last three pages is refused, or tells what of it cannot be read; never is anything else read', async (t) => {
  const { folder, closed } = await left(t)
  const bytes = readFileSync(join(closed, DAY_FILE))
  const [size, page] = [bytes.length, bytes.readUInt16BE(16)]
  const cuts = [1, 2, 3].flatMap((nth) => [0, 1, 512, page / 2, page - 1].map((more) => size - nth * page + more))
  const told = { refused: 0, read: 0 }
  for (const cut of cuts) {
    const copy = join(folder, `cut-${cut}`)
    cpSync(closed, copy, { recursive: true })
    truncateSync(join(copy, DAY_FILE), cut)
    if ((await readAll(copy)) === 'refused') told.refused++
    else told.read++
    rmSync(copy, { recursive: true })
  }
  assert.ok(told.refused > 0, JSON.stringify(told))
  process.stdout.write(
    `# a day file cut at ${cuts.length} places: ${told.refused} refused, ${told.read} read in part\n`,
  )
})

test('a tile or a checkpoint cut at any byte is told, and never taken for another log', async (t) => {
  const { folder, closed } = await left(t)
  const seal = join(closed, 'seal')
  const signer = signerOf()
  const options = (at: string) => ({ folder: at, origin: signer.vkey.split('+')[0] ?? '', signer })
  const whole = (await LogWriter.open(options(seal))).head
  assert.ok(whole && whole.size >= 2 * COUNT)
  const files = readdirSync(seal, { recursive: true, withFileTypes: true }).filter((each) => each.isFile())
  const newest = files
    .map((each) => join(each.parentPath, each.name))
    .filter(
      (path) => (/checkpoint$|\/\d+$/.test(path) && path.includes(`.p/${whole.size}`)) || path.endsWith('checkpoint'),
    )
  assert.ok(newest.length >= 3, newest.join())
  let cuts = 0
  const copy = join(folder, 'cut-seal')
  for (const path of newest) {
    const bytes = readFileSync(path)
    const from = Math.max(0, bytes.length - 3000)
    for (let cut = bytes.length - 1; cut >= from; cut -= EVERY === 1 ? 1 : 7) {
      rmSync(copy, { recursive: true, force: true })
      cpSync(seal, copy, { recursive: true })
      truncateSync(join(copy, path.slice(seal.length)), cut)
      const log = await LogWriter.open(options(copy)).catch((error: unknown) => {
        assert.ok(error instanceof Fault && error.code.startsWith('seal.'), `${path} at ${cut}: ${String(error)}`)
      })
      if (log) assert.deepEqual(log.head?.root, whole.root, `${path} cut at ${cut} is taken as it is`)
      cuts++
    }
  }
  process.stdout.write(`# ${newest.length} files of a log cut at ${cuts} places\n`)
})
