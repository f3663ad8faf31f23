/** What can be asked of the trail, and the one grammar that every surface reads it in. Pure: the clock is a parameter. */
import { Fault, timeIn } from '#exchange'
import { soughtOf } from './words.ts'

/** The keys whose values are matched against facts of an exchange. */
export const KEYS = [
  ...(['user', 'github', 'client', 'connection', 'model', 'verdict', 'accepted', 'rule', 'secret', 'session'] as const),
  ...(['repo', 'file', 'language', 'commit', 'interaction', 'request'] as const),
] as const
export type Key = (typeof KEYS)[number]

/** The values that `verdict:` knows: what the rules said, whether something was masked, how the exchange ended. */
export const VERDICTS = [
  ...['allow', 'alert', 'deny', 'masked', 'refused'],
  ...['replied', 'denied', 'aborted', 'failed', 'interrupted'],
] as const

/** The values that `accepted:` knows: what became of a suggestion, as far as its client told. */
export const ACCEPTED = ['yes', 'partly', 'shown', 'rejected', 'kept', 'gone'] as const

/** Values by key, as `folded` writes them, `*` stands for any characters; several values of one key mean any of them. */
export type Values = Readonly<Partial<Record<Key, readonly string[]>>>

/** A question to the trail. All of its parts must hold. */
export interface Query {
  readonly where: Values
  /** None of these may hold. */
  readonly except: Values
  /** Milliseconds since the epoch: `after` is included, `before` is not. */
  readonly after?: number
  readonly before?: number
  /** Whether there are findings. */
  readonly finding?: boolean
  /** Words or phrases of whole words, in the prompt's new part or in the reply. */
  readonly text: readonly string[]
  readonly without: readonly string[]
}

/** The longest query that is read, in UTF-16 units, and the most terms that it may have. */
export const QUERY_MOST = { characters: 4096, terms: 64 } as const

const TERM = /(-?)(?:([a-z]+):)?(?:"((?:[^"\\]|\\.)*)"|([^\s"]*))(?=\s|$)|(\S)/gsy
const BLANK = /\s*/y

interface Draft {
  where: Partial<Record<Key, string[]>>
  except: Partial<Record<Key, string[]>>
  after?: number
  before?: number
  finding?: boolean
  text: string[]
  without: string[]
}

/** A term of a query as it is written, its key, and what it says. */
export interface Term {
  readonly raw: string
  readonly key: string | undefined
  readonly value: string
}

interface ReadTerm extends Term {
  readonly offset: number
  readonly not: boolean
  readonly quoted: boolean
}

/**
 * Reads a query: `user: github: client: connection: model: verdict: accepted: rule: session: repo: file: language:
 * commit: interaction: request: after: before: has:finding`, free words, "phrases of whole words", `-` before any but a date.
 * @param now milliseconds since the epoch, for `after:2h`.
 * @throws query.syntax with the offset (UTF-16) of what cannot be read
 */
export function parseQuery(text: string, now: number): Query {
  if (text.length > QUERY_MOST.characters) throw syntax(QUERY_MOST.characters, 'the query is too long')
  const draft: Draft = { where: {}, except: {}, text: [], without: [] }
  const terms = termsOf(text)
  const extra = terms[QUERY_MOST.terms]
  if (extra) throw syntax(extra.offset, `more than ${QUERY_MOST.terms} terms`)
  for (const term of terms) read(term, draft, now)
  return draft
}

function termsOf(text: string): ReadTerm[] {
  const terms: ReadTerm[] = []
  for (let at = skip(text, 0); at < text.length; at = skip(text, TERM.lastIndex)) {
    TERM.lastIndex = at
    const [, minus, key, quoted, bare, wrong] = TERM.exec(text) ?? []
    if (wrong !== undefined) throw syntax(at, 'a quote that does not close, or text beside one')
    const value = quoted === undefined ? (bare ?? '') : quoted.replace(/\\(.)/gs, '$1')
    const raw = text.slice(at, TERM.lastIndex)
    terms.push({ raw, offset: at, not: minus === '-', key, value, quoted: quoted !== undefined })
  }
  return terms
}

/** The terms of a query, in their order; undefined for what is none. */
export function readTerms(text: string): readonly Term[] | undefined {
  try {
    parseQuery(text, 0)
    return termsOf(text)
  } catch {
    return undefined
  }
}

function skip(text: string, from: number): number {
  BLANK.lastIndex = from
  BLANK.test(text)
  return BLANK.lastIndex
}

function read(term: ReadTerm, draft: Draft, now: number): void {
  const { key, value, offset } = term
  if (key === undefined) readText(term, draft)
  else if (value === '') throw syntax(offset, `${key}: has no value`)
  else if (isKey(key)) readValue(term, key, draft)
  else if (key === 'has') readHas(term, draft)
  else if (key === 'after' || key === 'before') readBound(term, key, draft, now)
  else throw syntax(offset, `no key "${key}"; quote it to search for the text`)
}

function readBound(term: ReadTerm, key: 'after' | 'before', draft: Draft, now: number): void {
  if (term.not) throw syntax(term.offset, `${key}: cannot be negated`)
  if (draft[key] !== undefined) throw syntax(term.offset, `${key}: stands there twice`)
  draft[key] = readTime(term, now)
}

/** A value as it is compared: NFC, in lower case; a session's id as it is, for two ids may differ in case alone. */
export const folded = (key: Key, value: string): string =>
  key === 'session' ? value : value.normalize('NFC').toLowerCase()

export const isKey = (key: string): key is Key => KEYS.some((known) => known === key)

function readValue({ value, offset, not }: ReadTerm, key: Key, draft: Draft): void {
  const wanted = key === 'commit' ? commitOf(value) : folded(key, value)
  const closed = CLOSED[key]
  if (closed && !closed.some((known) => matches(wanted, known)))
    throw syntax(offset, `${key}: is one of ${closed.join(', ')}`)
  const side = not ? draft.except : draft.where
  side[key] = [...(side[key] ?? []), wanted]
}

/** Keys that know no other values than these. */
const CLOSED: Readonly<Partial<Record<Key, readonly string[]>>> = { verdict: VERDICTS, accepted: ACCEPTED }

/** A commit by its first characters, as people write them. */
const commitOf = (value: string): string =>
  /^[0-9a-f]{7,39}$/i.test(value) ? `${folded('commit', value)}*` : folded('commit', value)

function readHas({ value, offset, not }: ReadTerm, draft: Draft): void {
  if (value !== 'finding') throw syntax(offset, 'has: knows only "finding"')
  if (draft.finding === not) throw syntax(offset, 'has:finding contradicts itself')
  draft.finding = !not
}

function readText({ value, offset, not, quoted }: ReadTerm, draft: Draft): void {
  if (soughtOf(value).flow.length === 0) throw syntax(offset, 'no word to search for')
  if (!quoted && value.includes('*')) throw syntax(offset, 'text matches whole words only, without *')
  ;(not ? draft.without : draft.text).push(value)
}

/** An ISO date (its midnight), a date-time (UTC unless it says otherwise), or how long ago: `90s 30m 2h 3d 1w`. */
function readTime({ value, offset }: ReadTerm, now: number): number {
  const time = timeIn(value, now)
  if (time === undefined) throw syntax(offset, 'a time is 2026-11-24, 2026-11-24T08:30Z, 2h or 3d')
  return time
}

const syntax = (offset: number, why: string) => new Fault('query.syntax', `at ${offset}: ${why}`)

/** Writes a query so that `parseQuery` reads the very same one. */
export function printQuery(query: Query): string {
  const words: string[] = []
  for (const key of KEYS) {
    for (const value of query.where[key] ?? []) words.push(`${key}:${quote(value)}`)
    for (const value of query.except[key] ?? []) words.push(`-${key}:${quote(value)}`)
  }
  if (query.after !== undefined) words.push(`after:${new Date(query.after).toISOString()}`)
  if (query.before !== undefined) words.push(`before:${new Date(query.before).toISOString()}`)
  if (query.finding !== undefined) words.push(query.finding ? 'has:finding' : '-has:finding')
  for (const text of query.text) words.push(quote(text))
  for (const text of query.without) words.push(`-${quote(text)}`)
  return words.join(' ')
}

const quote = (value: string): string => `"${value.replace(/["\\]/g, '\\$&')}"`

/** Whether a value fits a pattern: all of it, both as `folded` writes them, `*` standing for any characters. Linear in both. */
export function matches(pattern: string, value: string): boolean {
  const parts = pattern.split('*')
  const first = parts[0] ?? ''
  const last = parts.at(-1) ?? ''
  if (parts.length === 1) return pattern === value
  if (!value.startsWith(first) || !value.endsWith(last) || value.length < first.length + last.length) return false
  let at = first.length
  for (const part of parts.slice(1, -1)) {
    const found = value.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return at <= value.length - last.length
}
