/** OpenAI Chat Completions, as OpenAI, Copilot, Azure OpenAI, vLLM and Ollama speak it. Source: platform.openai.com, 2026-11. */
import type { Message, Prompt, Reply, Role, ToolCall } from '#exchange'
import { citationsIn, filtersIn } from '../citations.ts'
import { declaredIn } from '../declared.ts'
import { eventsOf, sse } from '../events.ts'
import { BASE64, DATA_URL, DELTA, DELTA_JSON, fields, INERT, WHOLE, WHOLE_JSON } from '../fields.ts'
import { given, type Json, list, number, object, parsedOr, present, string } from '../json.ts'
import { doubledIn, eventPieces, type Protocol, wholePieces } from '../protocol.ts'
import { readStrings } from '../strings.ts'

const EVENT = fields({
  'id system_fingerprint obfuscation choices.*.p': INERT,
  'object model service_tier provider choices.*.finish_reason choices.*.native_finish_reason choices.*.delta.role':
    WHOLE,
  'choices.*.delta.content choices.*.delta.refusal choices.*.delta.reasoning_content': DELTA,
  'choices.*.delta.reasoning_text choices.*.delta.reasoning': DELTA,
  'choices.*.delta.content.*.text choices.*.delta.content.*.refusal': DELTA,
  'choices.*.delta.content.*.thinking choices.*.delta.content.*.thinking.*.text': DELTA,
  'choices.*.delta.content.*.type choices.*.delta.content.*.thinking.*.type': WHOLE,
  'choices.*.delta.reasoning_details.*.data choices.*.delta.reasoning_details.*.signature': INERT,
  'choices.*.delta.tool_calls.*.id choices.*.delta.reasoning_opaque choices.*.delta.encrypted_content': INERT,
  'choices.*.delta.tool_calls.*.type': WHOLE,
  'choices.*.delta.tool_calls.*.function.name choices.*.delta.function_call.name': DELTA,
  'choices.*.delta.tool_calls.*.custom.input choices.*.delta.tool_calls.*.custom.name': DELTA,
  'choices.*.delta.tool_calls.*.function.arguments choices.*.delta.function_call.arguments': DELTA_JSON,
  'choices.*.logprobs.content.*.token choices.*.logprobs.content.*.top_logprobs.*.token': DELTA,
  'choices.*.content_filter_results.** prompt_filter_results.** choices.*.delta.copilot_annotations.**': WHOLE,
  'copilot_references.** copilot_errors.** copilot_confirmation.** error.**': WHOLE,
})

const REPLY = fields({
  'id system_fingerprint choices.*.message.tool_calls.*.id choices.*.message.reasoning_opaque': INERT,
  'choices.*.message.encrypted_content': INERT,
  'choices.*.message.tool_calls.*.function.arguments choices.*.message.function_call.arguments': WHOLE_JSON,
})

const PROMPT = fields({
  'messages.*.tool_call_id messages.*.tool_calls.*.id messages.*.reasoning_opaque messages.*.encrypted_content': INERT,
  'messages.*.content.*.image_url.url messages.*.content.*.file.file_data': DATA_URL,
  'messages.*.content.*.input_audio.data': BASE64,
  'messages.*.tool_calls.*.function.arguments messages.*.function_call.arguments': WHOLE_JSON,
})

const JOINED = [
  ...['content', 'reasoning_content', 'reasoning_text', 'reasoning'].map((name) => `choices.*.delta.${name}`),
  'choices.*.delta.tool_calls.*.function.arguments',
]

/**
 * Each field is a lane of its own, by its own name: some upstreams send the same reasoning under two names at once.
 * Of the likelier tokens each rank is one lane, for the first rank spells the text.
 */
function laneOf(path: string, numbers: ReadonlyMap<string, number>): string {
  const [, at = '0', part, ...rest] = path.split('.')
  const choice = `choices/${numbers.get(`choices.${at}.index`) ?? at}`
  if (part === 'logprobs')
    return rest[2] === 'top_logprobs' ? `${choice}/top_logprobs/${rest[3]}` : `${choice}/logprobs`
  if (rest[0] === 'content' && rest.length > 1) return partLane(choice, path, rest, numbers)
  if (rest[0] === 'function_call') return `${choice}/tool/call/${rest[1]}`
  if (rest[0] !== 'tool_calls') return `${choice}/${rest.join('/')}`
  const tool = numbers.get(`choices.${at}.delta.tool_calls.${rest[1]}.index`) ?? rest[1]
  return `${choice}/tool/${tool}/${rest.at(-1)}`
}

/** A list of parts goes on with the text; parts that are numbered, and what a part thinks, are texts of their own. */
function partLane(choice: string, path: string, rest: readonly string[], numbers: ReadonlyMap<string, number>): string {
  const index = numbers.get(`${path.slice(0, path.lastIndexOf('.'))}.index`)
  const lane = `${choice}/content${rest.includes('thinking') ? '/thought' : ''}`
  return index ? `${lane}/${index}` : lane
}

export const chat: Protocol = {
  name: 'chat',
  owns: (path) => path.endsWith('/chat/completions'),
  readPrompt(document, headers) {
    const body = object(document)
    const messages = list(body['messages']).map(message)
    return {
      model: string(body['model']),
      stream: body['stream'] === true,
      messages,
      tools: list(body['tools'])
        .map(object)
        .map((tool) => string(object(tool['function'] ?? tool['custom'])['name'] ?? tool['name'])),
      ...declaredIn(body, headers, messages),
    } satisfies Prompt
  },
  readPieces: (text, part) => wholePieces(text, part, part === 'prompt' ? PROMPT : REPLY),
  readEvent(data, holes) {
    if (data.trimEnd() === DONE) return { pieces: [], ends: [], terminal: true }
    const strings = readStrings(data, EVENT, holes)
    // A finish ends no lane: some upstreams send one with every chunk. `[DONE]` follows at once and ends them all.
    return { pieces: eventPieces(strings, 'chunk', laneOf), ends: [], terminal: false, ...doubledIn(strings) }
  },
  readReply: (body, streamed) =>
    streamed ? fromEvents(eventsOf(body), 'delta') : fromEvents([object(parsedOr(body))], 'message'),
  readEvents: (events) => fromEvents(events, 'delta'),
  joined: JOINED,
  notice: (text, sent) => finish(text, sent, 'chat.completion.chunk', (content) => ({ delta: { content } })),
}

function message(value: unknown): Message {
  const { role, content, tool_calls: many, function_call: one } = object(value)
  const calls = one ? [...list(many), { function: one }] : list(many)
  const parts = list(content).map(object)
  const texts = parts.map((part) => given(part['text']) ?? given(part['refusal'])).filter((text) => text !== undefined)
  const attachments = parts
    .filter((part) => (part['text'] ?? part['refusal']) === undefined)
    .map((part) => string(part['type']))
  const toolCalls = calls.map((call) => toolCall(object(call)))
  return {
    role: roleOf(string(role)),
    text: typeof content === 'string' ? content : texts.join('\n'),
    ...(toolCalls.length && { toolCalls }),
    ...(attachments.length && { attachments }),
  }
}

export function roleOf(role: string): Role {
  if (role === 'developer') return 'system'
  if (role === 'function') return 'tool'
  return role === 'system' || role === 'assistant' || role === 'tool' ? role : 'user'
}

function toolCall(call: Json): ToolCall {
  const made = object(call['function'] ?? call['custom'])
  return {
    name: string(made['name']),
    ...present({ id: given(call['id']) }),
    arguments: parsedOr(string(made['arguments'] ?? made['input'])),
  }
}

/** What ends a stream, in the place of an event. */
export const DONE = '[DONE]'

/** One choice as it grows. */
interface Choice {
  text: string
  reasoning: string
  readonly tools: Map<number, { name: string; id: string; arguments: string }>
}

/** Puts chunks (or one whole reply) together; several choices stand one after the other. */
function fromEvents(events: readonly Json[], part: 'delta' | 'message'): Reply {
  const choices = new Map<number, Choice>()
  const citations: string[] = []
  const filters = new Set<string>()
  let finish: string | undefined
  const last: Record<string, unknown> = {}
  for (const event of events) {
    Object.assign(last, event, { usage: event['usage'] ?? last['usage'] })
    for (const result of list(event['prompt_filter_results']))
      for (const filter of filtersIn(object(result)['content_filter_results'])) filters.add(filter)
    for (const [at, choice] of list(event['choices']).map(object).entries()) {
      const index = number(choice['index']) ?? at
      const known = choices.get(index) ?? { text: '', reasoning: '', tools: new Map() }
      choices.set(index, known)
      grow(known, object(choice[part]))
      finish ??= given(choice['finish_reason'])
      for (const citation of citationsIn(object(choice[part])['copilot_annotations'])) citations.push(citation)
      for (const filter of filtersIn(choice['content_filter_results'])) filters.add(filter)
    }
  }
  const grown = [...choices.entries()].sort(([a], [b]) => a - b).map(([, choice]) => choice)
  return {
    text: joined(grown.map(({ text }) => text)),
    reasoning: joined(grown.map(({ reasoning }) => reasoning)),
    toolCalls: grown.flatMap(({ tools }) => [...tools.values()].map(calledTool)),
    citations: [...new Set(citations)],
    filters: [...filters],
    ...present({ model: given(last['model']), usage: usageOf(last['usage']), finish, error: errorIn(last) }),
  }
}

const joined = (texts: readonly string[]): string => texts.filter(Boolean).join('\n')

const calledTool = (call: { name: string; id: string; arguments: string }): ToolCall => ({
  name: call.name,
  ...present({ id: given(call.id) }),
  arguments: parsedOr(call.arguments),
})

/** The error that upstream sent instead of an answer, or beside it. */
export const errorIn = (event: Json): string | undefined =>
  given(object(event['error'])['message']) ??
  given(event['error']) ??
  list(event['copilot_errors'])
    .map((each) => given(object(each)['message']))
    .find(Boolean)

function grow(grown: Choice, part: Json): void {
  grown.text += textOf(part['content']) + string(part['refusal'])
  grown.reasoning += string(part['reasoning_content'] ?? part['reasoning_text'] ?? part['reasoning'])
  const calls = list(part['tool_calls']).map(object)
  if (part['function_call']) calls.push({ function: part['function_call'] })
  for (const [at, call] of calls.entries()) {
    const index = number(call['index']) ?? at
    const known = grown.tools.get(index) ?? { name: '', id: '', arguments: '' }
    const made = object(call['function'] ?? call['custom'])
    grown.tools.set(index, {
      name: known.name || string(made['name']),
      id: known.id || string(call['id']),
      arguments: known.arguments + string(made['arguments'] ?? made['input']),
    })
  }
}

/** A text, or the text parts of a list. */
const textOf = (content: unknown): string =>
  typeof content === 'string'
    ? content
    : list(content)
        .map((part) => string(object(part)['text']))
        .join('')

export function usageOf(value: unknown): Reply['usage'] {
  const usage = object(value)
  if (Object.keys(usage).length === 0) return undefined
  return present({
    input: number(usage['prompt_tokens'] ?? usage['input_tokens']),
    output: number(usage['completion_tokens'] ?? usage['output_tokens']),
    cached: number(
      object(usage['prompt_tokens_details'] ?? usage['input_tokens_details'])['cached_tokens'] ??
        usage['cache_read_input_tokens'],
    ),
    reasoning: number(object(usage['completion_tokens_details'] ?? usage['output_tokens_details'])['reasoning_tokens']),
  })
}

/** A last chunk with the text, the finish, and `[DONE]`. */
export function finish(text: string, sent: string, kind: string, bear: (text: string) => object): string {
  const first = eventsOf(sent).find((event) => given(event['id'])) ?? {}
  const base = {
    id: string(first['id']) || 'gatelog',
    object: kind,
    created: number(first['created']) ?? 0,
    model: string(first['model']),
  }
  const gap = sent === '' ? '' : '\n\n'
  return (
    sse({ ...base, choices: [{ index: 0, ...bear(gap + text), finish_reason: null }] }) +
    sse({ ...base, choices: [{ index: 0, ...bear(''), finish_reason: 'stop' }] }) +
    sse(DONE)
  )
}
