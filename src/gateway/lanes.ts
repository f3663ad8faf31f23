/** The lanes of one streamed reply, by name: what was found in them, and what a model signed. Masks nothing by itself. */
import { Fault, type Finding } from '#exchange'
import { Lane } from '#masking'
import type { EventReading } from '#wire'
import { type Masker, told } from './masker.ts'
import type { Signed } from './signed.ts'

const MOST_LANES = 4096
/** Past so many lanes of fields that nobody knows, one bears all others. */
const MOST_UNKNOWN = 1024
/** Characters of reasoning kept until its signature comes. */
const LONGEST_SIGNED = 1_048_576

export class Lanes {
  readonly #masker: Masker
  readonly #open = new Map<string, Lane>()
  readonly #named: { lane: string; masked: Lane }[] = []
  readonly #reasoning = new Map<string, string>()
  readonly #signed: (Signed & { lane: string })[] = []

  readonly #known: boolean

  /** @param known whether the names are a protocol's: others are as many as a sender likes. */
  constructor(masker: Masker, known: boolean) {
    this.#masker = masker
    this.#known = known
  }

  /** The lane of that name, begun anew where it has ended. @throws upstream.malformed */
  of(name: string, mode: 'text' | 'json'): Lane {
    const open = this.#open.get(name)
    if (open) return open
    if (this.#known || this.#named.length < MOST_UNKNOWN) return this.#begin(name, mode)
    return this.#open.get('*') ?? this.#begin('*', mode)
  }

  #begin(name: string, mode: 'text' | 'json'): Lane {
    if (this.#named.length >= MOST_LANES) throw new Fault('upstream.malformed', `more than ${MOST_LANES} lanes`)
    const lane = new Lane(this.#masker.engine, mode, this.#masker.lanes)
    this.#open.set(name, lane)
    this.#named.push({ lane: name, masked: lane })
    return lane
  }

  /** Ends lanes by their name, or by a prefix that ends in `*`. */
  end(which: string): void {
    const prefix = which.endsWith('*') ? which.slice(0, -1) : undefined
    for (const [name, lane] of this.#open) {
      if (prefix === undefined ? name !== which : !name.startsWith(prefix)) continue
      lane.end()
      this.#open.delete(name)
    }
  }

  /** Keeps reasoning as it came, for the signature that may follow. */
  keep(lane: string, value: string): void {
    if (!lane.endsWith('/thinking')) return
    const text = (this.#reasoning.get(lane) ?? '') + value
    if (text.length <= LONGEST_SIGNED) this.#reasoning.set(lane, text)
  }

  /** A signature has come over what was kept of its lane. */
  sign({ lane, signature }: NonNullable<EventReading['signed']>): void {
    const original = this.#reasoning.get(lane)
    if (original) this.#signed.push({ lane, signature, original })
  }

  /** Every secret found so far. */
  get findings(): Finding[] {
    return this.#named.flatMap(({ lane, masked }) =>
      masked.findings.map((finding) => told(finding, 'reply', lane, this.#masker)),
    )
  }

  /** The first secret of the stretch [from, to) of a lane for which nothing more may leave. */
  blockedIn(lane: Lane, from: number, to: number): Finding | undefined {
    const { actionOf } = this.#masker
    if (!actionOf) return undefined
    const found = lane.findings.find(({ rule, start, end }) => start < to && end > from && actionOf(rule) === 'block')
    return found && told(found, 'reply', this.#named.find(({ masked }) => masked === lane)?.lane ?? '', this.#masker)
  }

  /** The signed texts that a rule changed, as the model wrote them. */
  get signed(): Signed[] {
    return this.#signed.filter(({ lane }) =>
      this.#named.some((each) => each.lane === lane && each.masked.findings.length > 0),
    )
  }
}
