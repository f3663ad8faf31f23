/** The listener: slow and broken clients, TLS with reload, draining. */
import assert from 'node:assert/strict'
import { request as httpsRequest } from 'node:https'
import { connect, type Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect as tlsConnect } from 'node:tls'
import { faultOf } from '#exchange'
import { readBody } from './body.ts'
import { certificate, NO_OPENSSL } from './certificate.case.ts'
import { fault, speak, until } from './loopback.case.ts'
import { type ListenOptions, listen } from './server.ts'

const GET = 'GET / HTTP/1.1\r\nHost: g\r\n\r\n'
const CLOSING = 'GET / HTTP/1.1\r\nHost: g\r\nConnection: close\r\n\r\n'

async function listener(t: TestContext, options: Partial<ListenOptions> = {}) {
  const listening = await listen({
    host: '127.0.0.1',
    port: 0,
    onRequest: (_request, response) => void response.end('ok'),
    onUpgrade: (_request, socket) => void socket.end('HTTP/1.1 426 Upgrade Required\r\nconnection: close\r\n\r\n'),
    ...options,
    limits: { header_bytes: 16_384, ...options.limits },
  })
  t.after(() => listening.drain(0))
  return listening
}

/** A client that stays; `text` is what it got. */
function dial(t: TestContext, port: number, bytes = '') {
  const state = { text: '', closed: false, socket: connect(port, '127.0.0.1') as Socket }
  state.socket.on('data', (part) => {
    state.text += part
  })
  state.socket
    .on('error', () => state.socket.destroy())
    .on('close', () => {
      state.closed = true
    })
  if (bytes) state.socket.write(bytes)
  t.after(() => state.socket.destroy())
  return state
}

test('its address, and an answer', async (t) => {
  const { url, port } = await listener(t)
  assert.equal(url, `http://127.0.0.1:${port}`)
  assert.match(await speak(port, CLOSING), /^HTTP\/1\.1 200 OK\r\n.*ok/s)
})

test('an address in use: config.bind', async (t) => {
  const { port } = await listener(t)
  await assert.rejects(listener(t, { port }), fault('config.bind'))
})

test('headers too large: 431; noise: 400; both as JSON, and the connection closes', async (t) => {
  const { port } = await listener(t)
  const large = await speak(port, `GET / HTTP/1.1\r\nHost: g\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`)
  assert.match(large, /^HTTP\/1\.1 431 .*more than 16384 bytes.*limits\.header_bytes/s)
  assert.equal(JSON.parse(large.slice(large.indexOf('{'))).error.code, 'limit.headers')
  const noise = await speak(port, '\x00\x01 hello\r\n\r\n')
  assert.match(noise, /^HTTP\/1\.1 400 .*connection: close\r\n\r\n/s)
  assert.equal(JSON.parse(noise.slice(noise.indexOf('{'))).error.code, 'request.http')
  assert.ok(!noise.includes('hello'))
})

test('no header field is dropped for being one of many', async (t) => {
  let count = 0
  const { port } = await listener(t, {
    limits: { header_bytes: 64_000 },
    onRequest: (request, response) => {
      count = request.rawHeaders.length / 2
      response.end()
    },
  })
  await speak(port, `GET / HTTP/1.1\r\nHost: g\r\n${'a:\r\n'.repeat(5000)}Connection: close\r\n\r\n`)
  assert.equal(count, 5002)
})

test('a client that trickles its headers, or its body, is answered 408 and cut', async (t) => {
  const { port } = await listener(t, {
    limits: { header_bytes: 16_384, headers_ms: 60, request_ms: 120 },
    onRequest: (request, response) =>
      void readBody(request, { body_bytes: 100, decoded_bytes: 100 }).then(
        () => response.end(),
        () => response.destroy(),
      ),
  })
  const headers = dial(t, port, 'GET / HTTP/1.1\r\nHost: g\r\nX: ')
  const body = dial(t, port, 'POST / HTTP/1.1\r\nHost: g\r\nContent-Length: 50\r\n\r\nabc')
  const drip = setInterval(() => {
    for (const { socket } of [headers, body]) if (socket.writable) socket.write('x')
  }, 10)
  t.after(() => clearInterval(drip))
  await until(() => headers.closed && body.closed)
  assert.match(headers.text, /^HTTP\/1\.1 408 .*"code":"request\.slow".*within 10 s/s)
})

test('garbage behind a request whose reply is under way cuts the connection without a word into the reply', async (t) => {
  const { port } = await listener(t, { onRequest: (_request, response) => void response.writeHead(200).write('part') })
  const client = dial(t, port, GET)
  await until(() => client.text.includes('part'))
  client.socket.write('\x00\x00\r\n\r\n')
  await until(() => client.closed)
  assert.equal(client.text.split('HTTP/1.1').length, 2)
})

test('a body that nobody reads: the reply arrives, the rest is not read, the connection closes', async (t) => {
  let bytes = () => 0
  const { port } = await listener(t, {
    onRequest: (request, response) => {
      bytes = () => request.socket.bytesRead
      readBody(request, { body_bytes: 1000, decoded_bytes: 1000 }).catch((error) =>
        response.writeHead(faultOf(error).status).end('no'),
      )
    },
  })
  const client = dial(t, port, 'POST / HTTP/1.1\r\nHost: g\r\nContent-Length: 1073741824\r\n\r\n')
  const piece = Buffer.alloc(1024 * 1024)
  const fill = () => {
    while (client.socket.writable && client.socket.write(piece));
  }
  client.socket.on('drain', fill)
  fill()
  await until(() => client.closed, 3000)
  assert.match(client.text, /^HTTP\/1\.1 413 .*no/s)
  assert.ok(bytes() < 64 * 1024 * 1024, `${bytes()} bytes were read`)
})

test('a refused body that is small leaves its connection usable', async (t) => {
  const { port } = await listener(t)
  const client = dial(t, port, 'POST / HTTP/1.1\r\nHost: g\r\nContent-Length: 100000\r\n\r\n')
  await until(() => client.text.includes('ok'))
  client.socket.write(Buffer.alloc(100_000))
  await sleep(30)
  client.socket.write(CLOSING)
  await until(() => client.closed)
  assert.equal(client.text.split('200 OK').length, 3)
})

test('100 Continue is sent when the body is wanted, and only then', async (t) => {
  const { port } = await listener(t, {
    onRequest: (request, response) =>
      void readBody(request, { body_bytes: 10, decoded_bytes: 10 }).then(
        ({ bytes }) => response.end(bytes),
        (error) => response.writeHead(faultOf(error).status).end(),
      ),
  })
  const head = (length: number) =>
    `POST / HTTP/1.1\r\nHost: g\r\nExpect: 100-continue\r\nConnection: close\r\nContent-Length: ${length}\r\n\r\n`
  const wanted = dial(t, port, head(3))
  await until(() => wanted.text.includes('100 Continue'))
  wanted.socket.write('abc')
  await until(() => wanted.closed)
  assert.match(wanted.text, /200 OK.*abc/s)
  const refused = dial(t, port, head(11))
  await until(() => refused.text.includes('413'))
  assert.ok(!refused.text.includes('100 Continue'))
})

test('an upgrade is handed over', async (t) => {
  const { port } = await listener(t)
  const text = await speak(port, 'GET / HTTP/1.1\r\nHost: g\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n')
  assert.match(text, /^HTTP\/1\.1 426 /)
})

test('drain: idle and silent connections close, an open reply ends, new ones are refused', async (t) => {
  let end = () => undefined as unknown
  const listening = await listener(t, {
    onRequest(request, response) {
      if (request.url === '/') return void response.end('ok')
      response.writeHead(200).write('begun')
      end = () => response.end(' and ended')
    },
  })
  const silent = dial(t, listening.port)
  const idle = dial(t, listening.port, GET)
  const open = dial(t, listening.port, GET.replace('/ ', '/open '))
  await until(() => open.text.includes('begun') && idle.text.includes('ok') && silent.socket.readyState === 'open')
  const drained = listening.drain(40_000)
  await until(() => silent.closed && idle.closed)
  await assert.rejects(speak(listening.port, GET))
  assert.equal(open.closed, false)
  const ended = performance.now()
  end()
  await drained
  assert.ok(performance.now() - ended < 20_000, 'the connection stayed open')
  await until(() => open.closed)
  assert.match(open.text, /begun.*and ended/s)
})

test('drain: what has not ended in time is cut', async (t) => {
  const listening = await listener(t, {
    onRequest: (_request, response) => void response.writeHead(200).write('begun'),
  })
  const open = dial(t, listening.port, GET)
  await until(() => open.text.includes('begun'))
  const began = performance.now()
  await listening.drain(60)
  assert.ok(performance.now() - began < 20_000)
  await until(() => open.closed)
})

test('drain: a reply that begins while draining says that the connection closes', async (t) => {
  let reply: (() => unknown) | undefined
  const listening = await listener(t, {
    onRequest(_request, response) {
      reply = () => response.end('late')
    },
  })
  const client = dial(t, listening.port, GET)
  await until(() => reply !== undefined)
  const drained = listening.drain(20_000)
  reply?.()
  await drained
  await until(() => client.closed)
  assert.match(client.text, /connection: close/i)
})

test('TLS: 1.2 at least, http/1.1 only, certificates change while running', { skip: NO_OPENSSL }, async (t) => {
  const [first, second] = [certificate(t, 'localhost'), certificate(t, 'localhost')]
  const { port, url, reload } = await listener(t, { tls: first })
  assert.equal(url, `https://127.0.0.1:${port}`)
  const get = (ca: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      httpsRequest({ host: '127.0.0.1', servername: 'localhost', port, ca, agent: false }, (reply) =>
        resolve(reply.resume().statusCode),
      )
        .on('error', reject)
        .end()
    })
  assert.equal(await get(first.cert), 200)
  reload(second)
  assert.equal(await get(second.cert), 200)
  await assert.rejects(get(first.cert))
  assert.throws(() => reload({ cert: 'x', key: 'y' }), fault('config.invalid'))
  assert.equal(await get(second.cert), 200)
  const protocol = await new Promise((resolve, reject) => {
    const socket = tlsConnect({
      port,
      host: '127.0.0.1',
      ca: second.cert,
      servername: 'localhost',
      ALPNProtocols: ['h2', 'http/1.1'],
    })
    socket.on('secureConnect', () => resolve(socket.destroy().alpnProtocol)).on('error', reject)
  })
  assert.equal(protocol, 'http/1.1')
  await assert.rejects(
    new Promise((resolve, reject) => {
      const old = {
        port,
        host: '127.0.0.1',
        rejectUnauthorized: false,
        maxVersion: 'TLSv1.1',
        minVersion: 'TLSv1',
      } as const
      tlsConnect(old).on('secureConnect', resolve).on('error', reject)
    }),
  )
})

test('drain: a peer that never shakes hands is cut at once', { skip: NO_OPENSSL }, async (t) => {
  const listening = await listener(t, { tls: certificate(t, 'localhost') })
  const silent = dial(t, listening.port)
  await until(() => silent.socket.readyState === 'open')
  await sleep(20)
  const from = performance.now()
  await listening.drain(40_000)
  assert.ok(performance.now() - from < 20_000)
  await until(() => silent.closed)
})
