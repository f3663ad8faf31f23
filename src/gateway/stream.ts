/** One streamed reply: upstream bytes to masked events to the client, journalled, its last event held for the record. */
import { type EndingKind, Fault, type Reply as Told } from '#exchange'
import { type Incoming, withoutLength } from '#relay'
import type { Form } from '#wire'
import { tell } from './answer.ts'
import { Came } from './came.ts'
import { keepsBodies } from './copilot/kept.ts'
import { editsIn } from './edits.ts'
import { digest, type End, type Exchange, elapsed, ended, originalOf } from './exchange.ts'
import { rememberReply } from './follows.ts'
import { maskerFor } from './masker.ts'
import { rememberNotice } from './notices.ts'
import { end, endAnyhow, isBehind, journal, journalled } from './record.ts'
import { lineOf } from './refusals.ts'
import { Reply } from './reply.ts'
import { requestIdsOf } from './request-ids.ts'
import { alertsOf, rememberTaken, restoringOf } from './restore/chain.ts'
import type { Restoring } from './restore/restoring.ts'
import { Sheet } from './sheet.ts'
import { rememberSigned } from './signed.ts'
import type { Way } from './steps.ts'
import type { Cut } from './watch.ts'

/** How long upstream may take to end its body after the terminal event, in ms. */
const GRACE = 150

export interface Streamed {
  /** Delivers the reply to its end. @throws upstream.*, client.aborted, identity.revoked, limit.*, trail.* */
  run(cut: Cut): Promise<void>
  /** Ends a begun reply that went wrong: the ending entry, and a notice where the client is still there. */
  cut(kind: EndingKind, fault: Fault): Promise<void>
}

/** What a reply is said to be, and how it is framed; where that is not given its bytes tell. */
interface Kind {
  readonly type: string
  readonly form: Form | undefined
}

export const stream = (exchange: Exchange, way: Way, incoming: Incoming, kind: Kind): Streamed =>
  new Stream(exchange, way, incoming, kind)

class Stream implements Streamed {
  readonly #exchange: Exchange
  readonly #way: Way
  readonly #incoming: Incoming
  readonly #type: string
  readonly #reply: Reply
  readonly #restoring: Restoring | undefined
  /** What the record holds of the bytes that left. */
  readonly #sent = new Sheet()
  /** The bytes that left, where the record holds others. */
  #left: Uint8Array[] | undefined
  readonly #came: Came
  /** All that came, where originals are kept. */
  readonly #received: Uint8Array[] | undefined

  constructor(exchange: Exchange, way: Way, incoming: Incoming, { type, form }: Kind) {
    const { settings, keyring, originals } = exchange.house
    this.#exchange = exchange
    this.#way = way
    this.#incoming = incoming
    this.#type = type
    this.#came = new Came(keyring, this.#sent)
    if (originals && keepsBodies(way)) this.#received = []
    const masker = maskerFor(exchange, way, 'reply')
    this.#restoring = restoringOf(exchange, way)
    const { protocol } = way
    this.#reply = new Reply({ ...masker, protocol, form, eventBytes: settings.eventBytes, restoring: this.#restoring })
  }

  async run(cut: Cut): Promise<void> {
    const { turn, id } = this.#exchange
    turn.head(this.#incoming.status, [...withoutLength(this.#incoming.headers), ['x-gatelog-exchange', id]])
    const source = this.#incoming.body[Symbol.asyncIterator]()
    for (let next = await source.next(); !next.done; next = await this.#next(source)) {
      this.#came.take(next.value)
      this.#received?.push(next.value)
      const out = this.#reply.push(next.value)
      if (this.#changed) this.#came.changed()
      for (const bytes of out) {
        const room = this.#deliver(bytes)
        if (room) await room
      }
      if (!this.#changed) this.#came.passed()
      if (this.#reply.stopped) throw this.#reply.stopped
    }
    const last = this.#reply.end()
    if (this.#changed) this.#came.changed()
    if (this.#reply.stopped) throw this.#reply.stopped
    if (this.#truncated(last)) throw new Fault('upstream.truncated')
    if (cut.signal.aborted && !this.#reply.terminal) throw cut.signal.reason
    const delivered = { length: this.#sent.length, parts: this.#left?.length ?? 0 }
    for (const bytes of last) this.#admit(bytes)
    if (!this.#changed) this.#came.passed()
    rememberSigned(this.#exchange, this.#way, this.#reply.signed)
    if (this.#restoring) rememberTaken(this.#exchange, this.#way, this.#restoring)
    const told = await this.#end('replied')
    await end(this.#exchange, ended(this.#exchange, told)).catch((error) => {
      this.#takeBack(delivered)
      throw error
    })
    rememberReply(this.#exchange, this.#way, told.reply)
    for (const bytes of last) await turn.deliver(bytes)
  }

  /** The next bytes; after the terminal event only for a short while, so that the client need not wait. */
  async #next(source: AsyncIterator<Uint8Array>): Promise<IteratorResult<Uint8Array>> {
    if (!this.#reply.terminal) return source.next()
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<IteratorResult<Uint8Array>>((resolve) => {
      timer = setTimeout(() => resolve({ done: true, value: undefined }), GRACE)
    })
    const next = await Promise.race([source.next(), late])
    clearTimeout(timer)
    if (next.done) await source.return?.()
    return next
  }

  /** Whether what is on the sheet is not what came. */
  get #changed(): boolean {
    return this.#reply.edited || this.#reply.unlike
  }

  /** Journals, waits where the record lags behind, then lets the bytes go. A promise where that takes time. */
  #deliver(came: Uint8Array): Promise<void> | undefined {
    const { turn } = this.#exchange
    const kept = this.#admit(came)
    journal(this.#exchange, kept)
    const bytes = this.#reply.recordOf(came) === came ? kept : came
    if (isBehind(this.#exchange.house) || this.#way.connection.durable === 'each-event')
      return journalled(this.#exchange).then(() => turn.deliver(bytes))
    return turn.deliver(bytes)
  }

  /** Takes bytes into the record; the copy that it keeps. @throws limit.reply */
  #admit(bytes: Uint8Array): Uint8Array {
    const most = this.#exchange.house.settings.replyBytes
    if (this.#sent.length + bytes.length > most) throw new Fault('limit.reply', `more than ${most} bytes`)
    return this.#count(bytes)
  }

  #count(left: Uint8Array): Uint8Array {
    const bytes = this.#reply.recordOf(left)
    if (bytes !== left) this.#left ??= this.#sent.parts(this.#sent.length)
    this.#left?.push(left)
    return this.#sent.add(bytes, elapsed(this.#exchange))
  }

  /** What was counted and did not leave after all is no part of the record. */
  #takeBack({ length, parts }: { length: number; parts: number }): void {
    this.#sent.cut(length)
    this.#left?.splice(parts)
  }

  /** A stream whose protocol has a terminal event and that ended, with 200, without it. */
  #truncated(last: readonly Uint8Array[]): boolean {
    if (this.#reply.terminal || !this.#way.protocol || this.#incoming.status !== 200) return false
    const recorded = last.map((bytes) => this.#reply.recordOf(bytes))
    return this.#reply.told(Buffer.concat([this.#sent.bytes(), ...recorded]))?.finish === undefined
  }

  async #end(kind: EndingKind): Promise<End> {
    const bytes = this.#sent.bytes()
    const kept = keepsBodies(this.#way)
    const reply: Told | undefined = this.#reply.told(bytes)
    const received = this.#came.digest()
    const asItCame = kind === 'replied' && !this.#reply.edited
    const sent = asItCame ? received : digest(this.#exchange, this.#left ? Buffer.concat(this.#left) : bytes)
    return {
      kind,
      status: this.#incoming.status,
      delivered: this.#incoming.status,
      findings: this.#reply.findings,
      alerts: alertsOf(this.#restoring),
      events: this.#reply.events,
      unparsed: this.#reply.unparsed,
      ...(kept && { body: { bytes, type: this.#type, received, sent, ...this.#original() }, pace: this.#sent.pace() }),
      ...(reply && { reply, edits: await editsIn(this.#exchange, reply) }),
      ...requestIdsOf(this.#incoming),
    }
  }

  #original() {
    return originalOf(
      this.#exchange,
      'reply',
      this.#received && this.#changed ? Buffer.concat(this.#received) : undefined,
    )
  }

  async cut(kind: EndingKind, fault: Fault): Promise<void> {
    const { turn, id } = this.#exchange
    const line = lineOf(fault, id)
    const notice = turn.gone.aborted ? undefined : this.#notice(line)
    if (notice) this.#count(notice)
    const ending = ended(this.#exchange, { ...(await this.#end(kind)), fault, ...(notice && { authored: true }) })
    await endAnyhow(this.#exchange, ending)
    if (!notice) return turn.abort()
    rememberNotice(this.#exchange, this.#way, line)
    await tell(turn, notice)
  }

  #notice(line: string): Uint8Array | undefined {
    const { protocol } = this.#way
    if (this.#reply.lineWise) return Buffer.from(`\n${JSON.stringify({ error: line })}\n`)
    if (!protocol) return undefined
    return Buffer.from(protocol.notice(line, this.#sent.bytes().toString()))
  }
}
