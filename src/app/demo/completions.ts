/** OpenAI completions (ghost text) as the demo speaks them. Pure. */
import { tokens } from './answers.ts'
import { sse, textAt } from './json.ts'
import type { Speaker, Speech } from './speaker.ts'

/** https://platform.openai.com/docs/api-reference/completions, and Copilot's `/v1/engines/<engine>/completions`. */
export const completions: Speaker = {
  route: /^(\/engines\/[^/]+)?\/completions$/,

  read: (body) => ({
    model: textAt(body['model']) || 'demo',
    prompt: textAt(Array.isArray(body['prompt']) ? body['prompt'][0] : body['prompt']).slice(-500),
    tool: undefined,
    answered: false,
  }),

  whole: (speech) => ({ ...base(speech), choices: [choice(speech.said.text, 'stop')], usage: usage(speech) }),

  *events(speech) {
    for (const piece of speech.said.deltas) yield sse({ ...base(speech), choices: [choice(piece, null)] })
    yield sse({ ...base(speech), choices: [choice('', 'stop')], usage: usage(speech) })
    yield sse('[DONE]')
  },
}

const choice = (text: string, reason: string | null) => ({ text, index: 0, logprobs: null, finish_reason: reason })

const base = ({ id, at, asked }: Speech) => ({
  id: `cmpl-${id}`,
  object: 'text_completion',
  created: at,
  model: asked.model,
})

function usage({ asked, said }: Speech) {
  const [prompt, reply] = [tokens(asked.prompt), said.deltas.length]
  return { prompt_tokens: prompt, completion_tokens: reply, total_tokens: prompt + reply }
}
