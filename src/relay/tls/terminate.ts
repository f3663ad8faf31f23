/** The server's side of TLS over a socket that is open already. TLS 1.2 at least, HTTP/1.1 only. Makes no certificate. */
import type { Socket } from 'node:net'
import { createSecureContext, type SecureContext, TLSSocket } from 'node:tls'
import { Fault } from '#exchange'
import type { Tls } from '../server.ts'

/** Alerts of a client that got our certificate and did not take it. Source: RFC 8446 §6.2, by OpenSSL's names. */
const UNTRUSTED = /ALERT_(UNKNOWN_CA|BAD_CERTIFICATE|CERTIFICATE_\w+|UNSUPPORTED_CERTIFICATE)/

/** What a listener speaks TLS with, for a socket within one of its own. @throws forward.handshake where it speaks none */
export function contextOf(tls: Tls | undefined): SecureContext {
  if (!tls) throw new Fault('forward.handshake', 'TLS, where the gateway speaks plain text')
  return createSecureContext({ ...tls, minVersion: 'TLSv1.2' })
}

/**
 * Shakes hands. The outer socket goes with the inner one.
 * @param ms how long the client may take
 * @throws forward.untrusted, forward.handshake
 */
export function terminate(outer: Socket, secureContext: SecureContext, ms: number): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const inner = new TLSSocket(outer, { isServer: true, secureContext, ALPNProtocols: ['http/1.1'] })
    let told: NodeJS.ErrnoException | undefined
    const onError = (error: NodeJS.ErrnoException) => {
      told ??= error
    }
    const onClose = () => {
      clearTimeout(timer)
      reject(faultOf(told))
    }
    const timer = setTimeout(() => {
      told ??= Object.assign(new Error(), { code: `no handshake within ${ms} ms` })
      inner.destroy()
    }, ms)
    const onEnd = () => void inner.destroy() // the outer socket may be half open, and nothing more can come
    inner.on('_tlsError', onError).on('error', onError).on('end', onEnd).once('close', onClose)
    inner.once('close', () => outer.destroy())
    inner.once('secure', () => {
      clearTimeout(timer)
      inner.off('_tlsError', onError).off('error', onError).off('end', onEnd).off('close', onClose)
      inner.on('error', () => inner.destroy())
      resolve(inner)
    })
  })
}

function faultOf(error: NodeJS.ErrnoException | undefined): Fault {
  const code = error?.code ?? 'closed within it'
  return new Fault(UNTRUSTED.test(code) ? 'forward.untrusted' : 'forward.handshake', code, { cause: error })
}
