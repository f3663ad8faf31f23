/** A sealed record, and how to change it behind its back. Ends with its test. */
import assert from 'node:assert/strict'
import { createHash, createHmac } from 'node:crypto'
import { globSync } from 'node:fs'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { TestContext } from 'node:test'
import type { Keyring, Read } from '../../src/exchange/index.ts'
import { openTrail, type Wrapping } from '../../src/trail/index.ts'
import type { VerifyOptions } from '../../src/trail/seal/evidence.ts'
import { headIn, LogFiles, sealIn } from '../../src/trail/seal/files.ts'
import { signerOf } from '../../src/trail/seal/made.ts'
import type { Report } from '../../src/trail/seal/report.ts'
import { tilePath, widthOf } from '../../src/trail/seal/tiles.ts'
import { LogWriter } from '../../src/trail/seal/writer.ts'
import { bodyOf, ending, finding, idOf, NOON, opening } from '../../src/trail/stores/made.ts'

export const keyring: Keyring = {
  digest: (purpose, data) => createHmac('sha256', purpose).update(data).digest(),
  hash: () => createHash('sha256'),
  key: (purpose) => createHash('sha256').update(purpose).digest(),
}
export const DAY = 86_400_000
export const SIZE = 600
export const signer = signerOf()
/** Without a signer nobody seals. */
export const open = (folder: string, sealing: boolean) =>
  openTrail({ folder, keyring, now: () => NOON, ...(sealing && { signer }) })
/** Nobody mends anything while it is looked at. */
export const lookAt = (folder: string, wrapping?: Wrapping, asItIs = true) =>
  openTrail({ folder, keyring, now: () => NOON, asItIs, lostKey: 'show', ...(wrapping && { wrapping }) })

let parent = ''
/** A sealed record of 600 entries in two days, as it should be; and one of its first 400. */
export const whole = () => join(parent, 'whole')
export const early = () => join(parent, 'early')
let count = 0

/** What the reply of entry 78 brought. */
const UNIT = { from: 'fence', path: 'a.ts', language: 'ts', lines: [1, 4], fresh: [2, 3] } as const

async function fill(folder: string, to: number): Promise<void> {
  const trail = await open(folder, true)
  const { size } = await trail.sealed()
  await trail.documents.put('key', 'k_one', { made: size })
  for (let seq = size; seq < to; seq += 2) {
    const id = idOf(seq, NOON - (seq % 8 === 0 ? DAY : 0))
    const body = bodyOf(`${'what was said before '.repeat(300)}${seq}`)
    const actor = { id: 'ana', kind: 'person', name: 'Ana', groups: [] } as const
    await trail.append(opening(id, { session: `s${seq % 4}`, body, actor, findings: [finding('aws-key', true)] }))
    const brought = seq === 76 && { edits: { units: [UNIT], forms: ['a=b(c)', 'd=e(f)'] } }
    await trail.append(ending(id, { body: bodyOf(`reply ${seq}`), ...brought }))
  }
  await trail.close()
}

/** Makes both; once for a file of tests. */
export async function setUp(): Promise<void> {
  parent = await mkdtemp(join(tmpdir(), 'gatelog-mutations-'))
  await fill(whole(), 400)
  await cp(whole(), early(), { recursive: true })
  await fill(whole(), SIZE)
}

export const tearDown = (): Promise<void> => rm(parent, { recursive: true, force: true })

export async function look(folder: string, options: VerifyOptions = {}, wrapping?: Wrapping): Promise<Report> {
  const trail = await lookAt(folder, wrapping)
  try {
    return (await trail.verify({ vkey: signer.vkey, ...options }))!
  } finally {
    await trail.close()
  }
}

/** What is done to a record. */
export type Change = (folder: string, t: TestContext) => Promise<unknown> | unknown

export async function mutated(t: TestContext, change: Change): Promise<string> {
  const folder = join(parent, `copy-${++count}`)
  await cp(whole(), folder, { recursive: true })
  t.after(() => rm(folder, { recursive: true, force: true }))
  await change(folder, t)
  return folder
}

/** Runs SQL on the day file that holds an entry, or on all. */
export function sql(folder: string, statement: string, ...values: (string | number | Uint8Array | null)[]): void {
  for (const path of globSync('days/*.db', { cwd: folder })) {
    const db = new DatabaseSync(join(folder, path))
    db.exec('PRAGMA foreign_keys=OFF')
    db.prepare(statement).run(...values)
    db.close()
  }
}

/** Runs SQL on the keys of sessions, or on the head file. */
export const keysSql = (folder: string, statement: string): void => sqlIn(join(folder, 'keys.db'), statement)
export const headSql = (folder: string, statement: string): void => sqlIn(join(folder, 'head.db'), statement)

function sqlIn(path: string, statement: string): void {
  const db = new DatabaseSync(path)
  db.exec(statement)
  db.close()
}

export const onBytes = async (path: string, change: (bytes: Buffer) => Buffer | undefined) => {
  const bytes = await readFile(path)
  await writeFile(path, change(bytes) ?? bytes)
}
export const flip = (bytes: Buffer, at: number): undefined => {
  bytes[at] = (bytes[at] ?? 0) ^ 1
}
export const tileOf = (folder: string, level: number | 'entries', index: number) =>
  join(sealIn(folder), tilePath({ level, index, width: widthOf(level === 'entries' ? 0 : level, index, SIZE) }))

/** Puts a log with a true tree over other leaves in the place of the one that is there, signed by a key. */
export async function rewrite(folder: string, change: (leaves: Buffer[]) => void, by = signer): Promise<void> {
  const files = new LogFiles(sealIn(folder), headIn(sealIn(folder))?.size ?? 0)
  const leaves = Array.from({ length: files.size }, (_, at) => files.leaf(at))
  change(leaves)
  await rm(sealIn(folder), { recursive: true })
  const log = await LogWriter.open({ folder: sealIn(folder), origin: 'gatelog.example/log', signer: by })
  for (const leaf of leaves) log.add(leaf)
  await log.publish()
}

export const swap = (folder: string, column: 'json' | 'salt', one: number, other: number) => {
  const db = new DatabaseSync(join(folder, 'days/2026-11-24.default.db'))
  const get = (seq: number) =>
    db.prepare(`SELECT ${column} AS value FROM entries WHERE seq = ?`).get(seq)?.['value'] as string
  const values = [get(one), get(other)] as const
  assert.ok(values[0] && values[1])
  db.prepare(`UPDATE entries SET ${column} = ? WHERE seq = ?`).run(values[1], one)
  db.prepare(`UPDATE entries SET ${column} = ? WHERE seq = ?`).run(values[0], other)
  db.close()
}

/** Bodies of two entries, with all that belongs to them, each in the other's place. */
export const swapBodies = (folder: string) => {
  const db = new DatabaseSync(join(folder, 'days/2026-11-24.default.db'))
  for (const step of ['SET seq = -seq WHERE seq IN (4, 6)', 'SET seq = 6 WHERE seq = -4', 'SET seq = 4 WHERE seq = -6'])
    db.exec(`UPDATE bodies ${step}`)
  db.close()
}

export const ACT = {
  exchange: idOf(9000),
  at: NOON,
  who: { value: 'root', source: 'observed' },
  why: 'asked for',
} as const

/** Puts an entry after the last one, behind everybody's back: nothing seals it. */
export function forge(folder: string, note: object, seq = SIZE + 1): void {
  const db = new DatabaseSync(join(folder, 'days/2026-11-24.default.db'))
  db.prepare('INSERT INTO entries VALUES (?, ?, ?)').run(seq, JSON.stringify(note), Buffer.alloc(32, 1))
  db.prepare('INSERT INTO gaps VALUES (?, ?)').run(
    seq,
    note instanceof Object && 'kind' in note ? String(note.kind) : '',
  )
  db.close()
}

/** Two exchanges that no head covers, as a kill leaves them: their entries come after the last one. */
export async function unsealed(folder: string): Promise<void> {
  const trail = await open(folder, false)
  for (const id of [idOf(8100), idOf(8101)]) {
    await trail.append(opening(id, { body: bodyOf('how do I sell it?') }))
    await trail.append(ending(id, { body: bodyOf('like this') }))
  }
  await trail.close()
}

/** Who read the record, as it is told where nobody has its key. */
export const READ = {
  ...{ kind: 'read', exchange: idOf(8200), at: NOON, did: 'viewed', via: 'local', reader: ACT.who, of: 'x' },
  ...{ content: false, count: 1, times: 1 },
} as const satisfies Read

/** Puts rows where lines of who read wait for the record's key. */
export function plant(folder: string, ...rows: readonly object[]): void {
  for (const [nth, row] of rows.entries())
    headSql(folder, `INSERT INTO documents VALUES ('waiting', '${nth}', '${JSON.stringify(row)}')`)
}

/** Takes an exchange out of its file, and all that it is found by. */
export function takeOut(folder: string, seq: number): void {
  const both = `IN (${seq}, ${seq + 1})`
  for (const table of ['bodies', 'entries']) sql(folder, `DELETE FROM ${table} WHERE seq ${both}`)
  sql(folder, `DELETE FROM exchanges WHERE seq = ${seq}`)
}

/** Puts what a reply brought under a key that nobody made, as if it were one whose wrapping key is not here. */
export function underMadeUp(folder: string, seq: number): void {
  keysSql(folder, `INSERT INTO wrappers VALUES (77, '${MADE_UP}', 0)`)
  keysSql(folder, 'INSERT INTO keys SELECT 99999, 77, wrapped, created, file, session FROM keys ORDER BY id LIMIT 1')
  sql(folder, 'UPDATE edits SET key = 99999 WHERE seq = ?', seq)
}

/** The name of a wrapping key that never was. */
export const MADE_UP = 'ffffffffffffffff'

/** For a change that is one file's: which one it is. */
export const hasEntry = (seq: number): string => `EXISTS (SELECT 1 FROM entries WHERE seq = ${seq})`

/** Says of a body that it was written anew, with a finding, and leaves it as it is. */
export const markAnew = (folder: string, seq: number): void =>
  sql(
    folder,
    `INSERT INTO redacted SELECT ${seq}, ?, zeroblob(32), ? WHERE ${hasEntry(seq)}`,
    ACT.exchange,
    JSON.stringify([finding('forged', true)]),
  )

/** The exchanges that begin with entries 77 and 79, each under the other's id. */
export function exchangeIds(folder: string): void {
  sql(folder, `UPDATE exchanges SET exchange = 'x' WHERE seq = 77`)
  sql(folder, 'UPDATE exchanges SET exchange = ? WHERE seq = 79', idOf(76))
  sql(folder, 'UPDATE exchanges SET exchange = ? WHERE seq = 77', idOf(78))
}

/** An exchange that never was, where nothing is written: its prompt, its reply, a line of no exchange, all that they are found by. */
export function beforeFirst(folder: string): void {
  const columns = 'findings, masked, input, output, outcome, session, user'
  for (const statement of [
    `INSERT INTO entries SELECT seq - 82, replace(json, '${idOf(76)}', '${idOf(77_777)}'), salt FROM entries WHERE seq IN (77, 78)`,
    `INSERT INTO exchanges(seq, exchange, closing, at, ${columns}) SELECT -5, '${idOf(77_777)}', -4, at, ${columns} FROM exchanges WHERE seq = 77`,
    `INSERT INTO bodies SELECT seq - 82, 0, 6, CAST('forged' AS BLOB), NULL FROM bodies WHERE seq IN (77, 78)`,
    `INSERT INTO entries SELECT -9, '${JSON.stringify({ ...ACT, kind: 'hold', scope: {} })}', salt FROM entries WHERE seq = 77`,
    `INSERT INTO gaps SELECT -9, 'hold' WHERE ${hasEntry(77)}`,
  ])
    sql(folder, statement)
}
