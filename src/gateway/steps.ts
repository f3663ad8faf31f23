/** The steps of an exchange before anything is sent: who asks, what, with which secrets, and may it pass. */
import { Fault, type Finding, faultOf, type Message, type Prompt, type Verdict } from '#exchange'
import { type Caller, findCredential, looksLikeKey, sessionId } from '#identity'
import { decide as judge } from '#policy'
import { type Protocol, type Route, readDocument, routeFor } from '#wire'
import type { Connection, Host } from './connection.ts'
import { maskBody } from './document.ts'
import { digest, type Exchange } from './exchange.ts'
import { hostOf } from './reverse.ts'
import { resignReasoning } from './signed.ts'
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
 * @throws identity.*, request.connection, request.host
 */
export function identify(exchange: Exchange<Head>): Way {
  const { turn, house } = exchange
  const place = locate(exchange)
  const found = findCredential(turn.headers, turn.address.pathKey)
  if (!found) throw new Fault('identity.missing')
  const key = house.identity.recognise(found.secret)
  exchange.actor = key.actor
  exchange.key = key.id
  const caller = house.identity.admit(key, found.channel, turn.address.connection)
  if (place instanceof Fault) throw place
  const credential = upstreamCredential(exchange)
  if (credential) exchange.credential = house.keyring.digest('credential', credential).toString('hex').slice(0, 32)
  return { ...place, caller }
}

/** Where it goes, read before who asks is known: a refusal takes the form that the clients of its route show well. */
function locate(exchange: Exchange<Head>): Omit<Way, 'caller'> | Fault {
  const { turn, house } = exchange
  const { address, method } = turn
  const connection = house.connections.get(address.connection)
  take(exchange, address.path)
  if (!connection) return new Fault('request.connection', address.connection.slice(0, 64))
  try {
    const { host, path } = hostOf(connection, address, method)
    exchange.host = host.name
    return { connection, host, path, ...take(exchange, path) }
  } catch (error) {
    return faultOf(error)
  }
}

/** What sort of route a path is; the exchange bears it from now on. */
function take(exchange: Exchange<Head>, path: string): Pick<Way, 'route' | 'protocol'> {
  const route = routeFor(exchange.turn.method, path)
  const protocol = route?.kind === 'exchange' ? route.protocol : undefined
  exchange.route = protocol?.name ?? (route ? 'metadata' : 'unknown')
  return { route, protocol }
}

/** The client's own credential towards the provider, where it sent one. */
function upstreamCredential({ turn }: Exchange<Head>): string | undefined {
  for (const name of ['authorization', 'x-api-key', 'api-key']) {
    const value = turn.headers[name]
    if (typeof value === 'string' && !looksLikeKey(value.replace(/^Bearer /i, ''))) return value
  }
  return undefined
}

/** A request body with the text that it is. */
export interface Asked extends Received {
  readonly text: string
}

/**
 * Step 2: the body as a prompt, and the session it belongs to. An unknown route goes on only where the connection
 * says so.
 * @throws request.route, request.type, request.json, request.encoding, request.encoded, limit.*
 */
export async function read(exchange: Exchange, way: Way): Promise<Asked> {
  const { turn } = exchange
  if (!way.route && way.connection.unknownRoutes === 'refuse')
    throw new Fault('request.route', `${turn.method} ${way.path.slice(0, 128)}`)
  const received = await turn.read()
  const asked = { ...received, text: received.bytes.toString() }
  if (!way.protocol) return asked
  const type = turn.headers['content-type']
  if (typeof type === 'string' && !/\bjson\b/i.test(type)) throw new Fault('request.type', type.slice(0, 64))
  const prompt = way.protocol.readPrompt(parsed(asked.text), turn.headers)
  exchange.prompt = prompt
  exchange.session = sessionOf(exchange, prompt)
  return asked
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Fault('request.json', error instanceof SyntaxError ? positionOf(error) : undefined, { cause: error })
  }
}

/** Where JSON broke, without the text around it: that text may be a secret. */
const positionOf = (error: SyntaxError): string => /position \d+/.exec(error.message)?.[0] ?? 'it ends too early'

function sessionOf(exchange: Exchange, prompt: Prompt): string {
  const { house, actor, client, at } = exchange
  const first = prompt.messages.find((message) => message.role === 'user')?.text ?? ''
  const own = client.session ?? prompt.session
  const day = exchange.route === 'completions' ? { day: new Date(at).toISOString().slice(0, 10) } : {}
  return sessionId(house.keyring, { actor: actor?.id ?? '', client: client.client, own, first, ...day })
}

/** A prompt's bytes in the three forms that matter. */
export interface Scanned {
  /** What goes upstream. */
  readonly outgoing: Uint8Array
  /** True where `outgoing` is what the client sent, byte for byte, in its own content encoding. */
  readonly untouched: boolean
  readonly findings: readonly Finding[]
}

/** Step 3: secrets in the prompt, and its masked copy; the record never holds another. */
export async function scan(exchange: Exchange, way: Way, received: Asked): Promise<Scanned> {
  const { house, turn } = exchange
  const { text } = received
  const read = (json: string) => way.protocol?.readPieces(json, 'prompt') ?? readDocument(json)
  const before = house.memory.resent.compare(chainOf(exchange, way), house.engine, exchange.at)
  exchange.learn = () => house.memory.resent.learn(chainOf(exchange, way), before, exchange.at)
  const masked = text === '' ? { text, findings: [] } : maskBody((piece) => before.judge(piece), text, 'prompt', read)
  const replaced = house.settings.prompts === 'mask'
  const findings = masked.findings.map((finding) => ({ ...finding, masked: replaced }))
  const record = masked.text === text ? received.bytes : Buffer.from(masked.text)
  const sent = replaced ? masked.text : text
  const restored = exchange.prompt ? resignReasoning(exchange, way, sent) : sent
  const untouched = restored === text
  const outgoing = untouched ? received.raw : restored === masked.text ? record : Buffer.from(restored)
  exchange.findings = findings
  if (findings.length) await house.identity.revokeSecretsIn(text)
  if (way.protocol && masked.text !== text)
    exchange.prompt = way.protocol.readPrompt(JSON.parse(masked.text), turn.headers)
  keep(exchange, way, received, record, outgoing)
  if (exchange.prompt) exchange.text = textOf(before.fresh(exchange.prompt.messages))
  return { outgoing, untouched, findings }
}

/** Puts the masked body on the exchange where its route is recorded in full, with digests of both sides. */
function keep(exchange: Exchange, way: Way, received: Received, record: Buffer, outgoing: Uint8Array): void {
  const { house, prompt } = exchange
  const came = digest(exchange, received.raw)
  const type = String(exchange.turn.headers['content-type'] ?? '')
  const sent = digest(exchange, outgoing)
  if (way.protocol || !way.route) exchange.body = { bytes: record, type, received: came, sent }
  if (!prompt) return
  const print = `${exchange.actor?.id}\0${way.connection.name}\0${came}`
  const before = house.memory.retries.get(print, exchange.at)
  if (before) exchange.retryOf = before
  house.memory.retries.set(print, exchange.id, exchange.at)
}

/** Whose resent history this is: one actor's, in one session, over one connection. */
const chainOf = ({ session, actor }: Exchange, way: Way): string =>
  `${session ?? actor?.id ?? ''}\0${way.connection.name}`

/** The words of messages for the full-text index, newest first. */
const textOf = (messages: readonly Message[]): string =>
  messages
    .map(({ text }) => text)
    .reverse()
    .join('\n')

/** Step 4: what the rules say. Pure but for the exchange that it fills. */
export function decide(exchange: Exchange, way: Way): Verdict {
  const { actor, client, findings, prompt, house } = exchange
  if (!actor || !prompt) return { kind: 'allow' }
  const verdict = judge(house.rules, {
    actor,
    connection: { name: way.connection.name, kind: way.connection.kind },
    client: { name: client.client, version: client.version ?? '' },
    prompt,
    findings,
  })
  exchange.verdict = verdict
  return verdict
}
