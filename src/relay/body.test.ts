/** Reading request bodies over real sockets: whole, coded, cut short, too large, bombs. */
import assert from 'node:assert/strict'
import { createServer, type IncomingMessage } from 'node:http'
import { connect, type Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { faultOf } from '#exchange'
import { type BodyLimits, type ReceivedBody, readBody } from './body.ts'
import { fault, listening, until } from './loopback.case.ts'

const LIMITS: BodyLimits = { body_bytes: 100_000, decoded_bytes: 1_000_000 }
const TEXT = Buffer.from(JSON.stringify({ text: 'grüße 🎉 '.repeat(300) }))

/** A server that reads each body; `send` gives what it read, or throws what it threw. */
async function reader(t: TestContext, limits = LIMITS) {
  let got: Promise<ReceivedBody> | undefined
  let request: IncomingMessage | undefined
  const server = createServer((incoming, response) => {
    request = incoming
    got = readBody(incoming, limits)
    got.then(
      () => response.end(),
      (error) => response.writeHead(faultOf(error).status).end(),
    )
  })
  const port = await listening(server)
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const send = async (head: string, body: Uint8Array | string, after?: (socket: Socket) => void) => {
    got = undefined
    const socket = connect(port, '127.0.0.1')
    t.after(() => socket.destroy())
    socket.on('error', () => socket.destroy())
    socket.write(`POST / HTTP/1.1\r\nhost: g\r\n${head}\r\n\r\n`)
    socket.write(body)
    after?.(socket)
    await until(() => got !== undefined)
    return await (got as unknown as Promise<ReceivedBody>)
  }
  return {
    send,
    coded: (encoding: string, body: Uint8Array) =>
      send(`content-length: ${body.length}\r\ncontent-encoding: ${encoding}`, body),
    bytesRead: () => request?.socket.bytesRead ?? 0,
  }
}

test('plain bodies: by length, chunked, empty', async (t) => {
  const { send } = await reader(t)
  const plain = await send(`content-length: ${TEXT.length}`, TEXT)
  assert.deepEqual([plain.bytes, plain.raw, plain.encoding], [TEXT, TEXT, 'identity'])
  assert.equal(String((await send('transfer-encoding: chunked', '3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n')).bytes), 'abcde')
  assert.equal((await send('content-length: 0', '')).bytes.length, 0)
  assert.equal((await send('content-length: 0\r\ncontent-encoding: gzip', '')).bytes.length, 0)
})

test('every coding, and several on top of each other', async (t) => {
  const { coded } = await reader(t)
  const cases: [string, Buffer][] = [
    ['gzip', gzipSync(TEXT)],
    ['X-GZIP', gzipSync(TEXT)],
    ['br', brotliCompressSync(TEXT)],
    ['zstd', zstdCompressSync(TEXT)],
    ['deflate', deflateSync(TEXT)],
    ['deflate', deflateRawSync(TEXT)],
    ['gzip, br', brotliCompressSync(gzipSync(TEXT))],
    ['identity', TEXT],
    ['gzip', Buffer.concat([gzipSync(TEXT.subarray(0, 100)), gzipSync(TEXT.subarray(100))])],
  ]
  for (const [encoding, body] of cases) {
    const got = await coded(encoding, body)
    assert.ok(got.bytes.equals(TEXT), encoding)
    assert.ok(got.raw.equals(body), encoding)
    assert.equal(got.encoding, encoding)
  }
})

test('codings that are not known, or too many: request.encoding', async (t) => {
  const { coded } = await reader(t)
  for (const encoding of ['compress', 'gzip, x', '__proto__', 'gzip, gzip, gzip, gzip']) {
    await assert.rejects(coded(encoding, TEXT), fault('request.encoding'), encoding)
  }
})

test('what does not fit its coding, ends too early or goes on behind its end: request.encoded', async (t) => {
  const { coded } = await reader(t)
  const cases: [string, Buffer][] = [
    ['gzip', gzipSync(TEXT)],
    ['br', brotliCompressSync(TEXT)],
    ['zstd', zstdCompressSync(TEXT)],
    ['deflate', deflateSync(TEXT)],
  ]
  for (const [encoding, body] of cases) {
    await assert.rejects(coded(encoding, TEXT), fault('request.encoded'), `${encoding}: not coded`)
    await assert.rejects(coded(encoding, body.subarray(0, -5)), fault('request.encoded'), `${encoding}: cut`)
    const trailing = Buffer.concat([body, Buffer.from('{"hidden":"from the scan"}')])
    await assert.rejects(coded(encoding, trailing), fault('request.encoded'), `${encoding}: hidden tail`)
  }
})

test('a second zstd frame or brotli stream is decoded or refused, never overlooked', async (t) => {
  const { coded } = await reader(t)
  for (const [encoding, press] of [
    ['zstd', zstdCompressSync],
    ['br', brotliCompressSync],
    ['deflate', deflateSync],
  ] as const) {
    const twice = Buffer.concat([press(Buffer.from('first')), press(Buffer.from('second'))])
    const outcome = await coded(encoding, twice).then(
      ({ bytes }) => String(bytes),
      (error) => faultOf(error).code,
    )
    assert.ok(['firstsecond', 'request.encoded'].includes(outcome), `${encoding}: ${outcome}`)
  }
})

test('a length beyond the limit is refused unread', async (t) => {
  const { send, bytesRead } = await reader(t)
  const part = Buffer.alloc(64 * 1024)
  await assert.rejects(send('content-length: 1073741824', part), fault('limit.body'))
  assert.ok(bytesRead() <= 256 * 1024)
})

test('a chunked body is refused as soon as it passes the limit', async (t) => {
  const { send, bytesRead } = await reader(t)
  const fill = (socket: Socket) => {
    const chunk = Buffer.from(`10000\r\n${'x'.repeat(0x10000)}\r\n`)
    const timer = setInterval(() => socket.write(chunk), 1)
    socket.on('close', () => clearInterval(timer))
  }
  await assert.rejects(send('transfer-encoding: chunked', '', fill), fault('limit.body'))
  assert.ok(bytesRead() < 1024 * 1024)
})

test('bombs end at the limit, in every coding and stacked', async (t) => {
  const { coded } = await reader(t)
  const zeros = Buffer.alloc(50_000_000)
  const before = process.memoryUsage().arrayBuffers
  const bombs: [string, Buffer][] = [
    ['gzip', gzipSync(zeros)],
    ['br', brotliCompressSync(zeros, { params: { 0: 0, 1: 1 } })],
    ['zstd', zstdCompressSync(zeros)],
    ['gzip, gzip', gzipSync(gzipSync(zeros))],
  ]
  for (const [encoding, body] of bombs) await assert.rejects(coded(encoding, body), fault('limit.decoded'), encoding)
  assert.ok(process.memoryUsage().arrayBuffers - before < 20_000_000)
})

test('a client that leaves within its body, or sends a broken chunk: request.aborted', async (t) => {
  const { send } = await reader(t)
  await assert.rejects(
    send('content-length: 10', 'abc', (socket) => void setTimeout(() => socket.resetAndDestroy(), 20)),
    fault('request.aborted'),
  )
  await assert.rejects(send('transfer-encoding: chunked', '3\r\nabc\r\nxyz\r\n'), fault('request.aborted'))
})
