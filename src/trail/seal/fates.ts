/** Which entries somebody was entitled to remove: what erasures, purges and redactions say, and that it adds up. Pure. */
import type { EndingKind, Note, Vanished } from '#exchange'
import { dayOfExchange } from '../days.ts'
import { CUSTODY } from '../entries.ts'
import type { Elsewhere } from './elsewhere.ts'
import type { Anew } from './held.ts'
import type { Leaf } from './leaf.ts'
import type { Alarm } from './report.ts'
import { Taken } from './taken.ts'

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
  /** What each erasure says that it took, by its exchange id; none for one of an earlier version, which says only how many. */
  readonly #took = new Map<string, Taken>()
  /** What purges say that they took of each day. */
  readonly #purged = new Map<string, Taken[]>()
  /** Exchanges of which an erasure took the beginning: what came of one meanwhile went with it. */
  readonly #begun = new Set<string>()
  /** The most that a purge of an earlier version removed of each day file: one that was cut short says so again. */
  readonly #allowed = new Map<string, Map<string, number>>()
  /** Places of which an entry says that what stood there was acknowledged and is gone. */
  readonly #vanished: Vanished[] = []
  #sealed: readonly Elsewhere[] = []
  readonly #missing = new Map<string, Leaf[]>()
  /** Those that are nowhere, and that nobody removes. */
  readonly #kept: Leaf[] = []
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
    const { note } = placed
    if (note.kind === 'erase' && note.took) this.#took.set(note.exchange, new Taken(note.took))
    if (note.kind === 'vanished') this.#vanished.push(note)
    if (note.kind !== 'purge') return
    for (const { day, retain = '', entries, took } of note.days) {
      if (took) {
        this.#purged.set(day, [...(this.#purged.get(day) ?? []), new Taken(took)])
        continue
      }
      const files = this.#allowed.get(day) ?? new Map<string, number>()
      this.#allowed.set(day, files.set(retain, Math.max(entries, files.get(retain) ?? 0)))
    }
  }

  /** The seq of an entry that says so and does not count, because it is not what was sealed in its place. */
  unsealed(by: readonly string[]): number | undefined {
    return [...this.#claimed.values()].find(({ note }) => by.includes(note.exchange) && !this.#notes.has(note.exchange))
      ?.seq
  }

  /** Whether an erasure took this entry: it says so itself, or says only how many (`by count`). Ask once all are walked, in their order. */
  erased(leaf: Leaf, by: readonly string[]): boolean | 'by count' {
    const erasures = by.flatMap((id) => this.#notes.get(id) ?? []).filter(({ note }) => note.kind === 'erase')
    if (erasures.some(({ note }) => this.#lists(note.exchange, leaf))) return true
    const counting = erasures.filter(({ note, seq }) => !this.#took.has(note.exchange) && isBefore(leaf, seq))
    for (const { note } of counting)
      this.#erased.set(note.exchange, (this.#erased.get(note.exchange) ?? new Set()).add(leaf.exchange ?? ''))
    return counting.length > 0 && 'by count'
  }

  #lists(erasure: string, { seq, kind, exchange }: Leaf): boolean {
    const key = `${erasure} ${exchange}`
    if (this.#took.get(erasure)?.has(seq)) {
      if (exchange !== undefined) this.#begun.add(key)
      return true
    }
    return kind === 'outcome' && this.#begun.has(key)
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

  /** An entry that is nowhere; a purge of its day may have taken it, but for those that lie where no purge goes. */
  missing(leaf: Leaf): void {
    if (isCustody(leaf.kind)) {
      this.#kept.push(leaf)
      return
    }
    const day = leaf.exchange === undefined ? '' : dayOfExchange(leaf.exchange)
    const known = this.#missing.get(day)
    if (known) known.push(leaf)
    else this.#missing.set(day, [leaf])
  }

  /**
   * Of those that are nowhere: how many expired, how many of these by a count alone, how many had vanished before they were
   * sealed, and all others; of a day of which more are gone than were counted, all.
   */
  settle(): {
    readonly expired: number
    readonly counted: number
    readonly vanished: number
    readonly missing: readonly Leaf[]
  } {
    let [expired, counted, vanished] = [0, 0, 0]
    const missing = [...this.#kept]
    for (const [day, leaves] of this.#missing) {
      const there = leaves.filter((leaf) => !this.#hadVanished(leaf))
      vanished += leaves.length - there.length
      const left = this.#unlisted(day, there)
      expired += there.length - left.length
      if (left.length <= this.#allowedOf(day)) counted += left.length
      else for (const leaf of left) missing.push(leaf)
    }
    return { expired: expired + counted, counted, vanished, missing: missing.sort((a, b) => a.seq - b.seq) }
  }

  /** Entries that another log is known to have sealed. */
  elsewhere(all: readonly Elsewhere[]): void {
    this.#sealed = all.filter(({ isTold }) => !isTold)
  }

  /** What was sealed as an entry is not excused so, here or in a log of which no entry tells. */
  #hadVanished({ kind, seq }: Leaf): boolean {
    if (this.#sealed.some(({ from, to }) => seq >= from && seq <= to)) return false
    return kind === 'absent' && this.#vanished.some(({ from, to }) => seq >= from && seq <= to)
  }

  /** Whether the entry of this id counts for what it says. */
  counts(exchange: string): boolean {
    return this.#notes.has(exchange)
  }

  /** Those that no purge says it took. A leaf that tells no more than its place may be of any day. */
  #unlisted(day: string, leaves: readonly Leaf[]): Leaf[] {
    const purges = day === '' ? [...this.#purged.values()].flat() : (this.#purged.get(day) ?? [])
    const begun = new Set<string | undefined>()
    return leaves.filter(({ seq, kind, exchange }) => {
      if (!purges.some((taken) => taken.has(seq))) return !(kind === 'outcome' && begun.has(exchange))
      if (exchange !== undefined) begun.add(exchange)
      return false
    })
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

const isCustody = (kind: string): boolean => CUSTODY.some((known) => known === kind)

/** What an entry took was there before it, but for what became of a suggestion meanwhile. */
const isBefore = (leaf: Leaf, seq: number): boolean => leaf.seq < seq || leaf.kind === 'outcome'

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
