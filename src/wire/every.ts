/** Every value of any JSON document that can say something, and where it stands. Knows no protocol. */
import { type Hole, readStrings } from './strings.ts'

/** A string, a key that is no plain word, or a number: UTF-16 offsets, of strings without their quotes, end exclusive. */
export interface Value {
  /** As `choices.0.delta.content`; a key's own path ends in `{key}`. */
  readonly path: string
  readonly kind: 'text' | 'key' | 'number'
  readonly start: number
  readonly end: number
  /** Decoded; a number as it is written. */
  readonly value: string
}

/** In the order in which they stand. @throws request.json, limit.depth */
export function valuesIn(text: string): Value[] {
  const holes: Hole[] = []
  const { spans } = readStrings(text, undefined, holes)
  const found = spans.map(
    ({ path, start, end, value }): Value => ({
      path,
      kind: path.endsWith('{key}') ? 'key' : 'text',
      start,
      end,
      value,
    }),
  )
  for (const { kind, path, start, end } of holes)
    if (kind === 'number') found.push({ path, kind, start, end, value: text.slice(start, end) })
  return found.sort((a, b) => a.start - b.start)
}
