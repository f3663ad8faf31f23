/** Which exchanges a hold or an erasure is about: as it is asked for, as a query, and as an entry may tell it. Pure. */
import { Fault, type Keyring, type Scope } from '#exchange'
import { isExchangeId } from '../days.ts'
import { folded, parseQuery, printQuery, type Query } from '../query.ts'

const TEXTS = ['user', 'session', 'exchange', 'connection', 'query'] as const
const TIMES = ['since', 'until'] as const
const LONGEST = 4096

/** A scope as somebody asked for it. `query` is fixed: what it says of time is from `now` on a date. @throws usage.option, query.syntax */
export function readScope(asked: unknown, now: number): Scope {
  const given = Object(asked) as Record<string, unknown>
  const strange = Object.keys(given).find((key) => ![...TEXTS, ...TIMES].some((known) => known === key))
  if (strange) throw new Fault('usage.option', `a scope has no ${strange.slice(0, 64)}`)
  for (const key of TEXTS) checkText(key, given[key])
  for (const key of TIMES)
    if (given[key] !== undefined && !Number.isSafeInteger(given[key]))
      throw new Fault('usage.option', `${key} is no time`)
  const scope = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Scope
  if (Object.keys(scope).length === 0) throw new Fault('usage.option', 'say which exchanges')
  if (scope.exchange !== undefined && !isExchangeId(scope.exchange))
    throw new Fault('usage.option', 'exchange: its whole id is wanted')
  if (scope.since !== undefined && scope.until !== undefined && scope.since >= scope.until)
    throw new Fault('usage.option', 'the period ends before it begins')
  return scope.query === undefined ? scope : { ...scope, query: printQuery(parseQuery(scope.query, now)) }
}

function checkText(key: string, value: unknown): void {
  if (value === undefined) return
  if (typeof value !== 'string' || value === '' || value.length > LONGEST)
    throw new Fault('usage.option', `${key} is no text`)
  if (key !== 'query' && /[*\n]/.test(value)) throw new Fault('usage.option', `${key}: one is wanted, without *`)
}

/** What finds the exchanges, and others of users with the same name. */
export function queryOf({ user, session, connection, query, since, until }: Scope): Query {
  const asked = parseQuery(query ?? '', 0)
  const where = {
    ...(user !== undefined && { user: [folded('user', user)] }),
    ...(session !== undefined && { session: [session] }),
    ...(connection !== undefined && { connection: [folded('connection', connection)] }),
  }
  const after = later(asked.after, since)
  const before = earlier(asked.before, until)
  const merged = Object.keys(where).some((key) => key in asked.where) ? undefined : { ...asked.where, ...where }
  if (!merged) throw new Fault('usage.option', 'the query says again what the scope says')
  return { ...asked, where: merged, ...(after !== undefined && { after }), ...(before !== undefined && { before }) }
}

const later = (one: number | undefined, other: number | undefined) =>
  one === undefined || other === undefined ? (one ?? other) : Math.max(one, other)
const earlier = (one: number | undefined, other: number | undefined) =>
  one === undefined || other === undefined ? (one ?? other) : Math.min(one, other)

/** As an entry tells it, which outlives the exchanges: whose they were stands in it as keyed digests. */
export function toldScope(scope: Scope, keyring: Pick<Keyring, 'digest'>): Scope {
  const digest = (text: string) => keyring.digest('custody', text).toString('hex').slice(0, 16)
  const { user, query, ...rest } = scope
  return {
    ...rest,
    ...(user !== undefined && { user: digest(user) }),
    ...(query !== undefined && { query: digest(query) }),
  }
}

/** As the line of a read tells it: a query, as somebody could have asked for it. @throws usage.option */
export const printScope = (scope: Scope): string =>
  [scope.exchange, printQuery(queryOf(scope))].filter((part) => part).join(' ')
