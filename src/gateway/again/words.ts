/** A text as an erasure compares it: its lines, and the words in them, whatever stands between. Pure; linear in the text. */
import { createHash } from 'node:crypto'

/** UTF-16 offsets, end exclusive. */
export interface Stretch {
  readonly start: number
  readonly end: number
}

/** A line without the space around it, and its words: `from` to `to` (exclusive) of all words of the text. */
export interface Line extends Stretch {
  readonly value: string
  readonly from: number
  readonly to: number
}

export interface Worded {
  readonly lines: readonly Line[]
  /** In NFC, as they are compared. */
  readonly words: readonly string[]
  readonly starts: readonly number[]
  readonly ends: readonly number[]
  /** Words before which something was taken out: no run of words goes on there. */
  readonly fresh: ReadonlySet<number>
}

/** Work in steps: others may go on between two of them. */
export type Work<Result> = Generator<undefined, Result, undefined>

/** What stands in the place of what was erased. */
export const MARK = '[masked:erased]'

/** What ends a line; a file within a text is a line of its own. */
const BREAK = /\r\n|[\n\r\v\f\u0085\u2028\u2029]|\[masked:erased\]|;base64,/g
/** Scripts that put no space between words: each of their letters is one. */
const WORD =
  /[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}]\p{M}*|[[\p{L}\p{N}\p{M}_]--[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}]]+/gv
const PLAIN_WORD = /\w+/g
const BEYOND_ASCII = /[\u0080-\uffff]/
/** A file in base64, a key or the like, whatever stands around it; it is a word where it is long. */
const BLOB = /\w[\w+/-]*={0,2}/g
const LONG = 256
/** A letter as JSON and code escape it; and what breaks a line there: no word begins with its letter. */
const ESCAPED = /\\+u([\da-fA-F]{4})/g
const ESCAPED_BREAK = /\\[nrt]/g
/** Letters of which a few are a sentence. */
const DENSE = /[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Hang}]/gv
const DENSITY = 3
/** A longer text says enough anyhow. */
const DENSELY = 64
/** Before the digest that stands for a blob: no word begins so. */
const BLOB_SIGN = '='
/** UTF-16 units between two steps. */
const STEP = 16_384
/** And words. */
const WORDS = 4096
/** Letters of a blob between two steps. */
const HASHED = 2 ** 20

/** How much a text says, in letters of an alphabet. */
export const weightOf = (text: string): number =>
  text.length < DENSELY && BEYOND_ASCII.test(text)
    ? text.length + (DENSITY - 1) * (text.match(DENSE)?.length ?? 0)
    : text.length

/** Whether a word is a blob: it says enough alone. */
export const isBlob = (word: string): boolean => word.startsWith(BLOB_SIGN)

export function* wordsIn(text: string): Work<Worded> {
  const found = { lines: [] as Line[], words: [] as string[], starts: [] as number[], ends: [] as number[] }
  const fresh = new Set<number>()
  let [from, told] = [0, 0]
  for (const { index, 0: sign } of text.matchAll(BREAK)) {
    yield* addLine(found, text, from, index)
    from = index + sign.length
    if (sign === MARK) fresh.add(found.words.length)
    if (from - told < STEP) continue
    told = from
    yield
  }
  yield* addLine(found, text, from, text.length)
  return { ...found, fresh }
}

interface Growing {
  readonly lines: Line[]
  readonly words: string[]
  readonly starts: number[]
  readonly ends: number[]
}

function* addLine(growing: Growing, text: string, from: number, to: number): Work<void> {
  const whole = text.slice(from, to)
  const value = whole.trim()
  if (value === '') return
  const start = from + whole.length - whole.trimStart().length
  const first = growing.words.length
  let [at, count] = [0, 0]
  const read = value.includes('\\') ? value.replace(ESCAPED_BREAK, '  ') : value
  for (const { index, 0: blob } of read.length < LONG ? [] : read.matchAll(BLOB)) {
    if (++count % WORDS === 0) yield
    if (blob.length < LONG) continue
    yield* addWords(growing, read.slice(at, index), start + at)
    at = index + blob.length
    growing.words.push(yield* signOf(blob))
    growing.starts.push(start + index)
    growing.ends.push(start + at)
  }
  yield* addWords(growing, at === 0 ? read : read.slice(at), start + at)
  growing.lines.push({ value, start, end: start + value.length, from: first, to: growing.words.length })
}

function* addWords({ words, starts, ends }: Growing, value: string, start: number): Work<void> {
  const { read, places } = yield* unescaped(value)
  const isPlain = !BEYOND_ASCII.test(read)
  for (const { index, 0: word } of read.matchAll(isPlain ? PLAIN_WORD : WORD)) {
    const end = index + word.length
    words.push(isPlain || word.length === 1 ? word : word.normalize())
    starts.push(start + (places?.[index] ?? index))
    ends.push(start + (places?.[end] ?? end))
    if (words.length % WORDS === 0) yield
  }
}

function* signOf(blob: string): Work<string> {
  const hash = createHash('sha256')
  for (let at = 0; at < blob.length; at += HASHED) {
    if (at > 0) yield
    hash.update(blob.slice(at, at + HASHED))
  }
  return BLOB_SIGN + hash.digest('base64')
}

/** A line with its letters instead of their escapes, and where each of them begins, with the end of all; undefined: where it stands. */
function* unescaped(value: string): Work<{ readonly read: string; readonly places?: Uint32Array }> {
  if (!value.includes('\\u')) return { read: value }
  const places = new Uint32Array(value.length + 1)
  let [read, from, count] = ['', 0, 0]
  const take = (part: string, at: number) => {
    for (let nth = 0; nth < part.length; nth++) places[read.length + nth] = at + nth
    read += part
  }
  for (const { index, 0: sign, 1: code = '' } of value.matchAll(ESCAPED)) {
    take(value.slice(from, index), from)
    take(String.fromCharCode(Number.parseInt(code, 16)), index)
    from = index + sign.length
    if (++count % WORDS === 0) yield
  }
  take(value.slice(from), from)
  places[read.length] = value.length
  return { read, places }
}
