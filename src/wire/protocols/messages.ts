/** Anthropic Messages, as Claude Code, Copilot and the SDKs speak it. Source: docs.anthropic.com, 2026-11. */
import type { Message, Reply, ToolCall } from '#exchange'
import { declaredIn } from '../declared.ts'
import { eventsOf, sse } from '../events.ts'
import { BASE64, DELTA, DELTA_JSON, fields, INERT, WHOLE } from '../fields.ts'
import { given, type Json, list, number, object, parsedOr, present, string } from '../json.ts'
import { doubledIn, eventPieces, type Protocol, wholePieces } from '../protocol.ts'
import { readStrings } from '../strings.ts'
import { usageOf } from './chat.ts'

const EVENT = fields({
  'type delta.type delta.stop_reason delta.stop_sequence': WHOLE,
  'usage.** delta.container.** delta.stop_details.**': WHOLE,
  'delta.content': DELTA,
  'delta.text delta.thinking content_block.text content_block.thinking': DELTA,
  'delta.partial_json': DELTA_JSON,
  'delta.signature content_block.signature content_block.data content_block.id content_block.tool_use_id': INERT,
  'delta.citation.encrypted_index content_block.content.*.encrypted_content content_block.content.encrypted_content':
    INERT,
  'message.id request_id message.container.id delta.container.id': INERT,
  'message.** content_block.** delta.citation.** error.** context_management.**': WHOLE,
})
const REPLY = fields({
  'id request_id container.id content.*.id content.*.tool_use_id content.*.signature content.*.data': INERT,
  'content.*.content.*.encrypted_content content.*.citations.*.encrypted_index': INERT,
})
const PROMPT = fields({
  'messages.*.content.*.id messages.*.content.*.tool_use_id messages.*.content.*.signature messages.*.content.*.data':
    INERT,
  container: INERT,
  'messages.*.content.*.source.data messages.*.content.*.content.*.source.data': BASE64,
  'messages.*.content.*.content.*.encrypted_content messages.*.content.*.citations.*.encrypted_index': INERT,
})

export const messages: Protocol = {
  name: 'messages',
  owns: (path) => path.endsWith('/messages'),
  readPrompt(document, headers) {
    const body = object(document)
    const system = textOf(body['system'])
    const told: Message[] = system ? [{ role: 'system', text: system }] : []
    for (const each of list(body['messages']).map(object)) for (const message of messagesOf(each)) told.push(message)
    return {
      model: string(body['model']),
      stream: body['stream'] === true,
      messages: told,
      tools: list(body['tools']).map((tool) => string(object(tool)['name'])),
      ...declaredIn(body, headers, told),
    }
  },
  readPieces: (text, part) => wholePieces(text, part, part === 'prompt' ? PROMPT : REPLY),
  readEvent(data, holes) {
    const strings = readStrings(data, EVENT, holes)
    const type = strings.spans.findLast(({ path }) => path === 'type')?.value ?? ''
    const block = `content/${strings.numbers.get('index') ?? 0}/`
    const laneOf = (path: string) => block + (path.split('.')[1] ?? path)
    const ends = type === 'content_block_stop' ? [`${block}*`] : []
    const signature = data.includes('"signature_delta"')
      ? string(object(object(parsedOr(data))['delta'])['signature'])
      : ''
    return {
      pieces: eventPieces(strings, type, laneOf),
      ends,
      terminal: type === 'message_stop' || type === 'error',
      ...doubledIn(strings),
      ...(signature && { signed: { lane: `${block}thinking`, signature } }),
    }
  },
  readReply: (body, streamed) => replyOf(streamed ? assembled(eventsOf(body)) : object(parsedOr(body))),
  readEvents: (events) => replyOf(assembled(events)),
  joined: ['delta.text', 'delta.thinking', 'delta.partial_json'],
  readSigned(text, part) {
    if (!text.includes('"signature"')) return []
    const document = object(parsedOr(text))
    return messages.readPieces(text, part).flatMap((piece) => {
      const match = /^(?:messages\.(\d+)\.)?content\.(\d+)\.thinking$/.exec(piece.lane)
      if (!match) return []
      const holder = match[1] === undefined ? document : object(list(document['messages'])[Number(match[1])])
      const signature = given(object(list(holder['content'])[Number(match[2])])['signature'])
      return signature ? [{ signature, piece }] : []
    })
  },
  notice(text, sent) {
    const events = eventsOf(sent)
    const started = events
      .filter((event) => event['type'] === 'content_block_start')
      .map((event) => number(event['index']) ?? 0)
    const stopped = new Set(
      events.filter((event) => event['type'] === 'content_block_stop').map((event) => number(event['index'])),
    )
    const open = started.find((index) => !stopped.has(index))
    const index = started.reduce((most, each) => Math.max(most, each), -1) + 1
    const say = (type: string, more: object = {}) => sse({ type, ...more }, type)
    const usage = { input_tokens: 0, output_tokens: 0 }
    const message = {
      id: 'msg_gatelog',
      type: 'message',
      role: 'assistant',
      model: '',
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage,
    }
    return [
      events.some((event) => event['type'] === 'message_start') ? '' : say('message_start', { message }),
      open === undefined ? '' : say('content_block_stop', { index: open }),
      say('content_block_start', { index, content_block: { type: 'text', text: '' } }),
      say('content_block_delta', { index, delta: { type: 'text_delta', text } }),
      say('content_block_stop', { index }),
      say('message_delta', { delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { output_tokens: 0 } }),
      say('message_stop'),
    ].join('')
  },
}

/** A text, or the text blocks of a list. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  const texts = list(value).map((block) => string(object(block)['text']))
  return texts.filter(Boolean).join('\n')
}

/** A message as the record tells it: its tool results are messages of their own, with the role `tool`. */
function messagesOf(value: Json): Message[] {
  const role = value['role'] === 'assistant' ? 'assistant' : 'user'
  if (typeof value['content'] === 'string') return [{ role, text: value['content'] }]
  const blocks = list(value['content']).map(object)
  const results = blocks.filter((block) => string(block['type']).endsWith('tool_result'))
  const calls = blocks.filter((block) => string(block['type']).endsWith('tool_use')).map(callOf)
  const attachments = blocks
    .filter((block) => /^(image|document)$/.test(string(block['type'])))
    .map((block) => string(block['type']))
  const text = blocks
    .map((block) => string(block['text'] ?? block['thinking']))
    .filter(Boolean)
    .join('\n')
  const own: Message = {
    role,
    text,
    ...(calls.length && { toolCalls: calls }),
    ...(attachments.length && { attachments }),
  }
  const told = results.map(resultOf)
  return text || calls.length || attachments.length || told.length === 0 ? [...told, own] : told
}

function resultOf(block: Json): Message {
  const kinds = list(block['content']).map((part) => string(object(part)['type']))
  const attachments = kinds.filter((kind) => /^(image|document)$/.test(kind))
  return { role: 'tool', text: textOf(block['content']), ...(attachments.length && { attachments }) }
}

const callOf = (block: Json): ToolCall => ({
  name: string(block['name']),
  ...present({ id: given(block['id']) }),
  arguments: block['input'],
})

/** The message that a stream's events make. */
function assembled(events: readonly Json[]): Json {
  let message: Record<string, unknown> = {}
  const blocks = new Map<number, Record<string, unknown>>()
  for (const event of events) {
    const index = number(event['index']) ?? 0
    if (event['type'] === 'message_start') message = { ...object(event['message']) }
    if (event['type'] === 'content_block_start') blocks.set(index, { ...object(event['content_block']) })
    if (event['type'] === 'content_block_delta') grow(blocks.get(index) ?? {}, object(event['delta']))
    if (event['type'] === 'message_delta')
      message = {
        ...message,
        ...object(event['delta']),
        usage: { ...object(message['usage']), ...object(event['usage']) },
      }
    if (event['type'] === 'error') message = { ...message, error: event['error'] }
  }
  return { ...message, content: [...blocks.entries()].sort(([a], [b]) => a - b).map(([, block]) => finished(block)) }
}

function grow(block: Record<string, unknown>, delta: Json): void {
  for (const name of ['text', 'thinking', 'partial_json'])
    if (typeof delta[name] === 'string') block[name] = string(block[name]) + delta[name]
  if (typeof delta['signature'] === 'string') block['signature'] = delta['signature']
  if (!delta['citation']) return
  if (Array.isArray(block['citations'])) block['citations'].push(delta['citation'])
  else block['citations'] = [delta['citation']]
}

/** A block whose input came in fragments, parsed once when all are there: parsing at each one would be quadratic. */
const finished = (block: Json): Json =>
  typeof block['partial_json'] === 'string' ? { ...block, input: parsedOr(block['partial_json']) } : block

function replyOf(message: Json): Reply {
  const blocks = list(message['content']).map(object)
  const citations = blocks.flatMap((block) => list(block['citations']).map((each) => string(object(each)['url'])))
  return {
    text: blocks
      .map((block) => string(block['text']))
      .filter(Boolean)
      .join('\n'),
    reasoning: blocks
      .map((block) => string(block['thinking']))
      .filter(Boolean)
      .join('\n'),
    toolCalls: blocks.filter((block) => string(block['type']).endsWith('tool_use')).map(callOf),
    citations: citations.filter(Boolean),
    filters: [],
    ...present({
      model: given(message['model']),
      usage: usageOf(message['usage']),
      finish: given(message['stop_reason']),
      error: given(object(message['error'])['message']),
    }),
  }
}
