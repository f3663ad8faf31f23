/** Whether a literal begins a pattern, without building its automaton. Pure. */
import { type CharSet, type Pattern, symbolsOf } from './pattern.ts'
import { isSecond } from './units.ts'

/** What a pattern makes of a literal. */
export interface Beginning {
  /** Whether a match may go on where the literal ends. */
  readonly goesOn: boolean
  /** Offsets in the literal, its end too, at which a match may end. */
  readonly ends: readonly number[]
}

/** Walks all ways through the pattern at once; a literal has some tens of characters. */
export function begins(pattern: Pattern, literal: string): Beginning {
  const walk = new Walk(literal)
  const ends = walk.through(pattern, [0]).map((at) => walk.offsets[at]!)
  return { goesOn: walk.goesOn, ends }
}

class Walk {
  goesOn = false
  /** By symbol, where it stands in the literal, and the end. */
  readonly offsets: readonly number[]
  readonly #symbols: readonly number[]

  constructor(literal: string) {
    this.#symbols = symbolsOf(literal)
    this.offsets = [...Array(literal.length).keys()].filter((at) => !isSecond(literal, at)).concat(literal.length)
  }

  /** Where the pattern may end that begins at one of `from`. */
  through(pattern: Pattern, from: readonly number[]): number[] {
    if (from.length === 0) return []
    if (pattern.kind === 'set') return this.#eat(pattern.set, from)
    if (pattern.kind === 'seq') return pattern.items.reduce((at: number[], item) => this.through(item, at), [...from])
    if (pattern.kind === 'either') return unique(pattern.items.flatMap((item) => this.through(item, from)))
    let at: number[] = [...from]
    for (let i = 0; i < pattern.min && at.length > 0; i++) at = this.through(pattern.item, at)
    const ends = new Set(at)
    for (let i = pattern.min; i < pattern.max && at.length > 0; i++) {
      at = this.through(pattern.item, at).filter((end) => !ends.has(end))
      for (const end of at) ends.add(end)
    }
    return [...ends]
  }

  #eat(set: CharSet, from: readonly number[]): number[] {
    const { length } = this.#symbols
    if (from.includes(length)) this.goesOn = true
    return from.filter((at) => at < length && set[this.#symbols[at]!]).map((at) => at + 1)
  }
}

const unique = (list: readonly number[]): number[] => [...new Set(list)]
