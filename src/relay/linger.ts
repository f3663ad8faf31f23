/** After a reply to a request whose body was not read: time for the client to see the reply. Keeps none of the body. */
import type { IncomingMessage, ServerResponse } from 'node:http'

/** A body that ends within these bounds leaves its connection usable; beyond them it is closed. Bytes and ms. */
const BYTES = 1024 * 1024
const MS = 2000
const EVERY_MS = 10

/** Node discards the rest of such a body. A client still sending would meet a reset if we closed at once. */
export function lingerAfter(request: IncomingMessage, response: ServerResponse): void {
  response.once('finish', () => {
    if (request.complete || request.destroyed) return
    const { socket } = request
    const from = socket.bytesRead
    const until = setTimeout(() => socket.destroy(), MS)
    const check = setInterval(() => {
      if (request.complete) stop()
      else if (socket.bytesRead - from > BYTES) socket.pause()
    }, EVERY_MS)
    const stop = () => {
      clearInterval(check)
      clearTimeout(until)
    }
    socket.once('close', stop)
  })
}
