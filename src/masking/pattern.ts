/** Reads the small regex subset of masking rules into a tree; never runs a pattern, never uses V8's own engine on traffic. */
import { Fault } from '#exchange'
import { isSecond, narrow } from './units.ts'

/** One byte per symbol: 0…127 are ASCII, 128 stands for every other UTF-16 unit; END, which may be left out, is last. */
export type CharSet = Uint8Array
export const NON_ASCII = 128
export const SYMBOLS = 129
/** The end of the text, or its start, as a symbol after all units. */
export const END = SYMBOLS

/** The symbol of a UTF-16 unit; full-width forms count as the ASCII that they look like. */
export function symbolOf(unit: number): number {
  return unit < NON_ASCII ? unit : Math.min(narrow(unit), NON_ASCII)
}

/** One symbol a character: the second half of a surrogate pair is none of its own, as in a text that is followed. */
export function symbolsOf(text: string): number[] {
  const symbols: number[] = []
  for (let i = 0; i < text.length; i++) if (!isSecond(text, i)) symbols.push(symbolOf(text.charCodeAt(i)))
  return symbols
}

export type Pattern =
  | { readonly kind: 'set'; readonly set: CharSet }
  | { readonly kind: 'seq'; readonly items: readonly Pattern[] }
  | { readonly kind: 'either'; readonly items: readonly Pattern[] }
  | { readonly kind: 'repeat'; readonly item: Pattern; readonly min: number; readonly max: number }

const MAX_REPEAT = 1024
const MAX_GROUPS = 32

/**
 * Classes, ranges, `\w \d \s`, groups, alternation, `? * + {m} {m,n} {m,}`; no references or lookaround, and no anchors
 * but `$`, the end of the text, where `end` allows it. With `fold`, ASCII case is ignored.
 * @throws Fault config.invalid for anything else.
 */
export function parsePattern(source: string, fold = false, end = false): Pattern {
  const reader = new Reader(source, fold, end)
  const pattern = reader.alternation(0)
  if (!reader.done) reader.fail('unexpected )')
  return pattern
}

/**
 * A single class such as `[A-Za-z0-9]`.
 * @throws Fault config.invalid when it is more than that.
 */
export function parseClass(source: string): CharSet {
  const pattern = parsePattern(source)
  if (pattern.kind !== 'set') throw new Fault('config.invalid', `masking pattern: ${source} is not one class`)
  return pattern.set
}

/** The most characters that a match can have; Infinity where a repeat is open. */
export function longest(pattern: Pattern): number {
  if (pattern.kind === 'set') return 1
  if (pattern.kind === 'seq') return pattern.items.reduce((sum, item) => sum + longest(item), 0)
  if (pattern.kind === 'either') return Math.max(...pattern.items.map(longest))
  return longest(pattern.item) * pattern.max
}

/** By how many characters a text that goes on matching has matched once: an open repeat at the end does not count. */
export function ripe(pattern: Pattern): number {
  if (pattern.kind === 'seq' && pattern.items.length > 0)
    return pattern.items.slice(0, -1).reduce((sum, item) => sum + longest(item), 0) + ripe(pattern.items.at(-1)!)
  if (pattern.kind === 'either') return Math.max(...pattern.items.map(ripe))
  if (pattern.kind === 'repeat' && pattern.max === Infinity) return longest(pattern.item) * pattern.min
  return longest(pattern)
}

/** The fewest characters that a match can have. */
export function shortest(pattern: Pattern): number {
  if (pattern.kind === 'set') return 1
  if (pattern.kind === 'seq') return pattern.items.reduce((sum, item) => sum + shortest(item), 0)
  if (pattern.kind === 'either') return Math.min(...pattern.items.map(shortest))
  return shortest(pattern.item) * pattern.min
}

/** How many nodes the automaton of a pattern has, without building it. */
export function sizeOf(pattern: Pattern): number {
  const count = (each: Pattern): number => {
    if (each.kind === 'set') return 1
    if (each.kind === 'repeat') {
      const item = count(each.item)
      return each.max === Infinity ? 1 + item * (1 + each.min) : item * each.max + (each.max - each.min)
    }
    const items = each.items.reduce((sum, item) => sum + count(item), 0)
    return each.kind === 'either' ? items + each.items.length - 1 : items
  }
  return count(pattern) + 1
}

class Reader {
  readonly #source: string
  readonly #fold: boolean
  readonly #end: boolean
  #at = 0

  constructor(source: string, fold: boolean, end: boolean) {
    this.#source = source
    this.#fold = fold
    this.#end = end
  }

  get done(): boolean {
    return this.#at >= this.#source.length
  }

  fail(why: string): never {
    throw new Fault('config.invalid', `masking pattern ${this.#source}, offset ${this.#at}: ${why}`)
  }

  alternation(depth: number): Pattern {
    if (depth > MAX_GROUPS) this.fail('groups are nested too deeply')
    const items = [this.#sequence(depth)]
    while (this.#take('|')) items.push(this.#sequence(depth))
    return items.length === 1 ? items[0]! : { kind: 'either', items }
  }

  #sequence(depth: number): Pattern {
    const items: Pattern[] = []
    while (!this.done && this.#peek() !== '|' && this.#peek() !== ')') items.push(this.#quantified(this.#atom(depth)))
    return items.length === 1 ? items[0]! : { kind: 'seq', items }
  }

  #atom(depth: number): Pattern {
    if (this.#take('(')) {
      if (this.#take('?') && !this.#take(':')) this.fail('only (?: groups are known')
      const inner = this.alternation(depth + 1)
      if (!this.#take(')')) this.fail('missing )')
      return inner
    }
    if (this.#take('[')) return this.#sharedClass()
    if (this.#take('.')) return ANY
    if (this.#end && this.#take('$')) return { kind: 'set', set: END_SET }
    if ('*+?{}^$'.includes(this.#peek())) this.fail(`unexpected ${this.#peek()}`)
    const unit = this.#unit()
    return typeof unit === 'number' ? this.#single(unit) : { kind: 'set', set: unit }
  }

  #quantified(item: Pattern): Pattern {
    const bounds = this.#bounds()
    if (!bounds) return item
    const [min, max] = bounds
    if (min > max || min > MAX_REPEAT || (max > MAX_REPEAT && max !== Infinity)) this.fail('bad repeat')
    return this.#quantified({ kind: 'repeat', item, min, max })
  }

  #bounds(): readonly [number, number] | undefined {
    if (this.#take('?')) return [0, 1]
    if (this.#take('*')) return [0, Infinity]
    if (this.#take('+')) return [1, Infinity]
    if (!this.#take('{')) return undefined
    const min = this.#number() ?? this.fail('a number is missing')
    const max = this.#take(',') ? (this.#number() ?? Infinity) : min
    if (!this.#take('}')) this.fail('missing }')
    return [min, max]
  }

  #number(): number | undefined {
    const from = this.#at
    while (this.#peek() >= '0' && this.#peek() <= '9') this.#at++
    return this.#at === from ? undefined : Number(this.#source.slice(from, this.#at))
  }

  /** A class, its bracket taken: the same object for the same source, since rules repeat their classes. */
  #sharedClass(): Pattern {
    const from = this.#at
    let end = from
    while (end < this.#source.length && this.#source[end] !== ']') end += this.#source[end] === '\\' ? 2 : 1
    const key = (this.#fold ? 'i' : ' ') + this.#source.slice(from, end)
    const known = CLASSES.get(key)
    if (known) this.#at = end + 1
    const pattern = known ?? { kind: 'set', set: this.#class() }
    if (CLASSES.size < MOST_CLASSES) CLASSES.set(key, pattern)
    return pattern
  }

  #class(): CharSet {
    const negate = this.#take('^')
    const set = new Uint8Array(SYMBOLS + 1)
    while (!this.#take(']')) {
      if (this.done) this.fail('missing ]')
      const from = this.#unit()
      if (this.#peek() === '-' && this.#source[this.#at + 1] !== ']') {
        this.#at++
        this.#range(set, from, this.#unit())
      } else if (typeof from === 'number') set[from] = 1
      else add(set, from)
    }
    const folded = this.#folded(set)
    return negate ? negated(folded) : folded
  }

  #range(set: CharSet, low: CharSet | number, high: CharSet | number): void {
    if (typeof low !== 'number' || typeof high !== 'number' || low > high) this.fail('bad range')
    set.fill(1, low, high + 1)
  }

  /** One character or escape: its code, or the set that it names. */
  #unit(): CharSet | number {
    const c = this.#source[this.#at++]
    if (c === undefined) this.fail('unexpected end')
    if (c.charCodeAt(0) > 127) this.fail('only ASCII is allowed')
    if (c !== '\\') return c.charCodeAt(0)
    const escaped = this.#source[this.#at++] ?? this.fail('unexpected end')
    const named = NAMED[escaped] ?? CONTROLS[escaped]
    if (named) return named
    if (/[a-zA-Z0-9]/.test(escaped)) this.fail(`unknown escape \\${escaped}`)
    return escaped.charCodeAt(0)
  }

  #single(unit: number): Pattern {
    const singles = this.#fold ? FOLDED : SINGLES
    singles[unit] ??= { kind: 'set', set: this.#folded(charset(String.fromCharCode(unit))) }
    return singles[unit]
  }

  #folded(set: CharSet): CharSet {
    if (!this.#fold) return set
    const both = set.slice()
    for (let c = 97; c <= 122; c++) if (set[c] || set[c - 32]) both[c] = both[c - 32] = 1
    return both
  }

  #peek(): string {
    return this.#source[this.#at] ?? ''
  }

  #take(c: string): boolean {
    if (this.#source[this.#at] !== c) return false
    this.#at++
    return true
  }
}

const CLASSES = new Map<string, Pattern>()
const MOST_CLASSES = 4096
const SINGLES: Pattern[] = []
const FOLDED: Pattern[] = []

function charset(characters: string): CharSet {
  const set = new Uint8Array(SYMBOLS + 1)
  for (const c of characters) set[c.charCodeAt(0)] = 1
  return set
}

function negated(set: CharSet): CharSet {
  return set.map((bit, symbol) => (symbol === END ? 0 : 1 - bit))
}

function add(set: CharSet, other: CharSet): void {
  for (let i = 0; i < SYMBOLS; i++) if (other[i]) set[i] = 1
}

const END_SET = new Uint8Array(SYMBOLS + 1)
END_SET[END] = 1
const ANY: Pattern = { kind: 'set', set: negated(charset('\n')) }
const WORD = charset('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_')
const DIGIT = charset('0123456789')
const SPACE = charset(' \t\n\r\f\v')
const NAMED: Readonly<Record<string, CharSet>> = {
  w: WORD,
  W: negated(WORD),
  d: DIGIT,
  D: negated(DIGIT),
  s: SPACE,
  S: negated(SPACE),
}
const CONTROLS: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9 }
