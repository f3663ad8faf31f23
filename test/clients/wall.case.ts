/** A proxy that lets nothing through and writes down who asked: clients are held to loopback by it. Ends with its test. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
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
    asked.push(request.url ?? '')
    socket.on('error', () => socket.destroy())
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
