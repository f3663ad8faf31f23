/** The request as it goes upstream: bytes as they came or masked, headers without the gateway's own. Sends nothing. */
import { Fault } from '#exchange'
import { looksLikeKey } from '#identity'
import { endToEnd, type Outgoing } from '#relay'
import type { Exchange } from './exchange.ts'
import { upstreamPath } from './reverse.ts'
import type { Scanned } from './scan.ts'
import type { Way } from './steps.ts'

const CREDENTIALS = ['authorization', 'x-api-key', 'api-key']

/**
 * Builds the upstream request. A header that bears a key of the gateway's never crosses.
 * @throws upstream.credential where the gateway's own for this connection cannot be had
 */
export function outgoing(exchange: Exchange, way: Way, scanned: Scanned): Outgoing {
  const { turn } = exchange
  const dropped = scanned.untouched ? [] : ['content-encoding']
  const brokered = way.connection.brokered
  const kept = endToEnd(turn.rawHeaders, dropped).filter(([name, value]) => {
    if (!CREDENTIALS.includes(name.toLowerCase())) return true
    return !brokered && !looksLikeKey(value.replace(/^Bearer /i, ''))
  })
  const wanted = way.route?.kind === 'unread' ? turn.headers['accept-encoding'] : undefined
  const headers: [string, string][] = [...kept, ['accept-encoding', String(wanted ?? 'identity')]]
  if (brokered) headers.push([brokered.name, brokered.scheme + ownCredential(exchange, way)])
  const path = upstreamPath(way.host, way.path) + turn.address.query
  const body = scanned.outgoing.length > 0 || turn.method === 'POST' ? { body: scanned.outgoing } : {}
  return { method: turn.method, path, headers, ...body }
}

function ownCredential({ house }: Exchange, { connection: { name } }: Way): string {
  if (!house.credentials) throw new Fault('upstream.credential', name)
  return house.credentials.of(name)
}
