/** A plain connection to a host that no connection names, direct or through a proxy. Judges the address that it dials. */
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { connect, type Socket } from 'node:net'
import type { SecureContext } from 'node:tls'
import { Fault } from '#exchange'
import { failureOf } from '../failure.ts'
import { checkLiteral, lookupWithin, type Reach } from '../reach/reach.ts'

export interface Dialling {
  readonly host: string
  readonly port: number
  readonly reach: Reach
  /** HTTP proxy to go through; it resolves the name itself. User and password in the URL are sent to it. */
  readonly proxy: URL | undefined
  /** How long it may take, in ms. */
  readonly ms: number
}

/** @throws the reach's fault, forward.loop, upstream.refused, upstream.timeout */
export async function dial({ host, port, reach, proxy, ms }: Dialling): Promise<Socket> {
  checkLiteral(host, reach)
  const name = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
  const signal = AbortSignal.timeout(ms)
  try {
    return await (proxy ? through(proxy, name, signal) : straight({ host, port, reach }, signal))
  } catch (error) {
    if (signal.aborted) throw new Fault('upstream.timeout', `${name}: no connection within ${ms} ms`, { cause: error })
    throw failureOf(error, name)
  }
}

function straight(
  { host, port, reach }: Pick<Dialling, 'host' | 'port' | 'reach'>,
  signal: AbortSignal,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const options = { host, port, noDelay: true, autoSelectFamily: true, lookup: lookupWithin(reach), signal }
    const socket: Socket = connect(options)
    socket.once('error', reject).once('connect', () => {
      socket.off('error', reject).on('error', () => socket.destroy())
      resolve(socket)
    })
  })
}

/**
 * A connection through an HTTP proxy (RFC 9110 §9.3.6). What the proxy says beside its status is not kept.
 * @param secureContext what an https proxy is trusted by, where it is not Node's own list
 * @throws upstream.refused, and the signal's reason
 */
export function through(
  proxy: URL,
  target: string,
  signal: AbortSignal,
  secureContext?: SecureContext,
): Promise<Socket> {
  const { hostname, port, username, password, protocol } = proxy
  const secret = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  const headers = {
    host: target,
    ...(username && { 'proxy-authorization': `Basic ${Buffer.from(secret).toString('base64')}` }),
  }
  const secure = protocol === 'https:'
  const host = hostname.replace(/^\[|\]$/g, '')
  const options = { host, port: port || (secure ? 443 : 80), method: 'CONNECT', path: target, headers, signal }
  return new Promise((resolve, reject) => {
    const own = { ...options, agent: false as const }
    const asked = secure ? httpsRequest({ ...own, ...(secureContext && { secureContext }) }) : httpRequest(own)
    const refused = (status = 0) => reject(new Fault('upstream.refused', `the proxy answered ${status} for ${target}`))
    asked.once('connect', ({ statusCode }, socket: Socket, head: Buffer) => {
      if (statusCode !== 200) {
        socket.destroy()
        return refused(statusCode)
      }
      socket.on('error', () => socket.destroy())
      if (head.length) socket.unshift(head)
      resolve(socket)
    })
    asked.once('response', ({ statusCode }) => {
      asked.destroy()
      refused(statusCode)
    })
    asked.once('error', (cause) =>
      reject(signal.aborted ? signal.reason : new Fault('upstream.refused', `the proxy for ${target}`, { cause })),
    )
    asked.end()
  })
}
