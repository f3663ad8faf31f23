/** A message is an event and back: the same bytes, whatever JSON looks like. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { routeFor } from './routes.ts'
import { eventOf, messagesIn, readSaid } from './socket.ts'
import { Framer, readFrame } from './sse.ts'

const back = (messages: readonly string[]) =>
  messagesIn(Buffer.concat(messages.map((message) => eventOf(Buffer.from(message))))).map((each) =>
    Buffer.from(each).toString(),
  )

const text = fc.string({
  unit: fc.constantFrom('\n', '\r', ' ', '{', '"', 'data: ', 'data:', 'é', '\u2028', ':', '\0', 'a'),
})

test('messages come back as they were, line breaks, empty lines and all', () =>
  fc.assert(fc.property(fc.array(text), (messages) => assert.deepEqual(back(messages), messages))))

test('an event bears the message as its data, for whoever reads it as one, and no other event', () =>
  fc.assert(
    fc.property(fc.array(text, { minLength: 1 }), (messages) => {
      const framer = new Framer({ limit: 1_000_000 })
      const frames = messages.flatMap((message) => framer.push(eventOf(Buffer.from(message))))
      assert.deepEqual(
        [frames.map(({ data }) => data), framer.end()],
        [messages.map((message) => message.replace(/\r\n|\r/g, '\n')), undefined],
      )
    }),
  ))

test('an event that the gateway wrote is a message too; its name is not', () => {
  assert.deepEqual(messagesIn(Buffer.from('event: x\ndata: {"a":1}\n\n: comment\n\ndata: 2\n\n')).map(String), [
    '{"a":1}',
    '2',
  ])
  assert.deepEqual(messagesIn(Buffer.alloc(0)), [])
  assert.equal(readFrame(eventOf(Buffer.from(''))).data, '')
})

test('a prompt, a signal that bears only ids, and all else', () => {
  const kind = (message: unknown) => readSaid(JSON.stringify(message)).kind
  assert.equal(kind({ type: 'response.create', input: [] }), 'prompt')
  assert.equal(kind({ type: 'response.cancel', response_id: 'resp_1' }), 'signal')
  assert.equal(kind({ type: 'response.processed', response_id: 'resp_1', event_id: 'e-1' }), 'signal')
  for (const other of [
    { type: 'response.cancel', note: 'a prompt in disguise' },
    { type: 'response.cancel', response_id: 'two words' },
    { type: 'response.cancel', response_id: 'x'.repeat(129) },
    { type: 'response.cancel', response_id: { a: 'b' } },
    { type: 'session.update' },
    { type: ['response.create'] },
    [],
    'response.create',
  ])
    assert.equal(kind(other), 'unknown', JSON.stringify(other))
  assert.equal(readSaid('{"type":"response.create"').kind, 'unknown')
  const twice = readSaid('{"type":"response.cancel","response_id":"a lot of words","response_id":"r"}')
  assert.deepEqual([twice.kind, twice.text], ['signal', '{"type":"response.cancel","response_id":"r"}'])
})

test('a turn declares what its handshake could not, and no credential', () => {
  const { headers } = readSaid(
    JSON.stringify({
      type: 'response.create',
      initiator: 'agent',
      headers: { 'X-Interaction-Id': 'i1', 'x-gatelog-key': 'gtl', Authorization: 'Bearer x', 'Session-Id': 's' },
      client_metadata: { 'x-codex-turn-metadata': '{"a":1}', thread_id: 't' },
    }),
  )
  assert.deepEqual(headers, { 'x-initiator': 'agent', 'x-interaction-id': 'i1', 'x-codex-turn-metadata': '{"a":1}' })
})

test('what a WebSocket bears is known at its own address only', () => {
  const known = (verb: string, path: string) => routeFor(verb, path)?.kind
  assert.deepEqual(
    ['/v1/responses', '/v1/realtime', '/v1/chat/completions'].map((path) =>
      ['UPGRADE', 'MESSAGE', 'SIGNAL', 'OTHER'].map((verb) => known(verb, path)),
    ),
    [
      ['metadata', 'exchange', 'metadata', undefined],
      [undefined, undefined, undefined, undefined],
      [undefined, undefined, undefined, undefined],
    ],
  )
})
