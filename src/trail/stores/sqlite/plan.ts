/**
 * How a stretch of a day file is looked through for a query. What is rarest in it leads; what else is wanted is listed, or looked up
 * for each of the rare ones where listing takes longer. How rare something is, the first of it tell. Reads.
 */
import type { Select, Wanted } from './select.ts'
import type { Stretch } from './stretch.ts'

/** So many of each are counted, which takes a tenth of a millisecond; where there are more, their distance tells how many. */
const SAMPLE = 200
/** One word is looked up for one exchange in the time in which so many texts that hold it are listed: 75 µs. */
const LOOK_UP = 400

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
  const counts = countsOf(select, stretch, where)
  const least = Math.min(counts.facts, ...words.map(counts.of))
  if (least === 0) return undefined
  const leading = counts.facts === least ? undefined : words.find((word) => counts.of(word) === least)
  const others = words.filter((word) => word !== leading)
  const listed = `e.seq IN (SELECT rowid >> 1 FROM words WHERE ${wordsIn(stretch)})`
  const holding = (word: Wanted) => (!isPhrase(word) && counts.of(word) > LOOK_UP * least ? LOOKED_UP : listed)
  const all = [where, ...others.map(holding), ...without.map((word) => `NOT ${holding(word)}`)].join(' AND ')
  const values = [...(leading ? [leading] : []), ...others, ...without].map(({ match }) => match)
  if (!leading) return { text: `exchanges e WHERE ${all}`, values, driven: false }
  const joined = 'words CROSS JOIN exchanges e ON e.seq = words.rowid >> 1'
  return { text: `${joined} WHERE ${wordsIn(stretch)} AND ${all}`, values, driven: true }
}

/**
 * Before FTS5 looks at the rows that are wanted it seeks the first one of all that has the phrase: a look for one may read the
 * lists of its words to their ends, and so may each stretch of a file.
 */
export const isPhrase = ({ parts }: Wanted): boolean => parts.length > 0

const LOOKED_UP = 'EXISTS (SELECT 1 FROM words WHERE words MATCH ? AND rowid BETWEEN 2 * e.seq AND 2 * e.seq + 1)'

/** Rows of the index of words: the prompt's is 2·seq, the reply's the next. */
const wordsIn = ({ above, to }: Stretch): string =>
  `words MATCH ? AND words.rowid > ${2 * above + 1} AND words.rowid <= ${2 * to + 1}`

const whereOf = ({ clauses }: Select, stretch: Stretch): string =>
  [`e.seq > ${stretch.above} AND e.seq <= ${stretch.to}`, ...clauses.map((clause) => clause(stretch))].join(' AND ')

interface Counts {
  /** How many exchanges have all that is wanted but words, about; more than any word where no index leads to them. */
  readonly facts: number
  /** How many texts hold a word, about, or a phrase at most. */
  of(word: Wanted): number
}

const MANY = Number.MAX_SAFE_INTEGER

function countsOf({ day, words, without, isNarrow }: Select, stretch: Stretch, where: string): Counts {
  if (words.length + without.length + Number(isNarrow) < 2 && !words.some(isPhrase))
    return { facts: MANY, of: () => SAMPLE }
  /** Of rows of which `each` stand for an exchange. */
  const about = (place: string, each: number, from: string, ...values: readonly string[]): number => {
    const sample = `SELECT ${place} AS place FROM ${from} ORDER BY ${place} DESC LIMIT ${SAMPLE}`
    const sql = `SELECT count(*) AS count, min(place) AS last FROM (${sample})`
    const [{ count, last } = { count: 0, last: 0 }] = day.file.once<{ count: number; last: number }>(sql, ...values)
    return count < SAMPLE ? count : (count * (stretch.to - stretch.above)) / Math.max(1, stretch.to - last / each)
  }
  const having = (match: string) => about('words.rowid', 2, `words WHERE ${wordsIn(stretch)}`, match)
  const holding = ({ match, parts, run }: Wanted) =>
    parts.length === 0 ? having(match) : Math.min(...parts.map(having)) + (run === undefined ? 0 : having(run))
  const known = new Map([...words, ...without].map((word) => [word, holding(word)]))
  return {
    facts: isNarrow ? about('e.seq', 1, `exchanges e WHERE ${where}`) : MANY,
    of: (word) => known.get(word) ?? MANY,
  }
}
