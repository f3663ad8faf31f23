/** Bodies that are too large, too deep, not what they say: refused with a text, recorded, and nothing goes upstream. */
import assert from 'node:assert/strict'
import { request } from 'node:http'
import { test } from 'node:test'
import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { DONE, prompt, SECRET } from '../upstream.case.ts'
import { openGround, residentOf } from './ground.case.ts'

const zeros = Buffer.from(JSON.stringify({ model: 'm', messages: [{ role: 'user', content: '0'.repeat(80_000_000) }] }))
const nested = (levels: number) => `{"model":"m","messages":${'['.repeat(levels)}${']'.repeat(levels)}}`

const REFUSED: readonly {
  readonly name: string
  readonly body: () => string | Buffer
  readonly headers?: Record<string, string>
  readonly status: number
  readonly code: string
}[] = [
  { name: 'no JSON', body: () => '{"model":', status: 400, code: 'request.json' },
  { name: 'an empty body', body: () => '', status: 400, code: 'request.json' },
  {
    name: 'a form',
    body: () => 'a=b',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    status: 415,
    code: 'request.type',
  },
  {
    name: 'an encoding that nobody knows',
    body: () => prompt('x'),
    headers: { 'content-encoding': 'rot13' },
    status: 415,
    code: 'request.encoding',
  },
  {
    name: 'gzip that is none',
    body: () => prompt('x'),
    headers: { 'content-encoding': 'gzip' },
    status: 400,
    code: 'request.encoded',
  },
  { name: '201 levels', body: () => nested(201), status: 400, code: 'limit.depth' },
  { name: '100,000 levels', body: () => nested(100_000), status: 400, code: 'limit.depth' },
  {
    name: 'a gzip bomb',
    body: () => gzipSync(zeros),
    headers: { 'content-encoding': 'gzip' },
    status: 413,
    code: 'limit.decoded',
  },
  {
    name: 'a brotli bomb',
    body: () => brotliCompressSync(zeros),
    headers: { 'content-encoding': 'br' },
    status: 413,
    code: 'limit.decoded',
  },
  {
    name: 'a zstd bomb',
    body: () => zstdCompressSync(zeros),
    headers: { 'content-encoding': 'zstd' },
    status: 413,
    code: 'limit.decoded',
  },
]

test('what cannot be read is refused and recorded', async (t) => {
  const ground = await openGround(t, (_, response) => void response.end(DONE))
  for (const { name, body, headers, status, code } of REFUSED)
    await t.test(name, async () => {
      const reply = await ground.post(body(), headers)
      assert.deepEqual([reply.status, reply.headers['x-gatelog-error']], [status, code])
      assert.match(reply.text, new RegExp(code.replace('.', '\\.')))
      const { opening } = await ground.last()
      assert.deepEqual([opening.kind, opening.fault, opening.actor?.id], ['refused', code, 'ana'])
    })
  assert.equal(ground.upstream.received.length, 0)
  assert.ok((await residentOf(ground.gateway)) < 600)
})

test('25 MB pass; 1 GB is refused while it is sent, and memory stays bounded', async (t) => {
  const ground = await openGround(t, (_, response) => void response.end(DONE), 'timeouts: { total_ms: 60000 }\n')
  const large = prompt('x '.repeat(12_500_000))
  const reply = await ground.post(large)
  assert.equal(reply.status, 200)
  assert.equal(ground.upstream.received[0]?.body.compare(Buffer.from(large)), 0)
  const before = await residentOf(ground.gateway)
  const { status, sent } = await sendEndless(ground.gateway.url, ground.key, 2 ** 30)
  assert.equal(status, 413)
  assert.ok(sent < 2 ** 29, `${sent} bytes were taken`)
  assert.ok((await residentOf(ground.gateway)) - before < 200)
  assert.equal((await ground.last()).opening.fault, 'limit.body')
  assert.equal(ground.upstream.received.length, 1)
})

/** Sends a body in pieces until it is answered. */
function sendEndless(url: string, key: string, most: number): Promise<{ status: number; sent: number }> {
  const piece = Buffer.alloc(1_000_000, 'x')
  let sent = 0
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'x-gatelog-key': key }
    const asked = request(`${url}/c/up/v1/chat/completions`, { method: 'POST', headers, agent: false }, (answer) => {
      answer.resume()
      resolve({ status: answer.statusCode ?? 0, sent })
    })
    const more = () => {
      while (sent < most && !asked.destroyed) {
        sent += piece.length
        if (!asked.write(piece)) return void asked.once('drain', more)
      }
      asked.end()
    }
    asked.on('error', reject) // once it is answered, that counts for nothing
    more()
  })
}

test('bytes that are no UTF-8 are read as U+FFFD, and a secret beside them is masked', async (t) => {
  const ground = await openGround(t, (_, response) => void response.end(DONE))
  const body = Buffer.concat([
    Buffer.from('{"model":"m","messages":[{"role":"user","content":"a'),
    Buffer.from([0xc3, 0x28, 0xff, 0xed, 0xa0, 0x80]),
    Buffer.from(` ${SECRET} b"}]}`),
  ])
  assert.equal((await ground.post(body)).status, 200)
  const got = ground.upstream.received[0]?.body.toString() ?? ''
  assert.ok(/\[masked:github-pat(?:#[a-z0-9]{4})?\]/.test(got) && !got.includes(SECRET))
})
