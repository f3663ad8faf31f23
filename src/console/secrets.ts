/** Finds the exchanges in which a secret was seen, by its value. The value is kept nowhere; that it was sought is recorded. */
import { Fault } from '#exchange'
import { parseQuery, type Summary, searchesWaiting, type Trail } from '#trail'

/** What a search by value needs of the house. */
export interface SecretSearch {
  /** Whether anybody may. */
  readonly allowed: boolean
  readonly perHour: number
  readonly via: 'server' | 'local'
  /** Of a value; undefined where such a value has none beyond its session. */
  fingerprint(value: string): string | undefined
  uuid(): string
}

interface House {
  readonly trail: Trail
  readonly secrets: SecretSearch
  now(): number
}

interface Asked {
  readonly value?: unknown
  readonly q?: unknown
}

const HOUR_MS = 3_600_000
/** UTF-16 units; a longer text is no single secret. */
const LONGEST = 16_384

/**
 * The search is on the record before its answer is given.
 * @throws query.secret, query.syntax, limit.searches, identity.right, trail.*
 */
export async function findSecret(
  { trail, secrets, now }: House,
  asked: Asked,
  page: { readonly limit: number; readonly before?: string },
): Promise<{ exchanges: readonly Summary[]; next?: string; fingerprint: string }> {
  const { value, q = '' } = asked
  if (!secrets.allowed) throw new Fault('identity.right', 'masking.secret_search')
  if (typeof value !== 'string' || typeof q !== 'string') throw new Fault('query.secret', 'value and q are texts')
  if (value.length > LONGEST) throw new Fault('query.secret', `it is longer than ${LONGEST} characters`)
  const fingerprint = secrets.fingerprint(value)
  if (fingerprint === undefined)
    throw new Fault(
      'query.secret',
      'values under 12 characters can be guessed, so they have no fingerprint beyond their session',
    )
  const query = parseQuery(q, now())
  await admit(trail, secrets, now())
  const found = await trail.find({ ...query, where: { ...query.where, secret: [fingerprint] } }, page)
  const line = { kind: 'searched', exchange: secrets.uuid(), at: now(), via: secrets.via, fingerprint } as const
  await trail.append({ ...line, query: q, found: found.exchanges.length })
  return { ...found, fingerprint }
}

/** The record itself counts, so that a restart forgets nothing. */
async function admit(trail: Trail, { perHour }: SecretSearch, now: number): Promise<void> {
  const told = (await trail.searches()).map(({ searched: { at, was = at, late } }) => late?.at ?? was)
  const recent = [...told, ...(await searchesWaiting(trail))].filter((at) => at > now - HOUR_MS)
  if (recent.length >= perHour) throw new Fault('limit.searches', `${perHour} an hour`)
}
