/** What a literal hit starts; its states are made at the first hit. Holds no state of any lane. */
import { Fault } from '#exchange'
import { begins } from './begins.ts'
import { type Decoder, imagesOf, percents } from './coding.ts'
import type { Literal } from './literals.ts'
import type { Matcher, State } from './matcher.ts'
import { symbolsOf } from './pattern.ts'
import type { Program } from './program.ts'

/** In profile `fast`, so many first characters of an image are let go where a word begins. */
const IMAGE_LATE = 2

/** A secret that began inside the literal, `back` characters before its end. */
interface Begun {
  readonly state: State
  readonly back: number
}

/** The secret's beginning in another spelling. */
interface Spelled {
  /** What the image means whole, and how many of its last characters are masked with the rest of the secret. */
  readonly text: string
  readonly back: number
  readonly decoder: () => Decoder
}

export class Opening {
  readonly program: Program
  readonly literal: string
  /** How many of the literal's last characters may be the secret's. */
  readonly back: number
  readonly spelled: Spelled | undefined
  readonly #backs: readonly number[]
  readonly #hasContext: boolean
  #context: State | undefined
  #secrets: readonly Begun[] | undefined

  /** @throws Fault config.invalid where the literal does not begin the rule's pattern. */
  constructor(program: Program, literal: string, spelled?: Spelled) {
    this.program = program
    this.literal = literal
    this.spelled = spelled
    const { before, secret } = program
    const context = before && !spelled ? begins(before.pattern, literal) : undefined
    const starts = spelled ? [] : context ? context.ends : [0]
    this.#hasContext = context?.goesOn ?? false
    this.#backs = starts
      .filter((at) => at === literal.length || isAlive(secret, literal.slice(at)))
      .map((at) => literal.length - at)
    this.back = Math.max(0, ...this.#backs)
    if (!spelled && !this.#hasContext && this.#backs.length === 0)
      throw new Fault('config.invalid', `masking rule ${program.rule}: ${literal} does not begin its pattern`)
  }

  /** The state of the context, where it goes on after the literal. */
  get context(): State | undefined {
    const { before } = this.program
    if (this.#hasContext && before) this.#context ??= after(before, this.literal)
    return this.#context
  }

  get secrets(): readonly Begun[] {
    this.#secrets ??= this.#backs.map((back) => ({
      back,
      state: after(this.program.secret, this.literal.slice(this.literal.length - back)),
    }))
    return this.#secrets
  }

  /** The secret's state after what an image means. */
  entry({ text }: Spelled): State {
    return after(this.program.secret, text)
  }
}

function isAlive({ pattern }: Matcher, text: string): boolean {
  const { goesOn, ends } = begins(pattern, text)
  return goesOn || ends.includes(text.length)
}

function after(matcher: Matcher, text: string): State {
  let state: State | null = matcher.start
  for (const symbol of symbolsOf(text)) state &&= matcher.step(state, symbol)
  if (!state) throw new Fault('gateway.internal', 'a literal was opened that does not begin its pattern')
  return state
}

/**
 * A literal's images, each where a word begins and inside one. In profile `fast` their first characters are let go, since
 * most texts have the beginning of some image in every word: two of them where a word begins, all but one elsewhere. They
 * hold a part of what the literal says, which is no secret.
 */
export function imagesIn(program: Program, literal: string, whole: boolean): [Literal, Opening][] {
  if (!/^[ -~]{3,}$/.test(literal)) return []
  return imagesOf(literal).flatMap(({ text, fold, bytes, decoder }) =>
    (['word', 'inside'] as const).map((place): [Literal, Opening] => {
      const context = whole ? 0 : place === 'word' ? IMAGE_LATE : text.length - 1
      const spelled = { text: literal.slice(0, bytes), back: text.length - context, decoder }
      return [{ text, fold, place, context }, new Opening(program, text, spelled)]
    }),
  )
}

/** A head as an address spells it, with percent signs where it must: a secret that is hit further in may go on so before that. */
export function addressedIn(program: Program, head: string): [Literal, Opening][] {
  const upper = /^[ -~]+$/.test(head) ? encodeURIComponent(head) : head
  if (upper === head) return []
  const lower = upper.replace(/%../g, (hex) => hex.toLowerCase())
  return [...new Set([upper, lower])].map((text) => {
    const spelled = { text: head, back: text.length, decoder: percents }
    return [{ text, fold: false, place: 'anywhere', context: 0 }, new Opening(program, text, spelled)]
  })
}
