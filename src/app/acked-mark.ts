/**
 * How far entries were acknowledged, in a small file outside of the data folder. It is written before anybody hears that they are
 * durable, and is not synced: the system has it, so that no kill of a process takes it back. Holds numbers, no key.
 */
import { closeSync, constants, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { Keyring } from '#exchange'
import type { Acked, AckedMark, Begun } from '#trail'
import type { Seal } from './config-trail.ts'
import { isOutside } from './seal-key.ts'
import { uuid7 } from './uuid.ts'

/** The size of the file, within one sector: it never changes, so that writing it takes no room and leaves nothing half done. */
const BYTES = 160

export interface AckedFile extends AckedMark {
  /** Where it is; undefined where there is no place for it outside of the data folder. */
  readonly path: string | undefined
  /** Why it is not kept there; undefined where it is. */
  readonly fault: string | undefined
  /** What a process before this one left and nobody can read: a sentence of each. */
  readonly unread: readonly string[]
  close(): void
}

interface Place {
  readonly seal: Seal | undefined
  readonly data: string
  /** The folder of the wrapping keys, and the journal that the configuration names. */
  readonly keys: string | undefined
  readonly journal: string | undefined
  readonly keyring: Keyring
}

/** Where it may be, the best place first: beside the wrapping keys, the seal's, or the journal; never in the data folder. */
export function ackedPaths({ seal, data, keys, journal, keyring }: Place): string[] {
  const id = keyring.digest('wrapping', 'folder').toString('hex').slice(0, 16) // several records may have one key
  const key = seal?.key.kind === 'file' ? seal.key.path : undefined
  const beside = [key, journal].flatMap((path) => (path === undefined ? [] : `${path}.${id}.acked`))
  return [...(keys === undefined ? [] : [join(keys, 'acked.mark')]), ...beside].filter((path) => isOutside(path, data))
}

/** What is remembered there, and what cannot be read of it. Writes nothing. */
export function ackedIn(paths: readonly string[]): { readonly acked?: Acked; readonly unread: readonly string[] } {
  const read = paths.flatMap((path) => ackedAt(path) ?? [])
  const all = read.filter((each) => typeof each !== 'string')
  const unread = read.filter((each) => typeof each === 'string')
  const [acked] = all.sort((one, other) => other.seq - one.seq)
  return { ...(acked && { acked }), unread }
}

function ackedAt(path: string): Acked | string | undefined {
  try {
    const text = readFileSync(path, 'utf8')
    if (text === '') return undefined // of a process that died before it had opened its record
    const told: unknown = JSON.parse(text)
    return isAcked(told) ? told : `${path}: it does not tell how far entries were acknowledged`
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    return `${path}, which tells how far entries were acknowledged, ${code ? `cannot be read (${code})` : 'is damaged'}`
  }
}

/** More entries than any record has: a number beyond is none that was written here. */
const MOST_SEQ = 2 ** 40

function isAcked(told: unknown): told is Acked {
  if (typeof told !== 'object' || told === null) return false
  const { seq, restored, skipped, since } = told as Record<string, unknown>
  const isSpan = Array.isArray(skipped) && skipped.length === 2 && skipped.every(isSeq)
  const isRest = (skipped === undefined || isSpan) && (since === undefined || isSeq(since))
  return isSeq(seq) && (restored === undefined || typeof restored === 'string') && isRest
}

const isSeq = (told: unknown): boolean => Number.isSafeInteger(told) && Number(told) >= 0 && Number(told) < MOST_SEQ

/** That proofs and MACs have begun, as is remembered there; undefined where nothing does. What cannot be read may say so. */
export function begunIn(paths: readonly string[]): Begun | undefined {
  const { acked, unread } = ackedIn(paths)
  if (acked?.since !== undefined) return { since: acked.since }
  return acked === undefined && unread.length > 0 ? { since: undefined } : undefined
}

/** Opens the first of them that can be written, or none; what cannot be kept stops no traffic. `sealed`: what is known outside too. */
export function openAckedMark(paths: readonly string[], sealed?: number): AckedFile {
  const { acked: left, unread } = ackedIn(paths)
  const { path, file, fault: shut } = opened(paths)
  let fault = shut
  let now: Acked = left ?? { seq: 0 }
  const write = (sync = false) => {
    if (file === undefined) return
    try {
      writeSync(file, Buffer.from(`${JSON.stringify(now).padEnd(BYTES - 1)}\n`), 0, BYTES, 0)
      if (sync) fsyncSync(file)
      fault = undefined
    } catch (error) {
      fault = unwritten(path, error)
    }
  }
  return {
    ...{ left, path, unread, ...(sealed !== undefined && { sealed }) },
    get fault() {
      return fault
    },
    begin(acked) {
      now = acked
      write(left === undefined) // once, so that a power failure leaves none that is empty
    },
    reach(seq) {
      if (seq <= now.seq) return
      now = { ...now, seq }
      write()
    },
    entry: (gone) => ({ kind: 'vanished', exchange: uuid7(Date.now()), at: Date.now(), ...gone }),
    close: () => file !== undefined && closeSync(file),
  }
}

interface Opened {
  readonly path: string | undefined
  readonly file?: number
  readonly fault?: string
}

function opened(paths: readonly string[]): Opened {
  const failed: Opened[] = []
  for (const path of paths)
    try {
      return { path, file: openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600) }
    } catch (error) {
      failed.push({ path, fault: unwritten(path, error) })
    }
  return failed[0] ?? { path: undefined }
}

const unwritten = (path: string | undefined, error: unknown): string =>
  `${path} cannot be written (${(error as NodeJS.ErrnoException).code})`
