/** The ground of the hostile tests: a real gateway, a mock upstream, raw sockets, and a look at the record. */
import { type IncomingHttpHeaders, request } from 'node:http'
import { connect } from 'node:net'
import type { TestContext } from 'node:test'
import type { Shown } from '#console'
import type { Summary } from '#trail'
import { type Gateway, lastOf, startGateway } from '../process.case.ts'
import { type Answer, startUpstream, type Upstream } from '../upstream.case.ts'

export interface Reply {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
  /** False where the connection broke before the reply had ended. */
  readonly whole: boolean
}

export interface Ground {
  readonly gateway: Gateway
  readonly upstream: Upstream
  readonly key: string
  /** Sends a chat prompt, or any body, with the key. */
  post(body: string | Buffer, headers?: Record<string, string>, path?: string): Promise<Reply>
  /** Sends bytes as they are over a socket; all that comes back until it closes or is silent for a while. */
  raw(bytes: string | Buffer): Promise<string>
  /** The newest exchange, once it has ended. */
  last(): Promise<Shown>
  /** How many exchanges fit a query. */
  count(query: string): Promise<number>
}

/** More than anything here takes on a machine that is busy: whoever wants less says so. */
const TIMEOUTS = 'timeouts: { connect_ms: 10000, first_byte_ms: 30000, idle_ms: 30000, total_ms: 60000 }\n'
/** What has begun to answer has ended once it is silent for so long; until then it may take longer. */
const [SILENCE_MS, ANSWER_MS] = [1500, 10_000]

/** Opens it. `more` is added to the configuration. */
export async function openGround(t: TestContext, answer: Answer, more = ''): Promise<Ground> {
  const upstream = await startUpstream(t, answer)
  const yaml = `connections: { up: { kind: openai, url: '${upstream.url}' } }\n${/^timeouts/m.test(more) ? '' : TIMEOUTS}${more}`
  const gateway = await startGateway(t, yaml)
  const key = await gateway.key()
  return {
    ...{ gateway, upstream, key },
    post: (body, headers = {}, path = '/c/up/v1/chat/completions') =>
      send(gateway.url + path, body, { 'content-type': 'application/json', 'x-gatelog-key': key, ...headers }),
    raw: (bytes) => sendRaw(gateway.url, bytes),
    last: () => lastOf(gateway),
    count: async (query) =>
      (await gateway.api<{ exchanges: Summary[] }>(`/exchanges?limit=1000&q=${encodeURIComponent(query)}`)).exchanges
        .length,
  }
}

/** One request on a connection of its own. */
export function send(url: string, body: string | Buffer, headers: Record<string, string>): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method: 'POST', headers, agent: false }, (answer) => {
      const chunks: Buffer[] = []
      const { statusCode: status = 0, headers: got } = answer
      const done = (whole: boolean) =>
        resolve({ status, headers: got, text: Buffer.concat(chunks).toString(), whole: whole && answer.complete })
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.once('end', () => done(true)).once('error', () => done(false))
    })
    asked.once('error', reject)
    asked.end(body)
  })
}

function sendRaw(url: string, bytes: string | Buffer): Promise<string> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve) => {
    let got = ''
    const socket = connect({ host: hostname, port: Number(port) }, () => socket.write(bytes))
    socket.setTimeout(ANSWER_MS, () => socket.destroy())
    socket.on('data', (part) => {
      got += part.toString()
      socket.setTimeout(SILENCE_MS)
    })
    socket.once('error', () => socket.destroy())
    socket.once('close', () => resolve(got))
  })
}

/** Resident memory of a process in MB. Source: proc(5). */
export async function residentOf({ child }: Gateway): Promise<number> {
  const { readFile } = await import('node:fs/promises')
  const status = await readFile(`/proc/${child.pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024
}
