/** A client that writes WebSocket frames by hand, well-formed or not. For tests. */
import { connect } from 'node:net'
import type { Open } from './asking.case.ts'

export interface Raw {
  write(bytes: Buffer): void
  /** The code of the close frame that came back; undefined where the connection ended without one. */
  readonly code: Promise<number | undefined>
  pause(): void
  leave(): void
}

/** One frame (RFC 6455 §5.2), masked as a client's must be. */
export function frame(
  op: number,
  payload: string | Buffer = '',
  o: { fin?: boolean; rsv?: number; masked?: boolean; length?: number } = {},
): Buffer {
  const body = Buffer.from(payload)
  const { fin = true, rsv = 0, masked = true, length = body.length } = o
  const size = length < 126 ? [length] : length < 65_536 ? [126, length >> 8, length & 255] : undefined
  const long = Buffer.alloc(8)
  if (!size) long.writeBigUInt64BE(BigInt(length))
  const [short = 127, ...more] = size ?? []
  const head = Buffer.from([(fin ? 0x80 : 0) | (rsv << 4) | op, short | (masked ? 0x80 : 0), ...more])
  const key = masked ? Buffer.from([1, 2, 3, 4]) : Buffer.alloc(0)
  if (masked) for (let at = 0; at < body.length; at++) body[at] = body.readUInt8(at) ^ key.readUInt8(at & 3)
  return Buffer.concat(size ? [head, key, body] : [head, long, key, body])
}

const SHAKE = 'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=='

/** Opens one with the house's key. @throws where the handshake is refused */
export function rawSocket({ url, key }: Open, shake = SHAKE): Promise<Raw> {
  return new Promise((resolve, reject) => {
    const { hostname, port, pathname } = new URL(url)
    const code = Promise.withResolvers<number | undefined>()
    let got = Buffer.alloc(0)
    let open = false
    const socket = connect(Number(port), hostname, () =>
      socket.write(
        `GET ${pathname}/v1/responses HTTP/1.1\r\nHost: g\r\nx-gatelog-key: ${key}\r\nConnection: Upgrade\r\n` +
          `Upgrade: websocket\r\n${shake}\r\n\r\n`,
      ),
    )
    socket.on('data', (bytes: Buffer) => {
      got = Buffer.concat([got, bytes])
      const end = got.indexOf('\r\n\r\n')
      if (!open && end >= 0) {
        if (!got.toString('latin1').startsWith('HTTP/1.1 101 ')) return reject(new Error(got.toString('latin1')))
        open = true
        got = got.subarray(end + 4)
        resolve({
          write: (frames) => void socket.write(frames),
          code: code.promise,
          pause: () => void socket.pause(),
          leave: () => void socket.destroy(),
        })
      }
      const close = open ? got.indexOf(0x88) : -1
      if (close >= 0 && got.length >= close + 4) code.resolve(got.readUInt16BE(close + 2))
    })
    socket.on('error', () => socket.destroy()).on('close', () => code.resolve(undefined))
  })
}
