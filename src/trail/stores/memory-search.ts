/** Which lines of the store in memory fit a query, and the pages that lists of them come in. Pure. */
import { isBefore, parseCursor, printCursor } from '../cursor.ts'
import { answers, outcomeFacets } from '../facets.ts'
import type { Query } from '../query.ts'
import type { SessionTotals } from '../store.ts'
import { holds, soughtOf } from '../words.ts'
import { type Line, recorded } from './memory-line.ts'

/** Those that a query finds, the newest first. */
export function matching(all: Iterable<Line>, query: Query, before: string | undefined): Line[] {
  const text = query.text.map(soughtOf)
  const without = query.without.map(soughtOf)
  const fitting = [...all].filter(
    ({ opening, facets, endingFacets: ending, words, outcomes }) =>
      answers(
        query,
        opening.at,
        facets,
        ending,
        outcomes.map(({ outcome }) => outcomeFacets(outcome)),
      ) &&
      text.every((sought) => words.some((side) => holds(side, sought))) &&
      !without.some((sought) => words.some((side) => holds(side, sought))),
  )
  return fitting.filter(after(before)).sort((a, b) => (isBefore(a, b) ? 1 : -1))
}

/** Those of a session, the oldest first. */
export function ofSession(all: Iterable<Line>, id: string): Line[] {
  const lines = [...all].filter(({ opening }) => opening.session === id)
  return lines.sort((a, b) => (isBefore(a, b) ? -1 : 1))
}

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
