/** What an erasure or a rescan takes out of a record in memory, or writes anew. Decides nothing: it is told what. */
import { Fault, type Finding, type Note } from '#exchange'
import { markedBy, type OpeningFacets } from '../facets.ts'
import type { Revised, Revision } from '../revision.ts'
import { stillSaid } from '../still.ts'
import type { Followed } from '../store.ts'
import { type Words, wordsIn, wordsOf } from '../words.ts'
import { isOpen, type Line } from './memory-line.ts'
import { isStale } from './stale.ts'

/** The record, which is changed in place. */
export interface Revisable {
  readonly lines: Map<string, Line>
  readonly entries: Followed[]
  readonly notes: { seq: number; note: Note }[]
  /** By exchange that is gone: the id of the entry that says so. */
  readonly erased: Map<string, string>
}

/** @throws gateway.internal where an exchange that is to go is open */
export function revised(record: Revisable, revision: Revision): Revised {
  const entries = erase(record, revision)
  for (const { exchange, part, says } of revision.words ?? []) {
    const line = record.lines.get(exchange)
    const nth = part === 'prompt' ? 0 : 1
    if (line?.words[nth]) line.words[nth] = wordsLeft(line.words[nth], says)
  }
  const anew = revision.bodies.filter((body) => isWrittenAnew(record.lines.get(body.exchange), revision.by, body))
  return { entries, bodies: anew.length }
}

/** How many entries went. */
function erase(
  { lines, entries, notes, erased }: Revisable,
  { by, erased: exchanges, notes: doomed }: Revision,
): number {
  const gone = exchanges.flatMap((exchange) => lines.get(exchange) ?? [])
  if (gone.some(isOpen)) throw new Fault('gateway.internal', 'an open exchange is not erased')
  const ids = new Set(gone.map(({ opening }) => opening.exchange))
  const going = new Map(doomed.map(({ seq, exchange }) => [seq, exchange]))
  const goes = (seq: number, exchange: string) => going.has(seq) && (going.get(seq) ?? exchange) === exchange
  let count = 0
  for (const [at, { seq, entry }] of entries.entries()) {
    if (!entry || !(ids.has(entry.exchange) || goes(seq, entry.exchange))) continue
    entries[at] = { seq }
    count += 1
  }
  for (const id of ids) if (lines.delete(id)) erased.set(id, by)
  const left = notes.filter(({ seq, note }) => !goes(seq, note.exchange))
  notes.splice(0, notes.length, ...left)
  return count
}

/** Writes a body anew; false where there is none, or another by now. */
function isWrittenAnew(line: Line | undefined, by: string, body: Revision['bodies'][number]): boolean {
  const { part, bytes, findings, withEdits, says } = body
  const entry = part === 'prompt' ? line?.opening : line?.ending
  if (!line || !entry?.body || isStale(entry.body.bytes, body)) return false
  Object.assign(entry, { body: { ...entry.body, bytes: Uint8Array.from(bytes) } })
  const nth = part === 'prompt' ? 0 : 1
  if (findings.length === 0) delete line[part]
  if (nth === 1 || withEdits) delete line.edits
  line.words[nth] = wordsLeft(line.words[nth] ?? wordsOf(''), says)
  if (!line.redactions.some((each) => each.by === by && each.part === part)) {
    line.redactions.push({ part, by, findings })
    line.facets = foundAnew(line.facets, findings)
  }
  return true
}

/** Stands where words were taken out: no search holds it. */
const GAP = ' '

/** Those of the words of a line that its body, which `says` so, still has. */
function wordsLeft(words: Words, says: string | undefined): Words {
  const work = stillSaid(words, says === undefined ? [] : wordsIn(says), GAP)
  for (;;) {
    const { done, value } = work.next()
    if (done) return value
  }
}

/** With what a redaction found. */
function foundAnew(facets: OpeningFacets, findings: readonly Finding[]): OpeningFacets {
  const { many, findings: before } = facets
  const marked = Object.entries(markedBy(findings)).map(([key, values]) => [
    key,
    [...(many[key as keyof typeof many] ?? []), ...values],
  ])
  return { ...facets, findings: before + findings.length, many: { ...many, ...Object.fromEntries(marked) } }
}
