/** Chat completions and completions as the mock speaks them. Source: platform.openai.com, 2026-11. */
import { AT, event, type Form, pieces, type Said, USAGE } from './said.case.ts'

const usage = {
  prompt_tokens: USAGE.input,
  completion_tokens: USAGE.output,
  total_tokens: USAGE.input + USAGE.output,
}

const base = ({ id, model }: Said, object: string) => ({ id: `chatcmpl-${id}`, object, created: AT, model })

export const chat: Form = {
  whole: (said) => ({
    ...base(said, 'chat.completion'),
    choices: [{ index: 0, message: message(said), finish_reason: said.call ? 'tool_calls' : 'stop' }],
    usage,
  }),
  *events(said) {
    const chunk = (delta: object, finish_reason: string | null = null) =>
      event({ ...base(said, 'chat.completion.chunk'), choices: [{ index: 0, delta, finish_reason }] })
    yield event({
      choices: [],
      created: 0,
      id: '',
      model: '',
      object: '',
      prompt_filter_results: [{ prompt_index: 0 }],
    })
    yield chunk({ role: 'assistant', content: '' })
    for (const content of pieces(said.text)) yield chunk({ content })
    if (said.call) {
      const { name } = said.call
      const first = { index: 0, id: `call_${said.id}`, type: 'function', function: { name, arguments: '' } }
      yield chunk({ tool_calls: [first] })
      for (const piece of pieces(said.call.arguments))
        yield chunk({ tool_calls: [{ index: 0, function: { arguments: piece } }] })
    }
    yield chunk({}, said.call ? 'tool_calls' : 'stop')
    yield event({ ...base(said, 'chat.completion.chunk'), choices: [], usage })
    yield event('[DONE]')
  },
}

const message = ({ id, text, call }: Said) => ({
  role: 'assistant',
  content: text,
  ...(call && { tool_calls: [{ id: `call_${id}`, type: 'function', function: call }] }),
})

export const completions: Form = {
  whole: (said) => ({
    ...base(said, 'text_completion'),
    choices: [{ index: 0, text: said.text, finish_reason: 'stop', logprobs: null }],
    usage,
  }),
  *events(said) {
    const chunk = (text: string, finish_reason: string | null) =>
      event({ ...base(said, 'text_completion'), choices: [{ index: 0, text, finish_reason, logprobs: null }] })
    for (const text of pieces(said.text)) yield chunk(text, null)
    yield chunk('', 'stop')
    yield event('[DONE]')
  },
}
