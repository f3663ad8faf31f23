/** Anthropic messages as the mock speaks them. Source: docs.anthropic.com, 2026-11. */
import { event, type Form, pieces, type Said, USAGE } from './said.case.ts'

const head = ({ id, model }: Said) => ({ id: `msg_${id}`, type: 'message', role: 'assistant', model })

const finish = ({ call }: Said) => ({ stop_reason: call ? 'tool_use' : 'end_turn', stop_sequence: null })

export const messages: Form = {
  whole: (said) => ({
    ...head(said),
    content: [
      { type: 'text', text: said.text },
      ...(said.call ? [{ ...tool(said), input: JSON.parse(said.call.arguments) }] : []),
    ],
    ...finish(said),
    usage: { input_tokens: USAGE.input, output_tokens: USAGE.output },
  }),
  *events(said) {
    const tell = (type: string, rest: object) => event({ type, ...rest }, type)
    const usage = { input_tokens: USAGE.input, output_tokens: 1 }
    const message = { ...head(said), content: [], stop_reason: null, stop_sequence: null, usage }
    yield tell('message_start', { message })
    yield tell('ping', {})
    yield tell('content_block_start', { index: 0, content_block: { type: 'text', text: '' } })
    for (const text of pieces(said.text))
      yield tell('content_block_delta', { index: 0, delta: { type: 'text_delta', text } })
    yield tell('content_block_stop', { index: 0 })
    if (said.call) {
      yield tell('content_block_start', { index: 1, content_block: { ...tool(said), input: {} } })
      for (const partial_json of pieces(said.call.arguments))
        yield tell('content_block_delta', { index: 1, delta: { type: 'input_json_delta', partial_json } })
      yield tell('content_block_stop', { index: 1 })
    }
    yield tell('message_delta', { delta: finish(said), usage: { output_tokens: USAGE.output } })
    yield tell('message_stop', {})
  },
}

const tool = ({ id, call }: Said) => ({ type: 'tool_use', id: `toolu_${id}`, name: call?.name })
