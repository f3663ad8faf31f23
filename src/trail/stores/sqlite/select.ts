/** What the index of one day file is asked, for a query and a stretch of seqs. Reads only which values there are. */
import { filters, fits, isMany } from '../../facets.ts'
import { type Key, type Query, VERDICTS } from '../../query.ts'
import type { Tokens } from '../../tokens.ts'
import { type Sought, soughtOf } from '../../words.ts'
import type { Day } from './day.ts'
import type { Stretch } from './stretch.ts'

/** A condition on the exchange `e`, once it is said where it is looked for. */
type Clause = (stretch: Stretch) => string

/** A query as one file is asked it. */
export interface Select {
  readonly day: Day
  /** All but the words. */
  readonly clauses: readonly Clause[]
  /** Whether an index leads to what they want, and to little else. */
  readonly isNarrow: boolean
  /** What the index of words is asked, each on its own: what must be there, and what must not. */
  readonly words: readonly Wanted[]
  readonly without: readonly Wanted[]
}

/** A word, or a phrase of words, as FTS5 expressions over tokens. */
export interface Wanted {
  /** The words one after another, or one identifier as a whole. */
  readonly match: string
  /** Of a phrase its words, each on its own: as rare as the rarest of them, but for the identifier. None where it is one word. */
  readonly parts: readonly string[]
  readonly run: string | undefined
}

/** The query for one file; undefined where that cannot hold an answer. */
export function selectOf(day: Day, tokens: Tokens, query: Query): Select | undefined {
  const clauses = clausesOf(day, query)
  if (!clauses) return undefined
  const words = query.text.map(soughtOf).sort((a, b) => weight(b) - weight(a))
  return {
    ...{ day, clauses },
    isNarrow: filters(query.where).some(
      ([key, patterns]) => isMany(key) || (LEADING.has(key) && !patterns.some(isWide)),
    ),
    words: words.map((each) => wantedOf(each, tokens)),
    without: query.without.map((text) => wantedOf(soughtOf(text), tokens)),
  }
}

/** Columns with an index. */
const LEADING: ReadonlySet<Key> = new Set<Key>(['user', 'session'])
const isWide = (pattern: string): boolean => pattern.includes('*')

function wantedOf({ flow, run: whole }: Sought, tokens: Tokens): Wanted {
  const spelt = flow.map((word) => tokens.hex(word))
  const run = whole === undefined ? undefined : `runs : "${tokens.hex(whole)}"`
  const phrase = `flow : "${spelt.join(' ')}"`
  const parts = flow.length > 1 ? spelt.map((word) => `flow : "${word}"`) : []
  return { match: run === undefined ? phrase : `${phrase} OR ${run}`, parts, run }
}

/** Longer words are rarer, as a rule, and phrases rarer still: where nothing is known to be rare, the first leads. */
const weight = ({ flow }: Sought): number => flow.reduce((total, word) => total + word.length, 0)

function clausesOf(day: Day, query: Query): Clause[] | undefined {
  const clauses: Clause[] = []
  if (query.after !== undefined) clauses.push(() => `e.at >= ${query.after}`)
  if (query.before !== undefined) clauses.push(() => `e.at < ${query.before}`)
  if (query.finding !== undefined) clauses.push(() => (query.finding ? 'e.findings > 0' : 'e.findings = 0'))
  for (const [key, patterns] of filters(query.where)) {
    const clause = clauseFor(day, key, patterns)
    if (clause === undefined) return undefined
    clauses.push(clause)
  }
  for (const [key, patterns] of filters(query.except)) {
    const clause = clauseFor(day, key, patterns)
    if (clause !== undefined) clauses.push((stretch) => `(${clause(stretch)}) IS NOT TRUE`)
  }
  return clauses
}

/** What a file must hold for one key; undefined where it holds no such value. */
function clauseFor(day: Day, key: Key, patterns: readonly string[]): Clause | undefined {
  const ids = day.terms.like(key, patterns)
  if (isMany(key)) return ids.length ? marked(ids) : undefined
  const clauses = ids.length ? [`e."${key}" ${among(ids)}`] : []
  if (key === 'verdict') clauses.push(...outcomeClauses(patterns))
  return clauses.length ? () => `(${clauses.join(' OR ')})` : undefined
}

const marked =
  (ids: readonly number[]): Clause =>
  ({ above, to }) =>
    `e.seq IN (SELECT seq FROM rules WHERE term ${among(ids)} AND seq > ${above} AND seq <= ${to})`

const OUTCOMES = VERDICTS.filter((verdict) => verdict !== 'masked')

function outcomeClauses(patterns: readonly string[]): string[] {
  const outcomes = OUTCOMES.filter((outcome) => fits(patterns, outcome))
  return [
    ...(outcomes.length ? [`e.outcome IN (${outcomes.map((outcome) => `'${outcome}'`).join(', ')})`] : []),
    ...(fits(patterns, 'masked') ? ['e.masked = 1'] : []),
  ]
}

const among = (ids: readonly number[]): string => (ids.length === 1 ? `= ${ids[0]}` : `IN (${ids.join(', ')})`)
