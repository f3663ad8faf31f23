/** The mock provider over a WebSocket: responses, one message an event, a warm-up answered with nothing. */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Received, Upgrade } from '../upstream.case.ts'
import type { Asked, Script, Turn } from './mock.case.ts'
import { responses } from './said/responses.case.ts'

type Read = (request: Received) => Asked

/** Takes every handshake. Each, and each message on it, is a turn; what was said to one is its events. */
export function speaking(turns: Turn[], script: Script, read: Read): Upgrade {
  return (request, socket, head) => {
    const id = `req-${turns.length + 1}`
    const ids = { 'x-request-id': id }
    turns.push({ request: received('UPGRADE', request, ''), status: 101, headers: ids, sent: [] })
    const server = new WebSocketServer({ noServer: true, perMessageDeflate: true })
    server.on('headers', (lines) => void lines.push(`x-request-id: ${id}`))
    server.handleUpgrade(request, socket as Duplex, head, (open) => {
      open.on('error', () => open.terminate())
      open.on('message', (data) => {
        const headers = { 'content-type': 'text/event-stream', ...ids }
        const turn: Turn = { request: received('MESSAGE', request, String(data)), status: 101, headers, sent: [] }
        turns.push(turn)
        void speak(turn, open, script, read(turn.request), turns.length)
      })
    })
  }
}

const received = (method: string, { url = '', headers, rawHeaders }: IncomingMessage, body: string): Received => ({
  ...{ method, path: url, headers, rawHeaders, body: Buffer.from(body), cut: false },
})

async function speak(turn: Turn, open: WebSocket, script: Script, asked: Asked, number: number): Promise<void> {
  const { body, model } = asked
  const warm = body['generate'] === false
  const plan = warm ? { said: { text: '' } } : await script(asked)
  if ('status' in plan) throw new Error('the mock fails over HTTP only')
  const said = [...responses.events({ ...plan.said, id: `m${number}`, model })]
  const told = warm ? [said[0], said.at(-1)] : said
  for (const event of told.slice(0, plan.stall ? Math.floor(told.length / 2) : undefined)) {
    const message = /^data: (.*)$/m.exec(event ?? '')?.[1] ?? ''
    if (open.readyState !== open.OPEN) return
    turn.sent.push(Buffer.from(`data: ${message}\n\n`))
    open.send(message)
    if (plan.pace) await wait(plan.pace)
  }
}
