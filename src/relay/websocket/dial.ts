/** A fresh connection to an upstream, for bytes that leave HTTP: TCP, TLS, through a proxy where one is set. Pools nothing. */
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { Fault } from '#exchange'
import { trust } from '../pools.ts'
import type { Upstream } from '../upstream.ts'

/** @throws whatever the socket says: see `failureOf`; upstream.refused where a proxy does not let it through */
export async function dial(upstream: Upstream, signal: AbortSignal): Promise<Socket> {
  const { origin, proxy, ca } = upstream
  const secure = origin.protocol === 'https:'
  const port = Number(origin.port) || (secure ? 443 : 80)
  const host = origin.hostname.replace(/^\[|\]$/g, '')
  const tcp = proxy
    ? await tunnel(proxy, `${origin.hostname}:${port}`, ca, signal)
    : await standing(connectTcp({ host, port, noDelay: true, autoSelectFamily: true }), 'connect', signal)
  if (!secure) return tcp
  const name = isIP(host) ? {} : { servername: host }
  const tls = connectTls({ socket: tcp, ...name, host, secureContext: trust(ca), ALPNProtocols: ['http/1.1'] })
  return standing<TLSSocket>(tls, 'secureConnect', signal)
}

/** The socket, once it stands; destroyed where it does not, or where nobody waits for it any more. */
function standing<Each extends Socket>(socket: Each, event: 'connect' | 'secureConnect', signal: AbortSignal) {
  return new Promise<Each>((resolve, reject) => {
    const settle = (error?: Error) => {
      socket.off(event, onReady).off('error', onError).off('close', onClose)
      signal.removeEventListener('abort', onAbort)
      if (!error) return resolve(socket)
      socket.on('error', () => socket.destroy()).destroy()
      reject(error)
    }
    const onReady = () => settle()
    const onError = (error: Error) => settle(error)
    const onClose = () => settle(new Fault('upstream.reset', 'closed within its handshake'))
    const onAbort = () => settle(signal.reason as Error)
    socket.on(event, onReady).on('error', onError).on('close', onClose)
    signal.addEventListener('abort', onAbort)
    if (signal.aborted) onAbort()
  })
}

/** A connection through an HTTP proxy (RFC 9110 §9.3.6). What the proxy says beside its status is not kept. */
function tunnel(proxy: URL, target: string, ca: string | undefined, signal: AbortSignal): Promise<Socket> {
  const { hostname, port, username, password, protocol } = proxy
  const basic = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')
  const headers = { host: target, ...(username && { 'proxy-authorization': `Basic ${basic}` }) }
  const secure = protocol === 'https:'
  const options = {
    host: hostname,
    port: port || (secure ? 443 : 80),
    method: 'CONNECT',
    path: target,
    headers,
    signal,
  }
  return new Promise((resolve, reject) => {
    const asked = secure
      ? httpsRequest({ ...options, agent: false, ...{ secureContext: trust(ca) } })
      : httpRequest({ ...options, agent: false })
    asked.once('connect', ({ statusCode = 0 }, socket: Socket) => {
      if (statusCode === 200) return resolve(socket)
      socket.destroy()
      reject(new Fault('upstream.refused', `the proxy answered ${statusCode} for ${target}`))
    })
    asked.once('response', ({ statusCode }) => {
      asked.destroy()
      reject(new Fault('upstream.refused', `the proxy answered ${statusCode} for ${target}`))
    })
    asked.once('error', (cause) =>
      reject(signal.aborted ? signal.reason : new Fault('upstream.refused', `the proxy for ${target}`, { cause })),
    )
    asked.end()
  })
}
