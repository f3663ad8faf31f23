/** The steps of an exchange before anything is sent: who asks, what, with which secrets, and may it pass. */
import {
  type Actor,
  Fault,
  type Finding,
  faultOf,
  type Message,
  type Prompt,
  type RouteKind,
  type Verdict,
} from '#exchange'
import { type Caller, findCredential, type Hold, looksLikeKey, sessionId } from '#identity'
import { decide as judge, type PolicyFacts, recordingBy } from '#policy'
import { checkSpelling, checkValues, type Protocol, plainPrompt, type Route, routeFor, saidIn } from '#wire'
import { Asked } from './asked.ts'
import type { Connection, Host } from './connection.ts'
import { fingerprintOfCredential, recogniseAccount } from './copilot/recognise.ts'
import type { Exchange } from './exchange.ts'
import { follow } from './follows.ts'
import { isWide, TEXT } from './framing.ts'
import { withoutNotices } from './notices.ts'
import { settle } from './recorded.ts'
import { hostOf } from './reverse.ts'
import { callerOf } from './scan.ts'
import type { Head, Received } from './turn.ts'

/** Where an exchange goes, once connection and caller are known. */
export interface Way {
  readonly connection: Connection
  readonly host: Host
  readonly path: string
  readonly route: Route | undefined
  readonly protocol: Protocol | undefined
  readonly caller: Caller
}

/**
 * Step 1: who asks, and by which way. Nothing of the body has been read yet.
 * @throws identity.*, request.connection, request.host, policy.plan
 */
export function identify(exchange: Exchange<Head>): Way {
  const { turn, house } = exchange
  const place = locate(exchange)
  const found = findCredential(turn.headers, turn.address.pathKey)
  if (!found) throw new Fault('identity.missing')
  const key = house.identity.recognise(found.secret)
  exchange.actor = key.actor
  exchange.key = key.id
  const caller = house.identity.admit(key, found.channel, turn.address.connection, turn)
  if (place instanceof Fault) throw place
  const { credentials, kind } = place.connection
  if (found.channel === 'credential' && credentials !== 'brokered' && kind !== 'demo')
    throw new Fault('identity.passthrough')
  const credential = upstreamCredential(exchange)
  if (credential && exchange.route !== 'unread') {
    exchange.credential = fingerprintOfCredential(house.keyring, credential)
    if (place.connection.kind === 'copilot') recogniseAccount(exchange, place.connection, credential)
  }
  return { ...place, caller }
}

/** The language server puts this path in the place of its endpoint's last segment, which is the host's name here. */
const TELEMETRY = '/telemetry'

/** Where it goes, read before who asks is known: a refusal takes the form that the clients of its route show well. */
function locate(exchange: Exchange<Head>): Omit<Way, 'caller'> | Fault {
  const { turn, house } = exchange
  const { address, method } = turn
  const connection = house.connections.get(address.connection)
  take(exchange, address.path)
  if (!connection) return new Fault('request.connection', address.connection)
  try {
    const { host, path: asked } = hostOf(connection, address, method)
    const path = connection.kind === 'copilot' && host.name === 'telemetry' && asked === '/' ? TELEMETRY : asked
    exchange.host = host.name
    return { connection, host, path, ...take(exchange, path, connection.kind === 'copilot' ? host.name : undefined) }
  } catch (error) {
    return faultOf(error)
  }
}

/** What sort of route a path is; the exchange bears it from now on. `copilot` names the host of a Copilot connection. */
function take(exchange: Exchange<Head>, path: string, copilot?: string): Pick<Way, 'route' | 'protocol'> {
  const route = routeFor(exchange.turn.method, path, copilot)
  const protocol = route?.kind === 'exchange' ? route.protocol : undefined
  exchange.route = kindOf(route)
  const surface = copilot === undefined || !route ? undefined : surfaceIn(exchange.turn, route)
  if (surface !== undefined) exchange.surface = surface
  return { route, protocol }
}

function kindOf(route: Route | undefined): RouteKind {
  if (route?.kind === 'exchange') return route.protocol.name
  if (route?.kind === 'content' || route?.kind === 'unread') return route.kind
  return route ? 'metadata' : 'unknown'
}

/** The panel asks on the route of ghost text; its own header tells it. */
function surfaceIn({ headers }: Head, route: Route): string | undefined {
  if (route.kind === 'unread') return undefined
  return route.name === 'ghost text' && headers['openai-intent'] === 'copilot-panel' ? 'panel' : route.name
}

/** The client's own credential towards the provider, where it sent one. */
function upstreamCredential({ turn }: Exchange<Head>): string | undefined {
  for (const name of ['authorization', 'x-api-key', 'api-key']) {
    const value = turn.headers[name]
    if (typeof value === 'string' && !looksLikeKey(value.replace(/^Bearer /i, ''))) return value
  }
  return undefined
}

/**
 * Step 2: the body as a prompt, and the session it belongs to. An unknown route goes on only where the connection
 * says so.
 * @throws request.route, request.type, request.json, request.key, request.encoding, request.encoded, limit.*
 */
export async function read(exchange: Exchange, way: Way, held: Hold): Promise<Asked> {
  const { turn } = exchange
  if (!way.route && way.connection.unknownRoutes === 'refuse')
    throw new Fault('request.route', `${turn.method} ${way.path}`)
  const unread = way.route?.kind === 'unread'
  const received = await turn.read((bytes) => held.take(bytes), unread)
  if (unread) return new Asked(received)
  checkValues(received.bytes)
  const type = turn.headers['content-type']
  if (!way.protocol) return bare(received, String(type ?? ''))
  checkText(received.bytes)
  if (typeof type === 'string' && !/\bjson\b/i.test(type)) throw new Fault('request.type', type)
  const { memory, engine } = exchange.house
  const asked = new Asked(received, memory.strands.read(callerOf(exchange, way), received.bytes, engine, exchange.at))
  const document = asked.parse()
  checkSpelling(document)
  const prompt = follow(exchange, way, way.protocol.readPrompt(document, turn.headers))
  exchange.document = document
  exchange.prompt = prompt
  exchange.session = sessionOf(exchange, prompt)
  return asked
}

const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json\b/i

/** A body that no protocol reads. What is said to be JSON must be: a lenient server would read what nobody has. */
function bare(received: Received, type: string): Asked {
  const asked = new Asked(received)
  if (received.bytes.length === 0) return asked
  if (TEXT.test(type)) checkText(received.bytes)
  if (JSON_TYPE.test(type)) asked.parse()
  return asked
}

/** Some servers read UTF-16, or take a byte order mark off; what they would read was not looked at. @throws request.json */
function checkText(bytes: Buffer): void {
  if (isWide(bytes) || (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf))
    throw new Fault('request.json', 'it must be UTF-8 without a byte order mark')
}

function sessionOf(exchange: Exchange, prompt: Prompt): string {
  const { house, actor, client, at } = exchange
  const first = prompt.messages.find((message) => message.role === 'user')?.text ?? ''
  const own = client.session ?? prompt.session
  if (own === undefined && exchange.follows && exchange.session) return exchange.session
  const inline = exchange.route === 'completions' || exchange.surface === 'next edit'
  const place = inline ? { day: new Date(at).toISOString().slice(0, 10), file: prompt.files?.[0] ?? '' } : {}
  return sessionId(house.keyring, { actor: actor?.id ?? '', client: client.client, own, first, ...place })
}

/** Step 4: what the rules say, of the prompt and of what is kept of it. Pure but for the exchange that it fills. */
export function decide(exchange: Exchange, way: Way): Verdict {
  const { actor, findings, house } = exchange
  const facts = actor && factsOf(exchange, way, actor)
  settle(exchange, facts ? recordingBy(house.rules, facts) : {})
  const verdict = stoppedBy(findings) ?? (facts ? judge(house.rules, facts) : { kind: 'allow' })
  exchange.verdict = verdict
  return verdict
}

function factsOf(exchange: Exchange, way: Way, actor: Actor): PolicyFacts {
  const { client, findings, prompt } = exchange
  return {
    actor,
    ...promptOf(exchange, way, prompt),
    connection: { name: way.connection.name, kind: way.connection.kind },
    client: { name: client.client, version: client.version ?? '' },
    findings,
  }
}

const textsOf = (messages: readonly Message[] = []): string[] => messages.map(({ text }) => text)

/** The prompt that the rules see: of a body that no protocol reads all its texts, of none nothing. */
function promptOf(exchange: Exchange, way: Way, prompt: Prompt | undefined): Pick<PolicyFacts, 'prompt' | 'said'> {
  const { document, unread, house, before } = exchange
  if (prompt)
    return { prompt, said: () => withoutNotices(exchange, way, [...textsOf(before), saidIn(document)].join('\n')) }
  const asked = unread?.length && house.rules.some(({ ofPrompt }) => ofPrompt)
  const plain = asked ? plainPrompt(unread.toString()) : undefined
  return { prompt: plain?.prompt, said: () => plain?.said ?? '' }
}

/** What an action of the masking rules says before any other rule is asked: nothing of this prompt goes on. */
function stoppedBy(findings: readonly Finding[]): Verdict | undefined {
  const found = ['block', 'approve'].flatMap((wanted) => findings.find(({ action }) => action === wanted) ?? [])[0]
  if (!found) return undefined
  const { rule, lane, action } = found
  return { kind: 'deny', rule, reason: `in ${lane}`, secret: action === 'block' ? 'block' : 'approve' }
}
