/** OpenAI completions, and Copilot's ghost text (`/v1/engines/<engine>/completions`). Source: platform.openai.com; real clients, 2026-11. */

import type { Prompt, Reply } from '#exchange'
import { citationsIn, filtersIn } from '../citations.ts'
import { declaredIn } from '../declared.ts'
import { eventsOf } from '../events.ts'
import { DELTA, fields, INERT, WHOLE } from '../fields.ts'
import { given, type Json, list, number, object, parsedOr, present, string } from '../json.ts'
import { doubledIn, eventPieces, type Protocol, wholePieces } from '../protocol.ts'
import { readStrings } from '../strings.ts'
import { DONE, errorIn, finish, usageOf } from './chat.ts'

const EVENT = fields({
  'id system_fingerprint obfuscation choices.*.p': INERT,
  'object model choices.*.finish_reason': WHOLE,
  'choices.*.text choices.*.logprobs.tokens.*': DELTA,
  'choices.*.content_filter_results.** prompt_filter_results.** choices.*.copilot_annotations.** copilot_annotations.** error.**':
    WHOLE,
})
const REPLY = fields({ 'id system_fingerprint choices.*.p': INERT })
const PROMPT = fields({})

/** What stands between prompt and suffix in the record. */
const CURSOR = '\n⟨cursor⟩\n'

/** What stands on the cursor's own line, before and behind it, in a prompt that this protocol read. */
export function cursorIn({ messages }: Prompt): { readonly before: string; readonly after: string } {
  const [prefix = '', suffix = ''] = (messages[0]?.text ?? '').split(CURSOR, 2)
  return { before: prefix.slice(prefix.lastIndexOf('\n') + 1), after: suffix.split('\n', 1)[0] ?? '' }
}

export const completions: Protocol = {
  name: 'completions',
  owns: (path) => /\/completions$/.test(path) && !path.endsWith('/chat/completions'),
  readPrompt(document, headers) {
    const body = object(document)
    const extra = object(body['extra'])
    const prompts = Array.isArray(body['prompt']) ? body['prompt'].map(string) : [string(body['prompt'])]
    const prompt = prompts.join('\n')
    const suffix = string(body['suffix'])
    const file = /^\s*(?:#|\/\/|--|;|%|<!--|\/\*)\s*Path:\s*(.+?)\s*(?:-->|\*\/)?$/m.exec(prompt.slice(0, 512))?.[1]
    const messages = [{ role: 'user' as const, text: suffix ? prompt + CURSOR + suffix : prompt }]
    return {
      model: string(body['model']),
      stream: body['stream'] === true,
      messages,
      tools: [],
      ...declaredIn(body, headers, messages),
      ...present({ language: given(extra['language']), files: file ? [file] : undefined }),
    }
  },
  readPieces: (text, part) => wholePieces(text, part, part === 'prompt' ? PROMPT : REPLY),
  readEvent(data, holes) {
    if (data.trimEnd() === DONE) return { pieces: [], ends: [], terminal: true }
    const strings = readStrings(data, EVENT, holes)
    const choiceOf = (path: string) => strings.numbers.get(`choices.${path.split('.')[1]}.index`) ?? path.split('.')[1]
    const laneOf = (path: string) => `choices/${choiceOf(path)}/${path.includes('logprobs') ? 'logprobs' : 'text'}`
    return { pieces: eventPieces(strings, 'chunk', laneOf), ends: [], terminal: false, ...doubledIn(strings) }
  },
  readReply: (body, streamed) => (streamed ? replyOf(eventsOf(body), true) : replyOf([object(parsedOr(body))], false)),
  readEvents: (events) => replyOf(events, true),
  joined: ['choices.*.text'],
  notice: (text, sent) => finish(text, sent, 'text_completion', (content) => ({ text: content })),
}

function replyOf(events: readonly Json[], streamed: boolean): Reply {
  const choices = events.flatMap((event) => list(event['choices']).map(object))
  const last: Record<string, unknown> = {}
  for (const event of events) Object.assign(last, event)
  const texts = new Map<number, string>()
  for (const [at, choice] of choices.entries()) {
    const index = number(choice['index']) ?? (streamed ? 0 : at)
    texts.set(index, (texts.get(index) ?? '') + string(choice['text']))
  }
  const ordered = [...texts.entries()].sort(([a], [b]) => a - b).map(([, text]) => text)
  return {
    text: ordered.filter(Boolean).join('\n'),
    reasoning: '',
    toolCalls: [],
    citations: [...new Set([...choices, ...events].flatMap((each) => citationsIn(each['copilot_annotations'])))],
    filters: [...new Set(choices.flatMap((choice) => filtersIn(choice['content_filter_results'])))],
    ...present({
      model: given(last['model']),
      usage: usageOf(events.findLast((event) => event['usage'])?.['usage']),
      finish: choices.map((choice) => given(choice['finish_reason'])).find(Boolean),
      error: errorIn(last),
    }),
  }
}
