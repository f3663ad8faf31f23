/** The name that a TLS ClientHello asks for (RFC 8446 §4.1.2, RFC 6066 §3), as far as the bytes are there. Pure. */

const HANDSHAKE = 0x16
/** The other types of a record: change of cipher, alert, data. A server may skip some of them before the ClientHello. */
const RECORDS: readonly number[] = [0x14, 0x15, HANDSHAKE, 0x17]
const CLIENT_HELLO = 0x01
const SERVER_NAME = 0x0000
const HOST_NAME = 0x00
const HEADER = 5
const MESSAGE_HEADER = 4
/** RFC 8446 §5.1: no record is longer. */
const LONGEST = 16_384
/** No client's is nearly as long, nor in as many records. */
const LONGEST_HELLO = 32_768
const MOST_RECORDS = 64

/**
 * `more`: the ClientHello is not whole yet. `none`: it is no TLS, or a ClientHello that names no host. `unreadable`: it
 * begins as TLS does, and what it asks for cannot be told for certain: a server may read more of it than we do.
 */
export type Named = { readonly name: string } | 'more' | 'none' | 'unreadable'

/** Reads what a client says first, in however many records. */
export function serverNameIn(bytes: Buffer): Named {
  if (bytes.length === 0) return 'more'
  if (!RECORDS.includes(bytes[0] as number)) return 'none'
  const message = messageIn(bytes)
  if (typeof message === 'string') return message
  try {
    return nameIn(new Reading(message))
  } catch (error) {
    if (error instanceof RangeError) return 'unreadable'
    throw error
  }
}

/** The first handshake message, joined from its records (RFC 8446 §5.1: it may be cut into many, and nothing stands between). */
function messageIn(bytes: Buffer): Buffer | 'more' | 'unreadable' {
  const parts: Buffer[] = []
  let length = 0
  let wanted = MESSAGE_HEADER
  for (let at = 0; length < wanted; at += HEADER + (parts.at(-1)?.length ?? 0)) {
    if (at < bytes.length && bytes[at] !== HANDSHAKE) return 'unreadable'
    if (bytes.length < at + HEADER) return 'more'
    const size = bytes.readUInt16BE(at + 3)
    if (size === 0 || size > LONGEST || parts.length === MOST_RECORDS) return 'unreadable'
    if (bytes.length < at + HEADER + size) return 'more'
    parts.push(bytes.subarray(at + HEADER, at + HEADER + size))
    length += size
    if (length >= MESSAGE_HEADER) wanted = MESSAGE_HEADER + Buffer.concat(parts).readUIntBE(1, 3)
    if (wanted > LONGEST_HELLO) return 'unreadable'
  }
  return Buffer.concat(parts).subarray(0, wanted)
}

/** @throws RangeError where it ends too early */
function nameIn(hello: Reading): Named {
  if (hello.number(1) !== CLIENT_HELLO) return 'unreadable'
  hello.skip(3 + 2 + 32) // length, version, random
  hello.part(1) // session id
  hello.part(2) // cipher suites
  hello.part(1) // compression methods
  if (hello.left === 0) return 'none'
  const extensions = new Reading(hello.part(2))
  const found: Named[] = []
  while (extensions.left > 0) {
    const type = extensions.number(2)
    const value = new Reading(extensions.part(2))
    if (type === SERVER_NAME) found.push(hostIn(new Reading(value.part(2))))
  }
  return found.length > 1 ? 'unreadable' : (found[0] ?? 'none')
}

/** The list of names, which may hold one. */
function hostIn(list: Reading): Named {
  if (list.number(1) !== HOST_NAME) return 'unreadable'
  const name = list.part(2).toString('latin1').toLowerCase()
  return list.left === 0 && name !== '' ? { name } : 'unreadable'
}

/** Reads on from where it is. @throws RangeError beyond the end */
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
    if (count > this.left) throw new RangeError('beyond its end')
    this.#at += count
  }

  number(size: 1 | 2): number {
    const from = this.#at
    this.skip(size)
    return this.#bytes.readUIntBE(from, size)
  }

  /** What follows its own length of `size` bytes. */
  part(size: 1 | 2): Buffer {
    const length = this.number(size)
    const from = this.#at
    this.skip(length)
    return this.#bytes.subarray(from, from + length)
  }
}
