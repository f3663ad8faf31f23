/** Clients that say nothing, read nothing, leave, or flood: nobody else notices, and the record says what happened. */
import assert from 'node:assert/strict'
import { request } from 'node:http'
import { connect } from 'node:net'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { chunk, DONE, prompt } from '../upstream.case.ts'
import { type Ground, openGround, residentOf } from './ground.case.ts'

const SSE = { 'content-type': 'text/event-stream' }

/** A request that can be left; `leave` breaks its connection. */
function begin({ gateway, key }: Ground, body: string) {
  const headers = {
    'content-type': 'application/json',
    'x-gatelog-key': key,
    'content-length': Buffer.byteLength(body),
  }
  const asked = request(`${gateway.url}/c/up/v1/chat/completions`, { method: 'POST', headers, agent: false })
  asked.on('error', () => undefined)
  const answered = new Promise<void>((resolve) => asked.once('response', () => resolve()))
  return { asked, answered, leave: () => asked.destroy() }
}

async function until(holds: () => boolean | Promise<boolean>, ms = 20_000): Promise<boolean> {
  for (let waited = 0; waited < ms; waited += 20) {
    if (await holds()) return true
    await wait(20)
  }
  return false
}

test('a client that leaves is recorded as aborted, and its upstream is cut within a second', async (t) => {
  const ground = await openGround(t, async (_, response) => {
    response.writeHead(200, SSE).write(chunk('first'))
    for (let at = 0; at < 60 && !response.destroyed; at++) {
      await wait(50)
      response.write(chunk('more'))
    }
  })
  const streaming = begin(ground, prompt('leave in mid-stream'))
  streaming.asked.end(prompt('leave in mid-stream'))
  await streaming.answered
  const left = performance.now()
  streaming.leave()
  assert.ok(await until(() => ground.upstream.received[0]?.cut === true))
  assert.ok(performance.now() - left < 1000, 'the upstream was cut too late')
  const shown = await ground.last()
  assert.deepEqual([shown.ending?.kind, shown.ending?.fault], ['aborted', 'client.aborted'])
  assert.match(shown.bodies.reply?.text ?? '', /first/)
  const sending = begin(ground, prompt('leave while sending'))
  await new Promise((resolve) => sending.asked.write('{"model":"m",', resolve)) // it is on its way
  await wait(100)
  sending.leave()
  assert.ok(await until(async () => (await ground.last()).opening.kind === 'refused'))
  assert.equal((await ground.last()).opening.fault, 'request.aborted')
  assert.equal(ground.upstream.received.length, 1)
})

test('a client that leaves after the terminal event has had its answer', async (t) => {
  const ground = await openGround(t, async (_, response) => {
    response.writeHead(200, SSE).write(chunk('all of it') + DONE)
    await wait(2000)
    response.end()
  })
  const done = begin(ground, prompt('codex leaves at once'))
  const told = new Promise<void>((resolve) =>
    done.asked.once('response', (answer) => {
      answer.on('data', (part: Buffer) => part.includes('[DONE]') && resolve())
    }),
  )
  done.asked.end(prompt('codex leaves at once'))
  await told
  done.leave()
  assert.equal((await ground.last()).ending?.kind, 'replied')
})

/** What the kernel takes for a connection of its own accord, in MB: the gateway keeps a copy of it for the record. */
const KERNEL_MB = 12

test('clients that read nothing hold back their upstreams, and others are served', async (t) => {
  const body = chunk('x'.repeat(10_000))
  let written = 0
  const ground = await openGround(
    t,
    async (received, response) => {
      response.writeHead(200, SSE)
      if (received.body.includes('quick')) return void response.end(DONE)
      for (let at = 0; at < 3000 && !response.destroyed; at++, written += body.length)
        if (!response.write(body))
          await Promise.race([new Promise((resolve) => response.once('drain', resolve)), wait(3000)])
      response.end(DONE)
    },
    'timeouts: { total_ms: 60000 }\n',
  )
  const before = await residentOf(ground.gateway)
  const slow = Array.from({ length: 40 }, (_, at) => begin(ground, prompt(`slow ${at}`)))
  for (const [at, { asked }] of slow.entries()) asked.end(prompt(`slow ${at}`))
  await Promise.all(slow.map(({ answered }) => answered))
  await wait(1500)
  assert.equal((await ground.post(prompt('quick'))).status, 200)
  const grown = (await residentOf(ground.gateway)) - before
  for (const { leave } of slow) leave()
  assert.ok(grown < 40 * KERNEL_MB, `${grown} MB for 40 clients that read nothing`)
  assert.ok(written / 2 ** 20 < 40 * KERNEL_MB, `upstream could send ${written} bytes`)
})

test('an actor that floods is refused beyond its limits; others are served', async (t) => {
  const served = Promise.withResolvers<void>()
  const ground = await openGround(
    t,
    async (received, response) => {
      response.writeHead(200, SSE).write(chunk('open'))
      if (!received.body.includes('bob')) await served.promise
      response.end(DONE)
    },
    'limits: { actor: { open_streams: 3 } }\n',
  )
  const floods = Array.from({ length: 12 }, () => ground.post(prompt('flood')))
  let over = 0
  for (const flood of floods) void flood.then(() => over++)
  assert.ok(await until(() => over === 9 && ground.upstream.received.length === 3))
  const bob = await ground.gateway.key('--user', 'bob')
  assert.equal((await ground.post(prompt('bob'), { 'x-gatelog-key': bob })).status, 200)
  served.resolve()
  const replies = await Promise.all(floods)
  const refused = replies.filter(({ headers }) => headers['x-gatelog-error'] === 'limit.requests')
  assert.deepEqual([refused.length, refused[0]?.status], [9, 400])
  assert.match(refused[0]?.text ?? '', /Too many open requests[\s\S]*open_streams/)
  assert.equal((await ground.post(prompt('bob again'))).status, 200)
})

test('bytes per hour are limited per actor', async (t) => {
  const ground = await openGround(
    t,
    (_, response) => void response.end('{}'),
    'limits: { actor: { bytes_per_hour: 2000 } }\n',
  )
  assert.equal((await ground.post(prompt('x'.repeat(3000)))).status, 200)
  const over = await ground.post(prompt('one more'))
  assert.deepEqual([over.status, over.headers['x-gatelog-error']], [400, 'limit.bytes'])
  assert.equal(ground.upstream.received.length, 1)
})

test('a flood of strangers leaves one line and a count, not a thousand', async (t) => {
  const ground = await openGround(t, (_, response) => void response.end(DONE))
  const told = await Promise.all(
    Array.from({ length: 200 }, () => ground.post(prompt('x'), { 'x-gatelog-key': 'gtl_user_wrong' })),
  )
  assert.ok(told.every(({ status }) => status === 400))
  const before = await ground.count('')
  assert.ok(before <= 2, String(before))
  assert.equal(await ground.gateway.end('SIGTERM'), 0)
  const { stdout } = await ground.gateway.gatelog('search', '--json')
  assert.ok(JSON.parse(stdout).exchanges.length <= 3)
})

test('connections that say nothing, or a header a second, are closed and hold nobody up', async (t) => {
  const ground = await openGround(t, (_, response) => void response.end(DONE))
  const { port } = new URL(ground.gateway.url)
  const sockets = Array.from({ length: 100 }, () => connect(Number(port), '127.0.0.1'))
  for (const [at, socket] of sockets.entries()) {
    socket.on('error', () => socket.destroy())
    if (at % 2) socket.write('POST /c/up/v1/chat/completions HTTP/1.1\r\nHost: g\r\n')
  }
  t.after(() => {
    for (const socket of sockets) socket.destroy()
  })
  assert.equal((await ground.post(prompt('hi'))).status, 200)
  const closed = () => sockets.filter((socket, at) => at % 2 === 1 && (socket.closed || socket.readableEnded)).length
  for (const socket of sockets) socket.resume()
  assert.ok(await until(() => closed() === 50, 15_000), `${closed()} of 50 half-written requests were closed`)
})
