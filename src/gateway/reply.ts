/** One streamed reply on its way to the client: bytes in, masked events out. Opens no socket and reads no clock. */
import { adjoined, Fault, type Finding, type Reply as Told } from '#exchange'
import {
  EVENTS,
  type EventReading,
  type Form,
  type Frame,
  formOfStream,
  Habit,
  joinedEvents,
  type Piece,
  type Protocol,
  readPlainEvent,
  type Shape,
  type Shapes,
} from '#wire'
import { shapesFor } from './known-shapes.ts'
import { Lanes } from './lanes.ts'
import { blockedBy, type Masker } from './masker.ts'
import type { Json } from './restore/places.ts'
import type { Restoring } from './restore/restoring.ts'
import type { Signed } from './signed.ts'
import { passes, rendered, type Segment, type Waiting } from './waiting.ts'
import { Wholes } from './wholes.ts'

/** Bytes that may wait behind the first event that waits; past them: mask. A lane itself holds no more than 1,024 characters. */
const MOST_WAITING = 262_144
/** So many more events must have fitted a known shape than were learnt, past the first ones. */
const LEARNT_FREELY = 16
const FITS_PER_SHAPE = 8

export interface ReplyOptions extends Masker {
  /** The protocol that reads the events; without one every string is a lane, named by where it stands. */
  readonly protocol: Protocol | undefined
  readonly eventBytes: number
  /** How the bytes are framed; told by their beginning where it is not given. */
  readonly form?: Form | undefined
  /** Where values that this chain sent may come back. */
  readonly restoring?: Restoring | undefined
}

/**
 * Masks one stream of Server-Sent Events, or of JSON by lines. No event is split, merged, dropped or renumbered: one whose tail may begin a
 * secret waits whole with all that follow it, and what no rule touches leaves as it came.
 */
export class Reply {
  /** True once the event that ends the reply was seen; it and what follows leave only with `end()`. */
  terminal = false
  /** True once an event left otherwise than it came. */
  edited = false
  /** Events seen, and those among them that did not parse and were scanned as raw text. */
  events = 0
  unparsed = 0
  /** Set once a secret came that nothing may follow: what leaves before it has left, and no more will. */
  stopped: Fault | undefined
  /** What the record holds in the stead of bytes that left otherwise. */
  readonly #recorded = new Map<Uint8Array, Uint8Array>()
  readonly #options: ReplyOptions
  readonly #shapes: Shapes | undefined
  #form: Form
  #framer: ReturnType<Form['framer']>
  /** White space that came before it was known how the bytes are framed. */
  #early: Buffer | undefined
  readonly #habit = new Habit()
  readonly #lanes: Lanes
  readonly #wholes: Wholes
  #waiting: Waiting[] = []
  #waitingBytes = 0
  #last: Waiting[] = []
  /** Events that fitted a shape, and shapes learnt. */
  #fitted = 0
  #learnt = 0

  constructor(options: ReplyOptions) {
    this.#options = options
    this.#form = options.form ?? EVENTS
    this.#framer = this.#form.framer({ limit: options.eventBytes })
    this.#early = options.form ? undefined : NOTHING
    this.#shapes = shapesFor(options.engine, options.protocol)
    this.#lanes = new Lanes(options, options.protocol !== undefined)
    this.#wholes = new Wholes(options)
  }

  /**
   * Takes upstream bytes, cut anywhere; returns the bytes that may leave now, events in a row in one piece where they
   * came so. @throws limit.event, upstream.malformed
   */
  push(bytes: Uint8Array): Uint8Array[] {
    if (this.stopped) return []
    const chunk = this.#begun(
      Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length),
    )
    const text = this.#shapes ? chunk.toString('latin1') : ''
    const out: Uint8Array[] = []
    /** Since where all passes as it came, and whether the framer has not seen this chunk. */
    let [since, fresh] = [0, true]
    for (let at = 0; at < chunk.length && !this.stopped; ) {
      const shape = this.#shapeAt(text, chunk, at)
      if (shape) {
        const end = this.#shapes?.fit.end ?? at
        const segments = this.#fit(shape)
        if (segments) {
          this.#add(out, chunk.subarray(since, at))
          this.#wait({ raw: chunk.subarray(at, end), segments, edits: [], shell: undefined, text: false })
          this.#release(out)
          since = end
        }
        at = end
      } else {
        this.#add(out, chunk.subarray(since, at))
        const raw = this.#framer.cut(chunk, at, fresh)
        fresh = false
        since = at = this.#framer.at
        if (raw) this.#take(this.#form.read(raw))
        this.#release(out)
      }
    }
    if (!this.stopped) this.#add(out, chunk.subarray(since))
    return out
  }

  /** The bytes to go on with: none until the first of them tell how they are framed. */
  #begun(chunk: Buffer): Buffer {
    if (!this.#early) return chunk
    const bytes = this.#early.length ? Buffer.concat([this.#early, chunk]) : chunk
    const form = formOfStream(bytes)
    this.#early = form ? undefined : bytes
    if (!form) return NOTHING
    this.#form = form
    this.#framer = form.framer({ limit: this.#options.eventBytes })
    return bytes
  }

  /** No more bytes will come: what was held back, the terminal event last. */
  end(): Uint8Array[] {
    if (this.#early?.length) this.#framer.cut(this.#early, 0, true)
    const rest = this.#framer.end()
    if (rest) this.#take(rest)
    this.#lanes.end('*')
    const out: Uint8Array[] = []
    this.#release(out)
    this.#options.restoring?.ready([], this.#last)
    for (const waiting of this.#last) this.#add(out, this.#render(waiting))
    this.#last = []
    return out
  }

  /** The bytes to record for bytes that left: the very same ones, save where a secret was let go or given back. */
  recordOf(sent: Uint8Array): Uint8Array {
    return this.#recorded.get(sent) ?? sent
  }

  /** Whether the record holds other bytes than those that left. */
  get unlike(): boolean {
    return this.#recorded.size > 0
  }

  /** Whether each line is an event. */
  get lineWise(): boolean {
    return this.#form !== EVENTS
  }

  /** Every secret found so far. */
  get findings(): Finding[] {
    return [...this.#lanes.findings, ...this.#wholes.findings, ...(this.#options.restoring?.findings ?? [])]
  }

  /** The signed texts that a rule changed, as the model wrote them. */
  get signed(): Signed[] {
    return this.#lanes.signed
  }

  /** What these bytes tell, which left; undefined where no protocol reads them. */
  told(bytes: Buffer): Told | undefined {
    const { protocol } = this.#options
    if (!protocol || !this.#shapes) return undefined
    if (this.#form !== EVENTS) return protocol.readEvents(this.#form.events(bytes.toString()))
    return protocol.readEvents(joinedEvents(bytes, this.#shapes))
  }

  /** The shape of the event that begins here; what it bears is in the shapes' `fit`. */
  #shapeAt(text: string, chunk: Buffer, at: number): Shape | undefined {
    if (!this.#shapes || this.#options.restoring || this.terminal || !this.#framer.clear) return undefined
    const shape = this.#shapes.find(text, chunk, at, this.#habit)
    return this.#shapes.fit.end - at > this.#options.eventBytes ? undefined : shape
  }

  /** Feeds the lanes of an event by its shape: what it waits for; undefined where it passes at once. */
  #fit({ targets }: Shape): Segment[] | undefined {
    const segments: Segment[] = []
    const values = this.#shapes?.fit.values ?? []
    for (let nth = 0; nth < targets.length; nth++) {
      const [target, value] = [targets[nth], values[nth]]
      if (target && value) segments.push(this.#feed(target.lane, target.mode, value))
    }
    this.events++
    this.#fitted++
    return this.#waiting.length > 0 || !segments.every(passes) ? segments : undefined
  }

  #feed(name: string, mode: Piece['mode'], value: string): Segment {
    const lane = this.#lanes.of(name, mode)
    const from = lane.length
    lane.push(value)
    this.#lanes.keep(name, value)
    const segment = { lane, from, to: from + value.length, value }
    const back = this.#options.restoring?.back(lane, name)
    return back ? { ...segment, back } : segment
  }

  /** An event that is read in full. */
  #take(came: Frame): void {
    const unparsed = this.unparsed
    const { frame, reading } = this.#once(came)
    const shell = this.#form === EVENTS ? this.#wholes.shell(frame) : undefined
    if (frame.data !== undefined) this.events++
    const text = this.unparsed > unparsed
    const document = text ? undefined : this.#options.restoring?.hear(frame.data ?? '')
    const waiting = { raw: frame.raw, ...this.#bear(reading, document), shell, text }
    if (reading?.terminal && !this.terminal) {
      this.terminal = true
      this.#lanes.end('*')
    } else for (const lane of reading?.ends ?? []) this.#lanes.end(lane)
    if (this.terminal) this.#last.push(waiting)
    else this.#wait(waiting)
    if (!shell && !text) this.#learn(frame)
  }

  #learn(frame: Frame): void {
    if (this.#learnt > LEARNT_FREELY + this.#fitted / FITS_PER_SHAPE) return
    this.#learnt++
    this.#shapes?.learn(frame, (shape) => this.#wholes.cleanIn(shape))
  }

  /**
   * An event and what it bears. Where a key stands twice in it parsers differ on which one counts, and one would put
   * together what no lane has seen: it is written anew as the most read it, with the last one alone.
   */
  #once(frame: Frame): { frame: Frame; reading: EventReading | undefined } {
    if (frame.data === undefined || frame.data === '') return { frame, reading: undefined }
    const reading = this.#read(frame.data)
    if (reading.doubled === undefined) return { frame, reading }
    this.edited = true
    const once = JSON.stringify(JSON.parse(frame.data)) + (this.#form === EVENTS ? '' : '\n')
    const written = this.#form.read(this.#form.rewrite(frame, once))
    return { frame: written, reading: this.#read(written.data ?? '') }
  }

  #read(data: string): EventReading {
    try {
      return this.#options.protocol?.readEvent(data) ?? readPlainEvent(data)
    } catch (error) {
      if (!(error instanceof Fault && error.code === 'request.json')) throw error
    }
    this.unparsed++
    const piece: Piece = { lane: 'raw', how: 'delta', mode: 'text', start: 0, end: data.length, value: data }
    return { pieces: [piece], ends: [], terminal: false }
  }

  #bear(reading: EventReading | undefined, document: Json | undefined): Pick<Waiting, 'segments' | 'edits'> {
    const [segments, edits]: [Segment[], Waiting['edits'][number][]] = [[], []]
    if (reading?.signed) this.#lanes.sign(reading.signed)
    for (const piece of reading?.pieces ?? []) {
      if (piece.value === '') continue
      if (piece.how === 'delta') segments.push(this.#feed(piece.lane, piece.mode, piece.value))
      else {
        const written = this.#wholes.masked(piece, (text) =>
          this.#options.restoring?.whole(document ?? {}, piece.lane, text),
        )
        if (written) edits.push({ start: piece.start, end: piece.end, ...written })
      }
    }
    return { segments, edits }
  }

  #wait(waiting: Waiting): void {
    this.#waiting.push(waiting)
    this.#waitingBytes += waiting.raw.length
  }

  #release(out: Uint8Array[]): void {
    let next = 0
    for (; next < this.#waiting.length; next++) {
      const waiting = this.#waiting[next] as Waiting
      if (!this.#ready(waiting)) break
      this.#waitingBytes -= waiting.raw.length
      this.#add(out, this.#render(waiting))
    }
    if (next) this.#waiting = this.#waiting.slice(next)
  }

  #ready({ segments }: Waiting): boolean {
    for (const { lane, to } of segments) {
      if (to <= lane.settled) continue
      if (this.#waitingBytes - (this.#waiting[0]?.raw.length ?? 0) <= MOST_WAITING) return false
      lane.overflow()
    }
    return this.#options.restoring?.ready(segments, [...this.#waiting, ...this.#last]) ?? true
  }

  /** The bytes to send: none where the event may not leave, and then none after it. */
  #render(waiting: Waiting): Uint8Array {
    if (this.stopped) return NOTHING
    const { sent, recorded } = rendered(waiting, this.#form, (frame) => this.#deltasOf(frame))
    if (recorded !== waiting.raw && this.#options.blocks) this.stopped = this.#blockedIn(waiting)
    if (this.#options.restoring?.broken) this.stopped ??= new Fault('upstream.ambiguous')
    if (this.stopped) return NOTHING
    if (sent !== waiting.raw) this.edited = true
    if (sent !== recorded) this.#recorded.set(sent, recorded)
    return sent
  }

  #blockedIn({ segments, edits, shell }: Waiting): Fault | undefined {
    const inLanes = segments.flatMap(({ lane, from, to }) => this.#lanes.blockedIn(lane, from, to) ?? [])
    const [found] = [...inLanes, ...[...edits, ...(shell ? [shell] : [])].flatMap(({ blocked }) => blocked ?? [])]
    return found && blockedBy(found)
  }

  #deltasOf(frame: Frame): Piece[] {
    return this.#read(frame.data ?? '').pieces.filter(({ how, value }) => how === 'delta' && value !== '')
  }

  /** Adds bytes to those that leave, in one piece with the last ones where they came so and are recorded so. */
  #add(out: Uint8Array[], bytes: Uint8Array): void {
    if (bytes.length === 0) return
    const last = out.at(-1)
    const apart = this.unlike && (this.#recorded.has(bytes) || (last !== undefined && this.#recorded.has(last)))
    const both = last && !apart ? adjoined(last, bytes) : undefined
    if (both) out[out.length - 1] = both
    else out.push(bytes)
  }
}

const NOTHING = Buffer.alloc(0)
