/** How many values a JSON text has, before anything is built of it. Reads no value. */
import { Fault } from '#exchange'

const MOST = 500_000
const COMMA = 44
const QUOTE = 34
const BACKSLASH = 92
const OPEN_ARRAY = 91
const OPEN_OBJECT = 123
/** UTF-8 has a value in two bytes at least. */
const SHORTEST = 2 * MOST

/**
 * Refuses a body of so many small values that reading it would keep all others waiting. What is no JSON passes.
 * @throws limit.values
 */
export function checkValues(bytes: Buffer): void {
  if (bytes.length < SHORTEST || !/^\s*[[{]/.test(bytes.toString('latin1', 0, 64))) return
  let values = 0
  for (let at = 0; at < bytes.length; at++) {
    const code = bytes[at]
    if (code === QUOTE) at = closing(bytes, at)
    else if (code === COMMA || code === OPEN_ARRAY || code === OPEN_OBJECT) values++
    if (values > MOST) throw new Fault('limit.values', `more than ${MOST}`)
  }
}

/** The offset of the quote that ends the string which begins at `from`. */
function closing(bytes: Buffer, from: number): number {
  for (let quote = bytes.indexOf(QUOTE, from + 1); quote > 0; quote = bytes.indexOf(QUOTE, quote + 1)) {
    let before = quote - 1
    while (bytes[before] === BACKSLASH) before--
    if ((quote - before) % 2 === 1) return quote
  }
  return bytes.length
}
