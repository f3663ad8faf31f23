import assert from 'node:assert/strict'
import { request as send } from 'node:http'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { chat, chunk, DONE, Fault, openHouse, type Script, SECRET, type Setup } from './house.case.ts'

const stream =
  (...parts: string[]): Script =>
  (_request, _body, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'x-request-id': 'up-1', 'set-cookie': 'a=1' })
    for (const part of parts) response.write(part)
    response.end()
  }
const answer = stream(chunk('hello'), chunk(' world'), DONE)

type Open = Awaited<ReturnType<typeof openHouse>>

async function within(setup: Setup, run: (house: Open) => Promise<void>): Promise<void> {
  const house = await openHouse(setup)
  await run(house).finally(() => house.close())
}

const ask = ({ url, key }: Open, body: string, more: { path?: string; headers?: Record<string, string> } = {}) =>
  fetch(`${url}${more.path ?? '/v1/chat/completions'}`, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      'x-gatelog-key': key,
      authorization: 'Bearer upstream-token',
      ...more.headers,
    },
  })
const kinds = ({ watched }: Open) => watched.entries.map(({ kind }) => kind)

test('one exchange has one opening and one ending, and passes as it came', () =>
  within({ script: answer }, async (house) => {
    const body = chat('say hello')
    const reply = await ask(house, body)
    assert.equal(await reply.text(), chunk('hello') + chunk(' world') + DONE)
    assert.equal(house.seen[0]?.body, body)
    assert.deepEqual(kinds(house), ['asked', 'replied'])
    const [opening, ending] = house.watched.entries
    assert.ok(opening?.kind === 'asked' && ending?.kind === 'replied')
    assert.deepEqual([opening.actor?.id, opening.model, opening.route], ['ana', 'gpt-5.4', 'chat'])
    assert.deepEqual([ending.finish, ending.text, ending.requestId], ['stop', 'hello world', 'up-1'])
    assert.equal(Buffer.from(ending.body?.bytes ?? []).toString(), chunk('hello') + chunk(' world') + DONE)
    assert.equal(ending.body?.sent, ending.body?.received)
  }))

test('nothing goes upstream before its prompt is durable, no last event before the ending is', () =>
  within({ script: answer }, async (house) => {
    let release: () => void = () => undefined
    house.watched.hold = new Promise((resolve) => {
      release = resolve
    })
    const reply = ask(house, chat('hi'))
    await wait(60)
    assert.equal(house.watched.order.length, 0)
    release()
    await (await reply).text()
    const order: readonly string[] = house.watched.order
    assert.ok(order.indexOf('asked') < order.indexOf('upstream'), order.join())
    assert.equal(order.at(-1), 'replied')
    assert.ok(order.includes('journal'))
  }))

test('the last event waits for a durable ending', () =>
  within({ script: answer }, async (house) => {
    let hold: () => void = () => undefined
    house.watched.hold = undefined
    const { append } = house.watched.trail
    Object.defineProperty(house.watched.trail, 'append', {
      value: async (entry: never) => {
        if ((entry as { kind: string }).kind === 'replied') await new Promise<void>((resolve) => (hold = resolve))
        return append(entry)
      },
    })
    const reply = await ask(house, chat('hi'))
    const reader = reply.body!.getReader()
    let text = ''
    const pump = (async () => {
      for (let part = await reader.read(); !part.done; part = await reader.read())
        text += Buffer.from(part.value).toString()
    })()
    await wait(80)
    assert.ok(text.includes('hello') && !text.includes('[DONE]'), text)
    hold()
    await pump
    assert.ok(text.endsWith('data: [DONE]\n\n'))
  }))

test('during: prompt and trail overlap, but no reply byte passes before the prompt is durable', () =>
  within({ script: answer, durable: 'during' }, async (house) => {
    let release: () => void = () => undefined
    house.watched.hold = new Promise((resolve) => {
      release = resolve
    })
    let begun = false
    const reply = ask(house, chat('hi')).then((got) => {
      begun = true
      return got.text()
    })
    await wait(80)
    assert.deepEqual([house.watched.order, begun], [['upstream'], false])
    release()
    assert.ok((await reply).includes('[DONE]'))
  }))

test('each-event: every event is durable before it leaves', () =>
  within({ script: answer, durable: 'each-event' }, async (house) => {
    await (await ask(house, chat('hi'))).text()
    const { order } = house.watched
    assert.equal(
      order.filter((step) => step === 'journal').length,
      order.filter((step) => step === 'journalled').length,
    )
    assert.ok(order.includes('journalled'))
  }))

test('a secret split over events never reaches the client, and never the record', () =>
  within(
    { script: stream(chunk('key '), ...SECRET.match(/.{1,7}/g)!.map((part) => chunk(part)), chunk(' ok'), DONE) },
    async (house) => {
      const text = await (await ask(house, chat('hi'))).text()
      const content = [...text.matchAll(/"content":"([^"]*)"/g)].map(([, part]) => part).join('')
      assert.equal(content, 'key [masked:github-pat] ok')
      assert.equal(text.match(/data:/g)?.length, 4 + SECRET.match(/.{1,7}/g)!.length)
      const told = JSON.stringify(
        house.watched.entries.map((entry) =>
          'body' in entry ? { ...entry, body: Buffer.from(entry.body?.bytes ?? []).toString() } : entry,
        ),
      )
      assert.ok(!told.includes(SECRET) && !told.includes(SECRET.slice(0, 20)))
      const ending = house.watched.entries[1]
      assert.ok(ending?.kind === 'replied' && ending.findings[0]?.rule === 'github-pat')
    },
  ))

test('a secret in a prompt reaches neither the model nor the record', () =>
  within({ script: answer }, async (house) => {
    await (await ask(house, chat(`use ${SECRET}`))).text()
    assert.ok(!house.seen[0]?.body.includes(SECRET) && house.seen[0]?.body.includes('[masked:github-pat]'))
    const opening = house.watched.entries[0]
    assert.ok(opening?.kind === 'asked' && !Buffer.from(opening.body?.bytes ?? []).includes(SECRET))
    assert.ok(!opening.text?.includes(SECRET))
  }))

test('a whole reply is masked too', () =>
  within(
    {
      script: (_request, _body, response) => {
        response.setHeader('content-type', 'application/json')
        response.end(JSON.stringify({ choices: [{ index: 0, message: { content: SECRET }, finish_reason: 'stop' }] }))
      },
    },
    async (house) => {
      const reply = (await (await ask(house, chat('hi', false))).json()) as {
        choices: { message: { content: string } }[]
      }
      assert.equal(reply.choices[0]?.message.content, '[masked:github-pat]')
    },
  ))

test('a deny goes nowhere: 400 in the provider’s shape, asked and denied on the record', () =>
  within(
    {
      script: answer,
      rules: [{ name: 'no-dumps', when: 'prompt.text.contains("pg_dump")', then: 'deny', reason: 'Ask the data team' }],
    },
    async (house) => {
      const reply = await ask(house, chat('pg_dump please'))
      const { error } = (await reply.json()) as { error: { message: string } }
      assert.equal(reply.status, 400)
      assert.match(error.message, /^Gatelog: .*no-dumps: Ask the data team/)
      assert.deepEqual([kinds(house), house.seen.length], [['asked', 'denied'], 0])
    },
  ))

const STRANGERS: [string, Record<string, string>, string][] = [
  ['no key', { 'x-gatelog-key': '' }, 'identity.unknown'],
  ['a broken key', { 'x-gatelog-key': 'gtl_user_nonsense' }, 'identity.unknown'],
]
for (const [name, headers, fault] of STRANGERS)
  test(`refused and recorded: ${name}`, () =>
    within({ script: answer }, async (house) => {
      const reply = await ask(house, chat('hi'), { headers })
      assert.equal(reply.headers.get('x-gatelog-error'), fault)
      assert.deepEqual([kinds(house), house.seen.length], [['refused'], 0])
      const [entry] = house.watched.entries
      assert.ok(entry?.kind === 'refused' && entry.fault === fault && entry.body === undefined)
    }))

test('a well-formed key that is not known is refused', () =>
  within({ script: answer }, async (house) => {
    const reply = await ask(house, chat('hi'), { headers: { 'x-gatelog-key': house.stranger } })
    assert.equal(reply.headers.get('x-gatelog-error'), 'identity.unknown')
  }))

test('a flood of strangers makes one line, not a thousand', () =>
  within({ script: answer }, async (house) => {
    for (let at = 0; at < 20; at++) await (await ask(house, chat('hi'), { headers: { 'x-gatelog-key': 'no' } })).text()
    assert.equal(house.watched.entries.length, 1)
    house.house.strangers.flush(Number.POSITIVE_INFINITY)
    await wait(10)
    const last = house.watched.entries.at(-1)
    assert.ok(last?.kind === 'refused' && last.count === 19)
  }))

test('an unknown route is refused and recorded, or passed and recorded where that is configured', async () => {
  await within({ script: answer }, async (house) => {
    const reply = await ask(house, '{}', { path: '/v1/files' })
    assert.deepEqual([reply.headers.get('x-gatelog-error'), kinds(house)], ['request.route', ['refused']])
  })
  await within({ script: answer, unknownRoutes: 'record-and-pass' }, async (house) => {
    await (await ask(house, `{"a":"${SECRET}"}`, { path: '/v1/files' })).text()
    assert.deepEqual([kinds(house), house.seen[0]?.body], [['asked', 'replied'], '{"a":"[masked:github-pat]"}'])
  })
})

test('a trail that cannot be written stops the traffic', () =>
  within({ script: answer }, async (house) => {
    house.watched.fail = new Fault('trail.unavailable')
    const reply = await ask(house, chat('hi'))
    assert.deepEqual([reply.status, reply.headers.get('x-should-retry'), house.seen.length], [503, 'false', 0])
    house.watched.fail = undefined
    assert.equal((await ask(house, chat('hi'))).status, 200)
  }))

test('a trail that fails before the end stops the stream with a notice, and the ending follows when it can', () =>
  within(
    {
      script: (_request, _body, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        response.write(chunk('hello'))
        setTimeout(() => response.end(DONE), 60)
      },
    },
    async (house) => {
      const reply = await ask(house, chat('hi'))
      house.watched.fail = new Fault('trail.unavailable')
      const text = await reply.text()
      assert.match(text, /Gatelog: The audit trail cannot be written/)
      house.watched.fail = undefined
      await wait(700)
      assert.equal(kinds(house).length, 2)
    },
  ))

test('the client’s abort reaches upstream within a second and is recorded', () =>
  within(
    {
      script: (_request, _body, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        response.write(chunk('hello'))
      },
      timeouts: { idle_ms: 5000 },
    },
    async (house) => {
      const controller = new AbortController()
      const reply = await fetch(`${house.url}/v1/chat/completions`, {
        method: 'POST',
        body: chat('hi'),
        headers: { 'content-type': 'application/json', 'x-gatelog-key': house.key },
        signal: controller.signal,
      })
      await reply.body!.getReader().read()
      controller.abort()
      await wait(300)
      assert.equal(house.seen[0]?.aborted, true)
      assert.deepEqual(kinds(house), ['asked', 'aborted'])
    },
  ))

test('a revoked key cuts its open stream with a notice', () =>
  within(
    {
      script: (_request, _body, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        response.write(chunk('hello'))
      },
      timeouts: { idle_ms: 5000 },
    },
    async (house) => {
      const reply = await ask(house, chat('hi'))
      await house.identity.revoke(house.record.id)
      assert.match(await reply.text(), /Gatelog: This Gatelog key was revoked/)
      const ending = house.watched.entries[1]
      assert.ok(ending?.kind === 'aborted' && ending.fault === 'identity.revoked' && ending.authored)
    },
  ))

const TROUBLE: [string, Script, number, string][] = [
  ['resets', (_request, _body, response) => response.destroy(), 502, 'upstream.reset'],
  ['stalls', () => undefined, 504, 'upstream.timeout'],
]
for (const [name, script, status, fault] of TROUBLE)
  test(`an upstream that ${name}`, () =>
    within({ script, timeouts: { first_byte_ms: 100 } }, async (house) => {
      const reply = await ask(house, chat('hi'))
      assert.deepEqual(
        [reply.status, reply.headers.get('x-gatelog-error'), kinds(house)],
        [status, fault, ['asked', 'failed']],
      )
    }))

test('a stream that ends too early fails with a notice', () =>
  within({ script: stream(chunk('hello')) }, async (house) => {
    assert.match(await (await ask(house, chat('hi'))).text(), /ended before its last event/)
    assert.deepEqual(kinds(house), ['asked', 'failed'])
  }))

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

test('a resent prompt is linked to the one before', () =>
  within({ script: answer }, async (house) => {
    await (await ask(house, chat('hi'))).text()
    await (await ask(house, chat('hi'))).text()
    const [first, , again] = house.watched.entries
    assert.ok(again?.kind === 'asked' && first && again.retryOf === first.exchange)
  }))

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
      assert.ok(!text.includes(SECRET) && text.includes('[masked:github-pat]'))
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
