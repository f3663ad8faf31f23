/** The built-in upstream: a real HTTP server on loopback that answers in four protocols. Calls no model, keeps nothing. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { answer, characters, completion, type Random } from './answers.ts'
import { chat } from './chat.ts'
import { completions } from './completions.ts'
import { isJson, type Json, textAt } from './json.ts'
import { messages } from './messages.ts'
import { metadata } from './metadata.ts'
import { responses } from './responses.ts'
import type { Speaker, Speech } from './speaker.ts'

export interface DemoOptions {
  /** Between two events of a stream, in ms: 12 unless told. */
  readonly delay_ms?: number
  /** Numbers in [0, 1); the same ones give the same answers. */
  readonly random?: Random
  /** Milliseconds since the Unix epoch. */
  now?(): number
}

export interface Demo {
  /** `http://127.0.0.1:<port>`; the protocols stand below it with and without `/v1`. */
  readonly url: URL
  /** Cuts what is open. */
  close(): Promise<void>
}

const SPEAKERS: readonly Speaker[] = [chat, completions, responses, messages]
const BODY_BYTES = 64 * 1024 * 1024

export async function startDemo(options: DemoOptions = {}): Promise<Demo> {
  const settings = { delay_ms: 12, random: Math.random, now: Date.now, ...options }
  const server = createServer((request, response) => {
    serve(request, response, settings).catch(() => response.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

type Settings = Required<DemoOptions>

async function serve(request: IncomingMessage, response: ServerResponse, settings: Settings): Promise<void> {
  const id = characters(24, '0123456789abcdef', settings.random)
  response.setHeader('x-request-id', `req_${id}`).setHeader('request-id', `req_${id}`)
  const path = (request.url ?? '/').split('?', 1)[0]?.replace(/^\/v1(?=\/|$)/, '') || '/'
  const body = await readJson(request)
  if (!body) return reply(response, 400, problem('invalid_request_error', 'The body is not a JSON object.'))
  const speaker = request.method === 'POST' ? SPEAKERS.find(({ route }) => route.test(path)) : undefined
  if (!speaker) {
    const found = metadata(request.method ?? 'GET', path, body)
    return found
      ? reply(response, 200, found)
      : reply(response, 404, problem('not_found_error', 'There is no such route.'))
  }
  const asked = speaker.read(body)
  const said = speaker === completions ? completion(asked, settings.random) : answer(asked, settings.random)
  const speech: Speech = { id, at: Math.floor(settings.now() / 1000), asked, said }
  if (body['stream'] !== true) return reply(response, 200, speaker.whole(speech))
  await stream(response, speaker.events(speech), settings.delay_ms)
}

/** Sends the events one by one, no faster than they are read, until the client leaves. */
async function stream(response: ServerResponse, events: Iterable<string>, delay: number): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' })
  for (const event of events) {
    if (response.destroyed) return
    const room = response.write(event)
    if (!room) await Promise.race([once(response, 'drain'), once(response, 'close')])
    if (delay > 0) await sleep(delay)
  }
  response.end()
}

/** The body; `{}` where there is none, `undefined` where it is no JSON object. */
async function readJson(request: IncomingMessage): Promise<Json | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > BODY_BYTES) return undefined
    chunks.push(chunk)
  }
  const text = textAt(Buffer.concat(chunks).toString())
  if (text === '') return {}
  try {
    const value: unknown = JSON.parse(text)
    return isJson(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** In the shape of both providers' errors. */
const problem = (type: string, message: string) => ({
  type: 'error',
  error: { type, message, code: null, param: null },
})

function reply(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body)
  response
    .writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
    .end(text)
}
