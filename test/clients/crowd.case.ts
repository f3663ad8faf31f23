/** Fifty who ask at once: each has a marker and a secret of its own, one of several keys, a protocol, a way and a pace. */
import assert from 'node:assert/strict'
import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { send } from '../hostile/ground.case.ts'
import type { Asked, Plan } from './mock.case.ts'
import type { Stage } from './stage.case.ts'

export const PROTOCOLS = ['chat', 'completions', 'responses', 'messages'] as const
type Route = (typeof PROTOCOLS)[number]

export interface Asker {
  readonly marker: string
  readonly actor: string
  readonly key: string
  readonly route: Route
  readonly stream: boolean
  /** With an SDK, or by plain HTTP. */
  readonly sdk: boolean
}

/** No marker begins another. */
export const markerOf = (number: number): string => `marker-${String(number).padStart(3, '0')}-end`

/** A secret that belongs to one marker. */
export const secretOf = (marker: string): string =>
  `${['ghp', '_'].join('')}${marker.replaceAll('-', 'X').padEnd(36, 'q7')}`

/** The reply to a prompt: its own marker and secret, at a pace that differs by marker. */
export function echo({ text }: Asked): Plan {
  const marker = /marker-\d+-end/.exec(text)?.[0] ?? 'none'
  const number = Number(/\d+/.exec(marker)?.[0])
  return { said: { text: `${marker} keeps ${secretOf(marker)} and ${marker}` }, pace: [0, 1, 3, 8][number % 4] ?? 0 }
}

export const expected = (marker: string): string => `${marker} keeps [masked:github-pat] and ${marker}`

/** Asks, and resolves with the text that came. */
export function ask(stage: Stage, asker: Asker): Promise<string> {
  if (!asker.sdk) return overHttp(stage, asker)
  return asker.route === 'messages' ? withAnthropic(stage, asker) : withOpenai(stage, asker)
}

const options = (stage: Stage, connection: string, { key }: Asker, version: string) => ({
  ...{ apiKey: 'own', baseURL: stage.at(connection) + version, maxRetries: 0 },
  defaultHeaders: { 'x-gatelog-key': key },
})

async function withAnthropic(stage: Stage, asker: Asker): Promise<string> {
  const { messages } = new Anthropic(options(stage, 'own-anthropic', asker, ''))
  const body = { ...bodyOf(asker), max_tokens: 10 } as Anthropic.MessageCreateParamsNonStreaming
  const { content } = await (asker.stream ? messages.stream(body).finalMessage() : messages.create(body))
  return content[0]?.type === 'text' ? content[0].text : ''
}

async function withOpenai(stage: Stage, asker: Asker): Promise<string> {
  const { chat, completions, responses } = new OpenAI(options(stage, 'own-openai', asker, '/v1'))
  const body = bodyOf(asker) as never
  if (asker.route === 'responses')
    return (await (asker.stream ? responses.stream(body).finalResponse() : responses.create(body))).output_text
  if (asker.route === 'chat') {
    const asked = asker.stream ? chat.completions.stream(body).finalChatCompletion() : chat.completions.create(body)
    return (await asked).choices[0]?.message.content ?? ''
  }
  if (!asker.stream) return (await completions.create(body)).choices[0]?.text ?? ''
  let text = ''
  for await (const { choices } of await completions.create(body as OpenAI.CompletionCreateParamsStreaming))
    text += choices[0]?.text ?? ''
  return text
}

function bodyOf({ route, marker, stream }: Asker): Record<string, unknown> {
  const content = `say ${marker}, not ${secretOf(marker)}`
  const words = { chat: 'messages', messages: 'messages', completions: 'prompt', responses: 'input' }[route]
  const value = words === 'messages' ? [{ role: 'user', content }] : content
  return { model: 'gpt-5.4', [words]: value, stream }
}

const PATHS: Readonly<Record<Route, string>> = {
  chat: 'own-openai/v1/chat/completions',
  completions: 'own-openai/v1/completions',
  responses: 'own-openai/v1/responses',
  messages: 'own-anthropic/v1/messages',
}

/** The raw reply's text, taken from the wire by a pattern: every string that a delta or a whole reply bears. */
async function overHttp(stage: Stage, asker: Asker): Promise<string> {
  const headers = { 'content-type': 'application/json', 'x-gatelog-key': asker.key }
  const { status, text, whole } = await send(stage.at(PATHS[asker.route]), JSON.stringify(bodyOf(asker)), headers)
  assert.deepEqual([status, whole], [200, true])
  const deltas = asker.stream && asker.route === 'responses' ? /"delta":"([^"]*)"/g : /"(?:text|content)":"([^"]*)"/g
  return [...text.matchAll(deltas)].map(([, part]) => part).join('')
}
