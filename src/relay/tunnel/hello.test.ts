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

test('a name is found once its record is whole, under every cut', async () => {
  const bytes = await hello('API.OpenAI.com')
  for (let end = 0; end < bytes.length; end++) assert.equal(serverNameIn(bytes.subarray(0, end)), 'more', String(end))
  assert.deepEqual(serverNameIn(bytes), { name: 'api.openai.com' })
  assert.deepEqual(serverNameIn(Buffer.concat([bytes, Buffer.from('more')])), { name: 'api.openai.com' })
})

test('none where there is none', async () => {
  assert.equal(serverNameIn(await hello(undefined)), 'none')
  for (const text of ['GET / HTTP/1.1', 'SSH-2.0-x', '\x15\x03\x01\x00\x02xx'])
    assert.equal(serverNameIn(Buffer.from(text)), 'none')
  assert.equal(serverNameIn(Buffer.from([0x16, 3, 1, 0xff, 0xff])), 'none')
})

test('no bytes make it throw or read on without end', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (tail) => {
      const record = Buffer.from([0x16, 3, 1, tail.length >> 8, tail.length & 0xff, ...tail])
      const named = serverNameIn(record)
      assert.ok(named === 'none' || typeof named === 'object')
    }),
    { numRuns: 2000 },
  )
})
