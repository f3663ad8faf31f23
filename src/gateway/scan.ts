/** Step 3: secrets in a prompt, its masked copy, and what of it is new. Opens no socket. */

import { isUtf8 } from 'node:buffer'
import type { Finding, Like, Message } from '#exchange'
import { readDocument, readOutcomes, telemetryPieces } from '#wire'
import { Ahead, isLarge } from './ahead.ts'
import type { Asked } from './asked.ts'
import { Breath } from './breath.ts'
import { keepsBodies } from './copilot/kept.ts'
import { askedOf, type Judge, maskBody, readingOnce } from './document.ts'
import { digest, type Exchange, originalOf, sealed } from './exchange.ts'
import { follow } from './follows.ts'
import { maskerFor, scopeOf } from './masker.ts'
import { ownWords } from './notices.ts'
import type { Comparison } from './resent.ts'
import { chainBefore } from './restore/chain.ts'
import { givenTo } from './restore/given.ts'
import { resignReasoning, signs } from './signed.ts'
import type { Way } from './steps.ts'

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
  const { house } = exchange
  const { route, protocol } = way
  if (route?.kind === 'unread') return { outgoing: received.raw, untouched: true, findings: [] }
  const read = readingOnce((json) =>
    route?.kind === 'telemetry'
      ? telemetryPieces(json)
      : (protocol?.readPieces(json, 'prompt') ?? readDocument(json, 'prompt')),
  )
  const bare = received.bytes.length === 0 || (route?.kind === 'content' && !isUtf8(received.bytes))
  const ahead = !bare && isLarge(received.bytes) ? new Ahead() : undefined
  const masker = { ...maskerFor(exchange, way, 'prompt'), ahead }
  if (way.connection.restore) exchange.taken = chainBefore(exchange, way, received)
  const before = house.memory.resent.compare(chainOf(exchange, way), masker, exchange.at)
  const breath = new Breath(house.clock)
  if (ahead) {
    await breath.rest()
    const fresh = askedOf(received.fresh, read).filter((piece) => !before.knows(piece))
    await ahead.mask(fresh, masker, breath)
    await breath.rest()
  }
  const judge: Judge = (piece) => before.judge(piece)
  const clean = bare || (received.cleanBesidesKnown(judge, read) && !signs(exchange, way))
  const scanned = clean
    ? asItCame(received)
    : await replaced(exchange, way, received, judge, { direction: 'prompt', masker, read })
  if (ahead) await breath.rest()
  exchange.findings = scanned.findings
  if (!way.protocol) exchange.unread = scanned.record
  keep(exchange, way, received, scanned)
  learnOnceKept(exchange, way, received, before, scanned)
  if (exchange.prompt) {
    exchange.prompt = ownWords(exchange, way, exchange.prompt)
    exchange.text = textOfMessages(before.fresh(exchange.prompt.messages))
  }
  return scanned
}

/** What the record holds of a body, beside what goes upstream. */
interface Copied extends Scanned {
  readonly record: Buffer
}

const asItCame = ({ bytes, raw }: Asked): Copied => ({ outgoing: raw, untouched: true, findings: [], record: bytes })

/** A body of which every string is looked at: masked, and with the reasoning that its model signed. */
async function replaced(
  exchange: Exchange,
  way: Way,
  { bytes, raw, text }: Asked,
  judge: Judge,
  how: Parameters<typeof maskBody>[2],
): Promise<Copied> {
  const { house, turn } = exchange
  const masked = maskBody(judge, text, how)
  const { recorded, findings, taken } = masked
  if (taken && exchange.taken) exchange.taken = new Map([...exchange.taken, ...taken])
  const record = recorded === text ? bytes : Buffer.from(recorded)
  const restored = exchange.prompt ? resignReasoning(exchange, way, masked.text) : masked.text
  const untouched = restored === text
  const outgoing = untouched ? raw : restored === recorded ? record : Buffer.from(restored)
  if (findings.length) await house.identity.revokeSecretsIn(text)
  if (way.protocol && recorded !== text) {
    exchange.document = JSON.parse(recorded)
    exchange.prompt = follow(exchange, way, way.protocol.readPrompt(exchange.document, turn.headers))
  }
  return { outgoing, untouched, findings, record }
}

/** What the session's next prompt need not read again, once this one is on the record. */
function learnOnceKept(exchange: Exchange, way: Way, asked: Asked, before: Comparison, { record, findings }: Copied) {
  const { house, id, session, at } = exchange
  const { engine, memory } = house
  const { protocol } = way
  exchange.learn = () => {
    memory.resent.learn(chainOf(exchange, way), before, at)
    if (!protocol) return way.route?.kind === 'telemetry' ? learnOutcomes(exchange, asked.text) : undefined
    const unrecorded = exchange.recording?.keep !== 'full'
    const strand = asked.strand(
      { exchange: id, session, unrecorded, record },
      engine,
      protocol.name,
      findings.length === 0,
    )
    memory.strands.learn(callerOf(exchange, way), strand, asked.shared, at)
    return undefined
  }
}

/** What a telemetry tells of suggestions: its own ending says how much of it was taken. */
async function learnOutcomes(exchange: Exchange, text: string): Promise<void> {
  exchange.outcomes = await exchange.house.outcomes.take(exchange, readOutcomes(text))
}

/** Puts the masked body on the exchange where its route is recorded in full, with digests of both sides. */
function keep(exchange: Exchange, way: Way, received: Asked, { record, outgoing }: Copied): void {
  const { house, prompt } = exchange
  const came = digest(exchange, received.raw)
  const type = String(exchange.turn.headers['content-type'] ?? '')
  const sent = digest(exchange, outgoing)
  if (keepsBodies(way)) {
    const original = record === received.bytes ? undefined : received.bytes
    exchange.body = {
      bytes: record,
      type,
      received: came,
      sent,
      ...sealed(exchange, record),
      ...originalOf(exchange, 'prompt', original),
    }
  }
  if (!prompt) return
  const like = likeOf(exchange, way, received, record)
  if (like) exchange.like = like
  const print = `${exchange.actor?.id}\0${way.connection.name}\0${came}`
  const before = house.memory.retries.get(print, exchange.at)
  if (before) exchange.retryOf = before
  house.memory.retries.set(print, exchange.id, exchange.at)
  exchange.print = print
}

/** The body of this session that this one repeats, told to the trail so that it need not take those bytes again. */
function likeOf(exchange: Exchange, way: Way, { bytes, shared }: Asked, record: Buffer): Like | undefined {
  const { house, session, at } = exchange
  const known = record === bytes ? shared : undefined
  if (known && !known.strand.unrecorded && session !== undefined && known.strand.session === session)
    return { exchange: known.strand.exchange, prefix: known.prefix, suffix: known.suffix }
  return house.memory.strands.like(callerOf(exchange, way), session, record, at)
}

/** Whose resent history this is: one actor's, in one session, over one connection; another one once a value came back. */
const chainOf = (exchange: Exchange, way: Way): string =>
  `${scopeOf(exchange)}\0${way.connection.name}\0${givenTo(exchange, way)?.size ?? 0}`

/** Whose bodies these are. Which session they belong to is known only once they are read. */
export function callerOf(exchange: Exchange, way: Way): string {
  const { actor, client } = exchange
  const given = givenTo(exchange, way)?.size ?? 0
  return [actor?.id, way.connection.name, way.protocol?.name, client.client, client.session, given].join('\0')
}

/** The words of messages for the full-text index, newest first. */
export const textOfMessages = (messages: readonly Message[]): string =>
  messages
    .map(({ text }) => text)
    .reverse()
    .join('\n')
