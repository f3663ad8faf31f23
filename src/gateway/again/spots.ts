/** Texts of a body, with the places where they stand, and a text with others in their stead. Reads no protocol. */
import { Fault } from '#exchange'
import { withoutSpellings } from '#wire'
import { freshKeys } from './nested.ts'

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

/** All of an event's data, or of a body: it is no JSON. */
export const rawOf = (value: string, event: number): Text => ({
  ...{ value, kind: 'raw', spots: [{ event, start: 0, end: value.length, length: value.length }] },
})

/** Undefined where it is no JSON, or too deep to be read as such. */
export function orRaw<Read>(read: () => Read): Read | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof Fault && (error.code === 'request.json' || error.code === 'limit.depth')) return undefined
    throw error
  }
}

/** A number becomes a string; keys stay apart. */
export function spliced(text: string, changes: readonly Replaced[]): string {
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
