/** Bodies of one session that go or are written anew, and those that were put together from them: those keep what they are. */
import { type Bodies, MADE, readable } from './bodies.ts'
import type { Day } from './day.ts'
import { each, type Sliced, whole } from './sliced.ts'

/** An exchange by its seqs. */
export interface Exchange {
  readonly exchange: string
  readonly seq: number
  readonly closing: number | null
}

/** So many bytes of bodies are put together anew at a time, and no more bodies than that. */
const AT_ONCE = { bytes: 2 ** 20, bodies: 32 } as const
const FIELDS = 'SELECT exchange, seq, closing FROM exchanges'

/**
 * What is done to one session. Its exchanges are gone through from the last one backwards: whatever is under way, no body rests
 * on one that is not there any more.
 */
export class Resting {
  readonly #day: Day
  readonly #session: number | null
  readonly #changes: ReadonlyMap<number, Uint8Array | undefined>
  readonly #touched: Set<number>
  #last = 0

  /** `changes`: the new bodies by their seqs, undefined for those that go. */
  constructor(day: Day, session: number | null, changes: ReadonlyMap<number, Uint8Array | undefined>) {
    this.#day = day
    this.#session = session
    this.#changes = changes
    this.#touched = new Set(changes.keys())
  }

  /** The exchanges that something is done to, the last ones first, in lots that are each done at once. */
  *lots(): Sliced<Exchange[][]> {
    const found: { readonly of: Exchange; readonly bytes: number }[] = []
    let first = Number.POSITIVE_INFINITY
    for (const seq of this.#changes.keys()) first = Math.min(first, seq)
    yield* each(this.#exchanges(), (of) => {
      const again = of.seq > first && !this.#changes.has(of.seq) && this.#rests(of, this.#touched)
      if (again) this.#touched.add(of.seq)
      if (again || this.#changed(of)) found.push({ of, bytes: again ? this.#bodies.sizeOf(of.seq) : this.#given(of) })
    })
    return lotsOf(found).toReversed()
  }

  /** Within a transaction. @throws Wanted */
  do(lot: readonly Exchange[]): void {
    const late = this.#late()
    if (late.length > 0) this.#putAgain(late, (seq) => !this.#touched.has(seq))
    const first = lot[0]?.seq ?? 0
    this.#putAgain(lot, (seq) => seq >= first || !this.#touched.has(seq))
  }

  get #bodies(): Bodies {
    return this.#day.bodies
  }

  #rests({ seq }: Exchange, on: { has(seq: number): boolean }): boolean {
    return this.#session !== null && this.#bodies.rests(seq, on)
  }

  #changed({ seq, closing }: Exchange): boolean {
    return this.#changes.has(seq) || (closing !== null && this.#changes.has(closing))
  }

  #given({ seq, closing }: Exchange): number {
    return (this.#changes.get(seq)?.byteLength ?? 0) + (this.#changes.get(closing ?? 0)?.byteLength ?? 0)
  }

  /** In order; of what belongs to no session only those that change, for none of it rests on another. */
  #exchanges(): Exchange[] {
    const sql =
      this.#session === null
        ? `${FIELDS} WHERE seq IN (SELECT value FROM json_each(?)) OR closing IN (SELECT value FROM json_each(?)) ORDER BY seq`
        : `${FIELDS} WHERE session = ? ORDER BY seq`
    const changed = JSON.stringify([...this.#changes.keys()])
    const all = this.#day.file.all<Exchange>(sql, ...(this.#session === null ? [changed, changed] : [this.#session]))
    this.#last = all.at(-1)?.seq ?? 0
    return all
  }

  /** Those that came meanwhile and rest on what changes, which is still there. */
  #late(): Exchange[] {
    if (this.#session === null) return []
    const sql = `${FIELDS} WHERE session = ? AND seq > ? ORDER BY seq`
    const again = new Set<number>()
    const on = { has: (seq: number) => again.has(seq) || this.#touched.has(seq) }
    return this.#day.file.all<Exchange>(sql, this.#session, this.#last).filter((one) => {
      const rests = this.#rests(one, on)
      if (rests) again.add(one.seq)
      return rests
    })
  }

  #putAgain(lot: readonly Exchange[], firm: (seq: number) => boolean): void {
    const all = lot.flatMap(({ exchange, seq, closing }) => [
      ...(this.#goesOn(seq) ? [] : [{ exchange, seq, isPrompt: true, body: this.#anew(seq) }]),
      ...(closing === null || !this.#changes.has(closing)
        ? []
        : [{ exchange, seq: closing, isPrompt: false, body: this.#anew(closing) }]),
    ])
    const bodies = all.filter(({ seq, body }) => body || this.#changes.has(seq))
    this.#bodies.drop(bodies.map(({ seq }) => seq))
    for (const { body, ...of } of bodies)
      if (body) this.#bodies.keep({ ...of, session: this.#session }, body, undefined, firm)
    this.#bodies.forget() // whoever sent one that was written anew knows the old one
  }

  /** Whether a prompt stays as it lies. */
  #goesOn(seq: number): boolean {
    return seq <= this.#last && !this.#touched.has(seq)
  }

  /** What a body becomes; undefined where it goes, or cannot be read now: then it stays as it lies. */
  #anew(seq: number): Uint8Array | undefined {
    return this.#changes.has(seq) ? this.#changes.get(seq) : readable(() => this.#bodies.read(seq))
  }
}

/** The last prompt of a session that is put together from others and is locked: what it rests on is to stay. 0 where there is none. @throws Wanted */
export function* lastLocked(day: Day, session: number | null): Sliced<number> {
  if (session === null || !(yield* whole(() => day.keys.lacks(session)))) return 0
  const sql = `SELECT seq FROM exchanges JOIN bodies USING (seq) WHERE session = ? AND coding = ${MADE} ORDER BY seq`
  const locked = yield* each(day.file.all<{ seq: number }>(sql, session), ({ seq }) =>
    day.bodies.isLocked(seq) ? seq : 0,
  )
  return Math.max(0, ...locked)
}

function lotsOf(found: readonly { readonly of: Exchange; readonly bytes: number }[]): Exchange[][] {
  const lots: { readonly all: Exchange[]; bytes: number }[] = []
  for (const { of, bytes } of found) {
    const last = lots.at(-1)
    const fits = last && last.bytes + bytes <= AT_ONCE.bytes && last.all.length < AT_ONCE.bodies
    if (fits) last.all.push(of)
    else lots.push({ all: [of], bytes })
    if (fits) last.bytes += bytes
  }
  return lots.map(({ all }) => all)
}
