/** A fresh connection to an upstream, for bytes that leave HTTP: TCP, TLS, through a proxy where one is set. Pools nothing. */
import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { Fault } from '#exchange'
import { reachOf, trust } from '../pools.ts'
import { checkLiteral, lookupWithin } from '../reach/reach.ts'
import { through } from '../tunnel/dial.ts'
import type { Upstream } from '../upstream.ts'

/** @throws whatever the socket says: see `failureOf`; upstream.private; upstream.refused where a proxy does not let it through */
export async function dial(upstream: Upstream, signal: AbortSignal): Promise<Socket> {
  const { origin, proxy, ca } = upstream
  const secure = origin.protocol === 'https:'
  const port = Number(origin.port) || (secure ? 443 : 80)
  const host = origin.hostname.replace(/^\[|\]$/g, '')
  const reach = reachOf(upstream)
  checkLiteral(host, reach)
  const tcp = proxy
    ? await through(proxy, `${origin.hostname}:${port}`, signal, trust(ca))
    : await standing(
        connectTcp({ host, port, noDelay: true, autoSelectFamily: true, lookup: lookupWithin(reach) }),
        'connect',
        signal,
      )
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
