/** A body as stretches of what bodies of its session brought anew: built from an earlier one's, written and read. Pure. */
import type { Likeness } from '../../likeness.ts'

/** Bytes that the body kept as `seq` brought anew: from `offset`, `length` of them. Never of a body that is made likewise. */
export interface Part {
  readonly seq: number
  readonly offset: number
  readonly length: number
}

/** The parts of a body in order. */
export type Recipe = readonly Part[]

/** The recipe of a body of which only the first and the last bytes stand elsewhere; `fresh` bytes of its own lie between. */
export function derive(base: Recipe, { prefix, suffix }: Likeness, seq: number, fresh: number): Recipe {
  const size = sizeOf(base)
  const own = fresh > 0 ? [{ seq, offset: 0, length: fresh }] : []
  return joined([...stretch(base, 0, prefix), ...own, ...stretch(base, size - suffix, size)])
}

export const sizeOf = (recipe: Recipe): number => recipe.reduce((total, { length }) => total + length, 0)

/** The parts from byte `from` to `to` of a body. */
function stretch(recipe: Recipe, from: number, to: number): Part[] {
  const parts: Part[] = []
  let at = 0
  for (const { seq, offset, length } of recipe) {
    const [start, end] = [Math.max(from - at, 0), Math.min(to - at, length)]
    if (start < end) parts.push({ seq, offset: offset + start, length: end - start })
    at += length
  }
  return parts
}

/** Neighbours that lie side by side where they come from are one part. */
function joined(parts: readonly Part[]): Part[] {
  const out: Part[] = []
  for (const part of parts) {
    const last = out.at(-1)
    if (last && last.seq === part.seq && last.offset + last.length === part.offset)
      out[out.length - 1] = { ...last, length: last.length + part.length }
    else out.push(part)
  }
  return out
}

/** Writes the recipe of the body kept as `seq`: a count, then for each part how far back its source is, offset, length. */
export function printRecipe(recipe: Recipe, seq: number): number[] {
  const out: number[] = []
  for (const value of [recipe.length, ...recipe.flatMap((part) => [seq - part.seq, part.offset, part.length])])
    printNumber(out, value)
  return out
}

/** Appends a number of 0 to 2^53 in base 128, low digits first (LEB128). */
export function printNumber(out: number[], value: number): void {
  let rest = value
  for (; rest > 127; rest = Math.floor(rest / 128)) out.push((rest % 128) + 128)
  out.push(rest)
}

/** Reads numbers one after the other. @throws RangeError at the end of the bytes */
export class Numbers {
  readonly #bytes: Uint8Array
  at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  next(): number {
    let value = 0
    for (let scale = 1; ; scale *= 128) {
      const digit = this.#bytes[this.at++]
      if (digit === undefined || scale > 2 ** 49) throw new RangeError('a number is cut short')
      value += (digit % 128) * scale
      if (digit < 128) return value
    }
  }
}

/** Reads what `printRecipe` wrote. @throws RangeError where it is cut short */
export function readRecipe(numbers: Numbers, seq: number): Part[] {
  const count = numbers.next()
  const parts: Part[] = []
  for (let at = 0; at < count; at++)
    parts.push({ seq: seq - numbers.next(), offset: numbers.next(), length: numbers.next() })
  return parts
}
