/** Which entries somebody was entitled to remove: what erasures, purges and redactions say, and that it adds up. Pure. */
import type { Note } from '#exchange'
import { dayOfExchange } from '../days.ts'
import type { Leaf } from './leaf.ts'
import type { Alarm } from './report.ts'

/** A note with its place. */
export interface Placed {
  readonly seq: number
  readonly note: Note
}

/** What the record says of removals, by the entries that say it: only by those that stand in the log themselves. */
export class Fates {
  readonly #claimed: ReadonlyMap<number, Placed>
  readonly #notes = new Map<string, Placed>()
  /** The most that a purge removed of each day file: one that was cut short says so again. */
  readonly #allowed = new Map<string, Map<string, number>>()
  readonly #missing = new Map<string, Leaf[]>()
  readonly #erased = new Map<string, Set<string>>()

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

  /** Erasures of which more is gone than they say. */
  excesses(): Alarm[] {
    return [...this.#erased].flatMap(([id, exchanges]) => {
      const placed = this.#notes.get(id)
      const note = placed?.note.kind === 'erase' ? placed.note : undefined
      const said = note && note.exchanges + note.notes
      if (said === undefined || exchanges.size <= said) return []
      const told = `it says that ${said} exchanges were erased, and ${exchanges.size} are marked so`
      return [{ harm: 'dropped' as const, seq: placed?.seq ?? 0, exchange: id, told }]
    })
  }
}
