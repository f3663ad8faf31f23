/**
 * What a file outside of the data folder remembers of heads that were signed: one of each log, that which goes on first, those
 * that ended behind it. Reads and prints; touches no file, and checks no signature.
 */
import { type Head, parseHead } from './files.ts'
import type { Covered } from './former.ts'
import { isOfLost } from './lost.ts'
import { printCheckpoint } from './note.ts'

export interface Remembered {
  /** The record that signed it, 16 hexadecimal digits; absent where an earlier version wrote the file, for one alone. */
  readonly record?: string
  readonly head: Head
}

/** So many logs at most; a name comes in only by whoever signs. */
export const MOST_REMEMBERED = 1000
/** Characters; a head with its signature has some 300. */
const MOST_FILE = 1_000_000
const PART = /^record ([0-9a-f]{16}|-)\n/m

/** Reads such a file, or a signed note alone, as it was before there were several; undefined for what is neither. */
export function parseRemembered(text: string): Remembered[] | undefined {
  const [first = '', count] = /^gatelog heads ([1-9]\d{0,3})\n/.exec(text) ?? []
  if (count === undefined) {
    const head = parseHead(text)
    return head && [{ head }]
  }
  const [before, ...parts] = text.length > MOST_FILE ? [] : text.slice(first.length).split(PART)
  if (before !== '' || parts.length !== 2 * Number(count)) return undefined
  const all: Remembered[] = []
  for (let at = 0; at < parts.length; at += 2) {
    const [record, head] = [parts[at], parseHead(parts[at + 1] ?? '')]
    if (!head || record === undefined) return undefined
    all.push({ head, ...(record !== '-' && { record }) })
  }
  return all
}

/** One alone is the note itself. */
export function printRemembered(all: readonly Remembered[]): string {
  const [only] = all
  if (only && all.length === 1) return only.head.printed
  return `gatelog heads ${all.length}\n${all.map(({ record = '-', head }) => `record ${record}\n${head.printed}`).join('')}`
}

/** Whether a head can stand in such a file: nothing but a head, and signed in its own name. */
export const canRemember = (head: Head): boolean =>
  printCheckpoint(head) === head.note.text && keyOf(head) !== undefined && parseHead(head.printed) !== undefined

/** The log of a head: its name, and the id of the key that signed it; undefined where nobody signed in that name. */
export function keyOf({ origin, note }: Head): string | undefined {
  const own = note.signatures.find(({ name }) => name === origin)
  return own && `${origin}+${own.id}`
}

/** Those that no entry tells of: of a log that this record signed once, and nobody said that another one goes on from it. */
export const untoldOf = (heads: readonly Head[], told: readonly Covered[]): Head[] =>
  heads.filter((head) => head.size > 0 && !isOfLost(head, told))

/** What is said of one. */
export const untold = ({ origin, size }: Pick<Head, 'origin' | 'size'>): string =>
  `${size} entries were sealed in the log ${origin}, and no entry tells that another one goes on from there`

export const ended = (origin: string): string =>
  `the log ${origin} was ended, for another one went on from it (gatelog trail begin-log): nothing more is signed in its name`
