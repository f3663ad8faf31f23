/** Messages of a WebSocket and the Server-Sent Events that bear the same JSON, one for one. Pure; changes no byte of a message. */
import { given, type Json, object, parsedOr, string } from './json.ts'
import type { Headers } from './protocol.ts'

const LF = 10
const CR = 13
const PREFIX = Buffer.from('data: ')
const END = Buffer.from('\n\n')
const LINE_END = /(\r\n|\n|\r)/

/** The event that bears a message: `messagesIn` gives back the very same bytes, line breaks included. */
export function eventOf(message: Uint8Array): Buffer {
  if (message.includes(LF) || message.includes(CR)) return Buffer.from(`${lined(textOf(message))}\n\n`)
  return Buffer.concat([PREFIX, message, END], PREFIX.length + message.length + END.length)
}

/** Every line of a text as a line of data; its line ends stay what they are. */
const lined = (text: string): string =>
  text
    .split(LINE_END)
    .map((part, at) => (at % 2 ? part : `data: ${part}`))
    .join('')

/** The messages of whole events in a row, in order. An event without data bears none. */
export function messagesIn(events: Uint8Array): Uint8Array[] {
  const messages: Uint8Array[] = []
  const bytes = Buffer.from(events.buffer, events.byteOffset, events.length)
  const plain = !bytes.includes(CR)
  for (let at = 0; at < bytes.length; ) {
    const found = bytes.indexOf(END, at)
    const end = found < 0 ? bytes.length : found
    const event = bytes.subarray(at, end)
    if (plain && isOneLine(event)) messages.push(event.subarray(PREFIX.length))
    else messages.push(...unlined(event.toString()))
    at = end + END.length
  }
  return messages
}

const isOneLine = (event: Buffer): boolean =>
  event.length >= PREFIX.length &&
  event.compare(PREFIX, 0, PREFIX.length, 0, PREFIX.length) === 0 &&
  !event.includes(LF)

/** The data lines of one event, with the line ends that stood between them. */
function unlined(event: string): Buffer[] {
  const parts = event.split(LINE_END)
  const lines = parts.flatMap((line, at) => {
    const value = at % 2 ? undefined : /^data(?:: ?|$)(.*)$/s.exec(line)?.[1]
    return value === undefined ? [] : [{ value, end: parts[at + 1] ?? '' }]
  })
  if (lines.length === 0) return []
  return [Buffer.from(lines.map(({ value, end }, at) => value + (at + 1 < lines.length ? end : '')).join(''))]
}

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString()

/**
 * What a client wants with a message: a reply (`prompt`), or to say something about one that bears nothing else
 * (`signal`: its type and ids). Anything else is `unknown`.
 */
export interface Said {
  readonly kind: 'prompt' | 'signal' | 'unknown'
  readonly type: string
  /** What it declares of itself as header fields would: never a credential. */
  readonly headers: Headers
  /** A signal as it may go on: what it said, once. */
  readonly text?: string
}

/** Source: OpenAI WebSocket mode (platform.openai.com) and what Codex and Copilot CLI send, 2026-11. */
const SIGNALS = new Set(['response.cancel', 'response.processed'])
const SIGNAL_FIELDS = new Set(['type', 'event_id', 'response_id'])
const ID = /^[\w.:-]{1,128}$/

/** A turn's own header fields, which its frame repeats since a handshake has them once for all turns. */
const DECLARED = new Set([
  'x-interaction-id',
  'x-interaction-type',
  'x-initiator',
  'x-agent-task-id',
  'x-client-session-id',
  'x-github-repository-nwo',
  'x-codex-turn-metadata',
])

/** Reads a message of a client. What is no JSON object is `unknown`. Nothing throws. */
export function readSaid(text: string): Said {
  const body = object(parsedOr(text))
  const type = string(body['type'])
  if (type === 'response.create') return { kind: 'prompt', type, headers: declaredIn(body) }
  if (!SIGNALS.has(type) || !bearsOnlyIds(body)) return { kind: 'unknown', type, headers: {} }
  return { kind: 'signal', type, headers: {}, text: JSON.stringify(body) }
}

const bearsOnlyIds = (body: Json): boolean =>
  Object.entries(body).every(([name, value]) => SIGNAL_FIELDS.has(name) && typeof value === 'string' && ID.test(value))

function declaredIn(body: Json): Headers {
  const metadata = object(body['client_metadata'])
  const fields = Object.entries({
    'x-initiator': body['initiator'],
    ...object(body['headers']),
    'x-codex-turn-metadata': metadata['x-codex-turn-metadata'],
  })
  return Object.fromEntries(
    fields.flatMap(([name, value]) => {
      const [key, text] = [name.toLowerCase(), given(value)]
      return DECLARED.has(key) && text !== undefined ? [[key, text]] : []
    }),
  )
}
