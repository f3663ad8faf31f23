/** The name in a ClientHello, under every cut, and whatever else stands there. */
import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { test } from 'node:test'
import { connect } from 'node:tls'
import fc from 'fast-check'
import { listening } from '../loopback.case.ts'
import { serverNameIn } from './hello.ts'

/** What Node's client says first. */
async function hello(servername: string | undefined): Promise<Buffer> {
  const said = Promise.withResolvers<Buffer>()
  const server = createServer((socket) => void socket.once('data', (bytes: Buffer) => said.resolve(bytes)))
  const port = await listening(server)
  const client = connect({ port, host: '127.0.0.1', ...(servername && { servername }) }).on('error', () =>
    client.destroy(),
  )
  const bytes = await said.promise
  client.destroy()
  server.close()
  return bytes
}

const record = (bytes: Uint8Array) => Buffer.from([HANDSHAKE, 3, 1, bytes.length >> 8, bytes.length & 0xff, ...bytes])
const HANDSHAKE = 0x16

/** One ClientHello in records of these lengths, and one of what is left. */
function cut(bytes: Buffer, sizes: readonly number[]): Buffer {
  let rest = bytes.subarray(5)
  const records = sizes.map((size) => {
    const part = rest.subarray(0, size)
    rest = rest.subarray(size)
    return part
  })
  return Buffer.concat([...records, rest].filter(({ length }) => length > 0).map(record))
}

test('a name is found once its message is whole, under every cut', async () => {
  const bytes = await hello('API.OpenAI.com')
  for (let end = 0; end < bytes.length; end++) assert.equal(serverNameIn(bytes.subarray(0, end)), 'more', String(end))
  assert.deepEqual(serverNameIn(bytes), { name: 'api.openai.com' })
  assert.deepEqual(serverNameIn(Buffer.concat([bytes, Buffer.from('more')])), { name: 'api.openai.com' })
})

test('a message in many records is one: every two, and any number, under every cut', async () => {
  const bytes = await hello('API.OpenAI.com')
  for (let at = 1; at < bytes.length - 5; at++) {
    const two = cut(bytes, [at])
    assert.deepEqual(serverNameIn(two), { name: 'api.openai.com' }, String(at))
    assert.equal(serverNameIn(two.subarray(0, -1)), 'more', String(at))
  }
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 90 }), { maxLength: 40 }), (sizes) => {
      const many = cut(bytes, sizes)
      for (let end = 1; end < many.length; end += 7) assert.equal(serverNameIn(many.subarray(0, end)), 'more')
      assert.deepEqual(serverNameIn(many), { name: 'api.openai.com' })
    }),
  )
})

test('none where there is none', async () => {
  assert.equal(serverNameIn(await hello(undefined)), 'none')
  for (const text of ['GET / HTTP/1.1', 'SSH-2.0-x', '\x80\x2e\x01'])
    assert.equal(serverNameIn(Buffer.from(text)), 'none')
})

test('what begins as TLS and cannot be read for certain is told so', async () => {
  const bytes = await hello('api.openai.com')
  const name = Buffer.from('api.openai.com')
  const at = bytes.indexOf(name)
  const changed = (from: number, ...to: number[]) =>
    Buffer.concat([bytes.subarray(0, from), Buffer.from(to), bytes.subarray(from + to.length)])
  const alert = Buffer.from([0x15, 3, 1, 0, 2, 1, 100])
  for (const [what, said] of Object.entries({
    'an alert before it': Buffer.concat([alert, bytes]),
    'an alert within it': Buffer.concat([record(bytes.subarray(5, 60)), alert, record(bytes.subarray(60))]),
    'an empty record': Buffer.concat([record(Buffer.alloc(0)), bytes]),
    'an alert alone': Buffer.from('\x15\x03\x01\x00\x02xx'),
    'a record too long': Buffer.from([HANDSHAKE, 3, 1, 0xff, 0xff]),
    'a message too long': Buffer.concat([record(Buffer.from([1, 1, 0, 0]))]),
    'too many records': cut(bytes, new Array<number>(80).fill(1)),
    'another message': changed(5, 2),
    'a name of another kind': changed(at - 3, 1),
    'a name longer than its list': changed(at - 1, name.length + 1),
    'a name shorter than its list': changed(at - 1, name.length - 1),
    'an end before its lists end': record(Buffer.from([1, 0, 0, 3, 3, 3, 0])),
  }))
    assert.equal(serverNameIn(said), 'unreadable', what)
})

test('no bytes make it throw or read on without end', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 300 }), fc.boolean(), (tail, whole) => {
      const body = whole ? Buffer.from([1, 0, tail.length >> 8, tail.length & 0xff, ...tail]) : tail
      const named = serverNameIn(record(body))
      assert.ok(['none', 'unreadable', 'more'].includes(named as string) || typeof named === 'object')
      if (whole) assert.notEqual(named, 'more')
    }),
    { numRuns: 2000 },
  )
})
