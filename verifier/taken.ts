/** Which entries an erasure or a purge says that it took (`took`), as docs/trail.md writes them. Pure. */
import type { Json } from './form.ts'

/** Numbers of entries from the first to before the second. */
export type Span = readonly [from: number, end: number]

/** In turn so many that were left out, from 1 on, and so many that were taken; undefined where nothing is said, or something else. */
export function spansOf({ took }: Json): Span[] | undefined {
  if (!Array.isArray(took) || took.length % 2 !== 0) return undefined
  const spans: Span[] = []
  let next = 1
  for (let at = 0; at < took.length; at += 2) {
    const [left, taken]: unknown[] = took.slice(at, at + 2)
    if (!isCount(left) || !isCount(taken) || !Number.isSafeInteger(next + left + taken)) return undefined
    spans.push([next + left, next + left + taken])
    next += left + taken
  }
  return spans
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0

/** Spans in order, none of which begins before the end of another. */
export function joined(spans: readonly Span[]): Span[] {
  const all: Span[] = []
  for (const [from, end] of [...spans].sort(([one], [other]) => one - other)) {
    const last = all.at(-1)
    if (last && from <= last[1]) all[all.length - 1] = [last[0], Math.max(last[1], end)]
    else all.push([from, end])
  }
  return all
}

/** Whether a number lies in one of such spans. */
export function lies(spans: readonly Span[], number: number): boolean {
  let [low, high] = [0, spans.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((spans[middle]?.[1] ?? 0) <= number) low = middle + 1
    else high = middle
  }
  return (spans[low]?.[0] ?? Number.POSITIVE_INFINITY) <= number
}
