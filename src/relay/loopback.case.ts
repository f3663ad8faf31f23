/** Servers and raw clients on loopback for this room's tests. Listens on ephemeral ports only. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import type { TestContext } from 'node:test'
import type { Incoming, Timeouts } from './upstream.ts'

export const TIMEOUTS: Timeouts = { connect_ms: 1000, first_byte_ms: 1000, idle_ms: 1000, total_ms: 5000 }

export const NEVER = new AbortController().signal

/** A TCP server that lets the test write raw bytes; `open` is how many sockets it holds. */
export async function rawServer(t: TestContext, onSocket: (socket: Socket) => void) {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy()))
    onSocket(socket)
    socket.resume()
  })
  const port = await listening(server)
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return { port, origin: new URL(`http://127.0.0.1:${port}`), sockets }
}

export async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

/** Sends bytes and gives everything that came back until the server closed the connection. */
export function speak(port: number, text: string | Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text))
    const parts: Uint8Array[] = []
    const told = () => resolve(Buffer.concat(parts).toString('latin1'))
    socket
      .on('data', (part: Buffer) => parts.push(part))
      .on('close', told)
      .on('error', (error) => (parts.length ? told() : reject(error)))
  })
}

export async function bytesOf(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = []
  for await (const part of body) parts.push(part)
  return Buffer.concat(parts)
}

export const incoming = (body: AsyncIterable<Uint8Array>, headers: [string, string][] = []): Incoming => ({
  status: 200,
  headers,
  body,
})

/** Waits until something holds; fails after `ms`. */
export async function until(holds: () => boolean, ms = 20_000): Promise<void> {
  const end = performance.now() + ms
  while (!holds()) {
    if (performance.now() > end) throw new Error(`did not hold within ${ms} ms`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

export const fault = (code: string) => ({ name: 'Fault', code })
