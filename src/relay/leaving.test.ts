/** What a listener does with bytes that are no request, and with requests that would leave HTTP. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { speak, until } from './loopback.case.ts'
import { listen } from './server.ts'

async function listener(t: TestContext) {
  const broken: string[] = []
  const asked: string[] = []
  const left: string[] = []
  const { port, drain } = await listen({
    host: '127.0.0.1',
    port: 0,
    limits: { header_bytes: 16_384, headers_ms: 80 },
    onRequest(request, response) {
      asked.push(request.method ?? '')
      request.resume().once('end', () => response.end('ok'))
    },
    onUpgrade(request, socket) {
      left.push(`${request.method} ${request.url}`)
      socket.end('HTTP/1.1 426 Upgrade Required\r\nconnection: close\r\n\r\n')
    },
    onBroken: (remote, code) => void broken.push(`${remote} ${code}`),
  })
  t.after(() => drain(0))
  return { port, broken, asked, left }
}

const BROKEN: Readonly<Record<string, readonly [bytes: string, code: RegExp]>> = {
  noise: ['\x00\x01 hello\r\n\r\n', /^127\.0\.0\.1 HPE_INVALID_METHOD$/],
  'a header without a colon': ['GET / HTTP/1.1\r\nHost: g\r\nX y\r\n\r\n', /^127\.0\.0\.1 HPE_INVALID_HEADER_TOKEN$/],
  'headers too large': [`GET / HTTP/1.1\r\nHost: g\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`, / HPE_HEADER_OVERFLOW$/],
  'headers that never end': ['GET / HTTP/1.1\r\nHost: g\r\n', / ERR_HTTP_REQUEST_TIMEOUT$/],
}
for (const [name, [bytes, code]] of Object.entries(BROKEN))
  test(`told as broken, once: ${name}`, async (t) => {
    const { port, broken, asked } = await listener(t)
    assert.match(await speak(port, bytes), /^HTTP\/1\.1 4\d\d /)
    assert.equal(broken.length, 1)
    assert.match(broken[0] ?? '', code)
    assert.deepEqual(asked, [])
  })

test('noise behind a whole request is told; a body that breaks is told by its own request', async (t) => {
  const { port, broken, asked } = await listener(t)
  await speak(port, 'GET / HTTP/1.1\r\nHost: g\r\n\r\n\x00\x01 noise\r\n\r\n')
  await until(() => broken.length === 1)
  await speak(port, 'POST / HTTP/1.1\r\nHost: g\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n')
  assert.deepEqual([broken.length, asked], [1, ['GET', 'POST']])
})

test('WebSocket and CONNECT leave, an offer of h2c is ignored', async (t) => {
  const { port, asked, left } = await listener(t)
  const leave = (upgrade: string) =>
    speak(port, `GET /a HTTP/1.1\r\nHost: g\r\nConnection: Upgrade, close\r\nUpgrade: ${upgrade}\r\n\r\n`)
  assert.match(await leave('websocket'), /^HTTP\/1\.1 426 /)
  assert.match(await leave('h2c'), /^HTTP\/1\.1 200 /)
  assert.match(await speak(port, 'CONNECT evil:443 HTTP/1.1\r\nHost: evil\r\n\r\n'), /^HTTP\/1\.1 426 /)
  assert.deepEqual([asked, left], [['GET'], ['GET /a', 'CONNECT evil:443']])
})
