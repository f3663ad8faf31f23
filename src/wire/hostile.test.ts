/** What broken, cut-off and hostile exchanges leave in the record, and that none of them costs more than linear time. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PROTOCOLS } from './index.ts'

const protocol = (name: string) => {
  const found = PROTOCOLS.find((each) => each.name === name)
  assert.ok(found)
  return found
}
const sse = (event: object) => `data: ${JSON.stringify(event)}\n\n`
const responsesReply = (...events: object[]) => protocol('responses').readReply(events.map(sse).join(''), true)

test('fields made for bytes are scanned where they hold a URL', () => {
  const url = `https://files.example/a?key=${`AKIA${'Q'.repeat(16)}`}`
  const image = `data:image/png;base64,${'iVBOR'.repeat(200)}`
  const valuesOf = (value: string) => {
    const content = [{ type: 'image_url', image_url: { url: value } }]
    const document = JSON.stringify({ messages: [{ role: 'user', content }] })
    return protocol('chat')
      .readPieces(document, 'prompt')
      .map((piece) => piece.value)
  }
  assert.ok(valuesOf(url).includes(url))
  assert.ok(!valuesOf(image).includes(image))
})

test('the error of a responses stream is told, at the top or nested', () => {
  const created = { type: 'response.created', response: { status: 'in_progress', output: [] } }
  assert.equal(responsesReply(created, { type: 'error', code: 'x', message: 'too busy' }).error, 'too busy')
  assert.equal(responsesReply(created, { type: 'error', error: { message: 'too busy' } }).error, 'too busy')
})

test('a responses stream that breaks off leaves what had come: finished items, then the open ones, in order', () => {
  const reply = responsesReply(
    { type: 'response.reasoning_summary_text.delta', output_index: 0, summary_index: 0, delta: 'hm' },
    { type: 'response.output_item.added', output_index: 1, item: { type: 'message', content: [] } },
    { type: 'response.output_text.delta', output_index: 1, content_index: 0, delta: 'a dra' },
    { type: 'response.output_item.done', output_index: 1, item: { type: 'message', content: [{ text: 'a draft' }] } },
    { type: 'response.output_item.added', output_index: 2, item: { type: 'function_call', name: 'run', call_id: 'c' } },
    { type: 'response.function_call_arguments.delta', output_index: 2, delta: '{"rm":' },
    { type: 'response.function_call_arguments.delta', output_index: 2, delta: '"x' },
    { type: 'response.output_text.delta', output_index: 3, content_index: 0, delta: 'then' },
  )
  assert.equal(reply.reasoning, 'hm')
  assert.equal(reply.text, 'a draft\nthen')
  assert.deepEqual(reply.toolCalls, [{ name: 'run', id: 'c', arguments: '{"rm":"x' }])
})

test('calls and tools of every form have their names', () => {
  const { messages, tools } = protocol('chat').readPrompt(
    {
      tools: [{ type: 'custom', custom: { name: 'patch' } }, { function: { name: 'run' } }],
      messages: [
        { role: 'assistant', function_call: { name: 'old', arguments: '{"a":1}' } },
        { role: 'assistant', tool_calls: [{ id: 'c', type: 'custom', custom: { name: 'patch', input: '*** x' } }] },
        { role: 'assistant', content: [{ type: 'refusal', refusal: 'no' }] },
      ],
    },
    {},
  )
  assert.deepEqual(tools, ['patch', 'run'])
  assert.deepEqual(messages[0]?.toolCalls, [{ name: 'old', arguments: { a: 1 } }])
  assert.deepEqual(messages[1]?.toolCalls, [{ name: 'patch', id: 'c', arguments: '*** x' }])
  assert.deepEqual(messages[2], { role: 'assistant', text: 'no' })
})

test('a picture in a tool result is noted', () => {
  const content = [
    { type: 'tool_result', tool_use_id: 't', content: [{ type: 'text', text: 'see' }, { type: 'image' }] },
  ]
  const { messages } = protocol('messages').readPrompt({ messages: [{ role: 'user', content }] }, {})
  assert.deepEqual(messages, [{ role: 'tool', text: 'see', attachments: ['image'] }])
})

test('Claude Code tells its session in two forms', () => {
  const sessionOf = (id: string) => protocol('messages').readPrompt({ metadata: { user_id: id } }, {}).session
  assert.equal(sessionOf(JSON.stringify({ device_id: 'd', session_id: 's-1' })), 's-1')
  assert.equal(sessionOf('user_ab12_account__session_0f-9e'), '0f-9e')
  assert.equal(sessionOf('someone'), undefined)
})

test('an event with very many positions and unknown fields takes linear time', () => {
  const choices = Array.from({ length: 30_000 }, (_, index) => ({ index, delta: { novel: 'x' } }))
  const started = performance.now()
  const { pieces } = protocol('chat').readEvent(JSON.stringify({ choices }))
  assert.equal(pieces.length, 30_000)
  assert.ok(performance.now() - started < 3000)
})
