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
  #bodies = 0
  #edits = 0

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

  /** A body is under a key that is not here. */
  lock(key: string): void {
    this.#bodies += 1
    this.#keys.add(key)
  }

  /** What was derived of a reply is. */
  lockEdits(key: string): void {
    this.#edits += 1
    this.#keys.add(key)
  }

  get locked(): Locked | undefined {
    const [bodies, edits] = [this.#bodies, this.#edits]
    return bodies + edits > 0 ? { bodies, ...(edits > 0 && { edits }), keys: [...this.#keys].sort() } : undefined
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
