/** The texts of a recorded body, each with its places, and the body with others in their stead. Knows no trace. */
import { isUtf8 } from 'node:buffer'
import { type Body, Fault, type RouteKind } from '#exchange'
import {
  EVENTS,
  type EventReading,
  type Form,
  type Frame,
  formOfText,
  type Piece,
  PROTOCOLS,
  type Protocol,
  readPlainEvent,
  valuesIn,
  withoutSpellings,
} from '#wire'
import { isOpaque, isStructure } from './structure.ts'

/** Where some of a text stands, in the data of one event or in the only document. UTF-16 offsets, end exclusive. */
export interface Spot {
  readonly event: number
  readonly start: number
  readonly end: number
  /** Its length, decoded. */
  readonly length: number
}

export interface Text {
  readonly value: string
  /** `arguments`: JSON that may break off. `raw`: no JSON around it. `beside`: a line of an event that is not its data. */
  readonly kind: 'text' | 'arguments' | 'key' | 'number' | 'raw' | 'beside'
  /** Where it stands; of a lane of a stream, in order. None: it is only read. */
  readonly spots: readonly Spot[]
}

export interface Replaced {
  readonly spot: Spot
  readonly kind: Text['kind']
  readonly value: string
}

export interface Texts {
  readonly texts: readonly Text[]
  /** The body with these values; of several in one event none may overlap. */
  written(changes: readonly Replaced[]): Buffer
}

export interface Whose {
  readonly route: RouteKind
  readonly direction: 'prompt' | 'reply'
}

export function textsOf(body: Pick<Body, 'bytes' | 'type' | 'assembled'>, { route, direction }: Whose): Texts {
  const encoding = isUtf8(body.bytes) ? 'utf8' : 'latin1'
  const text = Buffer.from(body.bytes).toString(encoding)
  const protocol = PROTOCOLS.find(({ name }) => name === route)
  const form = direction === 'reply' && !body.assembled && encoding === 'utf8' ? formOf(body, text) : undefined
  if (form) return inEvents(Buffer.from(body.bytes), form, protocol)
  const texts = documentTexts(text, 0, protocol !== undefined) ?? [rawOf(text, 0)]
  return { texts, written: (changes) => Buffer.from(spliced(text, changes), encoding) }
}

const formOf = ({ type }: Pick<Body, 'type'>, text: string): Form | undefined =>
  formOfText(text) ?? (/^text\/event-stream/i.test(type) ? EVENTS : undefined)

const rawOf = (value: string, event: number): Text => ({
  ...{ value, kind: 'raw', spots: [{ event, start: 0, end: value.length, length: value.length }] },
})

/** A shorter one is no trace. */
const LONG_NUMBER = /^-?\d{8,}$/

/** Undefined where it is no JSON. */
function documentTexts(text: string, event: number, isKnown: boolean): Text[] | undefined {
  const values = orRaw(() => valuesIn(text))
  return values
    ?.filter((value) => (value.kind !== 'number' || LONG_NUMBER.test(value.value)) && !(isKnown && isStructure(value)))
    .map(({ path, kind, start, end, value }) => ({
      kind: kind === 'text' && path.endsWith('arguments') ? 'arguments' : kind,
      ...{ value, spots: [{ event, start, end, length: value.length }] },
    }))
}

function orRaw<Read>(read: () => Read): Read | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof Fault && (error.code === 'request.json' || error.code === 'limit.depth')) return undefined
    throw error
  }
}

/** Lanes across the events that bear them; what an event tells whole, by itself. */
function inEvents(bytes: Buffer, form: Form, protocol: Protocol | undefined): Texts {
  const frames = framesIn(bytes, form)
  const lanes = new Lanes(protocol !== undefined)
  for (const [event, { data, text }] of frames.entries()) {
    if (form === EVENTS) lanes.texts.push(...besides(text, event))
    if (data === undefined || data === '') continue
    const reading = orRaw(() => protocol?.readEvent(data) ?? readPlainEvent(data))
    if (reading) lanes.read(reading, data, event)
    else lanes.texts.push(rawOf(data, event))
  }
  lanes.end('*')
  const written = (changes: readonly Replaced[]): Buffer => {
    const byEvent = Map.groupBy(changes, ({ spot }) => spot.event)
    const out = frames.map((frame, event) => rewritten(frame, form, byEvent.get(event) ?? []))
    return Buffer.concat(out)
  }
  return { texts: lanes.texts, written }
}

const COMMENT = /^:.*$/gm

/** Comments of an event: they say something to nobody, and whatever it is. */
const besides = (text: string, event: number): Text[] =>
  /^:/m.test(text)
    ? [...text.matchAll(COMMENT)].map(({ index, 0: line }) => {
        const value = line.slice(1)
        return {
          value,
          kind: 'beside',
          spots: [{ event, start: index + 1, end: index + line.length, length: value.length }],
        }
      })
    : []

function rewritten(frame: Frame, form: Form, changes: readonly Replaced[]): Uint8Array {
  if (changes.length === 0) return frame.raw
  const { beside = [], data = [] } = Object.groupBy(changes, ({ kind }) => (kind === 'beside' ? kind : 'data'))
  const left = beside.length > 0 ? form.read(Buffer.from(spliced(frame.text, beside))) : frame
  return data.length > 0 ? form.rewrite(left, spliced(frame.data ?? '', data)) : left.raw
}

function framesIn(bytes: Buffer, form: Form): Frame[] {
  const framer = form.framer({ limit: Number.POSITIVE_INFINITY })
  const frames: Frame[] = []
  for (let at = 0; at < bytes.length; at = framer.at) {
    const raw = framer.cut(bytes, at, at === 0)
    if (raw) frames.push(form.read(raw))
  }
  const rest = framer.end()
  return rest ? [...frames, rest] : frames
}

class Lanes {
  readonly texts: Text[] = []
  readonly #open = new Map<string, { parts: string[]; spots: Spot[]; mode: Piece['mode'] }>()
  readonly #isKnown: boolean

  constructor(isKnown: boolean) {
    this.#isKnown = isKnown
  }

  read({ pieces, ends }: EventReading, data: string, event: number): void {
    for (const { lane, how, mode, start, end, value } of pieces) {
      const [path = ''] = lane
        .slice(lane.indexOf(':') + 1)
        .replaceAll('/', '.')
        .split(' ')
      if (value === '' || (this.#isKnown && isStructure({ path, kind: 'text', value }))) continue
      const spot = { event, start, end, length: value.length }
      if (how === 'whole') this.texts.push({ value, kind: mode === 'json' ? 'arguments' : 'text', spots: [spot] })
      else {
        const known = this.#open.get(lane) ?? { parts: [], spots: [], mode }
        known.parts.push(value)
        known.spots.push(spot)
        this.#open.set(lane, known)
      }
    }
    const places = new Set(pieces.map(({ start }) => start))
    for (const value of orRaw(() => valuesIn(data)) ?? [])
      if (isOpaque(value) && !places.has(value.start)) this.texts.push({ value: value.value, kind: 'text', spots: [] })
    for (const lane of ends) this.end(lane)
  }

  /** An exact name, or the beginning of one with `*` after it. */
  end(name: string): void {
    for (const [lane, { parts, spots, mode }] of this.#open) {
      if (name.endsWith('*') ? !lane.startsWith(name.slice(0, -1)) : lane !== name) continue
      this.#open.delete(lane)
      this.texts.push({ value: parts.join(''), kind: mode === 'json' ? 'arguments' : 'text', spots })
    }
  }
}

/** A number becomes a string; keys stay apart. */
function spliced(text: string, changes: readonly Replaced[]): string {
  if (changes.length === 0) return text
  const sorted = changes.toSorted((a, b) => a.spot.start - b.spot.start)
  const keys = freshKeys(text)
  let [out, from] = ['', 0]
  for (const { spot, kind, value } of sorted) {
    const json = JSON.stringify(kind === 'key' ? keys(value) : value)
    const written = kind === 'raw' || kind === 'beside' ? value : kind === 'number' ? json : json.slice(1, -1)
    out += text.slice(from, spot.start) + written
    from = spot.end
  }
  out += text.slice(from)
  return sorted.some(({ kind }) => kind === 'raw' || kind === 'beside') ? out : withoutSpellings(out)
}

/** A key with nothing that stands in this document already. */
function freshKeys(text: string): (key: string) => string {
  let count = 0
  return (key) => {
    let fresh = count === 0 ? key : `${key} ${count + 1}`
    while (text.includes(`"${fresh}"`)) fresh = `${key} ${++count + 1}`
    count++
    return fresh
  }
}
