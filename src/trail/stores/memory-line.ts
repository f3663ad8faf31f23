/** A line of the store in memory: an exchange with what became of it, and how it is told. Pure. */
import { type Ending, type Entry, Fault, type Finding, type KeptEdits, type Opening, type Outcome } from '#exchange'
import { isBefore, type Position, parseCursor, printCursor } from '../cursor.ts'
import { fileFor } from '../dayfile.ts'
import { parseEntry, printEntry } from '../entries.ts'
import { type EndingFacets, markedBy, type OpeningFacets } from '../facets.ts'
import type { Redaction } from '../revision.ts'
import { stillSaid } from '../still.ts'
import type { Recorded, SessionTotals } from '../store.ts'
import { type Words, wordsIn } from '../words.ts'

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

/** Stands where words were taken out: no search holds it. */
const GAP = ' '

/** Those of the words of a line that its body, which `says` so, still has. */
export function wordsLeft(words: Words, says: string | undefined): Words {
  const work = stillSaid(words, says === undefined ? [] : wordsIn(says), GAP)
  for (;;) {
    const { done, value } = work.next()
    if (done) return value
  }
}

/** With what a redaction found. */
export function foundAnew(facets: OpeningFacets, findings: readonly Finding[]): OpeningFacets {
  const { many, findings: before } = facets
  const marked = Object.entries(markedBy(findings)).map(([key, values]) => [
    key,
    [...(many[key as keyof typeof many] ?? []), ...values],
  ])
  return { ...facets, findings: before + findings.length, many: { ...many, ...Object.fromEntries(marked) } }
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

export function after(before: string | undefined): (line: Line) => boolean {
  const position = before === undefined ? undefined : parseCursor(before)
  return (line) => position === undefined || isBefore(line, position)
}

export function paged<Row>(lines: Line[], limit: number, row: (line: Line) => Row): { rows: Row[]; next?: string } {
  const rows = lines.slice(0, limit)
  const last = rows.at(-1)
  return { rows: rows.map(row), ...(last && lines.length > limit && { next: printCursor(last) }) }
}

/** What a list of sessions tells of one, of its lines from the oldest on. */
export function totalsOf(session: string, lines: readonly Line[]): SessionTotals {
  const sum = (figure: (line: Line) => number) => lines.reduce((total, line) => total + figure(line), 0)
  const times = lines.map(({ opening }) => opening.at)
  return {
    session,
    exchanges: lines.length,
    first: Math.min(...times),
    last: Math.max(...times),
    findings: sum(({ facets, endingFacets: ending }) => facets.findings + (ending?.findings ?? 0)),
    input: sum(({ endingFacets: ending }) => ending?.input ?? 0),
    output: sum(({ endingFacets: ending }) => ending?.output ?? 0),
    newest: recorded(lines.at(-1) as Line),
  }
}
