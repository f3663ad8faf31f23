// Two relays to measure against: `bare` is node:http and undici and nothing else; `ours` is this project's relay with
// its timeouts, header rules and backpressure, but without an exchange: nobody is asked, nothing is read or recorded.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Pool } from 'undici'
import { Delivery, endToEnd, listen, openRelay, readBody } from '#relay'

const [kind, origin = ''] = process.argv.slice(2)
const say = (port: number) => process.stdout.write(`port ${port}\n`)
const TIMEOUTS = { connect_ms: 10_000, first_byte_ms: 60_000, idle_ms: 60_000, total_ms: 600_000 }
const LIMITS = { body_bytes: 33_554_432, decoded_bytes: 67_108_864 }

function bare(): void {
  const pool = new Pool(origin, { pipelining: 1 })
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (part: Buffer) => chunks.push(part))
    request.on('end', () => {
      const { 'content-type': type = 'application/json' } = request.headers
      pool.dispatch(
        { path: request.url ?? '/', method: 'POST', headers: { 'content-type': type }, body: Buffer.concat(chunks) },
        {
          onRequestStart: () => undefined,
          onResponseStart: (_controller, status, headers) => void response.writeHead(status, headers as never),
          onResponseData: (_controller, part) => void response.write(part),
          onResponseEnd: () => void response.end(),
          onResponseError: () => void response.destroy(),
        },
      )
    })
  })
  server.keepAliveTimeout = 120_000
  server.listen(0, '127.0.0.1', () => say((server.address() as AddressInfo).port))
}

async function ours(): Promise<void> {
  const relay = openRelay()
  const upstream = { origin: new URL(origin) }
  const listening = await listen({
    host: '127.0.0.1',
    port: 0,
    limits: { header_bytes: 32_768, keep_alive_ms: 120_000 },
    async onRequest(request, response) {
      const delivery = new Delivery(response)
      const { raw: body } = await readBody(request, LIMITS)
      const out = { method: 'POST', path: request.url ?? '/', headers: endToEnd(request.rawHeaders), body }
      const reply = await relay.forward(upstream, out, { timeouts: TIMEOUTS, signal: delivery.gone })
      delivery.writeHead(reply.status, reply.headers)
      for await (const bytes of reply.body) await delivery.write(bytes)
      delivery.end()
    },
    onUpgrade: (_request, socket) => socket.destroy(),
  })
  say(listening.port)
}

if (kind === 'bare') bare()
else await ours()
