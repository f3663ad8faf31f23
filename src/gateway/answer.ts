/** What the gateway itself says to a client: refusals before a reply has begun. Every one is on the record first. */
import { digestsOf, Fault, faultOf, type Verdict } from '#exchange'
import { PROTOCOLS } from '#wire'
import { type Exchange, ended, refused } from './exchange.ts'
import { end } from './record.ts'
import { flavourOf, type Refusal, refusalOf } from './refusals.ts'
import type { Way } from './steps.ts'
import type { Head, Turn } from './turn.ts'

/** The refusal in the words that this client shows well. */
export function refusalFor(exchange: Exchange, fault: Fault): Refusal {
  const { house, turn, route, client, id } = exchange
  const protocol = PROTOCOLS.find(({ name }) => name === route)?.name
  const kind = house.connections.get(turn.address.connection)?.kind
  const of = { protocol, copilot: kind === 'copilot', host: exchange.host, client: client.client }
  const flavour = flavourOf({ ...of, method: turn.method })
  const refusal = refusalOf(fault, flavour, id, exchange.prompt?.stream ?? true)
  return kind === 'copilot' ? asGitHub(refusal, id) : refusal
}

/** Copilot's clients blame a firewall, and not us, where a refusal lacks this field. Source: real clients, 2026-11. */
function asGitHub(refusal: Refusal, id: string): Refusal {
  const known = refusal.headers.some(([name]) => name === 'x-github-request-id')
  return known ? refusal : { ...refusal, headers: [...refusal.headers, ['x-github-request-id', id]] }
}

/** Sends a refusal; the reply had not begun. */
export async function say(exchange: Exchange, refusal: Refusal): Promise<void> {
  const { turn } = exchange
  if (turn.begun || turn.gone.aborted) return
  const body = Buffer.from(refusal.body)
  turn.head(refusal.status, [...refusal.headers, ['content-length', String(body.length)]])
  await tell(turn, body)
}

/** Delivers what the gateway itself has to say. Who went meanwhile is not told, and that is no fault: the record stands. */
export async function tell(turn: Pick<Turn, 'deliver'>, bytes: Uint8Array): Promise<void> {
  try {
    await turn.deliver(bytes)
  } catch (error) {
    if (faultOf(error).code !== 'client.aborted') throw error
  }
}

/** A prompt that goes no further: one `refused` entry, then the refusal. A trail that fails is itself the reason told. */
export async function refuse(exchange: Exchange, fault: Fault): Promise<void> {
  const told = await recordRefusal(exchange, fault)
  await say(exchange, refusalFor(exchange, told))
}

/** What a client can be refused thousands of times in a minute, and each time for the same reason. */
const OFTEN = /^(identity\.|forward\.|limit\.(requests|turns|sockets|bytes)$|request\.(upgrade|http)$)/

/** The `refused` entry, or a place in a counted line of a source's. The fault to tell: this one, or the trail's own. */
export async function recordRefusal(exchange: Exchange<Head>, fault: Fault): Promise<Fault> {
  const { strangers, trail } = exchange.house
  const letIn = exchange.actor !== undefined && !OFTEN.test(fault.code)
  try {
    if (letIn || !strangers.coalesces(exchange, fault)) await trail.append(refused(exchange, fault))
    return fault
  } catch (error) {
    return faultOf(error)
  }
}

/** A prompt that a rule denies: its `asked` entry stands, a `denied` ending follows, then the refusal. */
export async function deny(exchange: Exchange, way: Way, verdict: Verdict & { kind: 'deny' }): Promise<void> {
  const fault = faultFor(verdict)
  const refusal = refusalFor(exchange, fault)
  const bytes = Buffer.from(refusal.body)
  const { keyed: digest } = digestsOf(exchange.house.keyring, bytes)
  const type = refusal.headers[0]?.[1] ?? ''
  const body = way.protocol ? { body: { bytes, type, received: '', sent: digest } } : {}
  await end(
    exchange,
    ended(exchange, { kind: 'denied', status: 0, delivered: refusal.status, fault, authored: true, ...body }),
  )
  await say(exchange, refusal)
}

function faultFor({ rule, reason, failed, secret }: Verdict & { kind: 'deny' }): Fault {
  if (secret) return new Fault(secret === 'block' ? 'policy.secret' : 'policy.approval', `${rule} ${reason}`)
  return failed ? new Fault('policy.error', rule) : new Fault('policy.deny', `${rule}: ${reason}`)
}
