/** A provider that speaks over a WebSocket, a client that does, and a small house between them. For tests. */
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocket, WebSocketServer } from 'ws'
import type { Opening } from '#exchange'
import { type Open, within } from './asking.case.ts'
import type { Setup } from './house.case.ts'

export type Json = Readonly<Record<string, unknown>>

/** One WebSocket as the provider has it: what it heard, and how it ended. */
export interface Heard {
  readonly socket: WebSocket
  readonly raw: Duplex
  readonly request: IncomingMessage
  readonly messages: string[]
  readonly pings: string[]
  closed?: { readonly code: number; readonly reason: string }
}

/** What the provider does with a message; `nth` counts those of one socket, from 0. */
export type Speak = (message: Json, heard: Heard, nth: number) => void

/** The handshake's part of a small house's upstream. `heard` is every socket so far. */
export function provider(speak: Speak, headers: readonly string[] = ['x-request-id: up-1', 'set-cookie: a=1']) {
  const heard: Heard[] = []
  const server = new WebSocketServer({ noServer: true, perMessageDeflate: true })
  server.on('headers', (lines) => void lines.push(...headers))
  const upgrade = (request: IncomingMessage, raw: Duplex, head: Buffer) =>
    server.handleUpgrade(request, raw, head, (socket) => {
      const one: Heard = { socket, raw, request, messages: [], pings: [] }
      heard.push(one)
      socket.on('message', (data) => {
        one.messages.push(String(data))
        speak(JSON.parse(String(data)) as Json, one, one.messages.length - 1)
      })
      socket.on('ping', (data) => one.pings.push(data.toString()))
      socket.on('error', () => undefined)
      socket.on('close', (code, reason) => {
        one.closed = { code, reason: reason.toString() }
      })
    })
  return { heard, upgrade }
}

/** The client's side. */
export interface Spoken {
  readonly socket: WebSocket
  readonly messages: string[]
  readonly pings: string[]
  readonly pongs: string[]
  readonly headers: IncomingMessage['headers']
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>
  /** All messages up to one that ends a reply, not counting those given before. */
  reply(): Promise<Json[]>
}

const ENDS = /^(response\.(completed|failed|incomplete)|error)$/

/** Opens one with the house's key. @throws with the status where it is refused */
export async function speakTo(
  { url, key }: Open,
  o: { path?: string; headers?: Readonly<Record<string, string>>; protocols?: string[] } = {},
): Promise<Spoken> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}${o.path ?? '/v1/responses'}`, o.protocols ?? [], {
    headers: { 'x-gatelog-key': key, authorization: 'Bearer upstream-token', ...o.headers },
  })
  const [messages, pings, pongs]: [string[], string[], string[]] = [[], [], []]
  let headers: IncomingMessage['headers'] = {}
  let given = 0
  const waiting = new Set<() => void>()
  socket.on('upgrade', (reply) => {
    headers = reply.headers
  })
  socket.on('message', (data) => {
    messages.push(String(data))
    for (const wake of waiting) wake()
  })
  socket.on('ping', (data) => pings.push(data.toString()))
  socket.on('pong', (data) => pongs.push(data.toString()))
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.once('close', (code, reason) => {
      resolve({ code, reason: reason.toString() })
      for (const wake of waiting) wake()
    })
  })
  await once(socket, 'open')
  socket.on('error', () => undefined)
  const reply = async (): Promise<Json[]> => {
    for (;;) {
      const fresh = messages.slice(given).map((text) => JSON.parse(text) as Json)
      const end = fresh.findIndex(({ type }) => ENDS.test(String(type)))
      if (end >= 0) {
        given += end + 1
        return fresh.slice(0, end + 1)
      }
      if (socket.readyState >= WebSocket.CLOSING) return fresh
      await new Promise<void>((resolve) => {
        const wake = () => {
          waiting.delete(wake)
          resolve()
        }
        waiting.add(wake)
      })
    }
  }
  return { socket, messages, pings, pongs, headers, closed, reply }
}

/** A prompt. */
export const create = (text: string, more: Json = {}): string =>
  JSON.stringify({
    ...{ type: 'response.create', model: 'gpt-5.4', store: false },
    input: [{ type: 'message', role: 'user', content: [{ type: 'input_text', text }] }],
    ...more,
  })

/** A reply's events, of these deltas. Ids change with every event, as Copilot's do. */
export function events(id: string, ...deltas: readonly string[]): Json[] {
  const text = deltas.join('')
  const item = { id: `m_${id}`, type: 'message', role: 'assistant', content: [{ type: 'output_text', text }] }
  const at = { output_index: 0, content_index: 0 }
  const response = { id, object: 'response', model: 'gpt-5.4' }
  return [
    { type: 'response.created', response: { ...response, id: `${id}-0`, status: 'in_progress', output: [] } },
    ...deltas.map((delta, nth) => ({ type: 'response.output_text.delta', item_id: `i${nth}`, ...at, delta })),
    { type: 'response.output_text.done', ...at, text },
    { type: 'response.output_item.done', output_index: 0, item },
    { type: 'response.completed', response: { ...response, status: 'completed', output: [item] } },
  ].map((event, sequence_number) => ({ ...event, sequence_number }))
}

/** Says every event of a reply, one message each. */
export const say = ({ socket }: Heard, said: readonly Json[]): void => {
  for (const event of said) socket.send(JSON.stringify(event))
}

/** Answers each message with `reply <nth>`. */
export const answering: Speak = (_message, heard, nth) => say(heard, events(`r${nth}`, 'reply', ` ${nth}`))

/** Runs with an open house that records WebSockets, and closes it. */
export function speaking(
  speak: Speak,
  run: (house: Open, heard: Heard[], setup: Setup) => Promise<void>,
  more: Partial<Setup> = {},
): Promise<void> {
  const { heard, upgrade } = provider(speak)
  const script: Setup['script'] = (_request, _body, response) => response.writeHead(404).end()
  const setup: Setup = { script, websocket: 'record', upgrade, ...more }
  return within(setup, (house) => run(house, heard, setup)).finally(() => {
    for (const { socket } of heard) socket.terminate()
  })
}

/** Opening entries of the turns, without the handshake's. */
export const turnsOf = ({ watched }: Open): Opening[] =>
  (watched.entries as Opening[]).filter(({ method }) => method === 'MESSAGE')

/** Waits until something holds; fails after twenty seconds. */
export async function until(holds: () => boolean, what: string): Promise<void> {
  for (let turn = 0; !holds(); turn++) {
    if (turn > 4000) throw new Error(`never held: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
