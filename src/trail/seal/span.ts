/** Which leaves of a log are asked for: those of a period, with enough beside it to show that it is whole, or of an exchange. Reads the log. */
import type { LogFiles } from './files.ts'
import { parseLeaf } from './leaf.ts'
import { TILE } from './tiles.ts'

/**
 * The log has entries in the order in which they became durable, not by their times: leaves are shown until their times are so
 * far off the period, in ms.
 */
const MARGIN_MS = 60_000

/** Indexes. `first` to before `end`: from the first leaf of the period to its last; `from` to before `to`: all that is shown. */
export interface Span {
  readonly first: number
  readonly end: number
  readonly from: number
  readonly to: number
}

/** The leaves of a period: ms since the Unix epoch, `until` not included. Where none lies in it, those that stand beside it. */
export function spanOf(files: LogFiles, since: number, until: number): Span {
  let [first, end, cut, to] = [-1, -1, -1, -1]
  let [before, beforeFirst, beforeCut] = [-1, -1, -1]
  for (const [index, at] of timesOf(files)) {
    if (at === undefined) continue
    if (at >= since && at < until) {
      if (first < 0) [first, beforeFirst] = [index, before]
      end = index + 1
      to = -1
    } else if (at >= until) {
      if (cut < 0) [cut, beforeCut] = [index, before]
      if (to < 0 && at >= until + MARGIN_MS) to = index + 1
    } else if (at < since - MARGIN_MS) before = index
  }
  const whole = to < 0 ? files.size : to
  if (first >= 0) return { first, end, from: Math.max(0, beforeFirst), to: whole }
  const place = cut < 0 ? files.size : cut
  return { first: place, end: place, from: Math.max(0, cut < 0 ? before : beforeCut), to: whole }
}

function* timesOf(files: LogFiles): Iterable<readonly [index: number, at: number | undefined]> {
  for (let bundle = 0; bundle * TILE < files.size; bundle++)
    for (const [nth, leaf] of files.leaves(bundle).entries())
      yield [bundle * TILE + nth, parseLeaf(leaf.toString())?.at] as const
}

/** The indexes of the leaves in it, and those between them that tell no time. */
export function* within(files: LogFiles, { first, end }: Span, since: number, until: number): Iterable<number> {
  for (let index = first; index < end; index++) {
    const at = parseLeaf(files.leaf(index).toString())?.at
    if (at === undefined || (at >= since && at < until)) yield index
  }
}

/** The leaves of exchanges whose id begins so: in the log they stay when nothing is left of them in the record. */
export function* placesOf(
  files: LogFiles,
  prefix: string,
): Iterable<{ readonly index: number; readonly exchange: string }> {
  const begins = `"exchange":"${prefix}`
  for (let bundle = 0; bundle * TILE < files.size; bundle++)
    for (const [nth, leaf] of files.leaves(bundle).entries()) {
      const exchange = leaf.includes(begins) ? parseLeaf(leaf.toString())?.exchange : undefined
      if (exchange?.startsWith(prefix)) yield { index: bundle * TILE + nth, exchange }
    }
}
