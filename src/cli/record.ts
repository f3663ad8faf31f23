/** The way to the record: the running server's socket, a remote one by URL, or the store itself where none runs. */
import { existsSync } from 'node:fs'
import { request } from 'node:http'
import { request as secureRequest } from 'node:https'
import { join } from 'node:path'
import { type Config, openLocal } from '#app'
import { FAULTS, Fault, type FaultCode } from '#exchange'

/** Asks the admin API. */
export interface Record {
  get<Answer>(path: string): Promise<Answer>
  send<Answer>(method: 'POST' | 'DELETE', path: string, body?: unknown): Promise<Answer>
  /** Lines as they come, until `signal` aborts. @throws server.unreachable where no server runs */
  follow(path: string, line: (text: string) => void, signal: AbortSignal): Promise<void>
  close(): Promise<void>
}

/** @throws trail.locked, trail.unavailable, server.unreachable */
export async function openRecord(config: Config, url?: string): Promise<Record> {
  if (url) return remote({ url: new URL(url) })
  const socket = join(config.data, 'gatelog.sock')
  if (existsSync(socket) && (await answers(socket))) return remote({ socket })
  return local(config)
}

interface Where {
  readonly socket?: string
  readonly url?: URL
}

async function answers(socketPath: string): Promise<boolean> {
  try {
    await call({ socket: socketPath }, 'GET', '/connections')
    return true
  } catch (error) {
    if (error instanceof Fault && error.code === 'server.unreachable') return false
    throw error
  }
}

function remote(where: Where): Record {
  return {
    get: async (path) => parsed(await call(where, 'GET', path)),
    send: async (method, path, body) => parsed(await call(where, method, path, body)),
    follow: (path, line, signal) => follow(where, path, line, signal),
    close: async () => undefined,
  }
}

async function local(config: Config): Promise<Record> {
  const { request: ask, close } = await openLocal(config)
  const via = async (method: string, path: string, body?: unknown) => {
    const answer = await ask(path, { method, ...(body !== undefined && { body: JSON.stringify(body) }) })
    return parsed<never>(checked(answer.status, await answer.text()))
  }
  return {
    get: (path) => via('GET', path),
    send: via,
    follow: async () => {
      throw new Fault('server.unreachable')
    },
    close,
  }
}

const parsed = <Answer>(text: string): Answer => JSON.parse(text) as Answer

/** The body of an answer that went well. @throws the fault that the API named */
function checked(status: number, text: string): string {
  if (status < 400) return text
  const error = (JSON.parse(text) as { error?: { code?: string; message?: string } }).error
  const code = error?.code && Object.hasOwn(FAULTS, error.code) ? (error.code as FaultCode) : 'gateway.internal'
  const detail = error?.message?.startsWith(`${FAULTS[code].message}: `)
    ? error.message.slice(FAULTS[code].message.length + 2)
    : undefined
  throw new Fault(code, detail)
}

function open(where: Where, method: string, path: string, signal?: AbortSignal) {
  const options = { method, path, headers: { 'content-type': 'application/json' }, ...(signal && { signal }) }
  if (where.socket) return request({ ...options, socketPath: where.socket })
  const target = new URL(path, where.url)
  return target.protocol === 'https:' ? secureRequest(target, options) : request(target, options)
}

function call(where: Where, method: string, path: string, body?: unknown): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = open(where, method, path)
    asked.once('error', (cause) => reject(new Fault('server.unreachable', undefined, { cause })))
    asked.once('response', (answer) => {
      answer
        .toArray()
        .then((chunks) => resolve(checked(answer.statusCode ?? 0, Buffer.concat(chunks).toString())))
        .catch(reject)
    })
    asked.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

function follow(where: Where, path: string, line: (text: string) => void, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const asked = open(where, 'GET', path, signal)
    asked.once('error', (cause) =>
      signal.aborted ? resolve() : reject(new Fault('server.unreachable', undefined, { cause })),
    )
    asked.once('response', (answer) => {
      let rest = ''
      answer.setEncoding('utf8')
      answer.on('data', (text: string) => {
        const lines = (rest + text).split('\n')
        rest = lines.pop() ?? ''
        for (const each of lines) line(each)
      })
      answer.once('error', () => resolve())
      answer.once('end', resolve)
    })
    asked.end()
  })
}
