/** Entries of which nothing is left, or that were cut: each must name a sealed entry that can have done it, and none may have done more than it says. Reads no file. */
import type { Account, Note } from './account.ts'
import { ENDINGS, type Leaf, type Line, leafOf } from './form.ts'
import { daysIn } from './told.ts'

/** An erasure of an earlier version counts first, then tells: turns of that time, in ms around it, are not in its count. */
const [BEFORE_MS, AFTER_MS] = [60_000, 3_600_000]
/** What an erasure takes: exchanges, and lines of no exchange. */
const OF_EXCHANGE = ['asked', 'refused', 'outcome', ...ENDINGS]
const LINES = ['read', 'searched', 'bypass']

/** What is said to be gone by one entry, or of one day, of one sort. */
interface Taken {
  readonly note: Note
  readonly sort: string
  readonly allowed: number
  readonly what: Set<string>
}

export class Gone {
  readonly #account: Account
  readonly #taken = new Map<string, Taken>()
  /** Of each erasure that does not say which bodies it cut the exchanges that are said to be cut by it. */
  readonly #cut = new Map<string, Set<string>>()

  readonly #purges = new Map<string, number>()

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
    const note = line.gone === undefined ? undefined : this.#account.note(line.gone)
    if (!note) wrong('nothing is left of it in the record, and no entry that is here says why')
    else if (!this.#tookBy(note, leaf, line.index + 1))
      wrong('the entry that is said to have taken it says nothing of it')
  }

  /** Whether an entry can have taken another; what comes behind it is nothing that it took, but for what is told of a reply. */
  #tookBy(note: Note, leaf: Leaf, number: number): boolean {
    const [kind, { said }] = [String(leaf.kind), note]
    if (number > note.number && kind !== 'outcome') return false
    if (said['kind'] === 'purge') return this.#purged(note, leaf, number)
    if (said['kind'] !== 'erase') return false
    if (said['took'] !== undefined) return this.#account.took(note, number) || kind === 'outcome'
    const isLine = LINES.includes(kind)
    if (isLine) this.#add({ note, sort: 'lines', allowed: Number(said['notes']) }, String(number))
    else this.#add({ note, sort: 'exchanges', allowed: Number(said['exchanges']) }, String(leaf.exchange))
    return isLine || OF_EXCHANGE.includes(kind)
  }

  #purged(note: Note, leaf: Leaf, number: number): boolean {
    if (this.#account.took(note, number)) return true
    const day = dayOf(leaf)
    if (!daysIn(note.said).some((one) => one['day'] === day && (one['took'] === undefined || leaf.kind === 'outcome')))
      return false
    if (leaf.kind === 'outcome' && daysIn(note.said).every((one) => one['took'] !== undefined)) return true
    this.#add({ note, sort: `entries of ${day}`, allowed: this.#purgedOf(day) }, String(number))
    return true
  }

  /** How many entries of a day all purges say that they took, and not which: of a file that is said twice the larger count. */
  #purgedOf(day: string): number {
    const known = this.#purges.get(day)
    if (known !== undefined) return known
    const files = new Map<string, number>()
    for (const { said } of this.#account.notes('purge'))
      for (const { day: own, retain = '', entries, took } of daysIn(said))
        if (own === day && took === undefined)
          files.set(String(retain), Math.max(files.get(String(retain)) ?? 0, Number(entries)))
    const sum = [...files.values()].reduce((sum, entries) => sum + entries, 0)
    this.#purges.set(day, sum)
    return sum
  }

  #add({ note, sort, allowed }: Omit<Taken, 'what'>, what: string): void {
    const key = sort.startsWith('entries') ? sort : `${note.number} ${sort}`
    const known = this.#taken.get(key) ?? { note, sort, allowed, what: new Set() }
    known.what.add(what)
    this.#taken.set(key, known)
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
      const later = Number(said?.['later'])
      if (!(cut.size <= later))
        wrong(`entry ${number} says that it cut ${later} later exchanges, and ${cut.size} are said to be cut by it`)
    }
    for (const { note, sort, allowed, what } of this.#taken.values())
      if (!(what.size <= allowed))
        wrong(`entry ${note.number} says that it took ${allowed} ${sort}, and ${what.size} are said to be gone by it`)
  }
}

/** The UTC day that the id of an exchange tells (48 bits of milliseconds, RFC 9562 §5.7). */
function dayOf(leaf: Leaf): string {
  const ms = Number.parseInt(String(leaf.exchange).slice(0, 13).replace('-', ''), 16)
  return ms <= 8.64e15 ? new Date(ms).toISOString().slice(0, 10) : ''
}
