/** Signed notes, verifier keys and checkpoints. Pure. Sources: c2sp.org/signed-note, c2sp.org/tlog-checkpoint. */
import { createPublicKey, type KeyObject, verify } from 'node:crypto'
import { HASH_BYTES, sha256 } from './hashes.ts'

/** The type byte of an algorithm, as the specification assigns it, and how its signatures are checked. */
interface Algorithm {
  readonly keyBytes: number
  verify(key: Uint8Array, text: Uint8Array, signature: Uint8Array): boolean
}

/** Every algorithm whose signatures are understood, by type byte. Others are ignored, as the specification wants. */
const ALGORITHMS: Readonly<Record<number, Algorithm>> = {
  1: { keyBytes: 32, verify: (key, text, signature) => verify(null, text, ed25519Key(key), signature) },
}

export const ED25519 = 1

/** An Ed25519 public key of 32 bytes (RFC 8032) as Node wants it. */
export const ed25519Key = (key: Uint8Array): KeyObject =>
  createPublicKey({
    key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(key).toString('base64url') },
    format: 'jwk',
  })

/** A key that signatures are checked with: `<name>+<id>+<base64 of type and key>`. */
export interface Verifier {
  readonly name: string
  /** 8 hexadecimal digits. */
  readonly id: string
  readonly type: number
  readonly key: Uint8Array
}

const NAME = /^[^\s+\p{Z}\p{Cc}]+$/u

/** Whether a text can be the name of a key, and so the origin of a log: no blank, no plus, no control character. */
export const isKeyName = (text: string): boolean => NAME.test(text)

/** The key id of a name, a type byte and a public key: the first 4 bytes of a hash, in hexadecimal. */
export const keyIdOf = (name: string, type: number, key: Uint8Array): string =>
  sha256(Buffer.concat([Buffer.from(`${name}\n`), Buffer.from([type]), key]))
    .subarray(0, 4)
    .toString('hex')

/** The name of a log that nobody named: its key gives it. */
export const defaultOrigin = (key: Uint8Array): string => `gatelog/${sha256(key).subarray(0, 4).toString('hex')}`

/** Writes a verifier key. */
export const printVerifier = ({ name, id, type, key }: Verifier): string =>
  `${name}+${id}+${Buffer.concat([Buffer.from([type]), key]).toString('base64')}`

export const verifierOf = (name: string, key: Uint8Array, type = ED25519): Verifier => ({
  name,
  id: keyIdOf(name, type, key),
  type,
  key,
})

/** Reads a verifier key; undefined for what is none, or of an algorithm that is not known. */
export function parseVerifier(text: string): Verifier | undefined {
  const [, name, id, material] = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)$/.exec(text.trim()) ?? []
  if (!name || !id || !material || !isKeyName(name)) return undefined
  const bytes = Buffer.from(material, 'base64')
  const [type = 0] = bytes
  const key = bytes.subarray(1)
  if (ALGORITHMS[type]?.keyBytes !== key.byteLength || keyIdOf(name, type, key) !== id) return undefined
  return { name, id, type, key }
}

export interface Signature {
  readonly name: string
  readonly id: string
  readonly bytes: Uint8Array
}

/** A note: its text ends in a line feed. */
export interface Note {
  readonly text: string
  readonly signatures: readonly Signature[]
}

const MOST_NOTE = 1_000_000

export function printNote({ text, signatures }: Note): string {
  const lines = signatures.map(
    ({ name, id, bytes }) => `— ${name} ${Buffer.concat([Buffer.from(id, 'hex'), bytes]).toString('base64')}\n`,
  )
  return `${text}\n${lines.join('')}`
}

/** Reads a note without checking any signature; undefined for what is none. */
export function parseNote(note: string): Note | undefined {
  const at = note.lastIndexOf('\n\n')
  if (at < 0 || note.length > MOST_NOTE || !note.endsWith('\n') || /[\u0000-\u0009\u000b-\u001f\ufffd]/.test(note))
    return undefined
  const signatures = note
    .slice(at + 2, -1)
    .split('\n')
    .map(signatureOf)
  if (signatures.some((one) => one === undefined)) return undefined
  return { text: note.slice(0, at + 1), signatures: signatures as Signature[] }
}

function signatureOf(line: string): Signature | undefined {
  const [, name, encoded] = /^— (\S+) ([A-Za-z0-9+/]+=*)$/.exec(line) ?? []
  if (!name || !encoded || !isKeyName(name)) return undefined
  const bytes = Buffer.from(encoded, 'base64')
  if (bytes.length < 5 || bytes.toString('base64') !== encoded) return undefined
  return { name, id: bytes.subarray(0, 4).toString('hex'), bytes: bytes.subarray(4) }
}

/** Whether a note bears a signature of one of these keys, and none of theirs that is wrong. */
export function isSignedBy({ text, signatures }: Note, verifiers: readonly Verifier[]): boolean {
  const known = signatures.flatMap((signature) =>
    verifiers.filter(({ name, id }) => name === signature.name && id === signature.id).map((by) => ({ by, signature })),
  )
  const holds = ({ by, signature }: (typeof known)[number]) =>
    ALGORITHMS[by.type]?.verify(by.key, Buffer.from(text), signature.bytes) === true
  return known.length > 0 && known.every(holds)
}

/** A head of a log: so many leaves have this root. */
export interface Checkpoint {
  readonly origin: string
  readonly size: number
  readonly root: Buffer
}

/** The text of a checkpoint, which is what is signed. */
export const printCheckpoint = ({ origin, size, root }: Checkpoint): string =>
  `${origin}\n${size}\n${root.toString('base64')}\n`

/** Reads the text of a note as a checkpoint; undefined for what is none. Extension lines are passed over. */
export function parseCheckpoint(text: string): Checkpoint | undefined {
  const [origin = '', size = '', root = '', ...rest] = text.split('\n')
  const hash = Buffer.from(root, 'base64')
  if (rest.at(-1) !== '' || !origin || !/^(0|[1-9]\d{0,15})$/.test(size)) return undefined
  if (hash.length !== HASH_BYTES || hash.toString('base64') !== root || !Number.isSafeInteger(Number(size)))
    return undefined
  return { origin, size: Number(size), root: hash }
}
