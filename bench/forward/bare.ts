// The least that Node can do to open TLS between a client and a provider: CONNECT, TLS, node:http, undici, TLS. It masks,
// records and judges nothing. Certificate and key come as PEM in the environment, the provider's CA too. Prints its port.
import { createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { createSecureContext, TLSSocket } from 'node:tls'
import { Pool } from 'undici'

const { BARE_CERT: cert = '', BARE_KEY: key = '', BARE_TRUST: ca = '' } = process.env
const secureContext = createSecureContext({ cert, key })
const pools = new Map<string, Pool>()

function poolOf(host: string): Pool {
  const pool = pools.get(host) ?? new Pool(`https://${host}`, { connect: { ca }, pipelining: 1 })
  pools.set(host, pool)
  return pool
}

const server = createServer((request, response) => {
  const { method = 'GET', url: path = '/', headers, rawHeaders } = request
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const own = rawHeaders.filter((_, at) => !/^(host|content-length)$/i.test(rawHeaders[at - (at % 2)] ?? ''))
    const options = { method: method as 'GET', path, headers: own, body: Buffer.concat(chunks) }
    poolOf(headers.host ?? '').stream(
      options,
      ({ statusCode, headers: answered }) => {
        response.writeHead(statusCode, answered)
        return response
      },
      (error) => void (error && response.destroy()),
    )
  })
})
server.keepAliveTimeout = 120_000
server.on('connect', (_request, socket: Socket) => {
  socket.write('HTTP/1.1 200 OK\r\n\r\n')
  const inner = new TLSSocket(socket, { isServer: true, secureContext, ALPNProtocols: ['http/1.1'] })
  inner.on('error', () => socket.destroy())
  socket.on('error', () => inner.destroy())
  server.emit('connection', inner)
})
server.listen(0, '127.0.0.1', () => process.stdout.write(`port ${(server.address() as AddressInfo).port}\n`))
