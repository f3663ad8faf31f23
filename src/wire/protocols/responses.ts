/** OpenAI Responses over HTTP and WebSocket, as Codex, Copilot and the SDKs speak it. Source: platform.openai.com, 2026-11. */
import type { Message, Reply, ToolCall } from '#exchange'
import { declaredIn } from '../declared.ts'
import { eventsOf, sse } from '../events.ts'
import { BASE64, DATA_URL, DELTA, fields, INERT, WHOLE, WHOLE_JSON } from '../fields.ts'
import { given, type Json, list, number, object, parsedOr, present, string } from '../json.ts'
import { doubledIn, eventPieces, type Piece, type Protocol, wholePieces } from '../protocol.ts'
import { readStrings } from '../strings.ts'
import { roleOf, usageOf } from './chat.ts'

/** An item of the output, wherever it stands. */
const item = (at: string) => ({
  [`${at}.** `]: WHOLE,
  [`${at}.id ${at}.call_id ${at}.encrypted_content ${at}.approval_request_id`]: INERT,
  [`${at}.result`]: BASE64,
  [`${at}.arguments`]: WHOLE_JSON,
})

const EVENT = fields({
  'item_id response_id obfuscation event_id': INERT,
  partial_image_b64: BASE64,
  'type text code command diff arguments input refusal message output.**': WHOLE,
  'size quality background output_format': WHOLE,
  'part.** annotation.** error.** response.** copilot_usage.**': WHOLE,
  'response.id response.previous_response_id response.prompt_cache_key response.safety_identifier': INERT,
  delta: DELTA,
  'delta.** logprobs.*.token': DELTA,
  ...item('item'),
  ...item('response.output.*'),
})

const REPLY = fields({ 'id previous_response_id prompt_cache_key safety_identifier': INERT, ...item('output.*') })

/** A prompt's fields. A WebSocket message may bear them within `response`. */
const promptAt = (at: string) => {
  const each = (paths: string) => paths.replace(/\S+/g, (path) => at + path)
  return {
    [each('previous_response_id prompt_cache_key safety_identifier')]: INERT,
    [each('input.*.id input.*.call_id input.*.encrypted_content input.*.content.*.encrypted_content')]: INERT,
    [each('input.*.content.*.image_url input.*.content.*.file_data')]: DATA_URL,
    [each('input.*.output.*.image_url input.*.output.*.file_data input.*.output.image_url')]: DATA_URL,
    [each('input.*.result')]: BASE64,
    [each('input.*.arguments')]: WHOLE_JSON,
  }
}

const PROMPT = fields({ ...promptAt(''), ...promptAt('response.') })

const TERMINAL = new Set(['response.completed', 'response.incomplete', 'response.failed', 'error'])
/** Most events cannot be the last one, which a look at their text tells. */
const LOOKS_TERMINAL = /"(?:response\.(?:completed|incomplete|failed)|error)"/
const PARTS = ['content_index', 'summary_index', 'command_index']
const JSON_EVENT = /arguments\.(delta|done)$/

export const responses: Protocol = {
  name: 'responses',
  owns: (path) => path.endsWith('/responses'),
  socket: true,
  ends: (data) => LOOKS_TERMINAL.test(data) && TERMINAL.has(string(object(parsedOr(data))['type'])),
  readPrompt(document, headers) {
    const outer = object(document)
    const body = outer['type'] === 'response.create' && outer['input'] === undefined ? inner(outer) : outer
    const input = typeof body['input'] === 'string' ? [{ role: 'user', content: body['input'] }] : list(body['input'])
    const instructions = given(body['instructions'])
    const messages: Message[] = instructions ? [{ role: 'system', text: instructions }] : []
    for (const each of input) messages.push(messageOf(object(each)))
    return {
      model: string(body['model']),
      stream: body['stream'] === true,
      messages,
      tools: list(body['tools']).map((tool) => string(object(tool)['name']) || string(object(tool)['type'])),
      ...declaredIn(body, headers, messages),
      ...present({ previous: given(body['previous_response_id']) }),
      ...(body['generate'] === false && { warmUp: true as const }),
    }
  },
  readPieces: (text, part) => wholePieces(text, part, part === 'prompt' ? PROMPT : REPLY),
  readEvent(data, holes) {
    if (data === '[DONE]') return { pieces: [], ends: [], terminal: false }
    const strings = readStrings(data, EVENT, holes)
    const type = strings.spans.findLast(({ path }) => path === 'type')?.value ?? ''
    const at = (name: string) => strings.numbers.get(name) ?? 0
    const content = PARTS.map((name) => strings.numbers.get(name)).find((index) => index !== undefined) ?? 0
    const lane = `output/${at('output_index')}/${content}/${type.replace(/\.(delta|done)$/, '')}`
    const pieces = eventPieces(strings, type, (path) =>
      path === 'delta' ? lane : `${lane}/${path.replace(/\d+/g, '*')}`,
    )
    return {
      pieces: JSON_EVENT.test(type) ? pieces.map(asJson) : pieces,
      ends: endsOf(type, `output/${at('output_index')}/`, lane),
      terminal: TERMINAL.has(type),
      ...doubledIn(strings),
    }
  },
  readReply: (body, streamed) => (streamed ? told(eventsOf(body)) : replyOf(object(parsedOr(body)))),
  readEvents: (events) => told(events),
  joined: ['delta'],
  notice(text, sent) {
    const events = eventsOf(sent)
    const next = events.reduce((most, event) => Math.max(most, number(event['sequence_number']) ?? -1), -1) + 1
    const known = object(events.map((event) => event['response']).find((each) => each !== undefined))
    const response = {
      ...known,
      object: 'response',
      status: 'failed',
      error: { code: 'invalid_prompt', message: text },
    }
    const type = 'response.failed'
    return sse({ type, sequence_number: next, response }, type)
  },
}

/** The reply that a stream's events tell: as the last one has it, or what came so far. */
function told(events: readonly Json[]): Reply {
  const last = events.findLast((event) => TERMINAL.has(string(event['type'])))
  const response = object(last?.['response'])
  if (list(response['output']).length) return replyOf(response)
  const { error, message } = last ?? {}
  const failed = last?.['type'] === 'error' ? { error: error ?? { message } } : {}
  return replyOf({ ...response, ...failed, output: partial(events) })
}

const asJson = (piece: Piece): Piece =>
  /(^|\/)(arguments|response\.[a-z_]*arguments)$/.test(piece.lane) ? { ...piece, mode: 'json' } : piece

function endsOf(type: string, output: string, lane: string): string[] {
  if (type === 'response.output_item.done') return [`${output}*`]
  return type.endsWith('.done') ? [lane, `${lane}/*`] : []
}

/** The prompt of a message that bears it one level down; what stands beside it stays. */
const inner = (outer: Json): Json => ({ ...outer, ...object(outer['response']) })

function messageOf(value: Json): Message {
  const type = string(value['type'])
  if (type.endsWith('_call_output')) return { role: 'tool', text: textOf(value['output']) }
  if (type.endsWith('_call')) return { role: 'assistant', text: '', toolCalls: [callOf(value)] }
  if (type === 'reasoning') return { role: 'assistant', text: textOf(value['summary']) }
  const parts = list(value['content']).map(object)
  const attachments = parts.map((part) => string(part['type'])).filter((kind) => kind && !/text|refusal/.test(kind))
  return {
    role: roleOf(string(value['role'])),
    text: textOf(value['content']),
    ...(attachments.length && { attachments }),
  }
}

/** A text, or the text parts of a list. */
const textOf = (value: unknown): string =>
  typeof value === 'string'
    ? value
    : list(value)
        .map((part) => string(object(part)['text'] ?? object(part)['refusal']))
        .filter(Boolean)
        .join('\n')

const callOf = (value: Json): ToolCall => ({
  name: string(value['name']) || string(value['type']),
  ...present({ id: given(value['call_id']) }),
  arguments:
    value['arguments'] !== undefined
      ? parsedOr(string(value['arguments']))
      : (value['input'] ?? value['action'] ?? value['operation']),
})

function replyOf(response: Json): Reply {
  const items = list(response['output']).map(object)
  const parts = items.flatMap((each) => list(each['content']).map(object))
  const reasoning = items
    .filter((each) => each['type'] === 'reasoning')
    .map((each) => textOf(each['summary']) || textOf(each['content']))
  const calls = items.filter((each) => /_call$/.test(string(each['type'])))
  return {
    text: items
      .filter((each) => each['type'] === 'message')
      .map((each) => textOf(each['content']))
      .join('\n'),
    reasoning: reasoning.join('\n'),
    toolCalls: calls.map(callOf),
    citations: parts
      .flatMap((part) => list(part['annotations']).map((each) => string(object(each)['url'])))
      .filter(Boolean),
    filters: [],
    ...present({
      id: given(response['id']),
      model: given(response['model']),
      usage: usageOf(response['usage']),
      finish: given(object(response['incomplete_details'])['reason']) ?? given(response['status']),
      error: given(object(response['error'])['message']),
    }),
  }
}

/** What a fragment of an item that is still open belongs to: the item's type and where its text stands. */
const FRAGMENTS: Readonly<Record<string, (text: string) => Json>> = {
  'response.output_text.delta': (text) => ({ type: 'message', content: [{ text }] }),
  'response.refusal.delta': (refusal) => ({ type: 'message', content: [{ refusal }] }),
  'response.reasoning_summary_text.delta': (text) => ({ type: 'reasoning', summary: [{ text }] }),
  'response.reasoning_text.delta': (text) => ({ type: 'reasoning', content: [{ text }] }),
  'response.function_call_arguments.delta': (text) => ({ arguments: text }),
  'response.mcp_call_arguments.delta': (text) => ({ arguments: text }),
  'response.custom_tool_call_input.delta': (input) => ({ input }),
}

/** The output of a stream that did not reach its last event, in order: finished items, and what came of the open ones. */
function partial(events: readonly Json[]): Json[] {
  const items = new Map<number, Json>()
  const open = new Map<number, { kind: string; text: string }>()
  for (const event of events) {
    const index = number(event['output_index']) ?? 0
    const type = string(event['type'])
    if (type === 'response.output_item.added' || type === 'response.output_item.done')
      items.set(index, object(event['item']))
    if (type === 'response.output_item.done') open.delete(index)
    else if (FRAGMENTS[type]) {
      const kind = open.get(index)?.kind ?? type
      open.set(index, { kind, text: (open.get(index)?.text ?? '') + string(event['delta']) })
    }
  }
  for (const [index, { kind, text }] of open) items.set(index, { ...items.get(index), ...FRAGMENTS[kind]?.(text) })
  return [...items.entries()].sort(([a], [b]) => a - b).map(([, each]) => each)
}
