/** Replies that the upstream compressed although it was not asked to. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { brotliCompressSync, constants, createGzip, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { Fault } from '#exchange'
import { decoded } from './decoded.ts'
import { bytesOf, fault, incoming, NEVER, rawServer, TIMEOUTS, until } from './loopback.case.ts'
import { openRelay } from './relay.ts'

const TEXT = Buffer.from('data: {"x":"grüße"}\n\n'.repeat(500))

async function* cut(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

test('a reply without a coding is given back as it is', () => {
  const reply = incoming(cut(TEXT, 10), [['Content-Length', '1']])
  assert.equal(decoded(reply), reply)
})

test('each coding, at any cut; the headers say so no longer', async () => {
  const cases = {
    gzip: gzipSync(TEXT),
    br: brotliCompressSync(TEXT),
    zstd: zstdCompressSync(TEXT),
    deflate: deflateSync(TEXT),
  }
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...Object.entries(cases)),
      fc.integer({ min: 1, max: 300 }),
      async ([name, bytes], size) => {
        const reply = decoded(
          incoming(cut(bytes, size), [
            ['A', 'b'],
            ['Content-Encoding', name],
            ['content-length', '9'],
          ]),
        )
        assert.deepEqual(reply.headers, [['A', 'b']])
        assert.ok((await bytesOf(reply.body)).equals(TEXT))
      },
    ),
    { numRuns: 40 },
  )
})

test('events inside gzip come out as they come in', async () => {
  const gzip = createGzip({ flush: constants.Z_SYNC_FLUSH })
  const seen: string[] = []
  const pump = async () => {
    for (let i = 0; i < 4; i++) {
      gzip.write(`data: ${i}\n\n`)
      await until(() => seen.length > i)
      assert.equal(seen.length, i + 1, `event ${i} was held back`)
    }
    gzip.end()
  }
  const read = async () => {
    for await (const part of decoded(incoming(gzip, [['content-encoding', 'gzip']])).body) seen.push(String(part))
  }
  await Promise.all([pump(), read()])
  assert.deepEqual(
    seen,
    [0, 1, 2, 3].map((i) => `data: ${i}\n\n`),
  )
})

test('a head without a body, as after HEAD, stays empty', async () => {
  const reply = decoded(incoming(cut(Buffer.alloc(0), 1), [['content-encoding', 'gzip']]))
  assert.equal((await bytesOf(reply.body)).length, 0)
})

test('an unknown coding, broken data, a cut end, a hidden tail: upstream.malformed', async () => {
  assert.throws(() => decoded(incoming(cut(TEXT, 9), [['content-encoding', 'compress']])), fault('upstream.malformed'))
  const bodies = [TEXT, gzipSync(TEXT).subarray(0, -4), Buffer.concat([gzipSync(TEXT), TEXT])]
  for (const body of bodies) {
    const reply = decoded(incoming(cut(body, 100), [['content-encoding', 'gzip']]))
    await assert.rejects(bytesOf(reply.body), fault('upstream.malformed'))
  }
})

test('a bomb ends at the limit', async () => {
  const bomb = gzipSync(Buffer.alloc(20_000_000))
  const reply = decoded(incoming(cut(bomb, 1000), [['content-encoding', 'gzip']]), { decoded_bytes: 100_000 })
  let size = 0
  await assert.rejects(async () => {
    for await (const part of reply.body) size += part.length
  }, fault('limit.reply'))
  assert.ok(size <= 100_000)
})

test('a fault of the connection passes as it is, and leaving early reaches the source', async () => {
  async function* broken() {
    yield gzipSync(TEXT).subarray(0, 20)
    throw new Fault('upstream.reset')
  }
  await assert.rejects(
    bytesOf(decoded(incoming(broken(), [['content-encoding', 'gzip']])).body),
    fault('upstream.reset'),
  )
  let left = false
  async function* endless() {
    try {
      for (;;) yield gzipSync(Buffer.alloc(100_000, 'x'))
    } finally {
      left = true
    }
  }
  for await (const part of decoded(incoming(endless(), [['content-encoding', 'gzip']])).body) {
    assert.ok(part.length > 0)
    break
  }
  await sleep(10)
  assert.equal(left, true)
})

/** A reply of which one event has come, in gzip as often as told, and nothing more will. */
async function stalled(t: TestContext, times: number) {
  const flush = { finishFlush: constants.Z_SYNC_FLUSH }
  let bytes = Buffer.from(EVENT)
  for (let time = 0; time < times; time++) bytes = gzipSync(bytes, flush)
  const coding = Array(times).fill('gzip').join(', ')
  const head = `HTTP/1.1 200 OK\r\ncontent-encoding: ${coding}\r\ncontent-length: 1000000\r\n\r\n`
  const upstream = await rawServer(t, (socket) => {
    socket.once('data', () => socket.write(Buffer.concat([Buffer.from(head), bytes])))
  })
  const relay = openRelay()
  t.after(() => relay.close())
  const timeouts = { ...TIMEOUTS, idle_ms: 30_000, total_ms: 30_000 }
  const out = { method: 'GET', path: '/', headers: [] }
  const reply = await relay.forward({ origin: upstream.origin }, out, { timeouts, signal: NEVER })
  return { upstream, reply }
}

const EVENT = 'data: x\n\n'

test('leaving an encoded reply that stalls drops the upstream connection, before, between and within reads', async (t) => {
  for (const times of [1, 2]) {
    const between = await stalled(t, times)
    for await (const part of decoded(between.reply).body) {
      assert.equal(String(part), EVENT)
      break
    }
    const within = await stalled(t, times)
    const source = decoded(within.reply).body[Symbol.asyncIterator]()
    assert.equal(String((await source.next()).value), EVENT)
    const pending = source.next()
    assert.equal((await source.return?.())?.done, true)
    assert.equal((await pending).done, true)
    assert.equal((await source.next()).done, true)
    const before = await stalled(t, times)
    await decoded(before.reply).body[Symbol.asyncIterator]().return?.()
    for (const { upstream } of [between, within, before]) await until(() => upstream.sockets.size === 0, 1000)
  }
})

test('a flaw drops the upstream connection although more would come', async (t) => {
  const { upstream, reply } = await stalled(t, 1)
  await assert.rejects(bytesOf(decoded(reply, { decoded_bytes: 3 }).body), fault('limit.reply'))
  await until(() => upstream.sockets.size === 0, 1000)
})
