/** What a verification could not look at: places in day files that are damaged, bodies whose key is not here. Reads nothing. */
import { dayOfFile } from '../dayfile.ts'
import { dayOfExchange } from '../days.ts'
import type { Held } from './held.ts'
import { type Leaf, parseLeaf, sameButBody } from './leaf.ts'
import type { Alarm } from './report.ts'

/** Bodies that nobody here can read, and what was derived of replies: how many, and the names of the keys that would open them. */
export interface Locked {
  readonly bodies: number
  /** Endings whose body can be read, or that have none; absent where there is none. */
  readonly edits?: number
  readonly keys: readonly string[]
  /** Of these, those that the record was put back without the keys of, and the seqs of the entries that say so. */
  readonly notBack?: { readonly bodies: number; readonly edits?: number; readonly by: readonly number[] }
}

/**
 * Whether all but its body is as it was sealed, and for that a key is wanted that is not here. `excused`: also one that was
 * destroyed.
 */
export function isLocked(logged: Leaf, { leaf = '', locked }: Held, excused: boolean): boolean {
  const now = locked === undefined || (locked === '' && !excused) ? undefined : parseLeaf(leaf)
  return now !== undefined && sameButBody(logged, now)
}

interface Lost {
  readonly first: Leaf
  last: number
  count: number
  readonly why: string
}

export class Unread {
  readonly #files = new Map<string, Lost>()
  readonly #keys = new Set<string>()
  readonly #all = { bodies: 0, edits: 0 }
  readonly #notBack = { bodies: 0, edits: 0 }
  readonly #by = new Set<number>()

  /** Whether an entry was in a day file that cannot be read in its place: its id tells the day. */
  lost(leaf: Leaf, { lost, fault = '' }: Held): boolean {
    if (lost === undefined || leaf.exchange === undefined || dayOfFile(lost) !== dayOfExchange(leaf.exchange))
      return false
    const known = this.#files.get(lost)
    if (!known) this.#files.set(lost, { first: leaf, last: leaf.seq, count: 1, why: fault })
    else {
      known.last = leaf.seq
      known.count += 1
    }
    return true
  }

  /** A body, or what was derived of a reply, is under a key of this name that is not here, or that was not put back, says entry `key`. */
  lock(what: 'bodies' | 'edits', key: string | number): void {
    this.#all[what] += 1
    if (typeof key === 'string') this.#keys.add(key)
    else {
      this.#notBack[what] += 1
      this.#by.add(key)
    }
  }

  get locked(): Locked | undefined {
    const { bodies, edits } = this.#all
    if (bodies + edits === 0) return undefined
    const by = [...this.#by].sort((one, other) => one - other)
    const notBack = by.length > 0 && { notBack: { ...counted(this.#notBack), by } }
    return { ...counted(this.#all), keys: [...this.#keys].sort(), ...notBack }
  }

  /** One for each file. */
  alarms(): Alarm[] {
    return [...this.#files].map(([file, { first, last, count, why }]) => ({
      harm: 'unreadable',
      seq: first.seq,
      ...(first.exchange !== undefined && { exchange: first.exchange }),
      told: `days/${file}: ${count} of its entries cannot be read, the first ${first.seq}, the last ${last} (${why})`,
    }))
  }
}

const counted = ({ bodies, edits }: { readonly bodies: number; readonly edits: number }) => ({
  bodies,
  ...(edits > 0 && { edits }),
})
