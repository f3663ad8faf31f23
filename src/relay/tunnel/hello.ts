/** The name that a TLS ClientHello asks for (RFC 8446 §4.1.2, RFC 6066 §3), as far as the bytes are there. Pure. */

const HANDSHAKE = 0x16
const CLIENT_HELLO = 0x01
const SERVER_NAME = 0x0000
const HOST_NAME = 0x00
const HEADER = 5
/** RFC 8446 §5.1: no record is longer. */
const LONGEST = 16_384

/** `more`: the first record is not whole yet. `none`: it is no ClientHello, or one that names no host. */
export type Named = { readonly name: string } | 'more' | 'none'

/** Reads the first record of what a client says. */
export function serverNameIn(bytes: Buffer): Named {
  if (bytes.length === 0) return 'more'
  if (bytes[0] !== HANDSHAKE) return 'none'
  if (bytes.length < HEADER) return 'more'
  const size = bytes.readUInt16BE(3)
  if (size > LONGEST) return 'none'
  if (bytes.length < HEADER + size) return 'more'
  return nameIn(new Reading(bytes.subarray(HEADER, HEADER + size)))
}

function nameIn(hello: Reading): Named {
  if (hello.number(1) !== CLIENT_HELLO) return 'none'
  hello.skip(3 + 2 + 32) // length, version, random
  hello.part(1) // session id
  hello.part(2) // cipher suites
  hello.part(1) // compression methods
  const extensions = new Reading(hello.part(2))
  while (extensions.left > 0) {
    const type = extensions.number(2)
    const value = new Reading(extensions.part(2))
    if (type !== SERVER_NAME) continue
    const list = new Reading(value.part(2))
    return list.number(1) === HOST_NAME ? { name: list.part(2).toString('latin1').toLowerCase() } : 'none'
  }
  return 'none'
}

/** Reads on from where it is; beyond the end there are zeros and nothing. */
class Reading {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  get left(): number {
    return this.#bytes.length - this.#at
  }

  skip(count: number): void {
    this.#at += count
  }

  number(size: 1 | 2): number {
    const value = this.left >= size ? this.#bytes.readUIntBE(this.#at, size) : 0
    this.#at += size
    return value
  }

  /** What follows its own length of `size` bytes. */
  part(size: 1 | 2): Buffer {
    const length = this.number(size)
    const from = Math.min(this.#at, this.#bytes.length)
    this.#at += length
    return this.#bytes.subarray(from, Math.min(from + length, this.#bytes.length))
  }
}
