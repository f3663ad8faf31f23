import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import { Fault } from '#exchange'
import { Framer, PROTOCOLS, readClient, readDocument, rewrite, routeFor, splice } from './index.ts'

const protocol = (name: string) => PROTOCOLS.find((each) => each.name === name)!
const sse = (event: object, name?: string) => `${name ? `event: ${name}\n` : ''}data: ${JSON.stringify(event)}\n\n`

function frames(bytes: Buffer, cuts: readonly number[]) {
  const framer = new Framer({ limit: 1 << 20 })
  const out = []
  let from = 0
  for (const cut of [...cuts, bytes.length]) {
    out.push(...framer.push(bytes.subarray(from, cut)))
    from = cut
  }
  const rest = framer.end()
  return rest ? [...out, rest] : out
}

const SHAPES = [
  'data: a\n\ndata: b\n\n',
  'event: x\r\ndata: é✓\r\n\r\ndata: 2\r\n\r\n',
  'data: a\r\rdata: b\r\r',
  ': comment\n\ndata\n\ndata: x\ndata: y\nid: 7\n\nretry: 3\n\ndata: rest',
  '\ufeffdata: bom\n\n',
  '\n\n\ndata:no space\n\n',
]
for (const shape of SHAPES)
  test(`every cut of ${JSON.stringify(shape)} gives the same events, byte for byte`, () => {
    const bytes = Buffer.from(shape)
    const whole = frames(bytes, []).flatMap(({ data, event }) => (data === undefined ? [] : [[data, event]]))
    for (let cut = 0; cut <= bytes.length; cut++) {
      const got = frames(bytes, [cut])
      assert.equal(Buffer.concat(got.map(({ raw }) => raw)).compare(bytes), 0)
      assert.deepEqual(
        got.flatMap(({ data, event }) => (data === undefined ? [] : [[data, event]])),
        whole,
        `cut ${cut}`,
      )
    }
  })

test('rewrite with the same data gives the same bytes', () => {
  for (const shape of SHAPES)
    for (const frame of frames(Buffer.from(shape), []))
      if (frame.data) assert.equal(Buffer.compare(rewrite(frame, frame.data), frame.raw), 0)
})

test('an event over the limit is a fault, also when it never ends', () => {
  const framer = new Framer({ limit: 100 })
  assert.throws(
    () => framer.push(Buffer.alloc(101, 97)),
    (error: unknown) => error instanceof Fault && error.code === 'limit.event',
  )
})

const stringsIn = (value: unknown): string[] => {
  if (typeof value === 'string') return value ? [value] : []
  if (Array.isArray(value)) return value.flatMap(stringsIn)
  return typeof value === 'object' && value ? Object.values(value).flatMap(stringsIn) : []
}

test('every string of any JSON is found, and putting it back changes nothing', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), fc.boolean(), (value, spaced) => {
      const text = JSON.stringify(value, null, spaced ? 2 : 0)
      const pieces = readDocument(text, 'reply')
      const values = pieces.filter(({ lane }) => !lane.endsWith('{key}')).map(({ value: found }) => found)
      assert.deepEqual(values.sort(), stringsIn(JSON.parse(text)).sort())
      assert.deepEqual(JSON.parse(splice(text, pieces)), JSON.parse(text))
    }),
    { numRuns: 500 },
  )
})

test('a duplicated key hides nothing, and a strange key is scanned too', () => {
  const values = readDocument('{"a":"first","a":"second","strange key":1}', 'reply').map(({ value }) => value)
  assert.deepEqual(values, ['first', 'second', 'strange key'])
})

const BROKEN = [
  '',
  '{',
  '{"a"}',
  '[1,]',
  '{"a":1,}',
  '"a',
  '"a\u0001"',
  '01',
  '1 2',
  '{a:1}',
  'nul',
  '"\\x"',
  '[1}',
  '-',
  '{"a":"b" "c"}',
]
for (const text of BROKEN)
  test(`not JSON: ${JSON.stringify(text)}`, () => {
    assert.throws(() => JSON.parse(text))
    assert.throws(
      () => readDocument(text, 'reply'),
      (error: unknown) => error instanceof Fault && error.code === 'request.json',
    )
  })

test('deep JSON is refused without overflowing', () =>
  assert.throws(
    () => readDocument('['.repeat(1_000_000), 'prompt'),
    (error: unknown) => error instanceof Fault && error.code === 'limit.depth',
  ))

test('lanes go by position, also where every id differs', () => {
  const event = (id: string, delta: string) =>
    JSON.stringify({ type: 'response.output_text.delta', item_id: id, output_index: 1, content_index: 2, delta })
  const read = (data: string) =>
    protocol('responses')
      .readEvent(data)
      .pieces.find(({ how }) => how === 'delta')
  assert.equal(read(event('x1', 'a'))?.lane, read(event('y2', 'b'))?.lane)
  const chat = (index: number) => JSON.stringify({ choices: [{ delta: { content: 'a' }, index }] })
  const laneOf = (data: string) => protocol('chat').readEvent(data).pieces[0]?.lane
  assert.deepEqual([laneOf(chat(0)), laneOf(chat(1))], ['choices/0/content', 'choices/1/content'])
})

test('ids and signatures are left alone, tool inputs with a key called id are not', () => {
  const { pieces } = protocol('messages').readEvent(
    JSON.stringify({
      type: 'content_block_start',
      index: 0,
      content_block: { type: 'tool_use', id: 'toolu_1', input: { id: 'mine' } },
    }),
  )
  const values = pieces.map(({ value }) => value)
  assert.ok(!values.includes('toolu_1') && values.includes('mine'))
})

test('unknown fields and events are lanes of their own', () => {
  for (const each of PROTOCOLS) {
    const { pieces } = each.readEvent(JSON.stringify({ type: 'brand.new', later: { deep: 'text' } }))
    const found = pieces.find(({ value }) => value === 'text')
    assert.equal(found?.how, 'delta', each.name)
  }
})

test('tool arguments are JSON in a string', () => {
  const chat = JSON.stringify({
    choices: [{ index: 0, delta: { tool_calls: [{ index: 3, function: { arguments: '{"a' } }] } }],
  })
  const [piece] = protocol('chat').readEvent(chat).pieces
  assert.deepEqual([piece?.lane, piece?.mode], ['choices/0/tool/3/arguments', 'json'])
  const responses = JSON.stringify({ type: 'response.function_call_arguments.delta', output_index: 0, delta: '{"a' })
  assert.equal(
    protocol('responses')
      .readEvent(responses)
      .pieces.find(({ how }) => how === 'delta')?.mode,
    'json',
  )
})

test('a streamed reply is put together', () => {
  const chat = protocol('chat').readReply(
    sse({ model: 'm', choices: [{ index: 0, delta: { content: 'he' } }] }) +
      sse({
        choices: [
          {
            index: 0,
            delta: {
              content: 'llo',
              tool_calls: [{ index: 0, id: 'c', function: { name: 'run', arguments: '{"a"' } }],
            },
          },
        ],
      }) +
      sse({
        choices: [
          {
            index: 0,
            delta: { tool_calls: [{ index: 0, function: { arguments: ':1}' } }] },
            finish_reason: 'tool_calls',
          },
        ],
      }) +
      sse({ choices: [], usage: { prompt_tokens: 3, completion_tokens: 4 } }) +
      'data: [DONE]\n\n',
    true,
  )
  assert.equal(chat.text, 'hello')
  assert.deepEqual(chat.toolCalls, [{ name: 'run', id: 'c', arguments: { a: 1 } }])
  assert.deepEqual([chat.finish, chat.usage], ['tool_calls', { input: 3, output: 4 }])
})

for (const each of PROTOCOLS)
  test(`a notice ends a ${each.name} stream as an answer that its own reader understands`, () => {
    const notice = each.notice('stopped here', '')
    const events = frames(Buffer.from(notice), [])
    assert.ok(events.some(({ data }) => each.readEvent(data ?? '').terminal))
    const reply = each.readReply(notice, true)
    assert.ok(`${reply.text}${reply.error}`.includes('stopped here'))
    assert.ok(!/event: error/.test(notice))
  })

const ROUTES: [string, string, string | undefined][] = [
  ['POST', '/v1/chat/completions', 'chat'],
  ['POST', '/openai/deployments/x/chat/completions', 'chat'],
  ['POST', '/v1/engines/gpt-41-copilot/completions', 'completions'],
  ['POST', '/responses', 'responses'],
  ['POST', '/v1/messages', 'messages'],
  ['POST', '/v1/messages/count_tokens', 'tokens'],
  ['GET', '/models', 'models'],
  ['POST', '/embeddings', 'embeddings'],
  ['HEAD', '/api/hello', 'ping'],
  ['GET', '/v1/chat/completions', undefined],
  ['DELETE', '/models/x', undefined],
  ['POST', '/v1/files', undefined],
]
for (const [method, path, name] of ROUTES)
  test(`${method} ${path} is ${name ?? 'unknown'}`, () => {
    const route = routeFor(method, path)
    assert.ok(route?.kind !== 'unread')
    assert.equal(route?.kind === 'exchange' ? route.protocol.name : route?.name, name)
  })

test('ghost text tells file, language and repository', () => {
  const prompt = protocol('completions').readPrompt(
    { prompt: '# Path: src/a.py\ndef add(', suffix: ')', nwo: 'acme/pay', extra: { language: 'python' } },
    {},
  )
  assert.deepEqual([prompt.files, prompt.language, prompt.repository], [['src/a.py'], 'python', 'acme/pay'])
})

test('a prompt of any shape is read without throwing', () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => void PROTOCOLS.map((each) => each.readPrompt(value, {}))))
})

test('clients are known by their headers', () => {
  const of = (agent: string, more = {}) => readClient({ 'user-agent': agent, ...more }).client
  assert.equal(of('codex_exec/0.169.0 (Debian)'), 'codex')
  assert.equal(of('claude-cli/2.1.330 (external, sdk-cli)'), 'claude-code')
  assert.equal(of('x', { 'editor-version': 'copilot/1.0.102' }), 'copilot-cli')
  assert.equal(
    of('OpenAI/JS 5.20.1', { 'x-initiator': 'user', 'x-interaction-type': 'conversation-user' }),
    'copilot-cli',
  )
  assert.equal(of('Anthropic/JS 0.94.0', { 'x-initiator': 'agent' }), 'copilot-cli')
  assert.equal(of('OpenAI/JS 5.20.1'), 'openai-sdk')
  assert.equal(of('opencode/1.0', { 'x-initiator': 'agent' }), 'opencode')
  assert.equal(readClient({ 'x-claude-code-session-id': 's1' }).session, 's1')
})

const recorded = `${process.cwd()}/../shared/data/streams/`
const skip = existsSync(recorded) ? false : 'no recorded streams beside this checkout'
test('recorded streams pass byte for byte and read as replies', { skip }, () => {
  const names: Record<string, string> = {
    anthropic: 'messages',
    'openai-chat': 'chat',
    'openai-compatible': 'chat',
    'openai-completion': 'completions',
    'openai-responses': 'responses',
  }
  for (const file of globSync('*/*.chunks.txt', { cwd: recorded })) {
    const each = protocol(names[file.split('/')[0] ?? ''] ?? '')
    const lines = readFileSync(recorded + file, 'utf8')
      .split('\n')
      .filter(Boolean)
    const bytes = Buffer.from(lines.map((line) => `data: ${line}\n\n`).join(''))
    const got = frames(
      bytes,
      [7, 1000, 1001].filter((cut) => cut < bytes.length),
    )
    assert.equal(Buffer.concat(got.map(({ raw }) => raw)).compare(bytes), 0, file)
    for (const { data } of got) each.readEvent(data ?? '')
    const reply = each.readReply(bytes.toString(), true)
    assert.ok(reply.text || reply.toolCalls.length || reply.error || reply.reasoning || reply.finish, file)
  }
})
