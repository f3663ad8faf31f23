/** Takes a backup of an open record: a copy of one moment, sent encrypted, read back. Keys of sessions go to a place of their own, or nowhere. */
import { existsSync, readdirSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { BackupRow } from '#console'
import { Fault, type Keyring } from '#exchange'
import { goesAtEnd, type Place, prune, Taking } from '#export'
import { logPack, type Trail, unsealedAfter } from '#trail'
import type { Keyholder } from '../keyholder/index.ts'
import type { JournalFile } from './journal-file.ts'
import { stagingIn } from './left.ts'
import { noteUnder } from './under.ts'

/** What is backed up. */
export interface BackedUp {
  readonly trail: Trail
  readonly keyring: Keyring
  readonly keyholder: Keyholder
  readonly journal: JournalFile | undefined
  readonly data: string
  now(): number
}

export interface TakingOptions {
  readonly to: Place
  /** Where a copy of `keys.db` goes; it stays where it is without. */
  readonly keys?: Place | undefined
  /** How many backups stay there. */
  readonly keep: number
  /** Whether parts that were there before are read too. */
  readonly whole: boolean
}

/** Each record’s id, in its backups and for its wrapping keys. */
export const recordIdOf = (keyring: Keyring): string =>
  keyring.digest('wrapping', 'folder').toString('hex').slice(0, 16)

/** So long what is there may take to be sealed, that the backup has its log; where sealing stands, it is taken without. */
export const SEALED_MS = 5000

export const LAST = ['backup', 'last'] as const

/** Resolves once all of it was read back. One at a time. @throws backup.*, seal.*, trail.* */
export async function takeBackup(house: BackedUp, options: TakingOptions): Promise<BackupRow> {
  const { data, trail } = house
  const staging = stagingIn(data)
  using _ = goesAtEnd(staging)
  await rm(staging, { recursive: true, force: true })
  await mkdir(staging, { mode: 0o700 })
  try {
    const taken = await take(house, options, staging)
    await trail.documents.put(...LAST, taken)
    return taken
  } finally {
    await rm(staging, { recursive: true, force: true })
  }
}

async function take(house: BackedUp, { to, keys, keep, whole }: TakingOptions, staging: string): Promise<BackupRow> {
  const { trail, keyring, keyholder, journal, data, now } = house
  const record = recordIdOf(keyring)
  const taking = await Taking.begin(to, record, keyholder)
  await sendOlder(trail, taking, staging)
  await unsealedAfter(trail, await trail.highest(), SEALED_MS)
  const pack = join(staging, 'seal.pack')
  const log = await logPack(data, pack)
  if (log) await journal?.note({ kind: 'head', note: log.note })
  if (log) await taking.send('seal.pack', pack)
  const at = now()
  const paths = await sendMoment(trail, taking, staging)
  const small = smallIn(data)
  for (const path of small) await taking.send(path, join(data, path))
  await journal?.note({ kind: 'mark', at })
  if (journal) await sendText(taking, 'journal.jsonl', journal, staging)
  const vkey = await trail.sealed()
  const last = await trail.highest()
  const told = {
    ...{ at, last, sealed: log?.size ?? 0, ...(log && { head: log.note }) },
    ...(vkey.kind === 'on' && { vkey: vkey.vkey }),
  }
  const all = [...paths, ...small, ...(log ? ['seal.pack'] : []), ...(journal ? ['journal.jsonl'] : [])]
  const done = await taking.finish(told, all, whole)
  if (keys) await sendKeys(house, keys, staging, at)
  const { removed, under } = await prune(to, keep, keyholder)
  await noteUnder(trail.documents, { place: to.told, keys: under })
  const { sealed } = told
  return {
    ...{ ...done, to: to.told, at, last, sealed, sent: taking.sent, removed, journal: journal !== undefined },
    ...(keys && { keys: keys.told }),
  }
}

/** Files of days that are over, one by one, so that appends wait for none of them for long. */
async function sendOlder(trail: Trail, taking: Taking, staging: string): Promise<void> {
  const days = await trail.dayFiles.list()
  const newest = days.at(-1)?.day
  for (const { name } of days.filter(({ day }) => day !== newest))
    await sendCopies(trail, taking, staging, `days/${name}`)
}

/** All that changed since, of one moment; the paths of all that belong to it. */
const sendMoment = (trail: Trail, taking: Taking, staging: string) => sendCopies(trail, taking, staging)

async function sendCopies(trail: Trail, taking: Taking, staging: string, only?: string): Promise<string[]> {
  const { known } = taking
  const copies = await trail.copy({ to: staging, known, ...(only !== undefined && { only }) })
  for (const { path, stamp, copied } of copies) {
    if (!copied) continue
    const file = join(staging, path.slice(path.lastIndexOf('/') + 1))
    await taking.send(path, file, stamp)
    await rm(file)
  }
  return copies.map(({ path }) => path)
}

/** What else the record is made of. Wrapping keys and keys of sessions are not among it. */
function smallIn(data: string): string[] {
  const ca = existsSync(join(data, 'ca')) ? readdirSync(join(data, 'ca')).map((name) => `ca/${name}`) : []
  return ['install.key', 'seal.key', 'gap.mark', ...ca].filter((path) => existsSync(join(data, path)))
}

async function sendText(taking: Taking, path: string, journal: JournalFile, staging: string): Promise<void> {
  const file = join(staging, path)
  await writeFile(
    file,
    journal.lines().map((line) => `${JSON.stringify(line)}\n`),
    { mode: 0o600 },
  )
  await taking.send(path, file)
}

/** The newest copy of the keys, and no other: what is destroyed here is to be destroyed there. */
async function sendKeys({ trail, keyring, keyholder }: BackedUp, place: Place, staging: string, at: number) {
  const taking = await Taking.begin(place, recordIdOf(keyring), keyholder)
  const [copy] = await trail.copy({ to: staging, known: {}, only: 'keys.db' })
  if (!copy) throw new Fault('gateway.internal', 'there are no keys')
  await taking.send('keys.db', join(staging, 'keys.db'))
  await taking.finish({ at, last: 0, sealed: 0 }, ['keys.db'], true)
  const { under } = await prune(place, 1, keyholder)
  await noteUnder(trail.documents, { place: place.told, keys: under })
}
