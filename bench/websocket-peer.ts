// The two ends beside a gateway: `provider` answers each message with an answer of prose and code as fast as it can,
// `relay <port>` passes messages on over `ws` on both sides and does nothing else.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocket, WebSocketServer } from 'ws'
import { deltasOf, eventOf } from './words.ts'

const [kind, port] = process.argv.slice(2)
const FRAMES = 400
const messageOf = (event: string): string => /^data: (.*)$/m.exec(event)?.[1] ?? ''
const MESSAGES = deltasOf(FRAMES, false).map((text, nth) => messageOf(eventOf('responses', text, nth)))
const DONE = '{"type":"response.completed","response":{"id":"r","status":"completed","output":[]}}'

const http = createServer()
const server = new WebSocketServer({ server: http, perMessageDeflate: false })
server.on('connection', (client) => {
  if (kind === 'provider')
    client.on('message', () => {
      for (const message of MESSAGES) client.send(message)
      client.send(DONE)
    })
  else {
    const upstream = new WebSocket(`ws://127.0.0.1:${port}/v1/responses`, { perMessageDeflate: false })
    const early: string[] = []
    upstream.on('open', () => early.splice(0).forEach((message) => void upstream.send(message)))
    upstream.on('message', (message) => client.send(message, { binary: false }))
    client.on('message', (message) => {
      if (upstream.readyState === upstream.OPEN) upstream.send(message, { binary: false })
      else early.push(String(message))
    })
    client.on('close', () => upstream.close())
  }
})
http.listen(0, '127.0.0.1', () => process.stdout.write(`port ${(http.address() as AddressInfo).port}\n`))
