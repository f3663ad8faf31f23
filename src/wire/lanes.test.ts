/** What hostile or odd documents must not hide from the masker. Opens no file. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Piece, PROTOCOLS, readDocument } from './index.ts'

const [chat, completions, responses, messages] = ['chat', 'completions', 'responses', 'messages'].map(
  (name) => PROTOCOLS.find((each) => each.name === name)!,
) as [(typeof PROTOCOLS)[0], (typeof PROTOCOLS)[0], (typeof PROTOCOLS)[0], (typeof PROTOCOLS)[0]]

const found = (pieces: readonly Piece[], value: string) => pieces.find((piece) => piece.value === value)
/** What each lane bears over several events. */
function lanesOf(protocol: typeof chat, events: readonly object[]): Map<string, string> {
  const lanes = new Map<string, string>()
  for (const event of events)
    for (const { lane, how, value } of protocol.readEvent(JSON.stringify(event)).pieces)
      if (how === 'delta') lanes.set(lane, (lanes.get(lane) ?? '') + value)
  return lanes
}

test('a token as an object key is scanned, the words of the protocol are not', () => {
  const key = `AKIA${'A1B2'.repeat(4)}`
  const pieces = readDocument(
    JSON.stringify({ [key]: 1, tool_calls: [], inputSchema: {}, 'x-y': 0, 'ca fe': 0 }),
    'prompt',
  )
  assert.deepEqual(
    pieces.map(({ value }) => value),
    [key, 'ca fe'],
  )
})

test('plain text in the place of base64 is scanned; a picture is not', () => {
  const source = (data: string) =>
    JSON.stringify({ messages: [{ role: 'user', content: [{ type: 'document', source: { type: 'text', data } }] }] })
  assert.ok(found(messages.readPieces(source('a plain note'), 'prompt'), 'a plain note'))
  const picture = 'iVBORw0KGgo+/'.repeat(100)
  assert.equal(found(messages.readPieces(source(picture), 'prompt'), picture), undefined)
  const image = (url: string) =>
    JSON.stringify({ messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url } }] }] })
  const signed = `https://user:pass@example.org/${'a'.repeat(300)}`
  assert.ok(found(chat.readPieces(image(signed), 'prompt'), signed))
  const inline = `data:image/png;base64,${picture}`
  assert.equal(found(chat.readPieces(image(inline), 'prompt'), inline), undefined)
  assert.ok(found(chat.readPieces(image(`${inline} and words`), 'prompt'), `${inline} and words`))
})

test('parts that come by turns are lanes of their own, also in fields that nobody knows', () => {
  const lanes = lanesOf(chat, [
    { choices: [{ index: 0, delta: { novel: 'aa' } }] },
    { choices: [{ index: 1, delta: { novel: 'xx' } }] },
    { choices: [{ delta: { novel: 'bb' }, index: 0 }] },
  ])
  assert.deepEqual([...lanes.values()], ['aabb', 'xx'])
  const shell = (command: number, delta: string) => ({
    type: 'response.shell_call_command.delta',
    output_index: 0,
    command_index: command,
    delta,
  })
  assert.deepEqual([...lanesOf(responses, [shell(0, 'l'), shell(1, 'p'), shell(0, 's')]).values()], ['ls', 'p'])
})

test('the same reasoning under two names is two lanes', () => {
  const lanes = lanesOf(chat, [
    { choices: [{ index: 0, delta: { reasoning: 'ab', reasoning_content: 'ab' } }] },
    { choices: [{ index: 0, delta: { reasoning: 'cd', reasoning_content: 'cd' } }] },
  ])
  assert.deepEqual([...lanes.values()], ['abcd', 'abcd'])
})

test('a finish that comes with every chunk cuts no lane', () => {
  const { ends } = chat.readEvent(
    JSON.stringify({ choices: [{ index: 0, delta: { content: 'a' }, finish_reason: 'stop' }] }),
  )
  assert.deepEqual(ends, [])
})

test('of two types the last one counts, as in JSON.parse', () => {
  const data = '{"type":"content_block_stop","index":0,"type":"content_block_delta","delta":{"text":"a"}}'
  assert.deepEqual(messages.readEvent(data).ends, [])
})

test('several choices stand one after the other', () => {
  const sse = (event: object) => `data: ${JSON.stringify(event)}\n\n`
  const body = [0, 1, 0, 1].map((index, at) => sse({ choices: [{ index, text: `${index}${at} ` }] })).join('')
  assert.equal(completions.readReply(body, true).text, '00 02 \n11 13 ')
  const chunks = [0, 1, 0, 1]
    .map((index, at) => sse({ choices: [{ index, delta: { content: `${index}${at} ` } }] }))
    .join('')
  assert.equal(chat.readReply(chunks, true).text, '00 02 \n11 13 ')
})

test('citations and filters are read from the shapes that Copilot sends', () => {
  const sse = (event: object) => `data: ${JSON.stringify(event)}\n\n`
  const url = 'https://example.org/repo'
  const chatReply = chat.readReply(
    sse({
      choices: [],
      prompt_filter_results: [{ content_filter_results: { hate: { severity: 'safe', filtered: false } } }],
    }) +
      sse({ choices: null, copilot_references: [] }) +
      sse({
        choices: [
          {
            index: 0,
            delta: {
              content: 'x',
              copilot_annotations: { IPCodeCitations: [{ id: 1, citations: [{ url, license: 'MIT' }] }] },
            },
            content_filter_results: { violence: { severity: 'medium', filtered: false } },
          },
        ],
      }),
    true,
  )
  assert.deepEqual([chatReply.text, chatReply.citations, chatReply.filters], ['x', [url], ['violence:medium']])
  const annotations = { ip_code_citations: [{ id: 1, details: { citations: [{ url, license: 'MIT' }] } }] }
  const ghost = completions.readReply(
    sse({ choices: [{ index: 0, text: 'y', copilot_annotations: annotations }] }),
    true,
  )
  assert.deepEqual([ghost.text, ghost.citations], ['y', [url]])
})

test('a stream of very many events is read and ended without overflowing', () => {
  const many = 'data: {"type":"x","sequence_number":1,"choices":[]}\n\n'.repeat(150_000)
  for (const each of PROTOCOLS) {
    assert.equal(each.readReply(many, true).text, '')
    assert.ok(each.notice('n', many).includes('n'))
  }
})

test('a tool input in very many fragments is put together in linear time', () => {
  const sse = (event: object) => `data: ${JSON.stringify(event)}\n\n`
  const delta = (partial_json: string) =>
    sse({ type: 'content_block_delta', index: 0, delta: { type: 'input_json_delta', partial_json } })
  const body =
    sse({
      type: 'content_block_start',
      index: 0,
      content_block: { type: 'tool_use', id: 't', name: 'write', input: {} },
    }) +
    delta('{"text":"') +
    delta('words ').repeat(20_000) +
    delta('"}')
  const began = process.cpuUsage().user
  const [call] = messages.readReply(body, true).toolCalls
  assert.deepEqual(call?.arguments, { text: 'words '.repeat(20_000) })
  assert.ok(process.cpuUsage().user - began < 3_000_000)
})

test('below a field that is known as a whole nothing is a lane, whatever other lines of the table pass through it', () => {
  const start = (content: object) => ({ type: 'content_block_start', index: 1, content_block: { type: 'x', content } })
  const { pieces } = messages.readEvent(
    JSON.stringify(start({ type: 'result', stdout: 'out', encrypted_content: 'e' })),
  )
  assert.deepEqual(
    pieces.map(({ value, how }) => `${value} ${how}`),
    ['content_block_start whole', 'x whole', 'result whole', 'out whole'],
  )
})
