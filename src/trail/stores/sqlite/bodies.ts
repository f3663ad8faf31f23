/** The bodies of one day file. What a session sent before is not kept again, and no body needs another file. No clock. */
import { Fault, type Like } from '#exchange'
import { type Likeness, likeness } from '../../likeness.ts'
import { keyWantedBy } from '../../wrapping.ts'
import { type Coding, grow, shrink } from './body.ts'
import type { DayKeys, Sealed } from './day-keys.ts'
import type { File } from './file.ts'
import { derive, Numbers, printNumber, printRecipe, type Recipe, readRecipe, sizeOf } from './recipe.ts'

/** A row's coding where its bytes are a recipe with what the body brought anew; 0 and 1 as in `body.ts`. */
export const MADE = 2
/** A shorter body is not compared, and fewer bytes in common are not worth a recipe. */
const SHORT = 4096
const WORTH = 1024
/** A recipe of more parts is not carried on: the body is kept whole, and others are made from it. */
const MOST_PARTS = 2048
const MOST_KNOWN = 4096

/** As it is stored. */
export interface BodyRow {
  readonly coding: Coding | typeof MADE
  readonly size: number
  readonly bytes: Uint8Array
  /** Null where the bytes lie open: an earlier version wrote them. */
  readonly key: number | null
}

/** A body that others may be made from. */
interface Base {
  readonly seq: number
  readonly session: number | null
  readonly recipe: Recipe
}

/** The entry that a body belongs to. `session` is its session's term; `like` says whether a later body may be like it. */
interface Owner {
  readonly seq: number
  readonly exchange: string
  readonly session: number | null
  readonly isPrompt: boolean
}

/** A row as it was written: how its body is put together, and what it brought anew. */
interface Kept {
  readonly recipe: Recipe
  readonly fresh: () => Uint8Array
}

/**
 * Reads and writes bodies. A row holds the bytes that its body brought anew, under the session's key, and says which stretches of earlier rows of the same session the rest is.
 */
export class Bodies {
  readonly #file: File
  readonly #keys: DayKeys
  readonly #known = new Map<string, Base>()

  constructor(file: File, keys: DayKeys) {
    this.#file = file
    this.#keys = keys
  }

  /** Forgets what was written: the transaction that wrote it failed. */
  forget(): void {
    this.#known.clear()
  }

  /** Whether the body that another is like is here, of the same session, and may be made from once more. */
  canMake({ exchange, prefix, suffix }: Like, session: number | null): boolean {
    const base = this.#base(exchange)
    if (!base || session === null || base.session !== session) return false
    return base.recipe.length < MOST_PARTS && prefix + suffix <= sizeOf(base.recipe)
  }

  /** Keeps a body: the whole of it, or with `like` only the bytes between those that it shares. It rests on none that is not `firm`. */
  keep(owner: Owner, body: Uint8Array, like: Like | undefined, firm: (seq: number) => boolean = () => true): void {
    const base = like && this.#base(like.exchange)
    if (like && !base) throw new Fault('gateway.internal', 'a body is like one that is not here')
    const found = like || body.byteLength < SHORT ? undefined : this.#find(owner, body, firm)
    if (like && base) this.#keepMade(owner, base, like, body)
    else if (found)
      this.#keepMade(owner, found.base, found, body.subarray(found.prefix, body.byteLength - found.suffix))
    else this.#keepWhole(owner, body)
  }

  #keepWhole(owner: Owner, body: Uint8Array): void {
    const { seq, exchange, session, isPrompt } = owner
    const { coding, size, bytes } = shrink(body)
    this.#insert(owner, coding, size, bytes)
    if (size >= SHORT && isPrompt) this.#know(exchange, { seq, session, recipe: [{ seq, offset: 0, length: size }] })
  }

  #keepMade(owner: Owner, base: Base, shared: Likeness, own: Uint8Array): void {
    const { seq, exchange, session } = owner
    const recipe = derive(base.recipe, shared, seq, own.byteLength)
    const { coding, size, bytes } = shrink(own)
    const head = printRecipe(recipe, seq)
    printNumber(head, coding)
    printNumber(head, size)
    this.#insert(owner, MADE, shared.prefix + size + shared.suffix, Buffer.concat([Buffer.from(head), bytes]))
    this.#know(exchange, { seq, session, recipe })
  }

  #insert({ seq, session }: Owner, coding: BodyRow['coding'], size: number, bytes: Uint8Array): void {
    const sealed = this.#keys.seal(session, seq, partOf({ coding, size }), bytes)
    this.#file.run('INSERT INTO bodies VALUES (?, ?, ?, ?, ?)', seq, coding, size, sealed.bytes, sealed.key)
  }

  #know(exchange: string, base: Base): void {
    this.#known.set(exchange, base)
    if (this.#known.size <= MOST_KNOWN) return
    const [oldest] = this.#known.keys()
    if (oldest !== undefined) this.#known.delete(oldest)
  }

  /**
   * The opening body of an exchange, to be made from, unless it was written anew: whoever sent it knows the old one. One that
   * was not read of late is read whole first, if it can be.
   */
  #base(exchange: string): Base | undefined {
    const known = this.#known.get(exchange)
    if (known) return known
    const row = this.#file.get<BodyRow & Omit<Base, 'recipe'>>(
      `SELECT b.seq, session, coding, size, bytes, b.key FROM exchanges e JOIN bodies b ON b.seq = e.seq
        WHERE exchange = ? AND NOT EXISTS (SELECT 1 FROM redacted WHERE redacted.seq = b.seq)`,
      exchange,
    )
    const kept = row && readable(() => this.read(row.seq) && this.#kept(row, row.seq))
    const base = row && kept && { seq: row.seq, session: row.session, recipe: kept.recipe }
    if (base) this.#know(exchange, base)
    return base
  }

  /** What this body has in common with the one that its session sent last, for a caller who did not know. */
  #find(
    { seq, session, isPrompt }: Owner,
    body: Uint8Array,
    firm: (seq: number) => boolean,
  ): (Likeness & { readonly base: Base }) | undefined {
    if (session === null || !isPrompt) return undefined
    const row = this.#file.get<BodyRow & { seq: number }>(
      `SELECT b.seq, coding, size, bytes, key FROM bodies b
        WHERE b.seq = (SELECT e.seq FROM exchanges e JOIN bodies USING (seq) WHERE session = ? AND e.seq < ?
          ORDER BY e.seq DESC LIMIT 1)`,
      session,
      seq,
    )
    if (!row || row.size < SHORT || !firm(row.seq)) return undefined
    const last = readable(() => this.read(row.seq))
    if (!last) return undefined
    const { recipe } = this.#kept(row, row.seq)
    const shared = likeness(last, body)
    const worth = recipe.length < MOST_PARTS && shared.prefix + shared.suffix >= WORTH
    return worth ? { base: { seq: row.seq, session, recipe }, ...shared } : undefined
  }

  /** The body kept as `seq`, whole. @throws Wanted, trail.key, trail.body where it cannot be put together as it was */
  read(seq: number): Uint8Array | undefined {
    const row = this.#row(seq)
    return row && this.readFrom(row, seq)
  }

  /** The same of its row. */
  readFrom(row: BodyRow, seq: number): Uint8Array {
    const { recipe, fresh } = this.#kept(row, seq)
    const own = fresh()
    if (row.coding !== MADE) return own
    const sources = new Map([[seq, own]])
    const whole = Buffer.alloc(row.size)
    let at = 0
    for (const { seq: source, offset, length } of recipe) {
      const bytes = sources.get(source) ?? this.#freshOf(source)
      sources.set(source, bytes)
      if (offset + length > bytes.byteLength || at + length > row.size) throw broken(seq)
      whole.set(bytes.subarray(offset, offset + length), at)
      at += length
    }
    if (at !== row.size) throw broken(seq)
    return whole
  }

  #freshOf(seq: number): Uint8Array {
    const row = this.#row(seq)
    if (!row) throw broken(seq)
    return this.#kept(row, seq).fresh()
  }

  /** A row's parts, once its bytes are open. */
  #kept(row: BodyRow, seq: number): Kept {
    if (row.key === null) return keptOf(row, seq)
    return keptOf({ ...row, bytes: this.#keys.open({ key: row.key, bytes: row.bytes }, seq, partOf(row)) }, seq)
  }

  /** Puts a row under its session's newest key, `key`; how many it were. Within a transaction. */
  reseal(session: number | null, seq: number, key: number): number {
    const row = this.#row(seq)
    if (!row || row.key === key) return 0
    const part = partOf(row)
    const bytes = row.key === null ? row.bytes : readable(() => this.#keys.open(row as Sealed, seq, part))
    if (!bytes) return 0
    const sealed = this.#keys.seal(session, seq, part, bytes)
    this.#file.run('UPDATE bodies SET bytes = ?, key = ? WHERE seq = ?', sealed.bytes, sealed.key, seq)
    return 1
  }

  /** Takes bodies away. Within a transaction. */
  drop(seqs: readonly number[]): void {
    for (const seq of seqs) this.#file.run('DELETE FROM bodies WHERE seq = ?', seq)
    this.#known.clear()
  }

  /** The bytes of a body, 0 where there is none. */
  sizeOf(seq: number): number {
    return this.#file.get<{ size: number }>('SELECT size FROM bodies WHERE seq = ?', seq)?.size ?? 0
  }

  /** Whether a body cannot be read for a key that is not here. @throws Wanted */
  isLocked(seq: number): boolean {
    try {
      this.read(seq)
      return false
    } catch (error) {
      if (error instanceof Fault && UNREADABLE.has(error.code)) return error.code === 'trail.key'
      throw error
    }
  }

  /** Whether a body is put together from one of these. @throws Wanted */
  rests(seq: number, on: { has(seq: number): boolean }): boolean {
    const row = this.#row(seq)
    if (row?.coding !== MADE) return false
    const kept = readable(() => this.#kept(row, seq))
    return kept?.recipe.some((part) => part.seq !== seq && on.has(part.seq)) === true
  }

  #row(seq: number): BodyRow | undefined {
    return this.#file.get<BodyRow>('SELECT coding, size, bytes, key FROM bodies WHERE seq = ?', seq)
  }
}

/** What a row is, for the seal on its bytes. */
const partOf = ({ coding, size }: Pick<BodyRow, 'coding' | 'size'>): string => `body ${coding} ${size}`

/** Undefined for a body that cannot be read: another is then kept whole. Others are fetched. */
export function readable<Body>(read: () => Body): Body | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof Fault && UNREADABLE.has(error.code)) return undefined
    throw error
  }
}

/** Faults of one body alone. */
export const UNREADABLE: ReadonlySet<string> = new Set(['trail.body', 'trail.key'])

const broken = (seq: number, cause?: unknown) =>
  new Fault('trail.body', `the body of entry ${seq} cannot be put together`, { cause })

function keptOf({ coding, size, bytes }: BodyRow, seq: number): Kept {
  if (coding !== MADE) return { recipe: [{ seq, offset: 0, length: size }], fresh: () => grow({ coding, size, bytes }) }
  try {
    const numbers = new Numbers(bytes)
    const recipe = readRecipe(numbers, seq)
    const own = { coding: numbers.next() as Coding, size: numbers.next(), bytes: bytes.subarray(numbers.at) }
    return { recipe, fresh: () => grow(own) }
  } catch (cause) {
    throw broken(seq, cause)
  }
}

/** The name of the key that is not here, empty where it was destroyed; undefined where the body itself was changed. */
export const keyGone = (fault: Fault): string | undefined =>
  fault.code === 'trail.body' && /key \d+ was destroyed/.test(fault.detail ?? '') ? '' : keyWantedBy(fault)
