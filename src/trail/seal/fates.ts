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

/** What the record says of removals, by the entries that say it. */
export class Fates {
  readonly #notes: ReadonlyMap<string, Placed>
  /** Entries that each purge removed of a day, and those that are gone. */
  readonly #allowed = new Map<string, number>()
  readonly #missing = new Map<string, Leaf[]>()
  readonly #erased = new Map<string, Set<string>>()

  constructor(notes: readonly Placed[]) {
    this.#notes = new Map(notes.map((placed) => [placed.note.exchange, placed]))
    for (const { note } of notes)
      if (note.kind === 'purge')
        for (const { day, entries } of note.days) this.#allowed.set(day, (this.#allowed.get(day) ?? 0) + entries)
  }

  /** Whether these are entries of the record that say of what they took; `kinds` are those that may. */
  vouch(by: readonly string[], kinds: readonly string[]): boolean {
    return by.some((id) => {
      const note = this.#notes.get(id)?.note
      return note !== undefined && kinds.includes(note.kind)
    })
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
      if (leaves.length <= (this.#allowed.get(day) ?? 0)) expired += leaves.length
      else for (const leaf of leaves) missing.push(leaf)
    }
    return { expired, missing: missing.sort((a, b) => a.seq - b.seq) }
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
