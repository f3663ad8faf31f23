/**
 * How a stretch of a day file is looked through for a query. What few of its exchanges have leads, and what else is wanted is looked
 * up for each of those; where nothing is rare one word leads and the others are listed. Reads.
 */
import type { Select, Stretch } from './select.ts'

/** Fewer than this are looked up one by one, some 30 µs each; no more of anything is counted. */
const FEW = 300

/** A statement, from `FROM` on. */
export interface Plan {
  readonly text: string
  readonly values: readonly string[]
  /** Whether the index of words leads, so that an exchange may come twice, as its own neighbour. */
  readonly driven: boolean
}

/** Undefined where the stretch has no answer. */
export function planOf(select: Select, stretch: Stretch): Plan | undefined {
  const { words, without } = select
  const where = whereOf(select, stretch)
  const { facts, each } = countsOf(select, stretch, where)
  const least = Math.min(facts, ...each)
  if (least === 0) return undefined
  const leading = facts < FEW && facts === least ? undefined : words[each.indexOf(least)]
  const others = words.filter((word) => word !== leading)
  const holding = least < FEW ? LOOKED_UP : `e.seq IN (SELECT rowid >> 1 FROM words WHERE ${wordsIn(stretch)})`
  const all = [where, ...others.map(() => holding), ...without.map(() => `NOT ${holding}`)].join(' AND ')
  const values = [...(leading === undefined ? [] : [leading]), ...others, ...without]
  if (leading === undefined) return { text: `exchanges e WHERE ${all}`, values, driven: false }
  const joined = 'words CROSS JOIN exchanges e ON e.seq = words.rowid >> 1'
  return { text: `${joined} WHERE ${wordsIn(stretch)} AND ${all}`, values, driven: true }
}

const LOOKED_UP = 'EXISTS (SELECT 1 FROM words WHERE words MATCH ? AND rowid BETWEEN 2 * e.seq AND 2 * e.seq + 1)'

/** Rows of the index of words: the prompt's is 2·seq, the reply's the next. */
const wordsIn = ({ above, to }: Stretch): string =>
  `words MATCH ? AND words.rowid > ${2 * above + 1} AND words.rowid <= ${2 * to + 1}`

const whereOf = ({ clauses }: Select, stretch: Stretch): string =>
  [`e.seq > ${stretch.above} AND e.seq <= ${stretch.to}`, ...clauses.map((clause) => clause(stretch))].join(' AND ')

/** How many exchanges have the facts, and how many texts each word, at most FEW; that many too where there is no choice. */
function countsOf({ day, words, without, isNarrow }: Select, stretch: Stretch, where: string) {
  if (words.length + without.length + Number(isNarrow) < 2) return { facts: FEW, each: words.map(() => FEW) }
  const count = (from: string, ...values: readonly string[]): number =>
    day.file.once<{ found: number }>(`SELECT count(*) AS found FROM (SELECT 1 FROM ${from} LIMIT ${FEW})`, ...values)[0]
      ?.found ?? 0
  return {
    facts: isNarrow ? count(`exchanges e WHERE ${where}`) : FEW,
    each: words.map((word) => count(`words WHERE ${wordsIn(stretch)}`, word)),
  }
}
