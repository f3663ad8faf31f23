/** Anthropic messages as the demo speaks them. Pure. */
import { tokens } from './answers.ts'
import { lastUserText, listAt, sse, textAt } from './json.ts'
import type { Speaker, Speech } from './speaker.ts'

/** https://docs.claude.com/en/api/messages-streaming */
export const messages: Speaker = {
  route: /^\/messages$/,

  read(body) {
    const list = listAt(body['messages'])
    const [tool] = listAt(body['tools'])
    return {
      model: textAt(body['model']) || 'demo',
      prompt: lastUserText(list),
      tool: textAt(tool?.['name']) || undefined,
      answered: listAt(list.at(-1)?.['content']).some((block) => block['type'] === 'tool_result'),
    }
  },

  whole(speech) {
    const { call, text } = speech.said
    const input = call && JSON.parse(call.arguments)
    const block = call ? { type: 'tool_use', id: `toolu_${speech.id}`, name: call.name, input } : { type: 'text', text }
    return { ...base(speech), content: [block], stop_reason: stop(speech), stop_sequence: null, usage: usage(speech) }
  },

  *events(speech) {
    const { call, deltas } = speech.said
    const event = (type: string, rest: object = {}) => sse({ type, ...rest }, type)
    const opening = call
      ? { type: 'tool_use', id: `toolu_${speech.id}`, name: call.name, input: {} }
      : { type: 'text', text: '' }
    const start = { ...usage(speech), output_tokens: 1 }
    yield event('message_start', {
      message: { ...base(speech), content: [], stop_reason: null, stop_sequence: null, usage: start },
    })
    yield event('content_block_start', { index: 0, content_block: opening })
    yield event('ping')
    for (const piece of deltas) {
      const delta = call ? { type: 'input_json_delta', partial_json: piece } : { type: 'text_delta', text: piece }
      yield event('content_block_delta', { index: 0, delta })
    }
    yield event('content_block_stop', { index: 0 })
    yield event('message_delta', {
      delta: { stop_reason: stop(speech), stop_sequence: null },
      usage: { output_tokens: deltas.length },
    })
    yield event('message_stop')
  },
}

const stop = ({ said }: Speech): string => (said.call ? 'tool_use' : 'end_turn')

const base = ({ id, asked }: Speech) => ({ id: `msg_${id}`, type: 'message', role: 'assistant', model: asked.model })

const usage = ({ asked, said }: Speech) => ({
  input_tokens: tokens(asked.prompt),
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
  output_tokens: said.deltas.length,
})
