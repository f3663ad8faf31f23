/** The admin API of a running server, over its socket or by an address. Opens no store. */
import { type ClientRequest, type IncomingMessage, request } from 'node:http'
import { request as secureRequest } from 'node:https'
import { Fault } from '#exchange'
import { checked, parsed } from './answer.ts'
import { userName } from './user.ts'

/** Asks the admin API. */
export interface Record {
  get<Answer>(path: string): Promise<Answer>
  send<Answer>(method: 'POST' | 'DELETE', path: string, body?: unknown): Promise<Answer>
  /** Lines as they come, for as long as the server runs. Always @throws server.unreachable in the end */
  follow(path: string, line: (text: string) => void): Promise<never>
  /** The lines of an answer, one after another, as they are taken. @throws the fault that the API named, server.unreachable */
  lines(path: string): AsyncIterable<string>
  close(): Promise<void>
}

export interface Where {
  readonly socket?: string
  readonly url?: URL
}

export function remote(where: Where): Record {
  return {
    get: async (path) => parsed(await call(where, 'GET', path)),
    send: async (method, path, body) => parsed(await call(where, method, path, body)),
    follow: (path, line) => follow(where, path, line),
    lines: (path) => linesOf(where, path),
    close: async () => undefined,
  }
}

function open(where: Where, method: string, path: string) {
  const headers = { 'content-type': 'application/json', 'x-gatelog-reader': encodeURIComponent(userName()) }
  const options = { method, path, headers }
  if (where.socket) return request({ ...options, socketPath: where.socket })
  const target = new URL(path, where.url)
  return target.protocol === 'https:' ? secureRequest(target, options) : request(target, options)
}

const unreachable = (where: Where, cause: unknown) => new Fault('server.unreachable', where.url?.origin, { cause })

/** Whoever was asked to do something went away after it was told so. */
const brokenOff = (cause: unknown) =>
  new Fault(
    'server.unreachable',
    'it went away meanwhile: what it was to do may have begun, and an erasure is done to its end by the next start',
    {
      cause,
    },
  )

function call(where: Where, method: string, path: string, body?: unknown): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = open(where, method, path)
    let reached = false
    const gone = (cause: unknown) => reject(reached && method !== 'GET' ? brokenOff(cause) : unreachable(where, cause))
    asked.once('socket', (socket) => {
      if (socket.connecting) socket.once('connect', () => (reached = true))
      else reached = true
    })
    asked.once('error', gone)
    asked.once('response', (answer) => {
      answer
        .toArray()
        .then((chunks) => resolve(checked(answer.statusCode ?? 0, Buffer.concat(chunks).toString())))
        .catch((cause) => (cause instanceof Fault ? reject(cause) : gone(cause)))
    })
    asked.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

function follow(where: Where, path: string, line: (text: string) => void): Promise<never> {
  return new Promise((_, reject) => {
    const ended = (cause?: unknown) => reject(unreachable(where, cause))
    const asked = open(where, 'GET', path)
    asked.once('error', ended)
    asked.once('response', (answer) => {
      let rest = ''
      answer.setEncoding('utf8')
      answer.on('data', (text: string) => {
        const lines = (rest + text).split('\n')
        rest = lines.pop() ?? ''
        for (const each of lines) line(each)
      })
      answer.once('error', ended)
      answer.once('end', ended)
    })
    asked.end()
  })
}

async function* linesOf(where: Where, path: string): AsyncIterable<string> {
  const asked = open(where, 'GET', path)
  asked.end()
  const answer = await answerOf(asked).catch((cause) => Promise.reject(unreachable(where, cause)))
  if ((answer.statusCode ?? 0) >= 400) {
    const chunks = await answer.toArray()
    checked(answer.statusCode ?? 0, Buffer.concat(chunks).toString())
  }
  answer.setEncoding('utf8')
  yield* splitLines(answer, (cause) => unreachable(where, cause))
}

const answerOf = (asked: ClientRequest): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => void asked.once('response', resolve).once('error', reject))

/** Whole lines of a text that comes in parts. `broke` makes the fault of one that breaks off. */
export async function* splitLines(
  parts: AsyncIterable<string>,
  broke: (cause: unknown) => Fault,
): AsyncIterable<string> {
  let rest = ''
  const source = parts[Symbol.asyncIterator]()
  for (;;) {
    const { done, value } = await source.next().catch((cause) => Promise.reject(broke(cause)))
    if (done) break
    const lines = (rest + value).split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
  if (rest !== '') yield rest
}
