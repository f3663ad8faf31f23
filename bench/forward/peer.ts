// The provider behind a proxy that opens TLS: `whole` answers every request alike, `socket` speaks WebSocket, both over TLS as
// cheaply as they can. Certificate and key come as PEM in the environment. Prints its port; counts nothing.
import { createServer as createSecure } from 'node:https'
import type { AddressInfo } from 'node:net'
import { createServer, type TLSSocket } from 'node:tls'
import { WebSocketServer } from 'ws'
import { deltasOf, eventOf } from '../words.ts'

const [kind] = process.argv.slice(2)
const { PEER_CERT: cert = '', PEER_KEY: key = '' } = process.env
const ANSWER = JSON.stringify({
  ...{
    id: 'c1',
    object: 'chat.completion',
    created: 1,
    model: 'm',
    usage: { prompt_tokens: 20, completion_tokens: 30 },
  },
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: 'const total = items.length // so far' },
      finish_reason: 'stop',
    },
  ],
})
const REPLY = Buffer.from(
  `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(ANSWER)}\r\n\r\n${ANSWER}`,
)
const FRAMES = 400
const messageOf = (event: string): string => /^data: (.*)$/m.exec(event)?.[1] ?? ''
const MESSAGES = deltasOf(FRAMES, false).map((text, nth) => messageOf(eventOf('responses', text, nth)))
const DONE = '{"type":"response.completed","response":{"id":"r","status":"completed","output":[]}}'

/** Answers each request of a connection once its body is there. */
function answer(socket: TLSSocket): void {
  let held: Buffer = Buffer.alloc(0)
  socket.on('error', () => socket.destroy())
  socket.on('data', (bytes: Buffer) => {
    held = held.length ? Buffer.concat([held, bytes]) : bytes
    for (let head = held.indexOf('\r\n\r\n'); head >= 0; head = held.indexOf('\r\n\r\n')) {
      const length = Number(/\r\ncontent-length: *(\d+)/i.exec(held.toString('latin1', 0, head + 2))?.[1] ?? 0)
      if (held.length < head + 4 + length) return
      held = held.subarray(head + 4 + length)
      socket.write(REPLY)
    }
  })
}

function speak(): ReturnType<typeof createSecure> {
  const http = createSecure({ cert, key })
  const server = new WebSocketServer({ server: http, perMessageDeflate: false })
  server.on('connection', (client) => {
    client.on('message', () => {
      for (const message of MESSAGES) client.send(message)
      client.send(DONE)
    })
  })
  return http
}

const server = kind === 'socket' ? speak() : createServer({ cert, key, ALPNProtocols: ['http/1.1'] }, answer)
server.listen(0, '127.0.0.1', () => process.stdout.write(`port ${(server.address() as AddressInfo).port}\n`))
