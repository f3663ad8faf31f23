/** Two sockets joined until both have ended; bytes are counted, and no more of them is looked at than the name in a ClientHello. */
import type { Socket } from 'node:net'
import { serverNameIn } from './hello.ts'

/** Bytes from the client, and to it. */
export interface Carried {
  readonly sent: number
  readonly received: number
}

export interface Splicing {
  /** So many ms without a byte end it. */
  readonly idle: number
  /** Ends it at once. */
  readonly cut: AbortSignal
  /** Bytes that the client sent already. */
  readonly head: Buffer
  /**
   * Whether the name that a client's handshake asks for may pass, undefined where its handshake cannot be read; where not,
   * it ends before a byte has left.
   */
  mayName(name: string | undefined): boolean
}

/** Resolves once it is over, whoever ended it. */
export function splice(client: Socket, far: Socket, { idle, cut, head, mayName }: Splicing): Promise<Carried> {
  const [read, written] = [far.bytesRead, far.bytesWritten]
  if (head.length > 0) client.unshift(head)
  return new Promise((resolve) => {
    const stop = () => {
      client.destroy()
      far.destroy()
    }
    let open = 2
    const closed = () => {
      open -= 1
      if (open > 0) return stop()
      cut.removeEventListener('abort', stop)
      resolve({ sent: far.bytesWritten - written, received: far.bytesRead - read })
    }
    for (const each of [client, far]) {
      each.once('close', closed).on('error', stop)
      each.setTimeout(idle, stop)
    }
    far.pipe(client)
    first(client, (bytes) => {
      const named = serverNameIn(bytes)
      if (named === 'more') return false
      const asked = typeof named === 'object' ? named.name : undefined
      if (named !== 'none' && !mayName(asked)) stop()
      else if (far.write(bytes) || !far.destroyed) client.pipe(far)
      return true
    })
    cut.addEventListener('abort', stop)
    if (cut.aborted || client.destroyed || far.destroyed) stop()
  })
}

/** Collects what a socket says first, until `enough` takes it; what has ended by then is taken as it is. */
function first(socket: Socket, enough: (bytes: Buffer) => boolean): void {
  let kept: Buffer = Buffer.alloc(0)
  const onData = (bytes: Buffer) => {
    kept = kept.length ? Buffer.concat([kept, bytes]) : bytes
    socket.pause()
    if (enough(kept)) socket.off('data', onData).off('end', onEnd)
    else socket.resume()
  }
  const onEnd = () => void socket.destroy()
  socket.on('data', onData).once('end', onEnd)
}
