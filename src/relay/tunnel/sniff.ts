/** The first bytes of a tunnel: TLS or plain text. Takes nothing away: what was looked at is read again. */
import type { Socket } from 'node:net'

/** `gone`: the client closed, or said nothing in time. */
export type Spoken = 'tls' | 'plain' | 'gone'

/** RFC 8446 §5.1: a handshake record. No HTTP method begins so. */
const HANDSHAKE = 0x16

/** Waits for the first byte. @param head bytes that came with CONNECT; @param ms how long the client may take */
export function sniff(socket: Socket, head: Buffer, ms: number): Promise<Spoken> {
  if (head.length > 0) socket.unshift(head)
  return new Promise((resolve) => {
    const settle = (spoken: Spoken) => {
      clearTimeout(timer)
      socket.off('readable', look).off('close', onGone).off('end', onGone)
      resolve(spoken)
    }
    const look = () => {
      const bytes = socket.read() as Buffer | null
      if (!bytes?.length) return
      socket.unshift(bytes)
      settle(bytes[0] === HANDSHAKE ? 'tls' : 'plain')
    }
    const onGone = () => settle('gone')
    const timer = setTimeout(onGone, ms)
    socket.on('readable', look).on('close', onGone).on('end', onGone)
    if (socket.destroyed) onGone()
    else look()
  })
}
