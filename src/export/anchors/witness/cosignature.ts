/** Ed25519 cosignatures of heads and the keys that they are checked with. Pure. Source: c2sp.org/tlog-cosignature. */
import { createHash, createPublicKey, verify } from 'node:crypto'
import { parseNote } from '#trail'

export interface Cosigner {
  readonly name: string
  /** 8 hexadecimal digits. */
  readonly id: string
  readonly key: Uint8Array
}

const TYPE = 4
const KEY_BYTES = 32
const SIGNED_BYTES = 8 + 64

/** Reads a verifier key of type 0x04; undefined for what is none. */
export function parseCosigner(text: string): Cosigner | undefined {
  const [, name = '', id = '', material = ''] = /^([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)$/.exec(text.trim()) ?? []
  const bytes = Buffer.from(material, 'base64')
  if (bytes.length !== 1 + KEY_BYTES || bytes[0] !== TYPE) return undefined
  const hash = createHash('sha256').update(`${name}\n`).update(bytes).digest('hex')
  return hash.startsWith(id) ? { name, id, key: bytes.subarray(1) } : undefined
}

/** When a cosigner vouched for a note, in ms since the Unix epoch; undefined where it did not, or not validly. */
export function cosignedAt(printed: string, { name, id, key }: Cosigner): number | undefined {
  const note = parseNote(printed)
  const line = note?.signatures.find((each) => each.name === name && each.id === id)
  if (!note || line?.bytes.length !== SIGNED_BYTES) return undefined
  const bytes = Buffer.from(line.bytes)
  const seconds = bytes.readBigUInt64BE(0)
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(key).toString('base64url') }
  const message = Buffer.from(`cosignature/v1\ntime ${seconds}\n${note.text}`)
  const holds = verify(null, message, createPublicKey({ key: jwk, format: 'jwk' }), bytes.subarray(8))
  return holds && seconds > 0n && seconds < 2n ** 43n ? Number(seconds) * 1000 : undefined
}
