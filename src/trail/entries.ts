/** Entries as JSON text and back, bodies apart. Pure; `text` and `like` never become part of it. */
import type { CustodyNote, Ending, Entry, Note, Opening, Outcome } from '#exchange'
import { isEntry } from './form.ts'

/** Whether an entry is the first of its exchange. */
export const isOpening = (entry: Entry): entry is Opening => entry.kind === 'asked' || entry.kind === 'refused'

/** Entries that tell what was done to the record itself. */
export const CUSTODY = [
  'hold',
  'release',
  'purge',
  'erase',
  'redact',
  'begun',
] as const satisfies readonly CustodyNote['kind'][]

const NOTES: ReadonlySet<Entry['kind']> = new Set<Note['kind']>([
  ...(['gap', 'searched', 'read', 'bypass', 'rotated', 'restored', 'ruled', 'vanished'] as const),
  ...CUSTODY,
])

/** Whether an entry is the last of an exchange that was asked. */
export const isEnding = (entry: Entry): entry is Ending => !isOpening(entry) && !isNote(entry) && !isOutcome(entry)

/** Whether an entry belongs to no exchange. */
export const isNote = (entry: Entry): entry is Note => NOTES.has(entry.kind)

/** Whether an entry tells of an exchange after its end. */
export const isOutcome = (entry: Entry): entry is Outcome => entry.kind === 'outcome'

/** Whether an entry has neither body nor words. */
export const isBare = (entry: Entry): entry is Note | Outcome => isNote(entry) || isOutcome(entry)

/** All of an entry but the bytes of its body and its words, as one JSON text. */
export function printEntry(entry: Entry): string {
  if (isBare(entry)) return JSON.stringify(entry)
  const body = entry.body && { ...entry.body, bytes: undefined, sha256: undefined, original: undefined }
  return JSON.stringify({ ...entry, text: undefined, like: undefined, edits: undefined, body })
}

/**
 * Reads an entry of a day file, where anybody may have written who has the folder. With `bytes` it has its body. Undefined for what
 * is no entry by its form.
 */
export function readEntry(json: unknown, bytes?: Uint8Array): Entry | undefined {
  try {
    const value: unknown = JSON.parse(String(json))
    if (!isEntry(value)) return undefined
    const { body, ...rest } = value as Entry & { readonly body?: object }
    return (bytes === undefined || body === undefined ? rest : { ...rest, body: { ...body, bytes } }) as Entry
  } catch {
    return undefined // it is no JSON
  }
}

/** Reads what `printEntry` wrote. Without `bytes` the entry comes back without its body, as lists show it. */
export function parseEntry<Line extends Entry>(json: string, bytes: Uint8Array | undefined): Line {
  const { body, ...rest } = JSON.parse(json)
  return bytes === undefined ? rest : { ...rest, body: { ...body, bytes } }
}
