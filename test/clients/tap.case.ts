/** A tap between a client and the gateway: writes down both directions and changes nothing. Ends with its test. */
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import type { Duplex } from 'node:stream'
import type { TestContext } from 'node:test'
import { Frames } from './frames.case.ts'

/** One request of a client, and the gateway's answer to it. */
export interface Tapped {
  readonly method: string
  readonly path: string
  /** name, value, name, value …, as they came. */
  readonly headers: readonly string[]
  readonly body: Buffer
  /** True for a WebSocket handshake; the body of an answer that refuses it is not kept. */
  readonly upgrade: boolean
  answer?: Answered
}

export interface Answered {
  readonly status: number
  readonly headers: readonly string[]
  readonly body: Buffer
  /** False where either side broke the connection before the end. */
  readonly whole: boolean
}

export interface Tap {
  readonly url: string
  readonly seen: Tapped[]
}

/** Starts it in front of `target`, an http origin. */
export async function startTap(t: TestContext, target: string): Promise<Tap> {
  const seen: Tapped[] = []
  const server = createServer((asked, response) => {
    asked.toArray().then(
      (chunks) => {
        const one = tapped(asked, Buffer.concat(chunks), false)
        seen.push(one)
        forward(one, response, target)
      },
      () => response.destroy(),
    )
  })
  server.on('upgrade', (asked, socket) => {
    const one = tapped(asked, Buffer.alloc(0), true)
    seen.push(one)
    upgrade(one, socket, target, seen)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen }
}

const tapped = (asked: IncomingMessage, body: Buffer, handshake: boolean): Tapped => ({
  ...{ method: asked.method ?? '', path: asked.url ?? '', headers: asked.rawHeaders, body, upgrade: handshake },
})

function forward(one: Tapped, response: ServerResponse, target: string): void {
  const { method, path, headers, body } = one
  const { hostname, port } = new URL(target)
  const onward = request({ hostname, port, method, path, headers, agent: false, setHost: false }, (answer) => {
    const chunks: Buffer[] = []
    const { statusCode: status = 0, rawHeaders } = answer
    const done = (whole: boolean) => {
      one.answer ??= { status, headers: rawHeaders, body: Buffer.concat(chunks), whole }
    }
    response.writeHead(status, rawHeaders)
    response.flushHeaders()
    answer.on('data', (chunk: Buffer) => chunks.push(chunk) && response.write(chunk))
    answer.once('end', () => done(answer.complete)).once('error', () => done(false))
    answer.once('end', () => response.end()).once('error', () => response.destroy())
  })
  onward.once('error', () => response.destroy())
  // A client that leaves has asked all the same: that goes on before the connection is broken.
  const leave = () => onward.destroy()
  response.once('close', () => {
    if (response.writableFinished) return
    if (onward.writableFinished) leave()
    else onward.once('finish', leave)
  })
  onward.end(body)
}

/** A handshake, and each message that follows it as a request whose answer is the events of its reply. */
function upgrade(one: Tapped, socket: Duplex, target: string, seen: Tapped[]): void {
  const { hostname, port } = new URL(target)
  const onward = connect({ host: hostname, port: Number(port) }, () => {
    const lines = one.headers.flatMap((name, at, all) => (at % 2 ? [] : [`${name}: ${all[at + 1]}`]))
    onward.write(`${one.method} ${one.path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`)
  })
  const [asked, answered] = [new Frames(), new Frames()]
  let last: Tapped | undefined
  socket.on('data', (bytes: Buffer) => {
    for (const message of asked.push(bytes)) {
      last = { ...one, method: 'MESSAGE', upgrade: false, body: Buffer.from(message), answer: NO_EVENTS }
      seen.push(last)
    }
    onward.write(bytes)
  })
  const hear = (bytes: Buffer) => {
    for (const message of answered.push(bytes))
      if (last?.answer)
        last.answer = { ...last.answer, body: Buffer.concat([last.answer.body, Buffer.from(`data: ${message}\n\n`)]) }
  }
  let head = Buffer.alloc(0)
  const readHead = (bytes: Buffer) => {
    head = Buffer.concat([head, bytes])
    const end = head.indexOf('\r\n\r\n')
    if (end < 0) return
    const [first = '', ...lines] = head.toString('latin1', 0, end).split('\r\n')
    const headers = lines.flatMap((line) => [line.slice(0, line.indexOf(': ')), line.slice(line.indexOf(': ') + 2)])
    one.answer = { status: Number(first.split(' ')[1]), headers, body: Buffer.alloc(0), whole: true }
    onward.off('data', readHead).on('data', hear)
    if (one.answer.status === 101) hear(head.subarray(end + 4))
  }
  onward.on('data', readHead)
  onward.on('data', (bytes: Buffer) => socket.write(bytes))
  onward.on('end', () => socket.end()).on('error', () => socket.destroy())
  socket.on('end', () => onward.end()).on('error', () => onward.destroy())
}

const NO_EVENTS: Answered = { status: 101, headers: [], body: Buffer.alloc(0), whole: true }
