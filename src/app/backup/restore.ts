/**
 * Puts a record back from a backup, into a folder where none is: fetched beside it, verified, brought up to date by the
 * journal, and only then given its name. What fails before that leaves nothing.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdir, rename, rm, rmdir, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { Fault, type Restored } from '#exchange'
import { fetchFile, goesAtEnd, namesAt, type OpenedBackup, openBackup, type Place, recordIn } from '#export'
import { Erasure } from '#gateway'
import {
  type Alarm,
  adopt,
  emptyKeys,
  isSignedBy,
  type JournalLine,
  keysBeyond,
  migrate,
  parseCheckpoint,
  parseNote,
  parseVerifier,
  printTaken,
  type Report,
  syncNames,
  unpackLog,
  WITH_MACS,
  type WithoutKey,
  withoutKey,
} from '#trail'
import { ackedPaths, openAckedMark } from '../acked-mark.ts'
import type { Config } from '../config.ts'
import { holdKeys, type Keyholder } from '../keyholder/index.ts'
import { lookAt, type OpenRecord, openRecord } from '../record.ts'
import { rememberedIn } from '../signed-last.ts'
import { uuid7 } from '../uuid.ts'
import { journalPath, openJournal } from './journal-file.ts'
import { parseJournal, toldBy } from './journal-lines.ts'
import { holdBeside } from './left.ts'
import { type Replay, replay } from './replay.ts'

export interface RestoreOptions {
  readonly config: Pick<Config, 'data' | 'encryption' | 'path_keys'> &
    Partial<Pick<Config, 'seal'>> & { readonly journal?: string | undefined }
  readonly from: Place
  /** The newest where it is not said. */
  readonly name?: string | undefined
  /** Where the keys of sessions are; `none`: put it back without, and no body can be read. */
  readonly keys: Place | 'none'
  /** Believe that no key was revoked since, though there is no journal. */
  readonly trustKeys: boolean
  readonly dryRun: boolean
  readonly reader: string
  /** Told of each file. */
  progress?(done: number, total: number): void
}

/** How many entries cannot be read, and why: no keys were put back, theirs was made after the copy of keys, or is in it no more. */
export interface Unread {
  readonly entries: number
  readonly why: 'no keys' | 'made since' | 'destroyed'
}

/** What was put back, or would be. */
export interface RestoreReport {
  readonly name: string
  readonly taken: number
  readonly last: number
  readonly sealed: number
  /** How many entries were once sealed, as far as the journal knows, or whoever signs. */
  readonly known: number
  readonly files: number
  readonly bytes: number
  /** Entries that cannot be read, for their key was not put back; absent where there is none. */
  readonly locked?: readonly Unread[]
  readonly report: Pick<Report, 'ok' | 'sealed' | 'unsealed' | 'counts' | 'alarms' | 'found'> | undefined
  readonly replayed: Replay
  readonly journal: boolean
  readonly done: boolean
}

/** @throws backup.*, trail.*, seal.*, usage.option */
export async function restoreBackup(options: RestoreOptions): Promise<RestoreReport> {
  const data = resolve(options.config.data)
  if (!options.dryRun) refuseTarget(data) // a drill keeps nothing, and goes on beside the record
  const name = options.name ?? (await namesAt(options.from)).at(-1)
  if (name === undefined) throw new Fault('backup.none', options.from.told)
  const beside = holdBeside(data)
  using _ = goesAtEnd(beside.folder)
  const work = join(beside.folder, 'record')
  try {
    await mkdir(work, { mode: 0o700 })
    const report = await putBack(options, name, work)
    if (options.dryRun) return report
    refuseTarget(data)
    if (existsSync(data)) await rmdir(data)
    await rename(work, data)
    await syncNames(dirname(data))
    return { ...report, done: true }
  } finally {
    await rm(beside.folder, { recursive: true, force: true })
    beside.close()
  }
}

/** Nothing may be there. */
function refuseTarget(data: string): void {
  if (existsSync(data) && readdirSync(data).length > 0) throw new Fault('backup.target', data)
}

async function putBack(options: RestoreOptions, name: string, work: string): Promise<RestoreReport> {
  const { config, from } = options
  const record = await recordIn(from, name)
  const keyholder = await keysFor(config, record)
  const backup = await openBackup(from, name, keyholder)
  await fetchAll(options, backup, work)
  await fetchKeys(options.keys, record, keyholder, work)
  migrate(work, { dryRun: false }) // of an earlier version nothing is only looked at
  const unread = withoutKey(work)
  keysBeyond(work)
  const newest = await newestJournal(options, record, keyholder, work)
  await keyholder.close()
  const path = journalPath(config.journal, keyholder.place, config.data)
  const own = path === undefined || !existsSync(path) ? [] : openJournal(path).lines()
  const lines = [...newest, ...own]
  const isTold = toldBy(own)
  const hasJournal = own.length > 0 && newest.every(isTold)
  const heads = lines.flatMap((line) => (line.kind === 'head' ? line.note : []))
  const remembered = rememberedIn(config.seal, { data: resolve(config.data), keys: keyholder.place, record }).notes
  const known = await keepHead(work, backup, [...heads, ...remembered])
  const place = { ...config, data: work, copy: true, ofBefore: backup.formats.head < WITH_MACS }
  const before = await verified(place, backup, heads)
  const replaying = { ...place, journal: join(work, 'journal.jsonl') }
  const lostKey = options.keys === 'none' ? 'go on' : 'refuse'
  const opened = await openRecord(replaying, { keys: holdKeys, lostKey, waits: true })
  try {
    const voids = !hasJournal && !options.trustKeys
    const replayed = await replay({ trail: opened.trail, now: Date.now }, lines, voids)
    await erasureOf(opened).resume()
    await adopt({ trail: opened.trail, now: Date.now, uuid: () => uuid7(Date.now()) }, { blank: replayed.erasures > 0 })
    const note = noteOf(options, { backup, replayed, known, unread })
    await opened.trail.append(note)
    const removed = replayed.erasures + replayed.purges > 0
    const report = removed ? await held(opened.trail, backup, heads) : before
    const { taken, last, sealed } = { taken: backup.at, ...backup }
    const bytes = backup.files.reduce((sum, each) => sum + each.bytes, 0)
    const untold = newest.filter((line) => !isTold(line))
    if (!options.dryRun && path !== undefined) await keepLines(path, untold)
    if (!options.dryRun) await keepEnd(options, opened, note.exchange)
    const locked = unread.seqs.length > 0 && { locked: whyOf(unread, options.keys === 'none') }
    const figures = { name, taken, last, sealed, known, files: backup.files.length, bytes, ...locked }
    return { ...figures, report, replayed, journal: hasJournal, done: false }
  } finally {
    await opened.close()
    await rm(replaying.journal, { force: true })
  }
}

/** What only the backups’ journal tells is told by this machine’s from now on. */
async function keepLines(path: string, lines: readonly JournalLine[]): Promise<void> {
  const journal = openJournal(path)
  for (const line of lines) await journal.note(line)
  await journal.forgetReleased()
  await journal.close()
}

/** From here on it is missed what is cut off: what was acknowledged since the backup is told by the note. */
async function keepEnd({ config }: RestoreOptions, { keyholder, keyring, trail }: OpenRecord, restored: string) {
  const { seal, journal } = config
  const mark = openAckedMark(ackedPaths({ seal, journal, data: resolve(config.data), keys: keyholder.place, keyring }))
  const since = await trail.provenAfter()
  mark.begin({ seq: await trail.highest(), restored, ...(since !== undefined && { since }) })
  mark.close()
}

/** The wrapping keys of a record, as far as they are here. */
export const keysFor = (
  { data, encryption: form }: Pick<Config, 'data' | 'encryption'>,
  id: string,
): Promise<Keyholder> =>
  holdKeys({
    wrapping: { form, data, id, fresh: false },
    variables: [...(form.key ? [form.key] : []), ...form.former].flatMap(({ env }) => env ?? []),
  })

async function fetchAll({ from, progress }: RestoreOptions, { files, key }: OpenedBackup, work: string): Promise<void> {
  await mkdir(join(work, 'days'), { mode: 0o700 })
  let done = 0
  for (const file of files) {
    const to = join(work, file.path)
    await mkdir(dirname(to), { recursive: true, mode: 0o700 })
    await fetchFile(from, file, key.plain, to)
    progress?.(++done, files.length)
  }
  const pack = join(work, 'seal.pack')
  if (!existsSync(pack)) return
  await unpackLog(pack, work)
  await rm(pack)
}

/** The newest keys: those that were destroyed since the backup are not among them. @throws backup.none, backup.foreign */
async function fetchKeys(keys: RestoreOptions['keys'], record: string, keyholder: Keyholder, work: string) {
  const to = join(work, 'keys.db')
  if (keys === 'none') return emptyKeys(to)
  const name = (await namesAt(keys)).at(-1)
  if (name === undefined) throw new Fault('backup.none', `keys of sessions in ${keys.told}`)
  if ((await recordIn(keys, name)) !== record) throw new Fault('backup.foreign', keys.told)
  const { files, key } = await openBackup(keys, name, keyholder)
  const [file] = files
  if (file?.path !== 'keys.db') throw new Fault('backup.none', `keys of sessions in ${keys.told}`)
  await fetchFile(keys, file, key.plain, to)
}

/** The journal as the newest backup that can be read has it, whichever one is put back. */
async function newestJournal({ from }: RestoreOptions, record: string, keyholder: Keyholder, work: string) {
  const to = join(work, 'journal.jsonl')
  for (const name of (await namesAt(from)).reverse()) {
    const backup = await openBackup(from, name, keyholder).catch((error: unknown) => {
      if (error instanceof Fault && /^backup\.(damaged|newer|key)$/.test(error.code)) return undefined
      throw error
    })
    const file = backup?.record === record ? backup.files.find(({ path }) => path === 'journal.jsonl') : undefined
    if (!backup || !file) continue
    await rm(to, { force: true })
    await fetchFile(from, file, backup.key.plain, to)
    const lines = parseJournal(readFileSync(to, 'utf8'))
    await rm(to)
    return lines
  }
  await rm(to, { force: true })
  return []
}

/** The largest head that was signed, as far as is known: below it none is signed again. How many entries it covers. */
async function keepHead(work: string, { sealed, vkey }: OpenedBackup, heads: readonly string[]): Promise<number> {
  const verifier = parseVerifier(vkey ?? vkeyOf(work) ?? '')
  let known = { size: sealed, note: '' }
  for (const printed of heads) {
    const note = parseNote(printed)
    const head = note && verifier && isSignedBy(note, [verifier]) ? parseCheckpoint(note.text) : undefined
    if (head && head.size > known.size) known = { size: head.size, note: printed }
  }
  if (known.note !== '') await writeFile(join(work, 'seal.known'), known.note, { mode: 0o600 })
  return known.size
}

function vkeyOf(work: string): string | undefined {
  const path = join(work, 'seal', 'vkey')
  return existsSync(path) ? readFileSync(path, 'utf8').trim() : undefined
}

/** Every entry held against the log, bodies only where their key was not destroyed, and the log against the heads that are known. @throws backup.damaged */
async function verified(place: Parameters<typeof lookAt>[0], backup: OpenedBackup, heads: readonly string[]) {
  if (backup.sealed === 0) return undefined
  const record = await lookAt(place)
  return held(record.trail, backup, heads).finally(() => record.close())
}

async function held(trail: OpenRecord['trail'], { sealed, vkey, name }: OpenedBackup, heads: readonly string[]) {
  if (sealed === 0) return undefined
  const before = heads.filter((printed) => {
    const note = parseNote(printed)
    const head = note && parseCheckpoint(note.text)
    return head !== undefined && head.size <= sealed
  })
  const report = await trail.verify({ ...(vkey !== undefined && { vkey }), heads: before, missingKeys: true })
  const isAlarm = ({ document, harm }: Alarm) => document === undefined && harm !== 'hold changed' // neither does harm here
  const alarm = report?.alarms.find(isAlarm)
  if (alarm) throw new Fault('backup.damaged', `${name}: ${alarm.harm}: ${alarm.told}`)
  return report
}

const erasureOf = ({ trail, keyring, custody }: OpenRecord): Erasure =>
  new Erasure({
    ...{ trail, keyring, holds: custody.holds, now: Date.now, clock: () => performance.now() },
    uuid: () => uuid7(Date.now()),
  })

interface Put {
  readonly backup: OpenedBackup
  readonly replayed: Replay
  readonly known: number
  readonly unread: WithoutKey
}

/** What it says that nobody can read is none of what was done since: it was so when the record was put back. */
const noteOf = ({ reader, keys }: RestoreOptions, { backup, replayed, known, unread }: Put): Restored => ({
  ...{ kind: 'restored', exchange: uuid7(Date.now()), at: Date.now(), from: backup.name, taken: backup.at },
  reader: { value: reader, source: 'observed' },
  ...{ last: backup.last, sealed: backup.sealed, known, ...replayed },
  ...(keys === 'none' && { keys }),
  ...(unread.seqs.length > 0 && { locked: printTaken(unread.seqs) }),
})

function whyOf({ seqs, later }: WithoutKey, isBare: boolean): Unread[] {
  if (isBare) return [{ entries: seqs.length, why: 'no keys' }]
  const all: Unread[] = [
    { entries: later, why: 'made since' },
    { entries: seqs.length - later, why: 'destroyed' },
  ]
  return all.filter(({ entries }) => entries > 0)
}
