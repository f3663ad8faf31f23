/** A record with a place for its backups and one for its keys, in a folder that goes when the test is over. For tests alone. */
import assert from 'node:assert/strict'
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as wait } from 'node:timers/promises'
import type { Opening } from '#exchange'
import { openFolder, type Place } from '#export'
import { Erasure } from '#gateway'
import { holdKeys } from '../keyholder/index.ts'
import { type OpenRecord, openRecord } from '../record.ts'
import { uuid7 } from '../uuid.ts'
import { type RestoreOptions, restoreBackup } from './restore.ts'
import { takeBackup } from './take.ts'

/** Whose end ends what was opened for it: a test, or a file of tests. */
interface Ends {
  after(end: () => unknown): void
}

export const WORD = 'Wunderlich-und-Katharina'
export const KEPT = 'lighthouse-keeper'
export const DOER = { who: { value: 'dpo', source: 'declared' }, why: 'asked for', basis: 'Art. 17' } as const

export function ground(t: Ends) {
  const folder = mkdtempSync(join(tmpdir(), 'gatelog-backup-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const encryption = { folder: join(folder, 'keys'), former: [] }
  const config = { data: join(folder, 'data'), path_keys: false, encryption }
  const opened: OpenRecord[] = []
  t.after(() => Promise.all(opened.map((record) => record.close())))
  const open = async (data = config.data) => {
    const seal = { key: { kind: 'file', path: undefined } } as const
    const record = await openRecord({ ...config, data }, { keys: holdKeys, lostKey: 'refuse', seal })
    opened.push(record)
    return record
  }
  const to = openFolder(join(folder, 'to'))
  const keys = openFolder(join(folder, 'keys-copy'))
  const restore = (more: Partial<RestoreOptions> = {}) =>
    restoreBackup({
      ...{ config: { ...config, data: join(folder, 'back') }, from: to, keys, trustKeys: false, dryRun: false },
      ...{ reader: 'ana', ...more },
    })
  return { folder, config, open, to, keys, restore, back: () => open(join(folder, 'back')) }
}

/** One exchange; its id. */
export async function exchange({ trail }: OpenRecord, session: string, said: string, at = Date.now()): Promise<string> {
  const id = uuid7(at)
  const body = (text: string) => ({ bytes: Buffer.from(text), type: 'application/json', received: 'aa', sent: 'bb' })
  const opening: Opening = {
    ...{ kind: 'asked', exchange: id, at: Date.now(), session, door: 'reverse', method: 'POST', path: '/v1/chat' },
    actor: { id: session, kind: 'person', name: session, groups: [] },
    ...{ route: 'chat', model: 'm', facts: {}, findings: [], body: body(JSON.stringify({ said })), text: said },
  }
  await trail.append(opening)
  await trail.append({
    ...{ kind: 'replied', exchange: id, at: Date.now(), status: 200, findings: [], timings: {} },
    body: body(JSON.stringify({ reply: said })),
  })
  return id
}

/** Entries of no body. */
export async function say({ trail }: OpenRecord, times: number): Promise<void> {
  for (let nth = 0; nth < times; nth++) {
    const opening: Opening = {
      ...{ kind: 'refused', exchange: uuid7(Date.now()), at: Date.now(), door: 'reverse', method: 'POST', path: '/v1' },
      ...{ route: 'chat', facts: {}, findings: [], fault: 'policy.deny' },
    }
    await trail.append(opening)
  }
}

/** Once all is. */
export async function sealed({ trail }: OpenRecord): Promise<void> {
  for (let tries = 0; (await trail.sealed()).size < (await trail.highest()); tries++) {
    assert.ok(tries < 2000, JSON.stringify(await trail.sealed()))
    await wait(20)
  }
}

/** Why nothing of a record is sealed, once it tells: with the first round that fails. */
export async function unsealed({ trail }: OpenRecord): Promise<string> {
  for (;;) {
    const state = await trail.sealed()
    if (state.kind === 'on' && state.fault) return state.fault
    await wait(50)
  }
}

export const backup = (record: OpenRecord, data: string, to: Place, keys?: Place, keep = 9) =>
  takeBackup({ ...record, data, now: Date.now }, { to, keys, keep, whole: true })

export const bodyOf = async ({ trail }: OpenRecord, id: string) => {
  const found = await trail.exchange(id)
  return found?.opening.body && Buffer.from(found.opening.body.bytes).toString()
}

export const erasureIn = ({ trail, keyring, custody }: OpenRecord) =>
  new Erasure({
    ...{ trail, keyring, holds: custody.holds, now: Date.now, clock: () => performance.now() },
    uuid: () => uuid7(Date.now()),
  })

export const bytesIn = (folder: string) =>
  globSync('**/*', { cwd: folder, withFileTypes: true })
    .filter((each) => each.isFile())
    .map((each) => readFileSync(join(each.parentPath, each.name)).toString('latin1'))

/** Runs SQL on one file of a record; how many rows it changed. */
export function sqlIn(path: string, statement: string, ...values: (string | number | Uint8Array)[]): number {
  const db = new DatabaseSync(path)
  const { changes } = db.prepare(statement).run(...values)
  db.close()
  return Number(changes)
}

/** The file of the lines that tell what was done to a record; where it has none yet, another one. */
export function custodyIn(folder: string): string {
  const [name = ''] = [...globSync('days/*.custody.db', { cwd: folder }), ...globSync('days/*.db', { cwd: folder })]
  return join(folder, name)
}

/** Puts a line among them, as who has the folder and not its keys can. */
export function forge(
  folder: string,
  seq: number,
  note: { readonly kind: string; readonly [key: string]: unknown },
): void {
  const path = custodyIn(folder)
  sqlIn(path, 'INSERT INTO entries VALUES (?, ?, ?)', seq, JSON.stringify(note), Buffer.alloc(32, 1))
  sqlIn(path, 'INSERT INTO gaps VALUES (?, ?)', seq, note.kind)
}
