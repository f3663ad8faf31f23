/** The texts of a recorded stream: lanes across the events that bear them, and what an event tells whole. Knows no trace. */
import {
  EVENTS,
  type EventReading,
  type Form,
  type Frame,
  type Piece,
  type Protocol,
  readPlainEvent,
  valuesIn,
} from '#wire'
import { orRaw, type Replaced, rawOf, type Spot, spliced, type Text, type Texts } from './spots.ts'
import { isLabel, isOpaque, OPAQUE } from './structure.ts'
import type { Work } from './words.ts'

/** Events between two steps. */
const STEP = 256

/** Lanes across the events that bear them; what an event tells whole, by itself. */
export function* textsInEvents(bytes: Buffer, form: Form, protocol: Protocol | undefined): Work<Texts> {
  const frames = yield* framesIn(bytes, form)
  const lanes = new Lanes(protocol !== undefined)
  for (const [event, { data, text }] of frames.entries()) {
    if (event % STEP === 0) yield
    if (form === EVENTS) for (const comment of besides(text, event)) lanes.texts.push(comment)
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

/** Comments, and fields that are no data, without the name and the colon before; a line without a colon is all name. */
const BESIDE = /(?<=^|[\r\n])(?!data(?:[:\r\n]|$))((?:[^\r\n:]*:)?)([^\r\n]+)/g
/** What an event is called, and its number. */
const LABEL = /^ ?[\w.:-]{1,64}$/

/** What stands beside the data of an event: it says something to nobody, and whatever it is. */
function besides(text: string, event: number): Text[] {
  return [...text.matchAll(BESIDE)].flatMap(({ index, 1: name = '', 2: value = '' }) => {
    if ((name === 'event:' || name === 'id:') && LABEL.test(value)) return []
    const start = index + name.length
    const spot = { event, start, end: start + value.length, length: value.length }
    return [{ value, kind: 'beside' as const, spots: [spot] }]
  })
}

function rewritten(frame: Frame, form: Form, changes: readonly Replaced[]): Uint8Array {
  if (changes.length === 0) return frame.raw
  const { beside = [], data = [] } = Object.groupBy(changes, ({ kind }) => (kind === 'beside' ? kind : 'data'))
  const left = beside.length > 0 ? form.read(Buffer.from(spliced(frame.text, beside))) : frame
  return data.length > 0 ? form.rewrite(left, spliced(frame.data ?? '', data)) : left.raw
}

function* framesIn(bytes: Buffer, form: Form): Work<Frame[]> {
  const framer = form.framer({ limit: Number.POSITIVE_INFINITY })
  const frames: Frame[] = []
  for (let at = 0; at < bytes.length; at = framer.at) {
    const raw = framer.cut(bytes, at, at === 0)
    if (raw) frames.push(form.read(raw))
    if (frames.length % STEP === 0) yield
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
      if (value === '' || (this.#isKnown && isLabel(path, value))) continue
      const spot = { event, start, end, length: value.length }
      if (how === 'whole') this.texts.push({ value, kind: mode === 'json' ? 'arguments' : 'text', spots: [spot] })
      else {
        const known = this.#open.get(lane) ?? { parts: [], spots: [], mode }
        known.parts.push(value)
        known.spots.push(spot)
        this.#open.set(lane, known)
      }
    }
    if (OPAQUE.test(data)) this.#opaque(pieces, data)
    for (const lane of ends) this.end(lane)
  }

  /** What only a machine reads is no lane. */
  #opaque(pieces: readonly Piece[], data: string): void {
    const places = new Set(pieces.map(({ start }) => start))
    for (const value of orRaw(() => valuesIn(data)) ?? [])
      if (isOpaque(value) && !places.has(value.start)) this.texts.push({ value: value.value, kind: 'text', spots: [] })
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
