/** A proxy that lets nothing beyond loopback through and writes down who asked: clients are held there. Ends with its test. */
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import type { Duplex } from 'node:stream'
import type { TestContext } from 'node:test'

export interface Wall {
  /** Variables that lead everything but loopback to the wall. */
  readonly env: Readonly<Record<string, string>>
  /** The hosts that were asked for. */
  readonly asked: string[]
}

export async function startWall(t: TestContext): Promise<Wall> {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    response.writeHead(403, { connection: 'close' }).end()
  })
  server.on('connect', (request, socket) => {
    socket.on('error', () => socket.destroy())
    const inside = /^127\.0\.0\.1:(\d+)$/.exec(request.url ?? '')?.[1]
    if (inside) return tunnel(socket, Number(inside))
    asked.push(request.url ?? '')
    socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\nconnection: close\r\n\r\n')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const open = '127.0.0.1,localhost'
  const upper = { HTTPS_PROXY: url, HTTP_PROXY: url, ALL_PROXY: url, NO_PROXY: open }
  return { env: { ...upper, https_proxy: url, http_proxy: url, no_proxy: open }, asked }
}

/** Some clients ask the proxy for loopback too, whatever `NO_PROXY` says. */
function tunnel(socket: Duplex, port: number): void {
  const onward = connect({ host: '127.0.0.1', port }, () => {
    socket.write('HTTP/1.1 200 Connection Established\r\n\r\n')
    onward.pipe(socket).pipe(onward)
  })
  onward.on('error', () => socket.destroy())
  onward.on('close', () => socket.destroy())
  socket.on('close', () => onward.destroy())
}
