/** Entries of which nothing is left, or that were cut: each must name a sealed entry that can have done it, and none may have done more than it says. Reads no file. */
import type { Account } from './account.ts'
import { type Json, type Leaf, type Line, leafOf } from './form.ts'

/** An erasure of an earlier version counts first, then tells: turns of that time, in ms around it, are not in its count. */
const [BEFORE_MS, AFTER_MS] = [60_000, 3_600_000]

const listOf = (value: unknown): readonly Json[] => (Array.isArray(value) ? value : [])

export class Gone {
  readonly #account: Account
  /** Of each erasure the exchanges, of each purge and day the entries, that are said to have gone by it. */
  readonly #taken = new Map<string, Set<string>>()

  /** Of each erasure that does not say which bodies it cut the exchanges that are said to be cut by it. */
  readonly #cut = new Map<string, Set<string>>()

  constructor(account: Account) {
    this.#account = account
  }

  /** An entry that was asked for. */
  take(line: Line, wrong: (what: string) => void): void {
    const leaf = leafOf(line)
    if (line.entry || leaf.kind === 'absent' || leaf.kind === 'unproven') {
      if (line.gone !== undefined) wrong('it is there, and is said to be gone')
      return
    }
    const said = line.gone === undefined ? undefined : this.#account.note(line.gone)?.said
    if (line.gone === undefined || !said)
      wrong('nothing is left of it in the record, and no entry that is here says why')
    else if (said['kind'] === 'erase') this.#add(line.gone, String(leaf.exchange))
    else if (said['kind'] === 'purge' && listOf(said['days']).some(({ day }) => day === dayOf(leaf)))
      this.#add(`${line.gone} ${dayOf(leaf)}`, String(line.index))
    else wrong('the entry that is said to have taken it says nothing of it')
  }

  #add(by: string, what: string): void {
    this.#taken.set(by, (this.#taken.get(by) ?? new Set()).add(what))
  }

  /** A body that an erasure cut, which does not say what it cut. */
  cut(by: string, { at, exchange }: Leaf): void {
    const since = Number(at) - Number(this.#account.note(by)?.said['at'])
    if (since > -BEFORE_MS && since < AFTER_MS) return
    this.#cut.set(by, (this.#cut.get(by) ?? new Set()).add(String(exchange)))
  }

  /** Entries that took, or cut, less than is said to have gone by them. */
  excesses(wrong: (what: string) => void): void {
    for (const [id, cut] of this.#cut) {
      const { number, said } = this.#account.note(id) ?? {}
      if (!(cut.size <= Number(said?.['later'])))
        wrong(
          `entry ${number} says that it cut ${Number(said?.['later'])} later exchanges, and ${cut.size} are said to be cut by it`,
        )
    }
    for (const [key, taken] of this.#taken) {
      const [id = '', day] = key.split(' ')
      const note = this.#account.note(id)
      if (!note) continue
      const allowed =
        day === undefined ? Number(note.said['exchanges']) + Number(note.said['notes']) : countOf(note.said, day)
      if (!(taken.size <= allowed))
        wrong(
          `entry ${note.number} says that it took ${allowed} ${day === undefined ? 'exchanges' : `entries of ${day}`}, and ${taken.size} are said to be gone by it`,
        )
    }
  }
}

const countOf = (said: Json, day: string): number =>
  listOf(said['days'])
    .filter((one) => one['day'] === day)
    .reduce((sum, { entries }) => sum + Number(entries), 0)

/** The UTC day that the id of an exchange tells (48 bits of milliseconds, RFC 9562 §5.7). */
function dayOf(leaf: Leaf): string {
  const ms = Number.parseInt(String(leaf.exchange).slice(0, 13).replace('-', ''), 16)
  return ms <= 8.64e15 ? new Date(ms).toISOString().slice(0, 10) : ''
}
