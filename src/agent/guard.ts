/** Who may use the agent: programs of its own user, and never a web page. Answers nothing itself. */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { Fault } from '#exchange'
import { peerOf } from './peer.ts'

/** What of a request is the agent's own: the rest goes on. */
export interface Admitted {
  /** The request's target without the secret. */
  readonly target: string
}

const LOOPBACK = /^(127(\.\d{1,3}){3}|localhost|\[::1\])(:\d+)?$/i

/**
 * What a browser says of a request that no page of another site made (W3C Fetch Metadata). Images, scripts and what a page
 * asks without CORS bear no Origin, and this instead.
 */
const DIRECT = /^(none|same-origin)$/

/** The agent's own address, as `gatelog connect` writes it and as it is spoken. */
const OWN = /^(127\.0\.0\.1|localhost)(?::(\d+))?$/i

function isOwn(authority: string, { localPort }: { readonly localPort?: number | undefined }): boolean {
  const [, host, port = '80'] = OWN.exec(authority) ?? []
  return host !== undefined && Number(port) === localPort
}

/** Whether CONNECT asks for the agent itself, as a client does whose proxy and base URL both name it. */
export const isOwnTunnel = ({ url = '', socket }: IncomingMessage): boolean => isOwn(url, socket)

/** The target; one that names the agent itself in origin form. */
function targetOf({ url = '', socket }: IncomingMessage): string {
  const [, authority = '', rest = ''] = /^http:\/\/([^/?#]*)(.*)$/i.exec(url) ?? []
  if (!isOwn(authority, socket)) return url
  return rest.startsWith('/') ? rest : `/${rest}`
}

/**
 * Admits a request that came from a process of this user, or that bears the installation's secret: as the first part of
 * its path (`/a/<secret>/c/…`), or as the password of its proxy credentials. @throws agent.refused
 */
export function admit(request: IncomingMessage, secret: string): Admitted {
  const { headers, method } = request
  const url = targetOf(request)
  if (headers.origin !== undefined) throw new Fault('agent.refused', 'a web page asked: Origin is set')
  if (!DIRECT.test(String(headers['sec-fetch-site'] ?? 'none')))
    throw new Fault('agent.refused', 'a web page asked: Sec-Fetch-Site is set')
  if (method !== 'CONNECT' && url.startsWith('/') && !LOOPBACK.test(headers.host ?? ''))
    throw new Fault('agent.refused', 'Host is no loopback address')
  const [, said, rest] = /^\/a\/([^/]*)(\/.*)$/.exec(url) ?? []
  const told = said ?? passwordOf(headers['proxy-authorization'])
  if (told !== undefined && told !== '' && !same(told, secret))
    throw new Fault('agent.refused', 'the secret is not this installation’s')
  if (!told && peerOf(request.socket) !== 'own')
    throw new Fault('agent.refused', 'no process of its user asked, and no secret came')
  return { target: rest ?? url }
}

function passwordOf(field: string | undefined): string | undefined {
  const [, encoded] = /^basic +(\S+)$/i.exec(field ?? '') ?? []
  return encoded && Buffer.from(encoded, 'base64').toString().split(':').slice(1).join(':')
}

const same = (one: string, other: string): boolean => {
  const [a, b] = [one, other].map((text) => createHash('sha256').update(text).digest())
  return timingSafeEqual(a as Buffer, b as Buffer)
}
