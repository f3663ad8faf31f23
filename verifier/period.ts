/** Holds the leaves of a bundle to the question: the period or the places that were asked for, none left out. Reads no file. */
import { type Placed, placed } from './entry.ts'
import { type Asked, type Line, type Range, timeOf } from './form.ts'
import { bytesOf, type Checkpoint, leafHash, rootOver } from './log.ts'

/** Whether a leaf tells its place alone: the entry was gone before it was sealed, or not written by who had the record’s key. */
const isBlank = (kind: unknown): boolean => kind === 'absent' || kind === 'unproven'

/** Whether the leaf of an entry lies in what was asked for. One that tells its place alone may. */
export function isAsked({ at, exchange, kind }: Placed, index: number, asked: Asked): boolean {
  if (asked.kind === 'exchange') return exchange === asked.exchange || isBlank(kind)
  if (asked.kind === 'between') return index >= asked.from && index < asked.to
  if (asked.kind === 'query' || isBlank(kind)) return true
  return typeof at === 'number' && at >= (asked.after ?? 0) && at < (asked.before ?? Number.POSITIVE_INFINITY)
}

/** The first and the last leaf that is shown: their numbers, and their times as ms since the Unix epoch. */
export interface Edges {
  readonly first: { readonly number: number; readonly at?: number }
  readonly last: { readonly number: number; readonly at?: number }
  /** How far a leaf’s time lies before that of one that stands before it, at most, in ms. */
  readonly back: number
}

interface Shown {
  readonly range: Range
  readonly leaves: readonly (Pick<Line, 'leaf'> & { readonly index: number })[]
  /** The entries that are shown, by index: their leaves. */
  readonly entries: ReadonlyMap<number, string>
  /** The first and the last of those indexes. */
  readonly span: readonly [first: number, last: number]
  readonly asked: Asked
  readonly checkpoint: Checkpoint
}

/** All leaves of the range are there, they and what stands beside them make the root, and each that was asked for is an entry. */
export function checkRange(shown: Shown, wrong: (what: string) => void): Edges | undefined {
  const { range, leaves, entries, asked, checkpoint } = shown
  const trees = (side: Range['before']) => side.map(([height, hash]) => [height, bytesOf(hash)] as const)
  const own = leaves.map(({ leaf }) => [0, leafHash(leaf)] as const)
  const left = trees(range.before)
  const start = left.reduce((sum, [height]) => sum + 2 ** height, 0)
  const root = rootOver([...left, ...own, ...trees(range.after)], checkpoint.size)
  if (!root?.equals(checkpoint.root) || start !== range.first || own.length !== range.end - range.first)
    wrong('the leaves of the period are not all there, or not as they were sealed')
  const times = leaves.map(({ leaf }, at) => {
    const index = range.first + at
    if (leaves[at]?.index !== index) wrong(`leaf ${index + 1} stands in another place`)
    const own = placed(leaf, index)
    if (entries.has(index) ? entries.get(index) !== leaf : isWanted(own, index, shown))
      wrong(`entry ${index + 1} of the period is left out`)
    return typeof own.at === 'number' ? own.at : undefined
  })
  checkEdges(times, range, asked, checkpoint, wrong)
  return edgesOf(times, range.first)
}

/** Of one that tells its place alone no time is known: it is wanted between two that are shown. */
function isWanted(leaf: Placed, index: number, { asked, span: [first, last] }: Shown): boolean {
  if (!isBlank(leaf.kind) || asked.kind === 'between') return isAsked(leaf, index, asked)
  return index > first && index < last
}

function checkEdges(
  times: readonly (number | undefined)[],
  { first, end }: Range,
  asked: Asked,
  { size }: Checkpoint,
  wrong: (what: string) => void,
): void {
  if (asked.kind === 'between') {
    if (first !== asked.from || end !== asked.to)
      wrong('the leaves are not those between the places that were asked for')
    return
  }
  if (asked.kind !== 'period') return
  const [begin, close] = [times[0], times.at(-1)]
  if (first > 0 && !(begin !== undefined && begin < (asked.after ?? 0)))
    wrong(`the first leaf that is shown, ${first + 1} of ${timeOf(begin)}, is not before the period`)
  if (end < size && !(close !== undefined && close >= (asked.before ?? Number.POSITIVE_INFINITY)))
    wrong(`the last leaf that is shown, ${end} of ${timeOf(close)}, is not behind the period`)
}

/** The edges of leaves with these times, the first of which has the index `first`; undefined where there is none. */
export function edgesOf(times: Iterable<number | undefined>, first: number): Edges | undefined {
  let [count, begin, close]: [number, number | undefined, number | undefined] = [0, undefined, undefined]
  let [latest, back] = [Number.NEGATIVE_INFINITY, 0]
  for (const at of times) {
    if (count === 0) begin = at
    count += 1
    close = at
    if (at === undefined) continue
    back = Math.max(back, latest - at)
    latest = Math.max(latest, at)
  }
  if (count === 0) return undefined
  const edge = (number: number, at: number | undefined) => ({ number, ...(at !== undefined && { at }) })
  return { first: edge(first + 1, begin), last: edge(first + count, close), back }
}
