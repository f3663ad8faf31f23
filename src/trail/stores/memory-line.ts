/** A line of the store in memory: an exchange with what became of it, and how it is told. Pure. */
import { type Ending, type Entry, Fault, type KeptEdits, type Opening, type Outcome } from '#exchange'
import type { Position } from '../cursor.ts'
import { fileFor } from '../dayfile.ts'
import { parseEntry, printEntry } from '../entries.ts'
import type { EndingFacets, OpeningFacets } from '../facets.ts'
import type { Redaction } from '../revision.ts'
import type { Recorded } from '../store.ts'
import type { Words } from '../words.ts'

export interface Line extends Position {
  opening: Opening
  facets: OpeningFacets
  words: Words[]
  ending?: Ending
  endingFacets?: EndingFacets
  flight: Uint8Array[]
  readonly outcomes: Outcome[]
  readonly redactions: Redaction[]
  closing?: number
  edits?: KeptEdits
  prompt?: Uint8Array
  reply?: Uint8Array
}

export const fileOf = ({ day, opening }: Line): string => fileFor(day, opening.retain)
export const isOpen = ({ opening, ending }: Line): boolean => !ending && opening.kind === 'asked'

export const doubled = ({ kind, exchange }: Entry) =>
  new Fault('gateway.internal', `${kind} does not fit exchange ${exchange}`)

/** As a disk would give it back: a copy of its own, without `text` and without fields that are undefined. */
export function stored<Line extends Opening | Ending>(entry: Line): Line {
  const bytes = entry.body && Uint8Array.from(entry.body.bytes)
  return parseEntry<Line>(printEntry(entry), bytes)
}

export const listed = <Line extends Opening | Ending>(entry: Line): Line =>
  parseEntry<Line>(printEntry(entry), undefined)

export const recorded = ({ seq, opening, ending, closing, outcomes, redactions }: Line): Recorded => ({
  seq,
  opening: listed(opening),
  ...(ending && { ending: listed(ending) }),
  ...(closing !== undefined && { closing }),
  ...(outcomes.length && { outcomes: [...outcomes] }),
  ...(redactions.length && { redactions: [...redactions] }),
})
