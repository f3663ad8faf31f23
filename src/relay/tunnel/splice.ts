/** Two sockets joined until both have ended; bytes are counted and never looked at. */
import type { Socket } from 'node:net'

/** Bytes from the client, and to it. */
export interface Carried {
  readonly sent: number
  readonly received: number
}

/** Resolves once it is over, whoever ended it. `idle` ms without a byte end it; `cut` ends it at once. */
export function splice(
  client: Socket,
  far: Socket,
  { idle, cut }: { readonly idle: number; readonly cut: AbortSignal },
): Promise<Carried> {
  const [read, written] = [far.bytesRead, far.bytesWritten]
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
    for (const [from, to] of [
      [client, far],
      [far, client],
    ] as const) {
      from.once('close', closed)
      from.on('error', stop)
      from.setTimeout(idle, stop)
      from.pipe(to)
    }
    cut.addEventListener('abort', stop)
    if (cut.aborted) stop()
    if (client.destroyed || far.destroyed) stop()
  })
}
