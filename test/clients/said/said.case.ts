/** What the mock model says: a text, perhaps a tool call, and where each is cut. Knows no protocol. */

export interface Call {
  readonly name: string
  /** JSON text. */
  readonly arguments: string
}

export interface Said {
  /** In every id of the reply, so that no two replies share one. */
  readonly id: string
  readonly model: string
  readonly text: string
  readonly call?: Call
}

/** A wire form: the whole reply as a JSON value, and the same as events in their wire text. */
export interface Form {
  whole(said: Said): unknown
  events(said: Said): Iterable<string>
}

/** Unix seconds; fixed, so that a reply depends on what is said alone. */
export const AT = 1_790_000_000

export const USAGE = { input: 11, output: 7 }

/** Lengths of pieces, taken in turn: single characters first and last, so that a border falls into every prefix. */
const LENGTHS = [2, 1, 1, 9, 1, 3, 30, 1, 5]

/** A text in pieces; never half a surrogate pair. */
export function pieces(text: string): string[] {
  const points = [...text]
  const cut: string[] = []
  for (let at = 0, turn = 0; at < points.length; turn++) {
    const length = LENGTHS[turn % LENGTHS.length] as number
    cut.push(points.slice(at, at + length).join(''))
    at += length
  }
  return cut
}

/** One event. `name` is the `event:` line, where the protocol has one. */
export const event = (data: unknown, name?: string): string =>
  `${name ? `event: ${name}\n` : ''}data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`
