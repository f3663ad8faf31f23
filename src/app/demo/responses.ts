/** OpenAI responses as the demo speaks them: the full sequence of events, with the repeats that real ones have. Pure. */
import { tokens } from './answers.ts'
import { lastUserText, listAt, sse, textAt } from './json.ts'
import type { Speaker, Speech } from './speaker.ts'

/** https://platform.openai.com/docs/api-reference/responses-streaming */
export const responses: Speaker = {
  route: /^\/responses$/,

  read(body) {
    const input = body['input']
    const items = listAt(input)
    const [tool] = listAt(body['tools']).filter((offered) => offered['type'] === 'function')
    return {
      model: textAt(body['model']) || 'demo',
      prompt: typeof input === 'string' ? input : lastUserText(items),
      tool: textAt(tool?.['name']) || undefined,
      answered: items.at(-1)?.['type'] === 'function_call_output',
    }
  },

  whole: (speech) => response(speech, 'completed'),

  *events(speech) {
    let sequence = 0
    const event = (type: string, rest: object) => sse({ type, sequence_number: sequence++, ...rest }, type)
    yield event('response.created', { response: response(speech, 'in_progress') })
    yield event('response.in_progress', { response: response(speech, 'in_progress') })
    yield event('response.output_item.added', { output_index: 0, item: item(speech, 'in_progress') })
    yield* speech.said.call ? callEvents(speech, event) : textEvents(speech, event)
    yield event('response.output_item.done', { output_index: 0, item: item(speech, 'completed') })
    yield event('response.completed', { response: response(speech, 'completed') })
  },
}

type Event = (type: string, rest: object) => string

function* textEvents(speech: Speech, event: Event): Generator<string> {
  const place = { item_id: itemId(speech), output_index: 0, content_index: 0 }
  yield event('response.content_part.added', { ...place, part: part('') })
  for (const delta of speech.said.deltas) yield event('response.output_text.delta', { ...place, delta, logprobs: [] })
  yield event('response.output_text.done', { ...place, text: speech.said.text, logprobs: [] })
  yield event('response.content_part.done', { ...place, part: part(speech.said.text) })
}

function* callEvents(speech: Speech, event: Event): Generator<string> {
  const place = { item_id: itemId(speech), output_index: 0 }
  const { call, deltas } = speech.said
  for (const delta of deltas) yield event('response.function_call_arguments.delta', { ...place, delta })
  yield event('response.function_call_arguments.done', { ...place, name: call?.name, arguments: call?.arguments })
}

const part = (text: string) => ({ type: 'output_text', text, annotations: [], logprobs: [] })

const itemId = ({ id, said }: Speech): string => `${said.call ? 'fc' : 'msg'}_${id}`

function item(speech: Speech, status: 'in_progress' | 'completed') {
  const { call, text } = speech.said
  const done = status === 'completed'
  const common = { id: itemId(speech), status }
  if (!call) return { ...common, type: 'message', role: 'assistant', content: done ? [part(text)] : [] }
  const given = { name: call.name, arguments: done ? call.arguments : '' }
  return { ...common, type: 'function_call', call_id: `call_${speech.id}`, ...given }
}

function response(speech: Speech, status: 'in_progress' | 'completed') {
  const done = status === 'completed'
  return {
    id: `resp_${speech.id}`,
    object: 'response',
    created_at: speech.at,
    status,
    error: null,
    incomplete_details: null,
    instructions: null,
    metadata: {},
    model: speech.asked.model,
    output: done ? [item(speech, status)] : [],
    parallel_tool_calls: true,
    previous_response_id: null,
    temperature: 1,
    tool_choice: 'auto',
    tools: [],
    top_p: 1,
    usage: done ? usage(speech) : null,
  }
}

function usage({ asked, said }: Speech) {
  const [input, output] = [tokens(asked.prompt), said.deltas.length]
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: input + output,
  }
}
