/** What the events of a streamed reply say, whoever streams; what is none, is cut or hostile makes no page but an escaped one. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { saidIn } from './said.ts'

const stream = (events: readonly unknown[], end = '\n'): Buffer =>
  Buffer.from(
    events.map((event) => `data: ${typeof event === 'string' ? event : JSON.stringify(event)}${end}${end}`).join(''),
  )
const chat = (delta: object, index = 0) => ({ choices: [{ index, delta }] })

test('chat completions: texts, reasoning, refusals and tool calls, each choice by itself', () => {
  const events = [
    chat({ role: 'assistant', content: 'The lighthouse ' }),
    chat({ reasoning_content: 'hm' }),
    chat({ content: 'no' }, 1),
    chat({ content: [{ type: 'text', text: 'is tall' }] }),
    chat({ tool_calls: [{ index: 0, id: 'x', function: { name: 'look', arguments: '{"a":' } }] }),
    chat({ tool_calls: [{ index: 1, function: { name: 'stop', arguments: '' } }] }),
    chat({ tool_calls: [{ index: 0, function: { arguments: '1}' } }] }),
    { choices: [], usage: { total_tokens: 3 } },
    '[DONE]',
  ]
  const said = [
    { what: 'text', text: 'The lighthouse is tall' },
    { what: 'reasoning', text: 'hm' },
    { what: 'text, choice 2', text: 'no' },
    { what: 'tool call look', text: '{"a":1}' },
    { what: 'tool call stop', text: '' },
  ]
  for (const end of ['\n', '\r\n', '\r']) assert.deepEqual(saidIn(stream(events, end)), said)
  assert.deepEqual(saidIn(stream([{ choices: [{ text: 'ghost ' }] }, { choices: [{ text: 'text' }] }])), [
    { what: 'text', text: 'ghost text' },
  ])
})

test('messages: blocks by their numbers', () => {
  const delta = (index: number, delta: object) => ({ type: 'content_block_delta', index, delta })
  const start = (index: number, content_block: object) => ({ type: 'content_block_start', index, content_block })
  const events = [
    start(0, { type: 'thinking', thinking: '' }),
    delta(0, { type: 'thinking_delta', thinking: 'let me see' }),
    start(1, { type: 'text', text: 'It ' }),
    delta(1, { type: 'text_delta', text: 'is' }),
    start(2, { type: 'tool_use', name: 'bash', input: {} }),
    delta(2, { type: 'input_json_delta', partial_json: '{"c":"ls"}' }),
    { type: 'error', error: { message: 'overloaded' } },
  ]
  assert.deepEqual(saidIn(stream(events)), [
    { what: 'reasoning', text: 'let me see' },
    { what: 'text', text: 'It is' },
    { what: 'tool call bash', text: '{"c":"ls"}' },
    { what: 'error', text: 'overloaded' },
  ])
})

test('responses: items by their numbers, and what is said again at the end but once', () => {
  const delta = (kind: string, text: string, more: object = {}) => ({
    type: `response.${kind}.delta`,
    output_index: 0,
    delta: text,
    ...more,
  })
  const events = [
    delta('reasoning_summary_text', 'first', { summary_index: 0 }),
    delta('output_text', 'a ', { output_index: 1, content_index: 0 }),
    delta('output_text', 'b', { output_index: 1, content_index: 0 }),
    { type: 'response.output_text.done', output_index: 1, text: 'a b' },
    { type: 'response.output_item.added', output_index: 2, item: { type: 'function_call', name: 'edit' } },
    delta('function_call_arguments', '{}', { output_index: 2 }),
    { type: 'response.failed', response: { error: { message: 'broke' }, output: [{ text: 'a b' }] } },
  ]
  assert.deepEqual(saidIn(stream(events)), [
    { what: 'reasoning', text: 'first' },
    { what: 'text', text: 'a b' },
    { what: 'tool call edit', text: '{}' },
    { what: 'error', text: 'broke' },
  ])
})

test('what is no stream, says nothing, or is odd is not put together; what is long is cut, and says so', () => {
  for (const none of ['', 'plain', '{"choices":[{"message":{"content":"x"}}]}', 'data: no json\n\n', ': ping\n\n'])
    assert.equal(saidIn(Buffer.from(none)), undefined, none)
  for (const odd of [
    null,
    1,
    'x',
    [],
    { choices: [null, 1, { delta: [] }] },
    { choices: { 0: {} } },
    { type: {}, delta: 1 },
  ])
    assert.equal(saidIn(stream([odd])), undefined, JSON.stringify(odd))
  const long = saidIn(stream(Array.from({ length: 40 }, () => chat({ content: '😀'.repeat(300) }))))
  assert.equal(long?.[0]?.text.length, 16_001)
  assert.ok(long?.[0]?.text.endsWith('😀…'))
  const split = saidIn(stream([chat({ content: `x${'😀'.repeat(8000)}` })]))
  assert.ok(split?.[0]?.text.endsWith('😀…'), 'no half of a pair')
  const many = saidIn(stream(Array.from({ length: 300 }, (_, index) => chat({ content: 'x' }, index))))
  assert.deepEqual([many?.length, many?.at(-1)], [101, { what: 'and more', text: '…' }])
  const unended = saidIn(Buffer.from(`${stream([chat({ content: 'a' })])}data: {"choices":[{"delta":{"content":"b"}`))
  assert.deepEqual(unended, [{ what: 'text', text: 'a' }])
  const named = saidIn(stream([{ choices: [{ delta: { tool_calls: [{ function: { name: '<b>'.repeat(99) } }] } }] }]))
  assert.equal(named?.[0]?.what.length, 100)
})

test('a byte order mark hides no first event', () => {
  const marked = Buffer.concat([
    Buffer.from('\ufeff'),
    stream([chat({ content: 'first ' }), chat({ content: 'second' })]),
  ])
  assert.deepEqual(saidIn(marked), [{ what: 'text', text: 'first second' }])
})

test('no crowd of other texts drives one out without a mark, and empty ones take no place', () => {
  const crowd = (content: string) => Array.from({ length: 100 }, (_, nth) => chat({ content }, nth + 1))
  const called = (name: string) => ({ type: 'content_block_start', content_block: { name, text: '', thinking: '' } })
  assert.deepEqual(saidIn(stream([...crowd(''), called(''), chat({ content: 'true' })])), [
    { what: 'text', text: 'true' },
  ])
  for (const late of [chat({ content: 'true' }), called('edit')]) {
    const said = saidIn(stream([...crowd('x'), late]))
    assert.deepEqual([said?.length, said?.[99]?.what, said?.[100]?.what], [101, 'text, choice 101', 'and more'])
  }
  assert.equal(saidIn(stream(crowd('x')))?.length, 100)
})

test('the text that is cut is marked, and no other: none that is as long as what is kept', () => {
  const events = [
    chat({ content: 'a'.repeat(15_990) }, 1),
    chat({ content: 'second' }, 2),
    chat({ content: 'more of it' }, 1),
  ]
  const [first, second, ...others] = saidIn(stream(events)) ?? []
  assert.deepEqual([first?.text, second?.text, others], [`${'a'.repeat(15_990)}more…`, 'second', []])
  const whole = [chat({ content: 'a'.repeat(15_999) }), chat({ content: 'b' })]
  assert.equal(saidIn(stream(whole))?.[0]?.text, `${'a'.repeat(15_999)}b`)
  assert.equal(saidIn(stream([...whole, chat({ content: 'c' })]))?.[0]?.text, `${'a'.repeat(15_999)}b…`)
  const late = saidIn(stream([...whole, chat({ content: 'c' }, 1)]))
  assert.deepEqual(late?.slice(1), [{ what: 'and more', text: '…' }])
  assert.ok(late?.[0]?.text.endsWith('ab'))
  const beyond = saidIn(Buffer.concat([stream([chat({ content: 'a' })]), Buffer.alloc(2_097_152, '\n')]))
  assert.deepEqual(beyond, [
    { what: 'text', text: 'a' },
    { what: 'and more', text: '…' },
  ])
})

test('what is no object is never parsed: empty lines, numbers and words cost no thrown error each', (t) => {
  const parse = t.mock.method(JSON, 'parse')
  const [first, last] = [stream([chat({ content: 'a ' })]), stream([chat({ content: 'b' })])]
  const odd = `${'\n'.repeat(1000)}${'data: x\n\n'.repeat(100)}${'data:\n\n'.repeat(100)}data: [1]\n\nevent: x\n\n`
  const spaced = 'data:\ndata:\t {"choices":[{"delta":{"content":"c"}}]}\n\n'
  assert.deepEqual(saidIn(Buffer.concat([first, Buffer.from(odd), last, Buffer.from(spaced)])), [
    { what: 'text', text: 'a bc' },
  ])
  assert.equal(parse.mock.callCount(), 3)
})

test('a body of any bytes is read to its end', () => {
  const whole = stream([chat({ content: 'a word' }), chat({ content: ' more' })])
  for (let cut = 0; cut <= whole.length; cut++) {
    const said = saidIn(whole.subarray(0, cut))
    assert.ok(said === undefined || 'a word more'.startsWith(said[0]?.text ?? ''), String(cut))
  }
})
