/** What a string says that is JSON itself, such as the arguments of a tool call. Changes nothing. */
import { Fault } from '#exchange'
import { type Value, valuesIn } from '#wire'
import type { Work } from './words.ts'

/** A shorter number is no trace. */
export const LONG_NUMBER = /^-?\d{8,}$/
const BACKSLASH = 92
/** A line that may be JSON. */
const LINE = /^[ \t]*[{[].*$/gm
/** Lines between two steps. */
const STEP = 64
/** An object or a list; words in brackets are none. */
const BEGINS = /^\s*(?:\{\s*(?:["}]|$)|\[\s*(?:["[{\]\d-]|true|false|null|$))/

/** The values of a text that is JSON; of one that breaks off its strings. Undefined where it is none. */
export function nestedIn(text: string, mayBreakOff: boolean): readonly Value[] | undefined {
  if (!BEGINS.test(text.slice(0, 64))) return undefined
  try {
    return valuesIn(text).filter(({ kind, value }) => kind !== 'number' || LONG_NUMBER.test(value))
  } catch (error) {
    if (!(error instanceof Fault)) throw error
  }
  return mayBreakOff ? stringsIn(text) : undefined
}

/** The values of each line that is JSON of itself, as logs have them. None: no line is. */
export function* inLines(text: string): Work<readonly Value[]> {
  const found: Value[] = []
  let count = 0
  for (const { index, 0: line } of text.matchAll(LINE)) {
    if (++count % STEP === 0) yield
    for (const one of nestedIn(line, false) ?? [])
      found.push({ ...one, start: index + one.start, end: index + one.end })
  }
  return found
}

function stringsIn(text: string): Value[] {
  const found: Value[] = []
  for (let quote = text.indexOf('"'); quote >= 0; quote = text.indexOf('"', quote)) {
    const start = quote + 1
    const end = closeOf(text, start)
    found.push({ path: '', kind: 'text', start, end, value: decoded(text.slice(start, end)) })
    quote = end + 1
  }
  return found
}

/** The offset of the quote that ends a string, or of the end of the text. */
function closeOf(text: string, start: number): number {
  for (let at = text.indexOf('"', start); at >= 0; at = text.indexOf('"', at + 1)) {
    let before = at
    while (before > start && text.charCodeAt(before - 1) === BACKSLASH) before--
    if ((at - before) % 2 === 0) return at
  }
  return text.length
}

/** An escape that breaks off says nothing yet. */
function decoded(inside: string): string {
  const whole = inside.replace(/(?<!\\)((?:\\\\)*)\\(?:u[\da-f]{0,3})?$/i, '$1').replace(/[\r\n]/g, ' ')
  try {
    return JSON.parse(`"${whole}"`) as string
  } catch {
    return inside
  }
}

/** Keys for a JSON text that do not stand in it yet, so that no two are one. */
export function freshKeys(json: string): (key: string) => string {
  let count = 0
  let known: ReadonlySet<string> | undefined
  return (key) => {
    known ??= new Set(json.match(/"\[masked:erased\][ \d]*"/g))
    let fresh = key
    do fresh = ++count === 1 ? key : `${key} ${count}`
    while (known.has(`"${fresh}"`))
    return fresh
  }
}
