/** The relay against upstreams that behave in every bad way. */
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Fault } from '#exchange'
import { bytesOf, fault, listening, NEVER, rawServer, TIMEOUTS, until } from './loopback.case.ts'
import { openRelay } from './relay.ts'
import type { Outgoing, Timeouts } from './upstream.ts'

const POST: Outgoing = {
  method: 'POST',
  path: '/v1/x?y=1',
  headers: [['content-type', 'text/plain']],
  body: Buffer.from('hi'),
}
const HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n'

function relayFor(t: TestContext) {
  const relay = openRelay()
  t.after(() => relay.close())
  return (origin: URL, limits: Partial<Timeouts> = {}, signal = NEVER, out = POST) =>
    relay.forward({ origin }, out, { timeouts: { ...TIMEOUTS, ...limits }, signal })
}

/** An upstream that answers the first bytes of every connection with the given ones. */
const answering = (t: TestContext, ...parts: (string | Buffer)[]) =>
  rawServer(t, (socket) => {
    socket.once('data', () => {
      for (const part of parts) socket.write(part)
    })
  })

test('sends the request as it was given, and gives the reply as it came', async (t) => {
  const seen: unknown[] = []
  const server = createServer((request, response) => {
    seen.push(request.method, request.url, request.rawHeaders)
    request.on('data', (part) => seen.push(String(part)))
    request.on('end', () => response.writeHead(201, ['X-One', 'a', 'x-one', 'b', 'Set-Cookie', 'c=1']).end('hello'))
  })
  const port = await listening(server)
  t.after(() => server.close())
  const forward = relayFor(t)
  const headers: Outgoing['headers'] = [
    ['X-B', '1'],
    ['x-a', 'ü'],
    ['X-B', '2'],
  ]
  const reply = await forward(new URL(`http://127.0.0.1:${port}`), {}, NEVER, { ...POST, headers })
  assert.equal(reply.status, 201)
  assert.deepEqual(reply.headers.slice(0, 2), [
    ['X-One', 'a'],
    ['x-one', 'b'],
  ])
  assert.equal(
    reply.headers.some(([name]) => /cookie|connection|keep-alive|transfer/i.test(name)),
    false,
  )
  assert.equal(String(await bytesOf(reply.body)), 'hello')
  assert.deepEqual(seen, [
    'POST',
    '/v1/x?y=1',
    [
      'host',
      `127.0.0.1:${port}`,
      'connection',
      'keep-alive',
      'X-B',
      '1',
      'x-a',
      'ü',
      'X-B',
      '2',
      'content-length',
      '2',
    ],
    'hi',
  ])
})

test('a reply passes piece by piece, as it comes', async (t) => {
  const { origin } = await rawServer(t, (socket) => {
    socket.once('data', async () => {
      socket.write(`${HEAD}content-length: 6\r\n\r\nab`)
      for (const part of ['cd', 'ef']) await sleep(20).then(() => socket.write(part))
    })
  })
  const reply = await relayFor(t)(origin)
  const parts: string[] = []
  for await (const part of reply.body) parts.push(String(part))
  assert.deepEqual(parts, ['ab', 'cd', 'ef'])
})

test('connections are kept and used again; redirects are not followed', async (t) => {
  let connections = 0
  const { origin } = await rawServer(t, (socket) => {
    connections++
    socket.on('data', () => socket.write('HTTP/1.1 302 Found\r\nlocation: /y\r\ncontent-length: 0\r\n\r\n'))
  })
  const forward = relayFor(t)
  for (let i = 0; i < 3; i++) {
    const reply = await forward(origin)
    assert.equal(reply.status, 302)
    await bytesOf(reply.body)
    await sleep(5)
  }
  assert.equal(connections, 1)
})

test('interim replies are passed over', async (t) => {
  const { origin } = await answering(
    t,
    'HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n',
    `${HEAD}content-length: 2\r\n\r\nok`,
  )
  const reply = await relayFor(t)(origin)
  assert.equal(reply.status, 200)
  assert.equal(String(await bytesOf(reply.body)), 'ok')
})

test('nothing listens, or the name does not exist: upstream.refused', async (t) => {
  const forward = relayFor(t)
  const { origin, port } = await rawServer(t, () => undefined)
  const closed = new URL(`http://127.0.0.2:${port}`)
  assert.notEqual(origin.href, closed.href)
  await assert.rejects(forward(closed), fault('upstream.refused'))
  await assert.rejects(forward(new URL('http://no-such-host.invalid')), fault('upstream.refused'))
})

test('a reset before any byte, within the headers, and within the body: upstream.reset', async (t) => {
  const forward = relayFor(t)
  const before = await rawServer(t, (socket) => void socket.once('data', () => socket.resetAndDestroy()))
  await assert.rejects(forward(before.origin), fault('upstream.reset'))
  const within = await rawServer(t, (socket) => void socket.once('data', () => socket.end(HEAD)))
  await assert.rejects(forward(within.origin), fault('upstream.reset'))
  for (const framing of ['content-length: 10\r\n\r\nabc', 'transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n']) {
    const body = await rawServer(t, (socket) => void socket.once('data', () => socket.end(HEAD + framing)))
    const reply = await forward(body.origin)
    const got: string[] = []
    await assert.rejects(async () => {
      for await (const part of reply.body) got.push(String(part))
    }, fault('upstream.reset'))
    assert.deepEqual(got, ['abc'])
  }
})

test('a request is never sent twice', async (t) => {
  let requests = 0
  const { origin } = await rawServer(t, (socket) => {
    socket.on('data', () => {
      requests++
      if (requests === 1) socket.write(`${HEAD}content-length: 0\r\n\r\n`)
      else socket.resetAndDestroy()
    })
  })
  const forward = relayFor(t)
  await bytesOf((await forward(origin)).body)
  const get: Outgoing = { method: 'GET', path: '/', headers: [] }
  await assert.rejects(forward(origin, {}, NEVER, get), fault('upstream.reset'))
  await sleep(30)
  assert.equal(requests, 2)
})

test('what is no HTTP, headers without end, two framings: none passes', async (t) => {
  const forward = relayFor(t)
  const noise = await answering(t, 'SSH-2.0-OpenSSH_9.9\r\n')
  await assert.rejects(forward(noise.origin), fault('upstream.malformed'))
  const smuggled = await answering(t, `${HEAD}content-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`)
  await assert.rejects(forward(smuggled.origin), fault('upstream.reset'))
  const impossible = await answering(t, 'HTTP/1.1 099 None\r\ncontent-length: 0\r\n\r\n')
  await assert.rejects(forward(impossible.origin), fault('upstream.malformed'))
  const endless = await answering(t, `${HEAD}x-long: ${'a'.repeat(70_000)}`)
  await assert.rejects(forward(endless.origin), fault('upstream.malformed'))
})

test('no reply, headers that trickle: upstream.timeout after first_byte_ms, and the socket is gone', async (t) => {
  const silent = await rawServer(t, () => undefined)
  const trickling = await rawServer(t, (socket) => {
    const timer = setInterval(() => socket.write('x'), 5)
    socket.write('HTTP/1.1 200 ').valueOf()
    socket.on('close', () => clearInterval(timer))
  })
  for (const { origin, sockets } of [silent, trickling]) {
    const began = performance.now()
    await assert.rejects(relayFor(t)(origin, { first_byte_ms: 60 }), fault('upstream.timeout'))
    assert.ok(performance.now() - began < 20_000)
    await until(() => sockets.size === 0)
  }
})

test('a body that stalls: upstream.timeout after idle_ms', async (t) => {
  const { origin, sockets } = await answering(t, `${HEAD}content-length: 9\r\n\r\nabc`)
  const reply = await relayFor(t)(origin, { idle_ms: 60 })
  await assert.rejects(bytesOf(reply.body), fault('upstream.timeout'))
  await until(() => sockets.size === 0)
})

test('our own reader being slow is not the upstream being idle', async (t) => {
  const { origin } = await answering(t, `${HEAD}content-length: 600000\r\n\r\n`, Buffer.alloc(600_000, 'x'))
  const reply = await relayFor(t)(origin, { idle_ms: 60 })
  await sleep(150)
  assert.equal((await bytesOf(reply.body)).length, 600_000)
})

test('a reply that trickles for ever ends with limit.time', async (t) => {
  const { origin, sockets } = await rawServer(t, (socket) => {
    socket.write(`${HEAD}transfer-encoding: chunked\r\n\r\n`)
    const timer = setInterval(() => socket.write('1\r\nx\r\n'), 5)
    socket.on('close', () => clearInterval(timer))
  })
  const reply = await relayFor(t)(origin, { total_ms: 120 })
  await assert.rejects(bytesOf(reply.body), fault('limit.time'))
  await until(() => sockets.size === 0)
})

test('connect_ms covers a proxy or peer that accepts and says nothing', async (t) => {
  const { port } = await rawServer(t, () => undefined)
  await assert.rejects(relayFor(t)(new URL(`https://127.0.0.1:${port}`), { connect_ms: 60 }), fault('upstream.timeout'))
})

test('abort: before, while waiting, within the body; the upstream socket goes within a second', async (t) => {
  const forward = relayFor(t)
  await assert.rejects(forward(new URL('http://127.0.0.1:9'), {}, AbortSignal.abort()), fault('client.aborted'))
  const silent = await rawServer(t, () => undefined)
  const waiting = new AbortController()
  const pending = forward(silent.origin, {}, waiting.signal)
  await until(() => silent.sockets.size === 1)
  waiting.abort()
  await assert.rejects(pending, fault('client.aborted'))
  await until(() => silent.sockets.size === 0, 1000)
  const streaming = await answering(t, `${HEAD}content-length: 9\r\n\r\nabc`)
  const reading = new AbortController()
  const reply = await forward(streaming.origin, {}, reading.signal)
  reading.abort(new Fault('identity.revoked'))
  await assert.rejects(bytesOf(reply.body), fault('identity.revoked'))
  await until(() => streaming.sockets.size === 0, 1000)
})

test('leaving the body early drops the connection', async (t) => {
  const { origin, sockets } = await answering(t, `${HEAD}content-length: 9\r\n\r\nabc`)
  const reply = await relayFor(t)(origin)
  for await (const part of reply.body) {
    assert.equal(String(part), 'abc')
    break
  }
  await until(() => sockets.size === 0, 1000)
})

test('a slow reader holds the upstream back: at most 256 kB wait', async (t) => {
  let written = 0
  const total = 40 * 1024 * 1024
  const { origin } = await rawServer(t, (socket) => {
    const piece = Buffer.alloc(64 * 1024, 'x')
    const fill = () => {
      while (written < total && !socket.destroyed) {
        written += piece.length
        if (!socket.write(piece)) return void socket.once('drain', fill)
      }
    }
    socket.once('data', () => {
      socket.write(`${HEAD}content-length: ${total}\r\n\r\n`)
      fill()
    })
  })
  const reply = await relayFor(t)(origin)
  await sleep(200)
  const queued = (reply.body as unknown as { queued: number }).queued
  assert.ok(queued > 0 && queued <= 256 * 1024, `${queued} bytes queued`)
  assert.ok(written < total / 2, `${written} bytes were let in`)
  let size = 0
  for await (const part of reply.body) size += part.length
  assert.equal(size, total)
})

test('a line of 10 MB passes whole', async (t) => {
  const line = Buffer.alloc(10 * 1024 * 1024, 'data: ')
  const { origin } = await answering(t, `${HEAD}content-length: ${line.length}\r\n\r\n`, line)
  assert.ok((await bytesOf((await relayFor(t)(origin)).body)).equals(line))
})

test('closing cuts what is open, with gateway.stopped', async (t) => {
  const { origin } = await answering(t, `${HEAD}content-length: 9\r\n\r\nabc`)
  const relay = openRelay()
  const reply = await relay.forward({ origin }, POST, { timeouts: TIMEOUTS, signal: NEVER })
  await relay.close()
  await assert.rejects(bytesOf(reply.body), fault('gateway.stopped'))
  await assert.rejects(relay.forward({ origin }, POST, { timeouts: TIMEOUTS, signal: NEVER }), fault('gateway.stopped'))
})

test('a request that cannot be sent fails at once, and settles', async (t) => {
  const { origin } = await answering(t, HEAD)
  const out: Outgoing = { ...POST, headers: [['transfer-encoding', 'chunked']] }
  await assert.rejects(relayFor(t)(origin, {}, NEVER, out), fault('gateway.internal'))
})
