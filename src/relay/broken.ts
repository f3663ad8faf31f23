/** The answer to bytes that are no HTTP request: one plain JSON line and a closed connection. Echoes nothing back. */
import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { FAULTS } from '#exchange'

/** By the code of Node's parser; anything else is 400. */
const STATUS: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
}

/**
 * For the server's `clientError`. Where a reply is under way (`busy`) the connection is cut without a word. Whether
 * there was a request at all: false where the client only went away.
 */
export function answerBroken(error: NodeJS.ErrnoException, socket: Socket, busy: boolean): boolean {
  const gone = error.code === 'ECONNRESET' || error.code === 'EPIPE' || !socket.writable
  if (busy || gone) {
    socket.destroy()
    return !gone
  }
  const status = STATUS[error.code ?? ''] ?? 400
  const { message, remedy } = FAULTS['request.headers']
  const body = JSON.stringify({
    error: { message: `${message}: ${STATUS_CODES[status]}`, code: 'request.headers', remedy },
  })
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\ncontent-type: application/json\r\n`
  socket.on('error', () => socket.destroy())
  socket.end(`${head}content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`, () =>
    socket.destroySoon(),
  )
  return true
}
