/** Which entries say something of those that are proven: what is missing, what was done to them, what is not in the record. Reads notes; writes nothing. */
import type { CustodyNote, Note, Scope } from '#exchange'
import { dayOfExchange } from '../days.ts'
import { CUSTODY } from '../entries.ts'
import type { NoteOf, Store } from '../store.ts'
import { parseLeaf } from './leaf.ts'
import type { Asked, Disclosure, ProvenEntry } from './prove.ts'

type Placed = NoteOf<CustodyNote['kind'] | 'gap' | 'bypass' | 'restored' | 'ruled' | 'vanished'>

/** Takes the entries one after another, then tells. */
export class Context {
  readonly #asked: Asked
  readonly #notes: readonly Placed[]
  /** The last purge of each day. */
  readonly #purges = new Map<string, string>()
  /** The entry that has the text of each version of the rules. */
  readonly #rules = new Map<string, string>()
  readonly #named = new Set<string>()
  /** What the entries say of themselves that holds may be about. */
  readonly #own: { session?: unknown; connection?: unknown } = {}
  /** Of the entries that were taken, ms since the Unix epoch. */
  #first = Number.POSITIVE_INFINITY
  #last = Number.NEGATIVE_INFINITY

  private constructor(asked: Asked, notes: readonly Placed[]) {
    this.#asked = asked
    this.#notes = notes
    for (const { note } of notes) {
      if (note.kind === 'purge') for (const { day } of note.days) this.#purges.set(day, note.exchange)
      if (note.kind === 'ruled' && note.text !== undefined && !this.#rules.has(note.policy))
        this.#rules.set(note.policy, note.exchange)
    }
  }

  static async of(store: Store, asked: Asked): Promise<Context> {
    const kinds = [...CUSTODY, 'gap', 'bypass', 'restored', 'ruled', 'vanished'] as const
    const all = await Promise.all(kinds.map((kind) => store.notes(kind)))
    return new Context(
      asked,
      (all.flat() as Placed[]).sort((one, other) => one.seq - other.seq),
    )
  }

  /** What may be shown of an entry; of one that is gone and does not say why, which purge took its day. */
  explained(told: Disclosure, leaf: string): Disclosure {
    if (told.gone !== undefined || (told.json !== undefined && told.json !== '')) return told
    const { exchange } = parseLeaf(leaf) ?? {}
    const by = exchange === undefined ? undefined : this.#purges.get(dayOfExchange(exchange))
    return by === undefined ? told : { ...told, gone: by }
  }

  take({ leaf, entry, gone, anew = [] }: ProvenEntry): void {
    const { kind, session, connection } = Object(entry)
    if (kind === 'asked' || kind === 'refused') Object.assign(this.#own, { session, connection })
    const { at, policy } = parseLeaf(leaf) ?? {}
    const rules = policy === undefined ? undefined : this.#rules.get(policy)
    if (rules !== undefined) this.#named.add(rules)
    if (at !== undefined) {
      this.#first = Math.min(this.#first, at)
      this.#last = Math.max(this.#last, at)
    }
    if (gone !== undefined) this.#named.add(gone)
    for (const { by } of anew) this.#named.add(by)
  }

  /**
   * Whether an entry may say something of the one exchange that was asked for. Of what was done to others, and of holds that are not
   * about it, that is not so; whose a hold is about stands there as a digest, and it may be.
   */
  #ofExchange(note: Note, exchange: string, holds: ReadonlySet<string>): boolean {
    if (note.kind === 'hold') return this.#isAbout(note.scope, exchange)
    if (note.kind === 'release') return holds.has(note.hold)
    return !(note.kind === 'purge' || note.kind === 'erase' || note.kind === 'redact')
  }

  #isAbout({ exchange, session, connection, since, until }: Scope, own: string): boolean {
    const fits = (said: string | undefined, known: unknown) =>
      said === undefined || known === undefined || said === known
    return (
      fits(exchange, own) &&
      fits(session, this.#own.session) &&
      fits(connection, this.#own.connection) &&
      !(since !== undefined && since > this.#first) &&
      !(until !== undefined && until <= this.#first)
    )
  }

  /** Their seqs, in order: none that is among the entries, or has no leaf yet. */
  seqs(entries: readonly number[], size: number): number[] {
    const own = new Set(entries)
    const [since, until] = this.#times()
    const held = new Set(
      this.#notes.flatMap(({ note }) => (note.kind === 'release' && note.at < since ? note.hold : [])),
    )
    const one = this.#asked.kind === 'exchange' ? this.#asked.exchange : undefined
    const holds = new Set(
      this.#notes.flatMap(({ note }) =>
        one !== undefined && note.kind === 'hold' && this.#isAbout(note.scope, one) ? note.exchange : [],
      ),
    )
    const says = (note: Note) =>
      concerns(note, since, until, held) && (one === undefined || this.#ofExchange(note, one, holds))
    return this.#notes
      .filter(({ seq, note }) => seq <= size && !own.has(seq) && (this.#named.has(note.exchange) || says(note)))
      .map(({ seq }) => seq)
  }

  #times(): [since: number, until: number] {
    if (this.#asked.kind === 'exchange' || this.#asked.kind === 'between') return [this.#first, this.#last]
    return [this.#asked.after ?? this.#first, this.#asked.before ?? this.#last]
  }
}

/** Whether an entry may say something of what was recorded in a time: stretches that touch it, and what was done to the record since. */
function concerns(note: Note, since: number, until: number, released: ReadonlySet<string>): boolean {
  if (note.kind === 'gap') return note.to >= since && note.from < until
  if (note.kind === 'bypass') return note.happened >= since && note.happened < until
  if (note.kind === 'hold') return !released.has(note.exchange)
  if (note.kind === 'ruled') return false
  return note.at >= since
}
