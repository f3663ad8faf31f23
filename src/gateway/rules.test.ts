import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ask, kinds, type Open, within } from './asking.case.ts'
import type { Script } from './house.case.ts'

const script: Script = (_request, _body, response) =>
  void response.setHeader('content-type', 'application/json').end('{"data":[]}')
const rule = (when: string) => [{ name: 'r', when, then: 'deny', reason: 'why' }]
const pass = { script, unknownRoutes: 'record-and-pass' } as const
const get = ({ url, key }: Open, path: string) => fetch(`${url}${path}`, { headers: { 'x-gatelog-key': key } })

for (const path of ['/v1/embeddings', '/v1/messages/count_tokens', '/v1/threads/runs'])
  for (const when of [
    'actor.kind == "person"',
    'connection.name == "up"',
    'prompt.text.contains("pg_dump")',
    'model == "m"',
  ])
    test(`a deny holds at ${path}: ${when}`, () =>
      within({ ...pass, rules: rule(when) }, async (house) => {
        const reply = await ask(house, '{"model":"m","input":"pg_dump"}', { path })
        assert.deepEqual([reply.status, house.seen.length, kinds(house)], [400, 0, ['asked', 'denied']])
        assert.match(await reply.text(), /policy\.deny/)
        assert.deepEqual(house.watched.entries.map((entry) => 'verdict' in entry && entry.verdict?.kind)[0], 'deny')
      }))

test('a request without a body is judged by who asks, not by a prompt that is not there', async () => {
  await within({ ...pass, rules: rule('actor.kind == "person"') }, async (house) => {
    assert.deepEqual([(await get(house, '/v1/models')).status, house.seen.length], [400, 0])
  })
  await within({ ...pass, rules: rule('model != "gpt-5.4"') }, async (house) => {
    assert.equal((await get(house, '/v1/models')).status, 200)
  })
})

const said = (more: object) => JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'hi' }], ...more })
const call = (args: string) => ({ type: 'function', id: 'c', function: { name: 'bash', arguments: args } })
const HIDDEN: [string, string, string?][] = [
  ['a key in capitals of a server that folds keys', said({ extra: { Messages: [{ content: 'pg_dump' }] } })],
  [
    'arguments of a tool call',
    said({ messages: [{ role: 'assistant', tool_calls: [call('{"command":"pg_dump"}')] }] }),
  ],
  ['escaped arguments', said({ messages: [{ role: 'assistant', tool_calls: [call('{"command":"\\u0070g_dump"}')] }] })],
  ['a tool’s description', said({ tools: [{ type: 'function', function: { name: 'x', description: 'pg_dump' } }] })],
  ['a tool’s parameter', said({ tools: [{ function: { name: 'x', parameters: { properties: { pg_dump: {} } } } }] })],
  ['a field nobody knows', said({ brand_new: { deep: ['pg_dump'] } })],
  [
    'a text document',
    said({ messages: [{ role: 'user', content: [{ type: 'document', source: { type: 'text', data: 'pg_dump' } }] }] }),
    '/v1/messages',
  ],
  ['a suffix', JSON.stringify({ model: 'm', prompt: 'a', suffix: 'pg_dump' }), '/v1/completions'],
]
for (const [name, body, path = '/v1/chat/completions'] of HIDDEN)
  test(`a rule over the text sees ${name}`, () =>
    within({ script, rules: rule('prompt.text.contains("pg_dump")') }, async (house) => {
      const reply = await ask(house, body, { path })
      assert.deepEqual([reply.status, house.seen.length, kinds(house)], [400, 0, ['asked', 'denied']])
    }))

const TWO: [string, string, string?][] = [
  ['a key twice', '{"model":"m","messages":[{"role":"user","content":"pg_dump"}],"messages":[]}'],
  ['a key twice, deep', '{"model":"m","messages":[{"role":"user","content":"pg_dump","content":"hi"}]}'],
  ['a key twice, once escaped', '{"model":"m","messages":[],"m\\u0065ssages":[]}'],
  ['another case', '{"model":"m","messages":[],"Messages":[{"role":"user","content":"pg_dump"}]}'],
  ['another case alone', '{"model":"m","MESSAGES":[{"role":"user","content":"pg_dump"}]}'],
  ['a letter that folds', '{"model":"m","me\u017f\u017fages":[{"role":"user","content":"pg_dump"}]}'],
  ['another case in a message', '{"model":"m","messages":[{"role":"user","content":"hi","Content":"pg_dump"}]}'],
  ['a key twice where no protocol reads', '{"model":"m","input":"pg_dump","input":"hi"}', '/v1/embeddings'],
]
for (const [name, body, path = '/v1/chat/completions'] of TWO)
  test(`refused, for it can be read in two ways: ${name}`, () =>
    within({ script }, async (house) => {
      const reply = await ask(house, body, { path })
      assert.deepEqual([reply.status, house.seen.length, kinds(house)], [400, 0, ['refused']])
      assert.match(await reply.text(), /read in two ways: \S*(messages|content|input)\b.*request\.key/)
    }))

test('a key of the gateway is not taken in the place of a credential that the developer brings', () =>
  within({ script }, async (house) => {
    for (const [name, value] of [
      ['authorization', `Bearer ${house.key}`],
      ['x-api-key', house.key],
    ] as const) {
      const reply = await fetch(`${house.url}/v1/models`, { headers: { [name]: value } })
      assert.equal(reply.status, 400)
      assert.match(await reply.text(), /identity\.passthrough/)
    }
    assert.equal(house.seen.length, 0)
    const both = await ask(house, said({}), { headers: { authorization: `Bearer ${house.key}` } })
    assert.equal(both.status, 200)
    assert.equal(house.seen[0]?.headers.authorization, undefined)
  }))

const embedding = '{"model":"m","input":"pg_dump"}'
for (const [name, body] of [
  ['UTF-16', Buffer.from(embedding, 'utf16le')],
  ['UTF-16 with its mark', Buffer.from(`\ufeff${embedding}`, 'utf16le')],
  ['a byte order mark', Buffer.from(`\ufeff${embedding}`)],
  ['more behind its end', Buffer.from('{"model":"m","input":"\\u0070g_dump"} x')],
] as const)
  for (const path of ['/v1/embeddings', '/v1/threads/runs', '/v1/chat/completions'])
    test(`what only a lenient server could read is refused at ${path}: ${name}`, () =>
      within({ ...pass }, async (house) => {
        const reply = await ask(house, body as unknown as string, { path })
        assert.deepEqual([reply.status, house.seen.length, kinds(house)], [400, 0, ['refused']])
        assert.match(await reply.text(), /request\.json/)
      }))
