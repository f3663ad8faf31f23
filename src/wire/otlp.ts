/** Calls of a model as clients report them over OTLP/HTTP, in JSON and in protobuf. Reads no prompt, no reply and no other span. */
import { BinaryReader } from '@bufbuild/protobuf/wire'
import { Fault } from '#exchange'
import { isMoment, list, object, string } from './json.ts'

/** One call of a model, in its sender's words. Times in ms since the Unix epoch. */
export interface Sighting {
  readonly from: number
  readonly to: number
  /** The program that reports: its name and version. */
  readonly client?: string
  readonly model?: string
  /** Copilot's own id of the interaction, which its requests bear too. */
  readonly interaction?: string
}

interface Span {
  readonly name: string
  readonly start: number
  readonly end: number
  readonly attributes: ReadonlyMap<string, string>
  readonly resource: ReadonlyMap<string, string>
}

/** The calls of one export, and how many more there were that began when nothing can. */
export interface Sightings {
  readonly calls: readonly Sighting[]
  readonly odd: number
}

/** More spans in one request than any client sends. */
const MOST_SPANS = 20_000
const CALLS = new Set(['chat', 'text_completion', 'generate_content'])
const MS = 1_000_000n

/** Nanoseconds as ms; NaN where it is no whole number of at most 20 digits, as 64 bits hold. Longer ones cost time to read. */
const msOf = (nano: unknown): number => {
  const digits = String(nano ?? 0)
  return /^\d{1,20}$/.test(digits) ? Number(BigInt(digits) / MS) : Number.NaN
}

/**
 * The calls in an export of traces; a span that began at no time is let go, one whose end is none counts by its beginning. `type`: the request's content type.
 * Source: opentelemetry-proto 1.x, trace/v1/trace.proto and collector/trace/v1; GenAI semantic conventions, 2026-11.
 * @throws otlp.body
 */
export function readSightings(bytes: Uint8Array, type: string): Sightings {
  try {
    const spans = /json/i.test(type) ? spansOfJson(bytes) : spansOfProtobuf(bytes)
    if (spans.length > MOST_SPANS) throw new Fault('otlp.body', `more than ${MOST_SPANS} spans`)
    const told = spans.filter(isCall)
    const calls = told.filter(({ start }) => isMoment(start)).map(sightingOf)
    return { calls, odd: told.length - calls.length }
  } catch (cause) {
    throw cause instanceof Fault ? cause : new Fault('otlp.body', undefined, { cause })
  }
}

const isCall = ({ name, attributes }: Span): boolean =>
  CALLS.has(attributes.get('gen_ai.operation.name') ?? '') || /^chat \S/.test(name)

function sightingOf({ start, end, attributes, resource }: Span): Sighting {
  const one = (...names: string[]) => names.map((name) => attributes.get(name)).find(Boolean)
  const client = [resource.get('service.name'), resource.get('service.version')].filter(Boolean).join(' ')
  const told = {
    client: client || undefined,
    model: one('gen_ai.response.model', 'gen_ai.request.model'),
    interaction: one('github.copilot.interaction_id'),
  }
  const known = Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined))
  return { from: start, to: isMoment(end) ? Math.max(start, end) : start, ...known }
}

function spansOfJson(bytes: Uint8Array): Span[] {
  const document = object(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)))
  if (!Array.isArray(document['resourceSpans'])) throw new Fault('otlp.body', 'it has no resourceSpans')
  return list(document['resourceSpans']).flatMap((each) => {
    const resource = attributesOf(object(object(each)['resource'])['attributes'])
    return list(object(each)['scopeSpans']).flatMap((scope) =>
      list(object(scope)['spans']).map((span) => {
        const { name, startTimeUnixNano, endTimeUnixNano, attributes } = object(span)
        const [start, end] = [msOf(startTimeUnixNano), msOf(endTimeUnixNano ?? startTimeUnixNano)]
        return { name: string(name), start, end, attributes: attributesOf(attributes), resource }
      }),
    )
  })
}

const attributesOf = (attributes: unknown): Map<string, string> =>
  new Map(
    list(attributes).map((each) => {
      const { key, value } = object(each)
      return [string(key), string(object(value)['stringValue'])]
    }),
  )

/** A message's fields, as `visit` takes them by number; what it does not take is skipped. */
function fieldsOf(bytes: Uint8Array, visit: (field: number, reader: BinaryReader) => boolean): void {
  const reader = new BinaryReader(bytes)
  while (reader.pos < reader.len) {
    const [field, wire] = reader.tag()
    if (!visit(field, reader)) reader.skip(wire, field)
  }
}

/** The bytes of one repeated message field. */
function messages(bytes: Uint8Array, wanted: number): Uint8Array[] {
  const found: Uint8Array[] = []
  fieldsOf(bytes, (field, reader) => field === wanted && found.push(reader.bytes()) > 0)
  return found
}

function spansOfProtobuf(bytes: Uint8Array): Span[] {
  return messages(bytes, 1).flatMap((each) => {
    const resource = pairsOf(messages(each, 1).flatMap((one) => messages(one, 1)))
    return messages(each, 2).flatMap((scope) => messages(scope, 2).map((span) => spanOf(span, resource)))
  })
}

function spanOf(bytes: Uint8Array, resource: Span['resource']): Span {
  let [name, start, end] = ['', 0, 0]
  const pairs: Uint8Array[] = []
  fieldsOf(bytes, (field, reader) => {
    if (field === 5) name = reader.string()
    else if (field === 7) start = msOf(reader.fixed64())
    else if (field === 8) end = msOf(reader.fixed64())
    else if (field === 9) pairs.push(reader.bytes())
    else return false
    return true
  })
  return { name, start, end: end || start, attributes: pairsOf(pairs), resource }
}

/** Attributes whose value is a text. */
function pairsOf(pairs: readonly Uint8Array[]): Map<string, string> {
  return new Map(
    pairs.map((pair) => {
      let [key, value] = ['', '']
      fieldsOf(pair, (field, reader) => {
        if (field === 1) key = reader.string()
        else if (field === 2) value = textOf(reader.bytes())
        else return false
        return true
      })
      return [key, value]
    }),
  )
}

function textOf(any: Uint8Array): string {
  let text = ''
  fieldsOf(any, (field, reader) => {
    if (field !== 1) return false
    text = reader.string()
    return true
  })
  return text
}
