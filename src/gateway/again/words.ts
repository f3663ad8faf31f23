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
  /** Files in base64, keys and the like: `from` to `to` (exclusive) of all words. */
  readonly blobs: readonly { readonly from: number; readonly to: number }[]
  /** Words before which something was taken out: no run of words goes on there. */
  readonly fresh: ReadonlySet<number>
}

/** Work in steps: others may go on between two of them. */
export type Work<Result> = Generator<undefined, Result, undefined>

/** What stands in the place of what was erased. */
export const MARK = '[masked:erased]'

/** What ends a line; a file within a text is a line of its own. */
const BREAK = /\r\n|[\n\r\v\f\u0085\u2028\u2029]|\[masked:erased\]|;base64,/g
/** Scripts that put no space between words: each of their letters is one. Within others `_` is a letter, at their edges a sign. */
const DENSE_LETTER = '[\\p{scx=Han}\\p{scx=Hira}\\p{scx=Kana}\\p{scx=Thai}\\p{scx=Laoo}\\p{scx=Khmr}\\p{scx=Mymr}]'
const LETTER = `[[\\p{L}\\p{N}\\p{M}]--${DENSE_LETTER}]`
const WORD = new RegExp(`${DENSE_LETTER}\\p{M}*|${LETTER}(?:[${LETTER}_]*${LETTER})?`, 'gv')
const PLAIN_WORD = /[a-z\d](?:\w*[a-z\d])?/gi
const BEYOND_ASCII = /[\u0080-\uffff]/
/** A longer word is compared as it stands: to bring its marks in order takes the square of their number. */
const NORMALIZED = 256
/** A file in base64, a key or the like: so many of its letters and signs in a row. */
const BLOB = /[\w+/-]{256,}/g
const LONG = 256
const BLOB_WORD = /[a-z\d]+/gi
/** A word of it says enough alone where it is so long, and of so many letters; what is longer is kept as its digest. */
const ALONE = 64
const VARIED = 8
/** A long row of the same few letters, as zeros are in base64: it is in many files, and says nothing. */
const FEW = '…'
/** A letter as JSON and code escape it; and what breaks a line there: no word begins with its letter. */
const ESCAPED = /(?<!\\)\\+u([\da-fA-F]{4})/g
const ESCAPED_BREAK = /\\[nrt]/g
/** Letters of which a few are a sentence. */
const DENSE = /[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Hang}]/gv
const DENSITY = 3
/** A longer text says enough anyhow. */
const DENSELY = 64
/** Before the digest that stands for a long word of a blob: no word begins so. */
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

/** Whether a word is one of a blob that says enough alone. */
export const isBlob = (word: string): boolean => word.startsWith(BLOB_SIGN)

export function* wordsIn(text: string): Work<Worded> {
  const found: Growing = { lines: [], words: [], starts: [], ends: [], blobs: [] }
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
  readonly blobs: { readonly from: number; readonly to: number }[]
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
    yield* addWords(growing, read.slice(at, index), start + at)
    at = index + blob.length
    yield* addBlob(growing, blob, start + index)
  }
  yield* addWords(growing, at === 0 ? read : read.slice(at), start + at)
  growing.lines.push({ value, start, end: start + value.length, from: first, to: growing.words.length })
}

function* addWords({ words, starts, ends }: Growing, value: string, start: number): Work<void> {
  const { read, places } = yield* unescaped(value)
  const isPlain = !BEYOND_ASCII.test(read)
  for (const { index, 0: word } of read.matchAll(isPlain ? PLAIN_WORD : WORD)) {
    const end = index + word.length
    words.push(isPlain || word.length === 1 || word.length > NORMALIZED ? word : word.normalize())
    starts.push(start + (places?.[index] ?? index))
    ends.push(start + (places?.[end] ?? end))
    if (words.length % WORDS === 0) yield
  }
}

/** Its signs stand between words: a path or a name before it, or a sign behind it, makes no other word of the rest. */
function* addBlob({ words, starts, ends, blobs }: Growing, blob: string, start: number): Work<void> {
  const from = words.length
  for (const { index, 0: word } of blob.matchAll(BLOB_WORD)) {
    words.push(word.length < ALONE ? word : yield* signOf(word))
    starts.push(start + index)
    ends.push(start + index + word.length)
    if (words.length % WORDS === 0) yield
  }
  blobs.push({ from, to: words.length })
}

function* signOf(word: string): Work<string> {
  if (!isVaried(word)) return FEW
  const hash = createHash('sha256')
  for (let at = 0; at < word.length; at += HASHED) {
    if (at > 0) yield
    hash.update(word.slice(at, at + HASHED))
  }
  return BLOB_SIGN + hash.digest('base64')
}

function isVaried(word: string): boolean {
  const letters = new Set<string>()
  for (let at = 0; at < word.length && letters.size < VARIED; at++) letters.add(word[at] as string)
  return letters.size >= VARIED
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
