/** The answer to bytes that are no HTTP request: one plain JSON line and a closed connection. Echoes nothing back. */
import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { Fault } from '#exchange'

/** What was wrong, by the code of Node's parser. `header_bytes` is the limit that was in force. */
export function brokenAs(code: string, header_bytes: number): Fault {
  if (code === 'HPE_HEADER_OVERFLOW') return new Fault('limit.headers', `more than ${header_bytes} bytes`)
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return new Fault('request.slow')
  return new Fault('request.http', code || undefined)
}

/**
 * For the server's `clientError`. Where a reply has begun (`busy`) the connection is cut without a word. Whether
 * there was a request at all: false where the client only went away.
 */
export function answerBroken(error: NodeJS.ErrnoException, fault: Fault, socket: Socket, busy: boolean): boolean {
  const gone = error.code === 'ECONNRESET' || error.code === 'EPIPE' || !socket.writable
  if (busy || gone) {
    socket.destroy()
    return !gone
  }
  const { status, message, code, remedy } = fault
  const body = JSON.stringify({ error: { message, code, remedy } })
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\ncontent-type: application/json\r\nx-gatelog-error: ${code}\r\n`
  socket.on('error', () => socket.destroy())
  socket.end(`${head}content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`, () =>
    socket.destroySoon(),
  )
  return true
}
