/** Which labels of a body are words of its protocol, and which somebody wrote: by their places. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RouteKind } from '#exchange'
import { bodyOf } from './ground.case.ts'
import { bodiesSay } from './saying.ts'
import type { Work } from './words.ts'

function done<Result>(work: Work<Result>): Result {
  for (;;) {
    const step = work.next()
    if (step.done) return step.value
  }
}
/** All that somebody wrote in a body. */
const said = (route: RouteKind, body: object, part: 'prompt' | 'reply' = 'prompt'): string[] =>
  done(
    bodiesSay({
      opening: { route, ...(part === 'prompt' && { body: bodyOf(JSON.stringify(body)) }) },
      ...(part === 'reply' && { ending: { body: bodyOf(JSON.stringify(body)) } }),
    } as never),
  )

test('what a client says of itself, its files and what no protocol knows is text, whatever its field is named', () => {
  const own = { id: 'own-id', name: 'own-name', type: 'own-type', status: 'own-status', size: 'own-size' }
  const reference = { ...own, data: { ...own, summary: 'own-summary' } }
  const message = { role: 'user', content: 'said', copilot_references: [reference] }
  const attributes = { ...own, format: 'own-format' }
  const found = {
    type: 'file_search_call',
    id: 'call-1',
    status: 'completed',
    results: [{ filename: 'a.pdf', attributes }],
  }
  const part = {
    type: 'text',
    text: 'said',
    id: 'own-id',
    name: 'own-name',
    summary: 'own-summary',
    size: 'own-size',
    status: 'own-status',
  }
  for (const [route, body, count] of [
    ['chat', { model: 'm', metadata: own, messages: [message] }, 16],
    ['chat', { model: 'm', own, messages: [{ role: 'user', content: [part] }] }, 10],
    ['messages', { model: 'm', metadata: own, messages: [{ role: 'user', content: [part] }] }, 10],
    ['responses', { model: 'm', input: [{ role: 'user', name: 'own-name', content: [part] }, found] }, 12],
  ] as const) {
    const texts = said(route, body).filter((text) => text.startsWith('own-'))
    assert.equal(texts.length, count, `${route}: ${texts.join(' ')}`)
  }
})

test('words of the protocols, names of tools and ids of calls are no texts', () => {
  const call = { id: 'call-1', type: 'function', function: { name: 'find', arguments: '{"a":"b"}' } }
  const tool = { type: 'function', function: { name: 'find', description: 'said', parameters: {} } }
  const chat = {
    ...{ model: 'm', service_tier: 'default', reasoning_effort: 'low', tool_choice: 'auto', tools: [tool] },
    messages: [
      { role: 'assistant', tool_calls: [call] },
      { role: 'tool', tool_call_id: 'call-1', content: 'said' },
      { role: 'user', content: [{ type: 'image_url', image_url: { url: 'said', detail: 'high' } }] },
    ],
    response_format: { type: 'json_object' },
  }
  const messages = {
    ...{ model: 'm', thinking: { type: 'enabled' }, tool_choice: { type: 'tool', name: 'find' } },
    tools: [{ name: 'find', description: 'said', input_schema: {} }],
    system: [{ type: 'text', text: 'said', cache_control: { type: 'ephemeral' } }],
    messages: [
      { role: 'assistant', content: [{ type: 'tool_use', id: 'call-1', name: 'find', input: {} }] },
      {
        role: 'user',
        content: [{ type: 'tool_result', tool_use_id: 'call-1', content: [{ type: 'text', text: 'said' }] }],
      },
      { role: 'user', content: [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'said' } }] },
    ],
  }
  const responses = {
    ...{
      model: 'm',
      previous_response_id: 'resp-1',
      truncation: 'auto',
      text: { format: { type: 'text' }, verbosity: 'low' },
    },
    ...{
      reasoning: { effort: 'low', summary: 'auto' },
      tools: [{ type: 'image_generation', size: 'auto', quality: 'high' }],
    },
    input: [
      { type: 'function_call', id: 'item-1', call_id: 'call-1', name: 'find', arguments: '{}', status: 'completed' },
      { type: 'function_call_output', call_id: 'call-1', output: 'said' },
      { type: 'message', id: 'item-2', role: 'user', content: [{ type: 'input_text', text: 'said' }] },
    ],
  }
  const isOurs = (text: string) => !/^(?:said|b|find|\{.*\})$/s.test(text)
  const isName = (text: string) => text === 'find'
  for (const [route, body] of [
    ['chat', chat],
    ['messages', messages],
    ['responses', responses],
  ] as const) {
    const texts = said(route, body).filter((text) => !/^[a-z_]+$/.test(text) || !isKeyOf(body, text))
    assert.deepEqual([texts.filter(isOurs), texts.filter(isName)], [[], []], route)
  }
  const reply = {
    id: 'r-1',
    object: 'chat.completion',
    model: 'm',
    choices: [{ finish_reason: 'stop', message: { role: 'assistant', content: 'said' } }],
  }
  assert.deepEqual(
    said('chat', reply, 'reply').filter((text) => !isKeyOf(reply, text)),
    ['said'],
  )
})

/** Names of fields are told apart elsewhere: a plain one is no piece. */
const isKeyOf = (body: object, text: string): boolean => JSON.stringify(body).includes(`"${text}":`)
