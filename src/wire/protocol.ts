/** What a wire protocol can do. One file implements it for each provider's format. */
import { Fault, type Prompt, type ProtocolName, type Reply } from '#exchange'
import { DELTA, type Field, type Tree, WHOLE } from './fields.ts'
import type { Json } from './json.ts'
import { type Hole, readStrings, type Span, type Strings } from './strings.ts'

export type Headers = Readonly<Record<string, string | string[] | undefined>>

/** One string to scan: its lane, and where it stands in the document (UTF-16 offsets inside the quotes). */
export interface Piece {
  /** By position, never by an id: ids change with every event. */
  readonly lane: string
  readonly how: 'delta' | 'whole'
  readonly mode: 'text' | 'json'
  readonly start: number
  readonly end: number
  readonly value: string
}

export interface EventReading {
  readonly pieces: readonly Piece[]
  /** Lanes that end with this event: exact names, or prefixes that end in `*`. */
  readonly ends: readonly string[]
  /** A signature over all that a lane has borne: the text must come back to the provider unchanged. */
  readonly signed?: { readonly lane: string; readonly signature: string }
  /** A key that stands twice in one object: which one counts nobody can know. */
  readonly doubled?: string
  /** Whether this is the event after which a reply is complete. */
  readonly terminal: boolean
}

export interface Protocol {
  readonly name: ProtocolName
  /** Whether a path (without query) is this protocol's. */
  owns(path: string): boolean
  /** Whether it is spoken over a WebSocket too: each message one event, with the same JSON. */
  readonly socket?: true
  /** Whether this event, as JSON text, is the one after which a reply is complete; only where `socket`. */
  ends?(data: string): boolean
  /** Reads a parsed request. Missing parts become empty; nothing throws. */
  readPrompt(document: unknown, headers: Headers): Prompt
  /** The strings of a whole JSON document. @throws request.json, request.key where a prompt has one twice, limit.depth */
  readPieces(text: string, part: 'prompt' | 'reply'): Piece[]
  /**
   * The strings of one event. All but the pieces' places and values follows from what is no hole, or else `signed` is
   * set: see `Shape`. @throws request.json where it is not JSON: then it is raw text; limit.depth
   */
  readEvent(data: string, holes?: Hole[]): EventReading
  /** Puts a recorded reply together. Nothing throws. */
  readReply(body: string, streamed: boolean): Reply
  /** The same from a stream's events, as parsed JSON. Nothing throws. */
  readEvents(events: readonly Json[]): Reply
  /**
   * Where an event's text stands that `readEvents` only ever joins to what came before: an event with no other text
   * may be read together with the next one of its shape. A position in a list is written `*`.
   */
  readonly joined: readonly string[]
  /** The signed texts of a document, by signature, with their places. @throws request.json */
  readSigned?(text: string, part: 'prompt' | 'reply'): { readonly signature: string; readonly piece: Piece }[]
  /** Given the events sent so far, those that end the stream as a normal answer which bears `text`. */
  notice(text: string, sent: string): string
}

/**
 * The strings of a document as whole pieces, each named by its path. A prompt may have no key twice: which one a
 * provider reads nobody can know. @throws request.json, request.key, limit.depth
 */
export function wholePieces(text: string, part: 'prompt' | 'reply', tree?: Tree): Piece[] {
  const { spans, doubled } = readStrings(text, tree)
  if (part === 'prompt' && doubled !== undefined) throw new Fault('request.key', `${doubled.slice(-64)} twice`)
  return spans.map((span) => piece(span, span.path, span.field ?? WHOLE, 'whole'))
}

/**
 * The strings of one event. `laneOf` names a delta's lane from its path and the numbers beside it. A string that the
 * table does not know is a lane of its own, named by event type and path, so that a new field can hide nothing. The
 * elements of a list, and the same field of its objects, are one lane in order: a list of tokens spells a text.
 */
export function eventPieces(
  { spans, numbers }: Strings,
  type: string,
  laneOf: (path: string, numbers: ReadonlyMap<string, number>) => string,
): Piece[] {
  return spans.map((span) => {
    if (!span.field)
      return piece(span, `${type}:${inOrder(span.path)}${positionOf(span.path, numbers)}`, DELTA, 'delta')
    const { how } = span.field
    return piece(
      span,
      how === 'delta' ? laneOf(span.path, numbers) : span.path,
      span.field,
      how === 'delta' ? 'delta' : 'whole',
    )
  })
}

/** A path with `*` for the places in lists. */
const inOrder = (path: string): string => path.replace(/(?<=^|\.)\d+(?=\.|$)/g, '*')

/** As an event's reading tells it. */
export const doubledIn = ({ doubled }: Strings): { readonly doubled?: string } =>
  doubled === undefined ? {} : { doubled }

/** No event has so many outputs; past them one lane bears all, so that the time stays linear. */
const MOST_POSITIONS = 64

/** The position numbers that stand beside a path or above it, as ` 0 2`: parts of several outputs come by turns. */
function positionOf(path: string, numbers: ReadonlyMap<string, number>): string {
  if (numbers.size > MOST_POSITIONS) return ''
  let position = ''
  for (const [at, number] of numbers)
    if (at !== path && path.startsWith(at.slice(0, at.lastIndexOf('.') + 1))) position += ` ${number}`
  return position
}

const piece = ({ start, end, value }: Span, lane: string, { mode }: Field, how: Piece['how']): Piece => ({
  lane,
  how,
  mode,
  start,
  end,
  value,
})
