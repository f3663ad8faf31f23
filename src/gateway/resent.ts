/** What a session has sent before: strings already judged, messages already on the record. In memory only, bounded. */
import type { Message } from '#exchange'
import type { Engine } from '#masking'
import type { Piece } from '#wire'
import { type Judge, judgeWith } from './document.ts'
import type { Masker } from './masker.ts'
import { Recent } from './recent.ts'

type Judgement = ReturnType<Judge>

const MOST_CHARACTERS = 64 * 2 ** 20
/** A session past this forgets, so that what its client has dropped from its history does not stay. */
const MOST_OF_A_SESSION = 8 * 2 ** 20
const KEPT_MS = 60 * 60_000
/** Shorter strings are judged as fast as they are looked up. */
const SHORTEST = 32

/** One session's strings. A judgement depends on the rules, the string and its mode alone, so it holds wherever it comes again. */
class Known {
  readonly engine: Engine
  readonly text = new Map<string, Judgement>()
  readonly json = new Map<string, Judgement>()
  readonly told = new Set<string>()
  weight = 0

  constructor(engine: Engine) {
    this.engine = engine
  }
}

/** One prompt compared with what its session has sent. Learns nothing before it is told to. */
export class Comparison {
  readonly #known: Known
  readonly #engine: Engine
  readonly #judge: Judge
  readonly #judged: { readonly piece: Piece; readonly judgement: Judgement }[] = []
  #fresh: readonly Message[] = []

  constructor(known: Known | undefined, masker: Masker) {
    this.#known = known ?? new Known(masker.engine)
    this.#engine = masker.engine
    this.#judge = judgeWith(masker)
  }

  /** Whether a string was judged before. */
  knows(piece: Piece): boolean {
    return this.#before(piece) !== undefined
  }

  /** The judgement of one string, from before or made now. */
  judge(piece: Piece): Judgement {
    const known = this.#before(piece)
    if (known !== undefined) return known
    const judgement = this.#judge(piece)
    if (piece.value.length >= SHORTEST) this.#judged.push({ piece, judgement })
    return judgement
  }

  /** One that depends on its place holds there alone. */
  #before({ value, mode }: Piece): Judgement | undefined {
    const known = value.length < SHORTEST ? undefined : this.#known[mode].get(value)
    return known !== false && known?.placed ? undefined : known
  }

  /** The messages that the session has not put on the record. */
  fresh(messages: readonly Message[]): readonly Message[] {
    this.#fresh = messages.filter(({ text }) => !this.#known.told.has(text))
    return this.#fresh
  }

  /** What the session knows once this prompt is on the record. */
  learned(): Known {
    const known = this.#known.weight > MOST_OF_A_SESSION ? new Known(this.#engine) : this.#known
    for (const { piece, judgement } of this.#judged) {
      const value = detached(piece.value)
      if (value === undefined) continue
      known[piece.mode].set(value, judgement)
      known.weight += value.length + 64
    }
    for (const { text } of this.#fresh) {
      known.told.add(text)
      known.weight += text.length + 64
    }
    return known
  }
}

/** A copy that does not keep the body alive from which it was cut; undefined where it cannot be copied exactly. */
const detached = (value: string): string | undefined =>
  value.isWellFormed() ? Buffer.from(value).toString() : undefined

/** What all sessions have sent of late, up to 64 M characters. */
export class Resent {
  readonly #sessions = new Recent<Known>(MOST_CHARACTERS, KEPT_MS)

  clear(): void {
    this.#sessions.clear()
  }

  /** Compares a prompt with its session's; `session` names actor, client and connection too. */
  compare(session: string, masker: Masker, now: number): Comparison {
    const known = this.#sessions.get(session, now)
    return new Comparison(known?.engine === masker.engine ? known : undefined, masker)
  }

  /** Remembers a prompt that is on the record now. */
  learn(session: string, comparison: Comparison, now: number): void {
    const known = comparison.learned()
    this.#sessions.set(session, known, now, known.weight)
  }
}
