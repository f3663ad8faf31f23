/** Cosignatures of heads and the keys that they are checked with. Pure. Source: c2sp.org/tlog-cosignature. */
import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto'
import { type Checkpoint, parseCheckpoint, parseNote } from '#trail'

export interface Cosigner {
  readonly name: string
  /** 8 hexadecimal digits. */
  readonly id: string
  readonly type: number
  readonly key: Uint8Array
}

/** One kind of cosignature: how its key is read, and what is signed. */
interface Algorithm {
  readonly keyBytes: number
  readonly signatureBytes: number
  /** @throws where this Node does not know the algorithm */
  keyOf(key: Uint8Array): KeyObject
  message(of: {
    readonly name: string
    readonly seconds: bigint
    readonly text: string
    readonly head: Checkpoint
  }): Buffer
}

const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url')

const jwk = (key: Readonly<Record<string, string>>): KeyObject => createPublicKey({ key, format: 'jwk' })

/** Every kind that is understood, by its type byte. */
const ALGORITHMS: Readonly<Record<number, Algorithm>> = {
  4: {
    ...{ keyBytes: 32, signatureBytes: 64 },
    keyOf: (key) => jwk({ kty: 'OKP', crv: 'Ed25519', x: base64url(key) }),
    message: ({ seconds, text }) => Buffer.from(`cosignature/v1\ntime ${seconds}\n${text}`),
  },
  6: {
    ...{ keyBytes: 1312, signatureBytes: 2420 },
    keyOf: (key) => jwk({ kty: 'AKP', alg: 'ML-DSA-44', pub: base64url(key) }),
    message: ({ name, seconds, head }) =>
      Buffer.concat([
        Buffer.from('subtree/v1\n\0'),
        opaque(name),
        uint64(seconds),
        opaque(head.origin),
        uint64(0n),
        uint64(BigInt(head.size)),
        head.root,
      ]),
  },
}

function opaque(text: string): Buffer {
  const bytes = Buffer.from(text)
  return Buffer.concat([Buffer.of(bytes.length), bytes])
}

function uint64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(value)
  return bytes
}

/** What a name and an origin may be long, bytes of UTF-8: their length is one byte. */
const MOST_NAME = 255

/** Reads a verifier key of type 0x04 (Ed25519) or 0x06 (ML-DSA-44); undefined for what is none. */
export function parseCosigner(text: string): Cosigner | undefined {
  const [, name = '', id = '', material = ''] = /^([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)$/.exec(text.trim()) ?? []
  const bytes = Buffer.from(material, 'base64')
  const [type = 0] = bytes
  if (Buffer.byteLength(name) > MOST_NAME || bytes.length !== 1 + (ALGORITHMS[type]?.keyBytes ?? Number.NaN))
    return undefined
  const hash = createHash('sha256').update(`${name}\n`).update(bytes).digest('hex')
  return hash.startsWith(id) ? { name, id, type, key: bytes.subarray(1) } : undefined
}

/** What a note's line of a cosigner says. */
export type Cosigned =
  | { readonly state: 'valid'; readonly at: number }
  /** There is no line of that key. */
  | { readonly state: 'none' }
  | { readonly state: 'false' }
  /** This Node cannot check signatures of its kind. */
  | { readonly state: 'unknown' }

/** What came of the line of a cosigner in a note; `at` in ms since the Unix epoch. */
export function cosigned(printed: string, { name, id, type, key }: Cosigner): Cosigned {
  const note = parseNote(printed)
  const head = note && parseCheckpoint(note.text)
  const line = note?.signatures.find((each) => each.name === name && each.id === id)
  const algorithm = ALGORITHMS[type]
  if (!note || !head || !line || !algorithm) return { state: 'none' }
  const bytes = Buffer.from(line.bytes)
  if (bytes.length !== 8 + algorithm.signatureBytes || Buffer.byteLength(head.origin) > MOST_NAME)
    return { state: 'false' }
  const seconds = bytes.readBigUInt64BE(0)
  const own = readable(() => algorithm.keyOf(key))
  if (!own) return { state: 'unknown' }
  const message = algorithm.message({ name, seconds, text: note.text, head })
  const holds = verify(null, message, own, bytes.subarray(8)) && seconds > 0n && seconds < 2n ** 43n
  return holds ? { state: 'valid', at: Number(seconds) * 1000 } : { state: 'false' }
}

/** undefined where Node knows no such key. */
function readable(read: () => KeyObject): KeyObject | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}

/** When a cosigner vouched for a note, in ms since the Unix epoch; undefined where it did not, or not validly. */
export function cosignedAt(printed: string, cosigner: Cosigner): number | undefined {
  const told = cosigned(printed, cosigner)
  return told.state === 'valid' ? told.at : undefined
}
