/** OpenAI chat completions as the demo speaks them. Pure. */
import { tokens } from './answers.ts'
import { isJson, lastUserText, listAt, sse, textAt } from './json.ts'
import type { Speaker, Speech } from './speaker.ts'

/** https://platform.openai.com/docs/api-reference/chat */
export const chat: Speaker = {
  route: /^\/chat\/completions$/,

  read(body) {
    const messages = listAt(body['messages'])
    const [tool] = listAt(body['tools'])
    const offered = isJson(tool?.['function']) ? textAt(tool['function']['name']) : ''
    return {
      model: textAt(body['model']) || 'demo',
      prompt: lastUserText(messages),
      tool: offered || undefined,
      answered: messages.at(-1)?.['role'] === 'tool',
    }
  },

  whole(speech) {
    const { call, text } = speech.said
    const calls = call && { tool_calls: [{ id: `call_${speech.id}`, type: 'function', function: call }] }
    const message = { role: 'assistant', content: call ? null : text, refusal: null, ...calls }
    const choice = { index: 0, message, logprobs: null, finish_reason: finish(speech) }
    return { ...base(speech, 'chat.completion'), choices: [choice], usage: usage(speech) }
  },

  *events(speech) {
    const { call, deltas } = speech.said
    const chunk = (delta: unknown, reason: string | null = null) =>
      sse({
        ...base(speech, 'chat.completion.chunk'),
        choices: [{ index: 0, delta, logprobs: null, finish_reason: reason }],
      })
    yield chunk({ role: 'assistant', content: call ? null : '', refusal: null })
    if (call) {
      const opening = { id: `call_${speech.id}`, type: 'function', function: { name: call.name, arguments: '' } }
      yield chunk({ tool_calls: [{ index: 0, ...opening }] })
    }
    for (const piece of deltas) {
      yield chunk(call ? { tool_calls: [{ index: 0, function: { arguments: piece } }] } : { content: piece })
    }
    yield chunk({}, finish(speech))
    yield sse({ ...base(speech, 'chat.completion.chunk'), choices: [], usage: usage(speech) })
    yield sse('[DONE]')
  },
}

const finish = ({ said }: Speech): string => (said.call ? 'tool_calls' : 'stop')

const base = ({ id, at, asked }: Speech, object: string) => ({
  id: `chatcmpl-${id}`,
  object,
  created: at,
  model: asked.model,
  system_fingerprint: 'fp_demo',
})

function usage({ asked, said }: Speech) {
  const [prompt, reply] = [tokens(asked.prompt), said.deltas.length]
  return { prompt_tokens: prompt, completion_tokens: reply, total_tokens: prompt + reply }
}
