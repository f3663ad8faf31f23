/** The replies that tell whose a Copilot credential is: learnt from, sent on with their endpoints rewritten, never kept. */
import { Fault, faultOf } from '#exchange'
import { type Incoming, withoutLength } from '#relay'
import { type CopilotHost, readToken, readTokenReply, readUser, rewriteEndpoints, tokenRefusal } from '#wire'
import type { Rewrite } from '../connection.ts'
import { type Exchange, ended } from '../exchange.ts'
import { end } from '../record.ts'
import { lineOf } from '../refusals.ts'
import { requestIdsOf } from '../request-ids.ts'
import type { Way } from '../steps.ts'
import { allowsPlan, fingerprintOfCredential } from './recognise.ts'

/** Answers with what GitHub said. The reply is its receiver's own credential: it is neither masked nor recorded. */
export async function answerAccount(exchange: Exchange, way: Way, incoming: Incoming, bytes: Buffer): Promise<void> {
  const { turn, id } = exchange
  const { status } = incoming
  const ids = requestIdsOf(incoming)
  const text = bytes.toString()
  const refused = status === 200 ? learnt(exchange, way, text) : undefined
  const own: [string, string][] = [['x-gatelog-exchange', id]]
  if (refused) {
    const body = Buffer.from(tokenRefusal(lineOf(refused, id)))
    await end(
      exchange,
      ended(exchange, { kind: 'denied', status, delivered: 403, fault: refused, authored: true, ...ids }),
    )
    own.push(['x-gatelog-error', refused.code], ['x-github-request-id', id])
    turn.head(403, [['content-type', 'application/json'], ['content-length', String(body.length)], ...own])
    await turn.deliver(body)
    return
  }
  const rewritten = status === 200 ? rewrittenFor(exchange, way, text) : text
  const out = rewritten === text ? bytes : Buffer.from(rewritten)
  await end(exchange, ended(exchange, { kind: 'replied', status, delivered: status, ...ids }))
  const length: [string, string][] = turn.method === 'HEAD' ? [] : [['content-length', String(out.length)]]
  turn.head(status, [...withoutLength(incoming.headers), ...length, ...own])
  await turn.deliver(out)
}

/** Remembers whose the credential is. Why a token is not handed on, where its plan is not allowed. */
function learnt(exchange: Exchange, way: Way, text: string): Fault | undefined {
  const { credential, actor, surface, house } = exchange
  if (credential === undefined || !actor) return undefined
  if (surface === 'user') {
    house.accounts.learn(credential, actor.id, readUser(text))
    return undefined
  }
  const { account, token } = readTokenReply(text)
  house.accounts.learn(credential, actor.id, account)
  if (token) {
    const { until } = readToken(token) ?? {}
    const of = { of: credential, actor: actor.id, ...(until !== undefined && { until }) }
    house.accounts.learnToken(fingerprintOfCredential(house.keyring, token), of)
  }
  return allowsPlan(way.connection, account.plan) ? undefined : new Fault('policy.plan', account.plan)
}

/** The reply with the addresses of this gateway in the place of GitHub's, where that is configured. */
function rewrittenFor(exchange: Exchange, way: Way, text: string): string {
  const { rewrite } = way.connection.copilot ?? {}
  const base = rewrite && baseOf(exchange, rewrite)
  if (!base) return text
  const { pathKey } = exchange.turn.address
  const place = `${base}${pathKey ? `/k/${pathKey}` : ''}/c/${way.connection.name}`
  const addressOf = (host: CopilotHost) => (way.connection.hosts.has(host) ? `${place}/${host}` : undefined)
  try {
    return rewriteEndpoints(text, addressOf)
  } catch (error) {
    if (faultOf(error).code.startsWith('request.') || faultOf(error).code === 'limit.depth') return text
    throw error
  }
}

/** Under which address the client reaches the reverse door: the configured one, or the one that it came by. */
function baseOf({ turn }: Exchange, { address, scheme }: Rewrite): string | undefined {
  if (address !== undefined) return address
  const host = turn.door === 'forward' ? turn.came : turn.headers['host']
  return typeof host === 'string' && /^[\w.:[\]-]{1,255}$/.test(host) ? `${scheme}://${host}` : undefined
}
