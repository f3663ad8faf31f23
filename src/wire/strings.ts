/** Finds every string of a JSON text and where it stands. One pass, no recursion; changes nothing. Source: RFC 8259. */
import { Fault } from '#exchange'
import { type Field, type Tree, WHOLE } from './fields.ts'

/** Nesting beyond this is refused. */
const DEEPEST = 200

/** A string's place: UTF-16 offsets of its inside, without quotes, end exclusive. */
export interface Span {
  /** `choices.0.delta.content`; a key's own path ends in `{key}`. */
  readonly path: string
  /** Undefined where the table does not know the path. */
  readonly field: Field | undefined
  readonly start: number
  readonly end: number
  readonly value: string
}

export interface Strings {
  readonly spans: readonly Span[]
  /** Every number at a path whose last step is in `numbers`, by path. */
  readonly numbers: ReadonlyMap<string, number>
  /** A key that stands twice in one object: parsers differ on which one counts. */
  readonly doubled: string | undefined
}

/**
 * A value that does not decide how its document is read: a string that continues a lane, one that is inert, a number
 * that tells no position. UTF-16 offsets, of a string without its quotes, end exclusive.
 */
export interface Hole {
  readonly kind: 'delta' | 'inert' | 'number'
  readonly path: string
  readonly start: number
  readonly end: number
}

interface Level {
  readonly array: boolean
  readonly tree: Tree | undefined
  /** The path of the object or array itself, with a dot after it unless it is the root. */
  readonly prefix: string
  step: string | number
  /** The keys so far. */
  keys: string[] | Set<string>
}

const QUOTE = 34
const BACKSLASH = 92
const POSITIONS = new Set(['index', 'output_index', 'content_index', 'summary_index', 'command_index'])
/** Words without digits, in lower case but for the first letters of camelCase: no token looks so. */
const PLAIN_KEY = /^[_$@]?[a-z]+(?:[A-Z_-][a-z]+)*$/
const LONGEST_PLAIN_KEY = 40

/**
 * Reads a whole JSON document. Whoever brings `holes` gets there, in order, what could have been otherwise without
 * another path, field or position; an empty string and base64 are none.
 * @throws request.json with the offset where it breaks; limit.depth
 */
export function readStrings(text: string, tree?: Tree, holes?: Hole[]): Strings {
  return new Reader(text, tree, holes).read()
}

class Reader {
  readonly #text: string
  readonly #spans: Span[] = []
  readonly #numbers = new Map<string, number>()
  readonly #levels: Level[] = []
  readonly #root: Tree | undefined
  readonly #holes: Hole[] | undefined
  #at = 0
  #doubled: string | undefined

  constructor(text: string, tree: Tree | undefined, holes: Hole[] | undefined) {
    this.#text = text
    this.#root = tree
    this.#holes = holes
  }

  read(): Strings {
    this.#value(this.#root)
    while (this.#levels.length) this.#next(this.#levels[this.#levels.length - 1] as Level)
    this.#space()
    if (this.#at < this.#text.length) this.#broken()
    return { spans: this.#spans, numbers: this.#numbers, doubled: this.#doubled }
  }

  /** Reads one value; an object or an array only opens a level. */
  #value(tree: Tree | undefined): void {
    const code = this.#space()
    if (code === QUOTE) this.#string(tree?.field)
    else if (code === 123 || code === 91) this.#open(code === 91, tree)
    else if (code === 45 || (code >= 48 && code <= 57)) this.#number()
    else this.#word()
  }

  #open(array: boolean, tree: Tree | undefined): void {
    this.#at++
    if (this.#levels.length >= DEEPEST) throw new Fault('limit.depth', `more than ${DEEPEST} levels`)
    const close = array ? 93 : 125
    if (this.#space() === close) {
      this.#at++
      return
    }
    const prefix = this.#levels.length ? `${this.#path()}.` : ''
    const level: Level = { array, tree, prefix, step: array ? 0 : '', keys: array ? NO_KEYS : [] }
    this.#levels.push(level)
    this.#member(level)
  }

  /** After a value: a comma and the next member, or the level's end. */
  #next(level: Level): void {
    const code = this.#space()
    this.#at++
    if (code === 44) {
      if (level.array) level.step = (level.step as number) + 1
      this.#member(level)
    } else if (code === (level.array ? 93 : 125)) this.#levels.pop()
    else this.#broken(-1)
  }

  #member(level: Level): void {
    if (!level.array) this.#key(level)
    const { tree } = level
    this.#value(tree && ((level.array ? undefined : tree.keys.get(level.step as string)) ?? tree.any))
  }

  #key(level: Level): void {
    if (this.#space() !== QUOTE) this.#broken()
    const start = this.#at + 1
    const end = this.#close()
    const key = this.#decoded(start, end)
    level.step = key
    if (!isNew(level, key)) this.#doubled ??= this.#path()
    if (key !== '' && !level.tree?.keys.has(key) && (key.length > LONGEST_PLAIN_KEY || !PLAIN_KEY.test(key)))
      this.#spans.push({ path: `${this.#path()}{key}`, field: WHOLE, start, end, value: key })
    if (this.#space() !== 58) this.#broken()
    this.#at++
  }

  #string(field: Field | undefined): void {
    const start = this.#at + 1
    const end = this.#close()
    if (start === end) return
    const value = this.#decoded(start, end)
    if (field?.how !== 'whole' && field?.only === undefined)
      this.#holes?.push({ kind: field?.how ?? 'delta', path: this.#path(), start, end })
    if (field?.how !== 'inert') this.#spans.push({ path: this.#path(), field, start, end, value })
    else if (field.only !== undefined && !isBase64(value, field.only))
      this.#spans.push({ path: this.#path(), field: WHOLE, start, end, value })
  }

  /** Moves past the string that begins here; the offset of its closing quote. */
  #close(): number {
    const text = this.#text
    let quote = text.indexOf('"', this.#at + 1)
    while (quote > 0 && this.#escaped(quote)) quote = text.indexOf('"', quote + 1)
    if (quote < 0) {
      this.#at = text.length
      this.#broken()
    }
    this.#at = quote + 1
    return quote
  }

  /** Whether an odd number of backslashes stands before this offset. */
  #escaped(offset: number): boolean {
    let before = offset - 1
    while (before > this.#at && this.#text.charCodeAt(before) === BACKSLASH) before--
    return (offset - 1 - before) % 2 === 1
  }

  #decoded(start: number, end: number): string {
    const inside = this.#text.slice(start, end)
    if (!inside.includes('\\') && !CONTROL.test(inside)) return inside
    try {
      return JSON.parse(`"${inside}"`) as string
    } catch (cause) {
      throw new Fault('request.json', `at ${start}`, { cause })
    }
  }

  #number(): void {
    NUMBER.lastIndex = this.#at
    const found = NUMBER.exec(this.#text)?.[0] ?? this.#broken()
    const start = this.#at
    this.#at += found.length
    const step = this.#levels[this.#levels.length - 1]?.step
    if (typeof step === 'string' && POSITIONS.has(step)) this.#numbers.set(this.#path(), Number(found))
    else this.#holes?.push({ kind: 'number', path: this.#path(), start, end: this.#at })
  }

  #word(): void {
    for (const word of ['true', 'false', 'null'])
      if (this.#text.startsWith(word, this.#at)) {
        this.#at += word.length
        return
      }
    this.#broken()
  }

  /** Skips white space; the code of the next character, NaN at the end. */
  #space(): number {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at)
      if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return code
      this.#at++
    }
  }

  #path(): string {
    const level = this.#levels[this.#levels.length - 1]
    return level ? level.prefix + level.step : ''
  }

  /** @throws request.json */
  #broken(back = 0): never {
    throw new Fault('request.json', `at ${this.#at + back}`)
  }
}

const NO_KEYS: string[] = []
/** More keys are looked up, not gone through. */
const MANY_KEYS = 16

function isNew(level: Level, key: string): boolean {
  const { keys } = level
  if (Array.isArray(keys)) {
    if (keys.includes(key)) return false
    if (keys.push(key) > MANY_KEYS) level.keys = new Set(keys)
    return true
  }
  if (keys.has(key)) return false
  keys.add(key)
  return true
}

/** A JSON number, where `lastIndex` stands. */
export const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y

/** Shorter ones are scanned: a lone token is of the same alphabet. */
const SHORTEST_BASE64 = 256

/** Whether a text is a file in base64, as it is or as a data URL (RFC 2397). */
export function isBase64(text: string, first: '' | 'data:'): boolean {
  if (text.length < SHORTEST_BASE64) return false
  const from = first === '' ? 0 : DATA_HEAD.exec(text.slice(0, SHORTEST_BASE64))?.[0].length
  if (from === undefined) return false
  for (let at = from; at < text.length; at++) if (!BASE64_CODES[text.charCodeAt(at)]) return false
  return true
}

const DATA_HEAD = /^data:[\w/+.;=-]{1,128};base64,/
/** Below the first printable character. */
const CONTROL = /[^ -\uffff]/
const BASE64_CODES = Uint8Array.from({ length: 128 }, (_, code) => (/[\w+/=-]/.test(String.fromCharCode(code)) ? 1 : 0))

/** Writes new values at their places, escaped as JSON; edits must be sorted and must not overlap. */
export function splice(text: string, edits: readonly { start: number; end: number; value: string }[]): string {
  let out = ''
  let from = 0
  for (const { start, end, value } of edits) {
    out += text.slice(from, start) + JSON.stringify(value).slice(1, -1)
    from = end
  }
  return out + text.slice(from)
}
