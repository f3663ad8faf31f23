/** A mock upstream on loopback that writes down every request whole. Ends with its test; knows no provider. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Ends } from './process.case.ts'

/** One request as it came. */
export interface Received {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly rawHeaders: readonly string[]
  readonly body: Buffer
  /** True once the connection broke before the reply was written whole. */
  cut: boolean
}

export type Answer = (request: Received, response: ServerResponse) => void | Promise<void>

export type Upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void

export interface Upstream {
  readonly url: string
  readonly received: Received[]
}

/** Starts it; `answer` is called once the body is there, `upgrade` for a request to leave HTTP. */
export async function startUpstream(t: Ends, answer: Answer, upgrade?: Upgrade): Promise<Upstream> {
  const received: Received[] = []
  const server = createServer((request, response) => {
    const { method = '', url = '', headers, rawHeaders } = request
    request.toArray().then(
      (chunks) => {
        const one: Received = { method, path: url, headers, rawHeaders, body: Buffer.concat(chunks), cut: false }
        received.push(one)
        response.once('close', () => {
          one.cut = !response.writableFinished
        })
        return answer(one, response)
      },
      () => response.destroy(),
    )
  })
  const left = new Set<Duplex>()
  if (upgrade)
    server.on('upgrade', (request, socket, head) => {
      left.add(socket.on('close', () => left.delete(socket)))
      upgrade(request, socket, head)
    })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    for (const socket of left) socket.destroy()
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received }
}

/** One chunk of a streamed chat reply. */
export const chunk = (content: string, finish: string | null = null): string =>
  `data: ${JSON.stringify({ id: 'c1', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta: { content }, finish_reason: finish }] })}\n\n`

/** The end of a streamed chat reply. */
export const DONE = `${chunk('', 'stop')}data: [DONE]\n\n`

/** A chat prompt. */
export const prompt = (content: string, stream = true): string =>
  JSON.stringify({ model: 'm', stream, messages: [{ role: 'user', content }] })

/** A secret, put together here so that none stands in this file. */
export const SECRET = `${['ghp', '_'].join('')}${'a1B2c3D4e5'.repeat(4).slice(0, 36)}`
