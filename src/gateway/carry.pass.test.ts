/** `carry()`: what passes unchanged, what never crosses, and what is bounded. */
import assert from 'node:assert/strict'
import { request as send } from 'node:http'
import { test } from 'node:test'
import type { Opening } from '#exchange'
import { answer, ask, kinds, unmarked, within } from './asking.case.ts'
import { chat, type Script, SECRET } from './house.case.ts'

test('upstream’s own errors pass byte for byte', () =>
  within(
    {
      script: (_request, _body, response) => {
        response.writeHead(429, { 'content-type': 'application/json', 'retry-after': '7', 'x-request-id': 'r' })
        response.end('{"error": {"message": "slow down"}}')
      },
    },
    async (house) => {
      const reply = await ask(house, chat('hi'))
      assert.deepEqual(
        [reply.status, reply.headers.get('retry-after'), await reply.text()],
        [429, '7', '{"error": {"message": "slow down"}}'],
      )
      assert.deepEqual(kinds(house), ['asked', 'replied'])
    },
  ))

test('keys and gateway headers never cross, upstream cookies neither', () =>
  within({ script: answer }, async (house) => {
    const reply = await ask(house, chat('hi'), { headers: { 'x-gatelog-actor': 'root', 'x-forwarded-for': '1.2.3.4' } })
    await reply.text()
    const names = Object.keys(house.seen[0]?.headers ?? {})
    assert.ok(!names.some((name) => /^x-(gatelog|forwarded)/.test(name)), names.join())
    assert.deepEqual(
      [house.seen[0]?.headers.authorization, house.seen[0]?.headers['accept-encoding']],
      ['Bearer upstream-token', 'identity'],
    )
    assert.equal(reply.headers.get('set-cookie'), null)
  }))

test('a key sent as the credential does not reach upstream', () =>
  within({ script: answer }, async (house) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${house.key}` }
    await (await fetch(`${house.url}/v1/chat/completions`, { method: 'POST', body: chat('hi'), headers })).text()
    assert.equal(house.seen[0]?.headers.authorization, undefined)
  }))

const BAD: [string, string, Record<string, string>, number, string][] = [
  ['not JSON', '{"model": ', {}, 400, 'request.json'],
  ['another content type', 'x', { 'content-type': 'text/html' }, 415, 'request.type'],
  ['an unknown encoding', 'x', { 'content-encoding': 'rot13' }, 415, 'request.encoding'],
  ['too large', `"${'x'.repeat(1_000_001)}"`, {}, 413, 'limit.body'],
  ['too deep', '['.repeat(5000) + ']'.repeat(5000), {}, 400, 'limit.depth'],
]
for (const [name, body, headers, status, fault] of BAD)
  test(`bad input: ${name}`, () =>
    within({ script: answer }, async (house) => {
      const reply = await ask(house, body, { headers })
      assert.deepEqual([reply.status, reply.headers.get('x-gatelog-error'), kinds(house)], [status, fault, ['refused']])
      assert.equal(house.seen.length, 0)
    }))

test('one actor’s streams are limited, and the places come back', () =>
  within(
    {
      script: (_request, _body, response) => void setTimeout(() => answer(_request, _body, response), 100),
      openStreams: 2,
    },
    async (house) => {
      const replies = await Promise.all([1, 2, 3].map(() => ask(house, chat('hi'))))
      const faults = replies.map((reply) => reply.headers.get('x-gatelog-error')).filter(Boolean)
      assert.deepEqual(faults, ['limit.requests'])
      await Promise.all(replies.map((reply) => reply.text()))
      assert.equal((await ask(house, chat('hi'))).status, 200)
    },
  ))

test('an actor that has sent its bytes of this hour is refused', () =>
  within({ script: answer, bytesPerHour: 400 }, async (house) => {
    assert.equal((await ask(house, chat('x'.repeat(500)))).status, 200)
    const over = await ask(house, chat('one more'))
    assert.deepEqual([over.status, over.headers.get('x-gatelog-error')], [400, 'limit.bytes'])
    assert.equal(house.seen.length, 1)
  }))

test('a provider’s own path may begin like the name of a host', () =>
  within({ script: answer }, async (house) => {
    const get = (path: string) => fetch(house.url + path, { headers: { 'x-gatelog-key': house.key } })
    assert.equal((await get('/api/tags')).status, 200)
    assert.equal((await get('/api/v1/models')).status, 200)
    assert.equal((await get('/api/nothing')).status, 404)
  }))

test('a WebSocket upgrade is refused so that clients fall back', () =>
  within({ script: answer }, async (house) => {
    const status = await new Promise((resolve) => {
      const asked = send(`${house.url}/responses`, { headers: { connection: 'upgrade', upgrade: 'websocket' } })
      asked.on('response', (reply) => resolve(reply.statusCode))
      asked.on('error', () => resolve('error'))
      asked.end()
    })
    assert.equal(status, 426)
  }))

test('a prompt that is tried again is linked to the one before; asked again after its answer it is not', () => {
  let asked = 0
  const script: Script = (request, body, response) =>
    ++asked === 1 ? void response.writeHead(429).end() : answer(request, body, response)
  return within({ script }, async (house) => {
    for (const _ of [1, 2, 3]) await (await ask(house, chat('hi'))).text()
    const [first, again, later] = house.watched.entries.filter(({ kind }) => kind === 'asked') as Opening[]
    assert.deepEqual([first?.retryOf, again?.retryOf, later?.retryOf], [undefined, first?.exchange, undefined])
  })
})

test('signed reasoning that was masked goes back to the model as it was signed', () =>
  within(
    {
      kind: 'anthropic',
      script: (_request, _body, response) => {
        const say = (event: { type: string }) =>
          response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        say({ type: 'message_start', message: { id: 'm', role: 'assistant', content: [] } } as never)
        say({ type: 'content_block_start', index: 0, content_block: { type: 'thinking', thinking: '' } } as never)
        say({
          type: 'content_block_delta',
          index: 0,
          delta: { type: 'thinking_delta', thinking: `it is ${SECRET}` },
        } as never)
        say({ type: 'content_block_delta', index: 0, delta: { type: 'signature_delta', signature: 'sig-1' } } as never)
        say({ type: 'content_block_stop', index: 0 } as never)
        say({ type: 'message_delta', delta: { stop_reason: 'end_turn' } } as never)
        say({ type: 'message_stop' })
        response.end()
      },
    },
    async (house) => {
      const prompt = (messages: unknown[]) => JSON.stringify({ model: 'c', stream: true, messages })
      const text = await (await ask(house, prompt([{ role: 'user', content: 'hi' }]), { path: '/v1/messages' })).text()
      assert.ok(!text.includes(SECRET) && unmarked(text).includes('[masked:github-pat]'))
      const block = { type: 'thinking', thinking: 'it is [masked:github-pat]', signature: 'sig-1' }
      const again = prompt([
        { role: 'user', content: 'hi' },
        { role: 'assistant', content: [block] },
        { role: 'user', content: 'go on' },
      ])
      await (await ask(house, again, { path: '/v1/messages' })).text()
      assert.ok(house.seen[1]?.body.includes(`it is ${SECRET}`))
      const opening = house.watched.entries[2]
      assert.ok(opening?.kind === 'asked' && !Buffer.from(opening.body?.bytes ?? []).includes(SECRET))
    },
  ))
