/** A question, taken apart as the server does, and what of it can be held against entries. Pure; docs/commands.md tells its words. */
import type { Asked, Json, Leaf } from './form.ts'

/** One term: `-user:"Ana M"`; without a key it is words of a text. */
interface Term {
  readonly not: boolean
  readonly key: string | undefined
  readonly value: string
}

const MOST = 4096
const TERM = /\s*(-?)(?:([a-z]+):)?(?:"((?:[^"\\]|\\.)*)"|([^\s"]*))(?=\s|$)/sy

/** undefined for what is no question. */
export function termsOf(question: string): Term[] | undefined {
  if (question.length > MOST) return undefined
  const terms: Term[] = []
  for (let at = 0; at < question.trimEnd().length; at = TERM.lastIndex) {
    TERM.lastIndex = at
    const found = TERM.exec(question)
    if (!found || found[0] === '') return undefined
    const [, minus, key, quoted, bare] = found
    terms.push({
      not: minus === '-',
      key,
      value: quoted === undefined ? (bare ?? '') : quoted.replace(/\\(.)/gs, '$1'),
    })
  }
  return terms
}

const MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }
const DATE = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)?)?$/i

/** A time of a question: a date, a date-time (UTC unless it says otherwise), or how long before `now`. */
function momentOf(text: string, now: number): number {
  const [, count, unit = ''] = /^(\d{1,6})([smhdw])$/.exec(text) ?? []
  if (count !== undefined) return now - Number(count) * (MS[unit] ?? Number.NaN)
  const [whole, time, , , zone] = DATE.exec(text) ?? []
  return whole === undefined ? Number.NaN : Date.parse(time && !zone ? `${text}Z` : text)
}

/** Why the question is not what the bundle was made for; undefined where it is. */
export function differs(question: string, asked: Asked): string | undefined {
  if (asked.kind === 'between')
    return question === `entries ${asked.from + 1} to ${asked.to}` ? undefined : 'the question names other entries'
  if (asked.kind === 'exchange')
    return question === 'last' || (question.length >= 8 && asked.exchange.startsWith(question))
      ? undefined
      : 'the question names another exchange'
  const terms = termsOf(question)
  if (!terms) return 'the question is none'
  const timeOf = (key: string) =>
    terms.filter((term) => term.key === key).map(({ value }) => momentOf(value, asked.now))
  for (const key of ['after', 'before'] as const)
    if (String(timeOf(key)) !== String(asked[key] ?? '')) return 'the question names another time'
  const more = terms.some(({ key }) => key !== 'after' && key !== 'before')
  return more === (asked.kind === 'query') ? undefined : 'the question asks for more than a time, or for less'
}

/** What the opening of an exchange says under a key of a question: any of these. */
const SAID: Readonly<Record<string, (entry: Json) => readonly unknown[]>> = Object.assign(Object.create(null), {
  user: ({ actor }: Json) => [(Object(actor) as Json)['id'], (Object(actor) as Json)['name']],
  connection: ({ connection }: Json) => [connection],
  model: ({ model }: Json) => [model],
  session: ({ session }: Json) => [session],
})

/** The terms of a question that no entry is held to here. */
export const unheld = (question: string): string[] =>
  (termsOf(question) ?? []).flatMap(({ not, key, value }) =>
    key !== undefined && (key in SAID || key === 'after' || key === 'before')
      ? []
      : [`${not ? '-' : ''}${key === undefined ? '' : `${key}:`}${value}`],
  )

/** Whether the opening of an exchange answers what of a query can be held against it: its time, user, connection, model, session. */
export function answers(
  entry: Json,
  { at }: Leaf,
  question: string,
  asked: Asked & { readonly kind: 'query' },
): boolean {
  const { after = Number.NEGATIVE_INFINITY, before = Number.POSITIVE_INFINITY } = asked
  if (typeof at !== 'number' || at < after || at >= before) return false
  const terms = termsOf(question) ?? []
  return Object.entries(SAID).every(([key, said]) => {
    const own = said(entry).flatMap((value) => (typeof value === 'string' ? folded(key, value) : []))
    const fits = ({ value }: Term) => own.some((each) => matches(folded(key, value), each))
    const wanted = terms.filter((term) => term.key === key && !term.not)
    const unwanted = terms.filter((term) => term.key === key && term.not)
    return (wanted.length === 0 || wanted.some(fits)) && !unwanted.some(fits)
  })
}

const folded = (key: string, value: string): string =>
  key === 'session' ? value : value.normalize('NFC').toLowerCase()

/** `*` stands for any characters. Linear in both. */
function matches(pattern: string, value: string): boolean {
  const parts = pattern.split('*')
  const [first = '', last = ''] = [parts[0], parts.at(-1)]
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
