/** The kernel's table of connections is read as proc(5) has it, and a page or a stranger is not admitted. */
import assert from 'node:assert/strict'
import type { IncomingMessage } from 'node:http'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { test } from 'node:test'
import { admit } from './guard.ts'
import { peerOf, uidsIn } from './peer.ts'

const TABLE = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:2136 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 1 1 0 100 0 0 10 0
   1: 0100007F:C001 0100007F:2136 01 00000000:00000000 00:00000000 00000000  1001        0 2 1 0 20 4 30 10 -1
   2: 0100007F:2136 0100007F:C001 01 00000000:00000000 00:00000000 00000000  1000        0 3 1 0 20 4 30 10 -1
   3: 0100007F:C002 0100007F:2136 06 00000000:00000000 03:00001770 00000000     0        0 0 3 0
`

test('the owner of the far end is read from the kernel’s table', () => {
  assert.deepEqual(uidsIn(TABLE, 0xc001, 0x2136), [1001])
  assert.deepEqual(uidsIn(TABLE, 0xc002, 0x2136), [], 'a closed connection has no owner')
  assert.deepEqual(uidsIn(TABLE, 0xc003, 0x2136), [])
})

test(
  'a connection of this process is its own user’s',
  { skip: process.platform !== 'linux' && 'only Linux tells' },
  (t) =>
    new Promise<void>((resolve, reject) => {
      const server = createServer((socket: Socket) => {
        try {
          assert.equal(peerOf(socket), 'own')
          assert.equal(peerOf({ localPort: socket.localPort, remotePort: 1 }), 'other')
          resolve()
        } catch (error) {
          reject(error)
        }
        socket.destroy()
        server.close()
      }).listen(0, '127.0.0.1', () => connect((server.address() as AddressInfo).port).on('error', () => undefined))
      t.after(() => server.close())
    }),
)

test('a stranger, a page, a foreign name and a wrong secret are refused', () => {
  const asked = (url: string, headers: Record<string, string>, method = 'GET') =>
    admit({ url, method, headers, socket: { localPort: 1, remotePort: 2 } } as unknown as IncomingMessage, 's3cret')
      .target
  const host = '127.0.0.1:8490'
  const basic = (password: string) => ({ 'proxy-authorization': `Basic ${btoa(`agent:${password}`)}` })
  assert.equal(asked('/a/s3cret/c/x', { host }), '/c/x')
  assert.equal(asked('h.example:443', { host: 'h.example', ...basic('s3cret') }, 'CONNECT'), 'h.example:443')
  assert.equal(asked('http://h.example/x', { host: 'h.example', ...basic('s3cret') }), 'http://h.example/x')
  assert.equal(asked('/a/s3cret/c/x', { host, 'sec-fetch-site': 'none', 'sec-fetch-mode': 'cors' }), '/c/x')
  for (const [url, headers] of [
    ...['cross-site', 'same-site', 'CROSS-SITE', ''].map(
      (site) => ['/a/s3cret/c/x', { host, 'sec-fetch-site': site, 'sec-fetch-dest': 'image' }] as const,
    ),
    ['/c/x', { host }],
    ['/a/wrong/c/x', { host }],
    ['/a//c/x', { host }],
    ['/a/s3cret/c/x', { host, origin: 'https://evil.example' }],
    ['/a/s3cret/c/x', { host: 'evil.example' }],
    ['/a/s3cret/c/x', {}],
    ['http://h.example/x', { host: 'h.example', ...basic('wrong') }],
    ['http://h.example/x', { host: 'h.example', ...basic('') }],
  ] as const)
    assert.throws(() => asked(url, headers), { code: 'agent.refused' }, url)
})
