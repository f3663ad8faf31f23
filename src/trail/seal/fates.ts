/** Which entries somebody was entitled to remove: what erasures, purges and redactions say, and that it adds up. Pure. */
import type { EndingKind, Note } from '#exchange'
import { dayOfExchange } from '../days.ts'
import type { Anew } from './held.ts'
import type { Leaf } from './leaf.ts'
import type { Alarm } from './report.ts'

/** A note with its place. */
export interface Placed {
  readonly seq: number
  readonly note: Note
}

/** An erasure counts first, then tells, and has done soon: turns between are not in its count. */
const BEFORE_MS = 60_000
const AFTER_MS = 3_600_000

/** What the record says of removals, by the entries that say it: only by those that stand in the log themselves. */
export class Fates {
  readonly #claimed: ReadonlyMap<number, Placed>
  readonly #notes = new Map<string, Placed>()
  /** The most that a purge removed of each day file: one that was cut short says so again. */
  readonly #allowed = new Map<string, Map<string, number>>()
  readonly #missing = new Map<string, Leaf[]>()
  readonly #erased = new Map<string, Set<string>>()
  /** Exchanges that stayed and lost by an erasure what they said again. */
  readonly #cut = new Map<string, Set<string>>()

  constructor(notes: readonly Placed[]) {
    this.#claimed = new Map(notes.map((placed) => [placed.seq, placed]))
  }

  /** The entry in this place makes the leaf that was sealed: what it says of removals counts from now on. */
  verified(seq: number): void {
    const placed = this.#claimed.get(seq)
    if (!placed || this.#notes.has(placed.note.exchange)) return
    this.#notes.set(placed.note.exchange, placed)
    if (placed.note.kind !== 'purge') return
    for (const { day, retain = '', entries } of placed.note.days) {
      const files = this.#allowed.get(day) ?? new Map<string, number>()
      this.#allowed.set(day, files.set(retain, Math.max(entries, files.get(retain) ?? 0)))
    }
  }

  /** Whether these are entries of the record that say of what they took; `kinds` are those that may. Ask once all are walked. */
  vouch(by: readonly string[], kinds: readonly string[]): boolean {
    return by.some((id) => kinds.includes(this.#notes.get(id)?.note.kind ?? ''))
  }

  /** The seq of an entry that says so and does not count, because it is not what was sealed in its place. */
  unsealed(by: readonly string[]): number | undefined {
    return [...this.#claimed.values()].find(({ note }) => by.includes(note.exchange) && !this.#notes.has(note.exchange))
      ?.seq
  }

  /** An entry that an erasure took. */
  erased(leaf: Leaf, by: readonly string[]): void {
    for (const id of by) this.#erased.set(id, (this.#erased.get(id) ?? new Set()).add(leaf.exchange ?? ''))
  }

  /** Whether a body may be another than the one that was sealed: each time it was written anew counts, the last one for what it is now: an erasure of an earlier version does not say. */
  redacted(leaf: Leaf, anew: readonly Anew[]): boolean | 'not provable' {
    const times = anew.flatMap(({ by, commitment }) => {
      const placed = this.#notes.get(by)
      return placed ? [{ ...placed, commitment }] : []
    })
    const last = times.toSorted((a, b) => b.seq - a.seq)[0]
    if (!last || times.length < anew.length) return false
    for (const { note, commitment } of times)
      if (saysNothing(note)) this.#cutBy(note, leaf)
      else if (!isListed(note, leaf, note === last.note ? commitment : 'any')) return false
    return saysNothing(last.note) ? 'not provable' : true
  }

  /** A turn that came while it was erased was not counted, and may have been cut. */
  #cutBy({ exchange, at }: Note, leaf: Leaf): void {
    const since = (leaf.at ?? 0) - at
    if (since > -BEFORE_MS && since < AFTER_MS) return
    this.#cut.set(exchange, (this.#cut.get(exchange) ?? new Set()).add(leaf.exchange ?? ''))
  }

  /** An entry that is nowhere; a purge of its day may have taken it. */
  missing(leaf: Leaf): void {
    const day = leaf.exchange === undefined ? '' : dayOfExchange(leaf.exchange)
    const known = this.#missing.get(day)
    if (known) known.push(leaf)
    else this.#missing.set(day, [leaf])
  }

  /** Of those that are nowhere: how many expired, and all of a day of which more are gone than were purged. */
  settle(): { readonly expired: number; readonly missing: readonly Leaf[] } {
    let expired = 0
    const missing: Leaf[] = []
    for (const [day, leaves] of this.#missing) {
      if (leaves.length <= this.#allowedOf(day)) expired += leaves.length
      else for (const leaf of leaves) missing.push(leaf)
    }
    return { expired, missing: missing.sort((a, b) => a.seq - b.seq) }
  }

  #allowedOf(day: string): number {
    return [...(this.#allowed.get(day)?.values() ?? [])].reduce((sum, entries) => sum + entries, 0)
  }

  /** Erasures of which more is gone, or cut, than they say. */
  excesses(): Alarm[] {
    return [...this.#notes.values()].flatMap(({ seq, note }) => {
      if (note.kind !== 'erase') return []
      const erased = this.#erased.get(note.exchange)?.size ?? 0
      const cut = this.#cut.get(note.exchange)?.size ?? 0
      const said = note.exchanges + note.notes
      const at = { seq, exchange: note.exchange }
      const told: Alarm[] = []
      if (erased > said)
        told.push({
          harm: 'dropped',
          ...at,
          told: `it says that ${said} exchanges were erased, and ${erased} are marked so`,
        })
      if (cut > note.later)
        told.push({
          harm: 'changed',
          ...at,
          told: `it says that of ${note.later} later exchanges something went, and ${cut} are marked so`,
        })
      return told
    })
  }
}

const ENDINGS: ReadonlySet<string> = new Set<EndingKind>(['replied', 'denied', 'aborted', 'failed', 'interrupted'])

/** Whether an entry that erased says nothing of what it cut: an earlier version wrote it. */
const saysNothing = (note: Note): boolean => note.kind === 'erase' && note.cut === undefined

/** Whether an entry lists this body, with this commitment (`any`: it was written anew again since). */
function isListed(note: Note, { exchange, kind }: Leaf, commitment: string | undefined): boolean {
  const part = ENDINGS.has(kind) ? 'reply' : 'prompt'
  const bodies = note.kind === 'redact' ? note.bodies : note.kind === 'erase' ? (note.cut ?? []) : []
  return bodies.some(
    (one) => one.exchange === exchange && one.part === part && (commitment === 'any' || one.commitment === commitment),
  )
}
