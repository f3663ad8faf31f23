/** One HTTP request with an answer of bounded size. Follows no redirect, verifies TLS always, tries nothing again. */
import { rootCertificates } from 'node:tls'
import type { Dispatcher } from 'undici'
import { Fault } from '#exchange'

export interface Answer {
  readonly status: number
  header(name: string): string | undefined
  readonly bytes: Buffer
  readonly text: string
}

export interface Posted {
  readonly method: 'POST' | 'PUT' | 'GET' | 'HEAD' | 'DELETE'
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body?: Uint8Array | string
  readonly signal: AbortSignal
}

/** How a place is reached. */
export interface Reached {
  /** PEM of further CAs. */
  readonly ca?: string | undefined
  /** Address of an HTTP proxy that is asked to CONNECT; it resolves names itself. */
  readonly proxy?: string | undefined
}

/** Connections to one place. */
export interface Line {
  /** @throws export.unreachable, export.answer where the answer does not end or is too long */
  send(posted: Posted): Promise<Answer>
  close(): Promise<void>
}

/** An acknowledgement is some bytes; what is longer is none. */
const MOST_BYTES = 65_536

export interface LineOptions {
  /** Bytes of the longest answer. */
  readonly most?: number | undefined
  /** How many at a time. */
  readonly connections?: number
}

export function openLine(reached: Reached, { most = MOST_BYTES, connections = 2 }: LineOptions = {}): Line {
  const agent = agentFor(reached, connections)
  return {
    async send({ method, url, headers, body, signal }) {
      const dispatcher = await agent
      const {
        statusCode,
        headers: told,
        body: stream,
      } = await dispatcher
        .request({
          origin: url.origin,
          path: url.pathname + url.search,
          method,
          headers,
          ...(body !== undefined && { body }),
          signal,
          headersTimeout: 0,
          bodyTimeout: 0,
        })
        .catch((cause) => Promise.reject(unreachable(url.host, cause, signal)))
      const parts: Buffer[] = []
      let bytes = 0
      try {
        for await (const part of stream as AsyncIterable<Buffer>) {
          bytes += part.length
          if (bytes > most) break
          parts.push(part)
        }
      } catch (cause) {
        throw unreachable(url.host, cause, signal)
      }
      if (bytes > most) throw new Fault('export.answer', `${url.host}: more than ${most} bytes`)
      const header = (name: string) => [told[name]].flat()[0]
      const whole = Buffer.concat(parts)
      return { status: statusCode, header, bytes: whole, text: whole.toString() }
    },
    close: async () => (await agent).destroy(),
  }
}

async function agentFor({ ca, proxy }: Reached, connections: number): Promise<Dispatcher> {
  const { Agent, ProxyAgent } = await import('undici')
  const tls = ca === undefined ? {} : { ca: [...rootCertificates, ca] }
  const own = { pipelining: 1, connections }
  if (proxy === undefined) return new Agent({ connect: tls, ...own })
  return new ProxyAgent({ uri: proxy, proxyTunnel: true, requestTls: tls, proxyTls: tls, ...own })
}

/** Where nobody answers, or not in time. */
export function unreachable(host: string, cause: unknown, signal: AbortSignal): Fault {
  const { code, message } = cause as NodeJS.ErrnoException
  const why = signal.aborted ? 'no acknowledgement in time' : (code ?? message)
  return new Fault('export.unreachable', `${host}: ${why}`, { cause })
}

/**
 * What was answered is not told: a receiver that echoes what it refuses would bring a prompt into logs and cursors, where no
 * erasure looks.
 * @throws export.refused with status and length
 */
export function accepted(host: string, { status, bytes }: Answer): void {
  if (status >= 200 && status < 300) return
  throw new Fault('export.refused', `${host} answered ${status} (${bytes.length} bytes, which are not kept)`)
}
