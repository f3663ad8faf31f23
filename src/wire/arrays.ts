/** Where the elements of the arrays at the top of a JSON object stand. Reads no value; trusts that the text is valid JSON. */

/** One array: `key` as it is written, and for each element its offset and the offset after it. */
export interface Stands {
  readonly key: string
  readonly starts: readonly number[]
  readonly ends: readonly number[]
}

const QUOTE = 34
const COMMA = 44
const OPEN_ARRAY = 91
const BACKSLASH = 92
const CLOSE_ARRAY = 93
const OPEN_OBJECT = 123
const CLOSE_OBJECT = 125

/**
 * The arrays that are values of the outermost object, in order; of arrays under one key the last, as parsers do. None
 * where a key is written with an escape, for then it may be another's double. Offsets are in units of `text`: give it
 * as latin1 for offsets in bytes.
 */
export function arraysOf(text: string): Stands[] {
  if (!/^\s*\{/.test(text)) return []
  const found = new Map<string, Stands>()
  let [at, depth, key] = [0, 0, '']
  let open: { starts: number[]; ends: number[] } | undefined
  let begun = -1
  const finish = (end: number) => {
    if (open && begun >= 0) open.starts.push(begun) && open.ends.push(end)
    begun = -1
  }
  let last = 0
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code <= 32) continue
    if (code === COMMA && depth === 2 && open) finish(last)
    else if (code === CLOSE_ARRAY || code === CLOSE_OBJECT) {
      if (--depth === 1 && open) {
        finish(last)
        found.set(key, { key, ...open })
        open = undefined
      }
    } else {
      if (depth === 2 && open && begun < 0) begun = at
      if (code === QUOTE) {
        const end = closing(text, at)
        if (depth === 1 && isKey(text, end + 1)) {
          key = text.slice(at + 1, end)
          if (key.includes('\\')) return []
          found.delete(key)
        }
        at = end
      } else if (code === OPEN_OBJECT) depth++
      else if (code === OPEN_ARRAY && ++depth === 2) open = { starts: [], ends: [] }
    }
    last = at + 1
  }
  return [...found.values()]
}

/** The offset of the quote that ends the string which begins at `from`. */
function closing(text: string, from: number): number {
  for (let quote = text.indexOf('"', from + 1); quote > 0; quote = text.indexOf('"', quote + 1)) {
    let before = quote - 1
    while (text.charCodeAt(before) === BACKSLASH) before--
    if ((quote - before) % 2 === 1) return quote
  }
  return text.length
}

/** Whether a colon comes next. */
function isKey(text: string, from: number): boolean {
  let at = from
  while (text.charCodeAt(at) <= 32) at++
  return text.charCodeAt(at) === 58
}
