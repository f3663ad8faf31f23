/** Responses as the mock speaks them, with every repeat of the text that real ones have. Source: platform.openai.com, 2026-11. */
import { AT, event, type Form, pieces, type Said, USAGE } from './said.case.ts'

export const responses: Form = {
  whole: (said) => response(said, true),
  *events(said) {
    let sequence_number = 0
    const tell = (type: string, rest: object) => event({ type, sequence_number: sequence_number++, ...rest }, type)
    yield tell('response.created', { response: response(said, false) })
    yield tell('response.in_progress', { response: response(said, false) })
    yield* textEvents(said, tell)
    if (said.call) yield* callEvents(said, tell)
    yield tell('response.completed', { response: response(said, true) })
  },
}

type Tell = (type: string, rest: object) => string

function* textEvents(said: Said, tell: Tell): Generator<string> {
  const place = { item_id: `msg_${said.id}`, output_index: 0, content_index: 0 }
  yield tell('response.output_item.added', { output_index: 0, item: message(said, false) })
  yield tell('response.content_part.added', { ...place, part: part('') })
  for (const delta of pieces(said.text)) yield tell('response.output_text.delta', { ...place, delta, logprobs: [] })
  yield tell('response.output_text.done', { ...place, text: said.text, logprobs: [] })
  yield tell('response.content_part.done', { ...place, part: part(said.text) })
  yield tell('response.output_item.done', { output_index: 0, item: message(said, true) })
}

function* callEvents(said: Said, tell: Tell): Generator<string> {
  const place = { item_id: `fc_${said.id}`, output_index: 1 }
  const whole = said.call?.arguments ?? ''
  yield tell('response.output_item.added', { output_index: 1, item: call(said, false) })
  for (const delta of pieces(whole)) yield tell('response.function_call_arguments.delta', { ...place, delta })
  yield tell('response.function_call_arguments.done', { ...place, arguments: whole })
  yield tell('response.output_item.done', { output_index: 1, item: call(said, true) })
}

const part = (text: string) => ({ type: 'output_text', text, annotations: [], logprobs: [] })

const state = (done: boolean) => (done ? 'completed' : 'in_progress')

const message = ({ id, text }: Said, done: boolean) => ({
  ...{ id: `msg_${id}`, type: 'message', status: state(done), role: 'assistant' },
  content: done ? [part(text)] : [],
})

const call = (said: Said, done: boolean) => ({
  ...{ id: `fc_${said.id}`, type: 'function_call', status: state(done), call_id: `call_${said.id}` },
  ...{ name: said.call?.name, arguments: done ? said.call?.arguments : '' },
})

const usage = {
  input_tokens: USAGE.input,
  input_tokens_details: { cached_tokens: 0 },
  output_tokens: USAGE.output,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: USAGE.input + USAGE.output,
}

function response(said: Said, done: boolean) {
  const output = done ? [message(said, true), ...(said.call ? [call(said, true)] : [])] : []
  return {
    ...{ id: `resp_${said.id}`, object: 'response', created_at: AT, status: state(done), model: said.model, output },
    ...{ error: null, incomplete_details: null, instructions: null, metadata: {}, parallel_tool_calls: true },
    ...{ previous_response_id: null, store: false, temperature: 1, top_p: 1, tool_choice: 'auto', tools: [] },
    usage: done ? usage : null,
  }
}
