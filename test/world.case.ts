/** The world beyond the gateway on loopback: a corporate proxy behind which named hosts speak TLS. Ends with its test. */
import { writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { createSecureContext, TLSSocket } from 'node:tls'
import { makeAuthority, makeLeaf, openAuthority } from '../src/relay/tls/authority.ts'
import type { Ends } from './process.case.ts'

export interface Asked {
  readonly host: string
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly rawHeaders: readonly string[]
  readonly body: string
}

export interface World {
  /** The proxy's address. */
  readonly proxy: string
  /** Writes the CA of the world's hosts to a file and gives its path. */
  ca(folder: string): string
  /** Targets of CONNECT, as they were asked for. */
  readonly targets: string[]
  readonly asked: Asked[]
}

export type Says = (asked: Asked, response: ServerResponse) => void | Promise<void>

/** Addresses of loopback are reached as they are. `sockets`: the address that takes WebSockets, of any host. */
export async function startWorld(t: Ends, hosts: readonly string[], says: Says, sockets?: string): Promise<World> {
  const authority = openAuthority(await makeAuthority({ permitted: hosts, days: 2, now: Date.now() }))
  const [targets, asked]: [string[], Asked[]] = [[], []]
  const inner = createServer((request, response) => {
    const { method = '', url = '', headers, rawHeaders } = request
    request.toArray().then(
      (chunks) => {
        const body = Buffer.concat(chunks).toString()
        const one = { host: headers.host ?? '', method, path: url, headers, rawHeaders, body }
        asked.push(one)
        return says(one, response)
      },
      () => response.destroy(),
    )
  })
  if (sockets) inner.on('upgrade', (request, socket: Socket, head: Buffer) => upgrade(request, socket, head, sockets))
  const proxy = createServer((_request, response) => response.writeHead(500).end())
  proxy.on('connect', (request, socket: Socket, head: Buffer) => {
    const target = request.url ?? ''
    targets.push(target)
    socket.on('error', () => socket.destroy())
    const host = target.slice(0, target.lastIndexOf(':'))
    if (/^127\./.test(host)) return joined(socket, head, target)
    if (!hosts.includes(host)) return socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n')
    socket.write('HTTP/1.1 200 OK\r\n\r\n')
    makeLeaf(authority, host, Date.now(), 1).then(({ cert, key }) => {
      if (head.length) socket.unshift(head)
      const secureContext = createSecureContext({ cert, key })
      const tls = new TLSSocket(socket, { isServer: true, secureContext, ALPNProtocols: ['http/1.1'] })
      tls.on('error', () => socket.destroy())
      inner.emit('connection', tls)
    })
  })
  return {
    ...{ proxy: await listening(t, proxy), targets, asked },
    ca(folder) {
      const path = join(folder, 'world.pem')
      writeFileSync(path, authority.top)
      return path
    },
  }
}

/** Hands a request to leave HTTP on, as it came. */
function upgrade({ method, url, rawHeaders }: IncomingMessage, socket: Socket, head: Buffer, to: string): void {
  const { hostname, port } = new URL(to)
  const far = connect({ host: hostname, port: Number(port) }, () => {
    const lines = rawHeaders.flatMap((name, at) => (at % 2 ? [] : [`${name}: ${rawHeaders[at + 1]}\r\n`]))
    far.write(`${method} ${url} HTTP/1.1\r\n${lines.join('')}\r\n`)
    far.write(head)
    far.pipe(socket).pipe(far)
  })
  far.on('error', () => socket.destroy())
  socket.on('error', () => far.destroy()).on('close', () => far.destroy())
}

function joined(socket: Socket, head: Buffer, target: string): void {
  const far = connect(Number(target.split(':').at(-1)), '127.0.0.1', () => {
    socket.write('HTTP/1.1 200 OK\r\n\r\n')
    far.write(head)
    far.pipe(socket).pipe(far)
  })
  far.on('error', () => socket.destroy())
  socket.on('close', () => far.destroy())
}

/** Its address once it listens on loopback. */
export async function listening(t: Ends, server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
