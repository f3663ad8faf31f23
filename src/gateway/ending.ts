/** The second half of an exchange: the reply, masked and journalled on its way, and its ending entry. */
import { type Body, type EndingKind, Fault, type Finding } from '#exchange'
import { decoded, type Incoming, withoutLength } from '#relay'
import { type Form, formOfText, readDocument } from '#wire'
import { Ahead, isLarge } from './ahead.ts'
import { refusalFor, say } from './answer.ts'
import { Breath } from './breath.ts'
import { answerAccount } from './copilot/account.ts'
import { keepsBodies } from './copilot/kept.ts'
import { relayUnread } from './copilot/unread.ts'
import { askedOf, judgeWith, maskBody, readingOnce } from './document.ts'
import { editsIn } from './edits.ts'
import { digest, type Exchange, ended, originalOf, sealed } from './exchange.ts'
import { rememberReply } from './follows.ts'
import { framed } from './framing.ts'
import { cleanHead } from './heads.ts'
import { blockedBy, maskerFor } from './masker.ts'
import { offered } from './offers.ts'
import { end, endAnyhow } from './record.ts'
import { requestIdsOf } from './request-ids.ts'
import { alertsOf, rememberTaken, restoringOf } from './restore/chain.ts'
import { restoredIn } from './restore/whole.ts'
import { rememberSigned, signedIn } from './signed.ts'
import type { Way } from './steps.ts'
import { type Streamed, stream } from './stream.ts'
import type { Cut } from './watch.ts'

/** What a failed exchange must know of its reply so far. */
export interface Progress {
  readonly status: number
  readonly way: Way
  readonly streamed?: Streamed
  /** What was found in a reply of which nothing leaves. */
  readonly findings?: readonly Finding[]
}

const progress = new WeakMap<Exchange, Progress>()

/** Steps 7 and 8: the reply goes to the client, masked; its last bytes only once the ending is durable. */
export async function answer(exchange: Exchange, way: Way, incoming: Incoming, cut: Cut): Promise<void> {
  progress.set(exchange, { status: incoming.status, way })
  if (way.route?.kind === 'unread') return relayUnread(exchange, incoming)
  const { incoming: reply, findings } = cleanHead(maskerFor(exchange, way, 'reply'), decoded(incoming))
  exchange.headFindings = findings
  const type = headerOf(reply.headers, 'content-type')
  const { reply: begun, form } = await framed(reply, type, exchange.house.settings.replyBytes)
  return form ? flow(exchange, way, begun, form, cut) : whole(exchange, way, begun, cut)
}

/** A reply that streams: each event leaves as soon as it is decided. */
function flow(exchange: Exchange, way: Way, reply: Incoming, form: Form | 'told', cut: Cut): Promise<void> {
  const type = headerOf(reply.headers, 'content-type')
  const streamed = stream(exchange, way, reply, { type, form: form === 'told' ? undefined : form })
  progress.set(exchange, { status: reply.status, way, streamed })
  return streamed.run(cut)
}

const headerOf = (headers: Incoming['headers'], name: string): string =>
  headers.find(([key]) => key.toLowerCase() === name)?.[1] ?? ''

/** A reply that is not a stream: read whole, masked, recorded, then delivered. @throws limit.reply, upstream.* */
async function whole(exchange: Exchange, way: Way, incoming: Incoming, cut: Cut): Promise<void> {
  const { house, turn } = exchange
  const type = headerOf(incoming.headers, 'content-type')
  const bytes = await bytesOf(exchange, incoming)
  if (way.route?.kind === 'account') return answerAccount(exchange, way, incoming, bytes)
  const text = bytes.toString()
  const form = formOfText(text)
  if (form) return flow(exchange, way, { ...incoming, body: once(bytes) }, form, cut)
  const offer = offered(way, text)
  const read = readingOnce((json) => way.protocol?.readPieces(json, 'reply') ?? readDocument(json, 'reply'))
  const ahead = isLarge(bytes) ? new Ahead() : undefined
  const masker = { ...maskerFor(exchange, way, 'reply'), ahead }
  await ahead?.mask(askedOf(offer, read), masker, new Breath(house.clock))
  const masked = maskBody(judgeWith(masker), offer, { direction: 'reply', masker, read })
  const blocked = masked.findings.find(({ action }) => action === 'block')
  if (blocked) {
    progress.set(exchange, { status: incoming.status, way, findings: masked.findings })
    throw blockedBy(blocked)
  }
  const restoring = restoringOf(exchange, way)
  const given = restoring ? restoredIn(restoring, masked.text, read) : masked.text
  const out = given === text ? bytes : Buffer.from(given)
  const record = masked.recorded === given ? out : Buffer.from(masked.recorded)
  if (restoring) rememberTaken(exchange, way, restoring)
  rememberSigned(exchange, way, signedIn(way, text, masked.text))
  const changed = masked.recorded === text ? undefined : bytes
  const received = { received: digest(exchange, bytes), ...originalOf(exchange, 'reply', changed) }
  const body = bodyOf(exchange, way, { bytes: record, type, ...received }, out)
  const reply = way.protocol?.readReply(masked.recorded, false)
  await end(
    exchange,
    ended(exchange, {
      kind: 'replied',
      status: incoming.status,
      delivered: incoming.status,
      findings: [...masked.findings, ...(restoring?.findings ?? [])],
      alerts: alertsOf(restoring),
      ...(body && { body }),
      ...(reply && { reply, edits: await editsIn(exchange, reply) }),
      ...requestIdsOf(incoming),
    }),
  )
  rememberReply(exchange, way, reply)
  const length: [string, string][] = turn.method === 'HEAD' ? [] : [['content-length', String(out.length)]]
  turn.head(incoming.status, [...withoutLength(incoming.headers), ...length, ['x-gatelog-exchange', exchange.id]])
  await turn.deliver(out)
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

async function bytesOf({ house }: Exchange, { body }: Incoming): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    if (size > house.settings.replyBytes) throw new Fault('limit.reply', `more than ${house.settings.replyBytes} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** The reply as the record keeps it: whole where its route is recorded in full. */
function bodyOf(exchange: Exchange, way: Way, o: Omit<Body, 'sent'>, sent: Uint8Array): Body | undefined {
  if (!keepsBodies(way)) return undefined
  return { ...o, sent: digest(exchange, sent), ...sealed(exchange, o.bytes) }
}

const KINDS: Partial<Record<Fault['code'], EndingKind>> = {
  'client.aborted': 'aborted',
  'identity.revoked': 'aborted',
  'policy.reply': 'denied',
}

/** The ending of an exchange that did not go well: an entry, then a refusal or a notice, as far as the client got. */
export async function close(exchange: Exchange, fault: Fault): Promise<void> {
  const known = progress.get(exchange)
  const { turn } = exchange
  const kind = KINDS[fault.code] ?? 'failed'
  if (known?.streamed && turn.begun) return known.streamed.cut(kind, fault)
  const refusal = refusalFor(exchange, fault)
  const gone = turn.gone.aborted
  const ending = ended(exchange, {
    kind,
    status: known?.status ?? 0,
    delivered: gone || turn.begun ? 0 : refusal.status,
    fault,
    authored: !gone,
    ...(known?.findings && { findings: known.findings }),
  })
  await endAnyhow(exchange, ending)
  if (turn.begun) turn.abort()
  else await say(exchange, refusal)
}
