/**
 * What a streamed reply says: the texts that the events of its body spell, put together. Derived from bytes that somebody else wrote,
 * so untrusted as they are; shared with the server, which writes pages. What spells no text is passed over: the bytes have it.
 */
import type { Json } from './form.ts'

/**
 * A text of a reply. `what`: text, reasoning, refusal, error, or a tool call with the name that the reply gives it. One that ends
 * with … goes on in the reply; `and more`, the last, says that other texts are left out.
 */
export interface Said {
  readonly what: string
  readonly text: string
}

/** Bytes of a body that are read, and UTF-16 units of all its texts that are kept. */
const MOST_BYTES = 2_097_152
const MOST_TEXT = 16_000
const MOST_TEXTS = 100
const MOST_NAME = 100

/** The first line of an event stream. */
const STREAM = /^(?:data|event|id|retry)?:/

/** What may be an object: what is none, a million empty lines included, is not parsed, for each would throw. */
const OBJECT = /^[ \t\n]*\{/

/** The texts, in the order in which they begin; undefined for what is no event stream, or spells none. */
export function saidIn(body: Uint8Array): readonly Said[] | undefined {
  const bytes = Buffer.from(body.buffer, body.byteOffset, Math.min(body.byteLength, MOST_BYTES))
  const stream = bytes.toString().replace(/^\ufeff/, '') // a byte order mark begins it, and is none of its first event
  if (!STREAM.test(stream)) return undefined
  const texts = new Texts()
  for (const event of eventsIn(stream)) for (const spell of [choices, blocks, responses, failures]) spell(event, texts)
  return texts.all(body.byteLength > MOST_BYTES)
}

/** Each event that is an object; the fields of one stand in lines up to an empty one. */
function* eventsIn(stream: string): Iterable<Json> {
  for (const event of stream.replace(/\r\n?/g, '\n').split('\n\n')) {
    const lines = event.split('\n').filter((line) => line.startsWith('data:'))
    const data = lines.map((line) => line.slice(5)).join('\n')
    const parsed = OBJECT.test(data) ? jsonIn(data) : undefined
    if (parsed) yield parsed
  }
}

function jsonIn(text: string): Json | undefined {
  try {
    return objectOf(JSON.parse(text))
  } catch {
    return undefined // it spells nothing
  }
}

/** Texts that grow, by where their events say that they stand. */
class Texts {
  readonly #texts = new Map<string, { what: string; text: string; isCut?: true }>()
  #length = 0
  #isLeftOut = false

  add(at: string, what: string, text: unknown): void {
    if (typeof text !== 'string' || text === '') return
    const one = this.#texts.get(at) ?? (this.#length < MOST_TEXT ? this.#begin(at, what) : undefined)
    if (!one) {
      this.#isLeftOut = true
      return
    }
    const taken = text.slice(0, MOST_TEXT - this.#length)
    one.text += taken
    if (taken.length < text.length) one.isCut = true
    this.#length += taken.length
  }

  /** A tool call, and more of its name. */
  name(at: string, name: unknown): void {
    if (typeof name !== 'string' || name === '') return
    const one = this.#texts.get(at) ?? this.#begin(at, 'tool call')
    if (one) one.what = `${one.what} ${name}`.slice(0, MOST_NAME)
    else this.#isLeftOut = true
  }

  all(isCut: boolean): readonly Said[] | undefined {
    if (this.#texts.size === 0) return undefined
    const more = isCut || this.#isLeftOut ? [{ what: 'and more', text: '…' }] : []
    return [...[...this.#texts.values()].map(told), ...more]
  }

  #begin(at: string, what: string) {
    if (this.#texts.size >= MOST_TEXTS) return undefined
    const one: { what: string; text: string; isCut?: true } = { what, text: '' }
    this.#texts.set(at, one)
    return one
  }
}

/** Without half a surrogate pair where it was cut. */
const told = ({ what, text, isCut }: Said & { readonly isCut?: true }): Said => ({
  what,
  text: isCut ? `${text.replace(/[\ud800-\udbff]$/, '')}…` : text,
})

const REASONING = ['reasoning_content', 'reasoning_text', 'reasoning', 'thinking'] as const

/** Chat completions, and completions, whose choices bear their text themselves. */
function choices(event: Json, texts: Texts): void {
  for (const [nth, each] of listOf(event['choices']).entries()) {
    const choice = objectOf(each) ?? {}
    const number = numberOf(choice['index'], nth)
    const at = `choice ${number}`
    const of = number === '0' ? '' : `, choice ${Number(number) + 1}`
    const delta = objectOf(choice['delta']) ?? {}
    for (const name of REASONING) texts.add(`${at} ${name}`, `reasoning${of}`, delta[name])
    texts.add(at, `text${of}`, choice['text'])
    texts.add(at, `text${of}`, delta['content'])
    for (const part of listOf(delta['content'])) texts.add(at, `text${of}`, objectOf(part)?.['text'])
    texts.add(`${at} refusal`, `refusal${of}`, delta['refusal'])
    for (const [place, call] of listOf(delta['tool_calls']).entries()) {
      const { index, function: called, custom } = objectOf(call) ?? {}
      calls(`${at} call ${numberOf(index, place)}`, objectOf(called) ?? objectOf(custom), texts)
    }
    calls(`${at} call`, objectOf(delta['function_call']), texts)
  }
}

function calls(at: string, called: Json | undefined, texts: Texts): void {
  texts.name(at, called?.['name'])
  texts.add(at, 'tool call', called?.['arguments'] ?? called?.['input'])
}

/** Messages: blocks by their numbers. */
function blocks(event: Json, texts: Texts): void {
  const at = `block ${numberOf(event['index'], 0)}`
  const block = event['type'] === 'content_block_start' ? objectOf(event['content_block']) : undefined
  if (block) texts.name(at, block['name'])
  const said = block ?? (event['type'] === 'content_block_delta' ? objectOf(event['delta']) : undefined)
  texts.add(at, 'reasoning', said?.['thinking'])
  texts.add(at, 'text', said?.['text'])
  texts.add(at, 'tool call', said?.['partial_json'])
}

/** Responses: items by their numbers; each kind of delta of one is a text. */
function responses(event: Json, texts: Texts): void {
  const { type, item, delta } = event
  const at = `item ${numberOf(event['output_index'], 0)}`
  if (type === 'response.output_item.added') texts.name(at, objectOf(item)?.['name'])
  const [, kind] = /^response\.([a-z_]{1,40})\.delta$/.exec(typeof type === 'string' ? type : '') ?? []
  if (kind === undefined) return
  const part = numberOf(event['content_index'] ?? event['summary_index'], 0)
  if (/arguments$|input$/.test(kind)) texts.add(at, 'tool call', delta)
  else
    texts.add(
      `${at} ${kind} ${part}`,
      KINDS.find(([name]) => kind.startsWith(name))?.[1] ?? kind.replaceAll('_', ' '),
      delta,
    )
}

const KINDS = [
  ['output_text', 'text'],
  ['refusal', 'refusal'],
  ['reasoning', 'reasoning'],
] as const

/** What a stream says of its own end. */
function failures(event: Json, texts: Texts): void {
  const { error, response } = event
  const told = objectOf(error) ?? objectOf(objectOf(response)?.['error'])
  texts.add('error', 'error', told?.['message'])
}

const objectOf = (value: unknown): Json | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

const numberOf = (value: unknown, nth: number): string => String(Number.isSafeInteger(value) ? value : nth)
