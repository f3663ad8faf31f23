/** Hashes, notes and canonical JSON, written for this verifier alone: it shares no line with the server. Pure. */
import { createHash, createPublicKey, verify } from 'node:crypto'

const sha256 = (...parts: readonly (string | Uint8Array)[]): Buffer => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest()
}

export const leafHash = (leaf: string): Buffer => sha256(Buffer.of(0), leaf)
const join = (left: Uint8Array, right: Uint8Array): Buffer => sha256(Buffer.of(1), left, right)

/** The root that an audit path leads to (RFC 6962 §2.1.1): the sizes of both halves say on which side each hash stands. */
export function rootByPath(leaf: Buffer, index: number, size: number, path: readonly Buffer[]): Buffer | undefined {
  if (!(index >= 0 && index < size)) return undefined
  if (size === 1) return path.length === 0 ? leaf : undefined
  const top = path.at(-1)
  if (!top) return undefined
  let half = 1
  while (half * 2 < size) half *= 2
  const below = path.slice(0, -1)
  const left = index < half
  const inner = left ? rootByPath(leaf, index, half, below) : rootByPath(leaf, index - half, size - half, below)
  return inner && (left ? join(inner, top) : join(top, inner))
}

/** The root over whole subtrees that stand side by side from the first leaf on; undefined where they do not fit together. */
export function rootOver(
  trees: readonly (readonly [height: number, hash: Buffer])[],
  size: number,
): Buffer | undefined {
  const stack: { height: number; hash: Buffer }[] = []
  let at = 0
  for (const [height, hash] of trees) {
    if (!Number.isInteger(height) || height < 0 || height > 52 || at % 2 ** height !== 0) return undefined
    let top = { height, hash }
    at += 2 ** height
    for (let last = stack.at(-1); last?.height === top.height; last = stack.at(-1)) {
      stack.pop()
      top = { height: top.height + 1, hash: join(last.hash, top.hash) }
    }
    stack.push(top)
  }
  if (at !== size || stack.length === 0) return undefined
  return stack.map(({ hash }) => hash).reduceRight((right, left) => join(left, right))
}

/** RFC 8785; a lone surrogate is printed as its escape. */
export function canonical(value: unknown): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  const keys = Object.keys(value).sort()
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical((value as Record<string, unknown>)[key])}`).join(',')}}`
}

/** The commitment of one part of an entry, as a leaf tells it. */
export const commitment = (part: string, salt: Uint8Array, value: string | Uint8Array): string =>
  sha256(`gl1:${part}\0`, salt, sha256(value)).toString('hex')

export interface Checkpoint {
  readonly origin: string
  readonly size: number
  readonly root: Buffer
}

/** A checkpoint that a key signed. @throws Error with the reason where it did not */
export function checkpointBy(note: string, vkey: string): Checkpoint {
  const [, name, id, material] = /^([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(vkey.trim()) ?? []
  const key = Buffer.from(material ?? '', 'base64')
  if (!name || !id || key.length !== 33 || key[0] !== 1) throw new Error('the verifier key is none of an Ed25519 key')
  const raw = key.subarray(1)
  if (sha256(`${name}\n`, key).subarray(0, 4).toString('hex') !== id) throw new Error('the verifier key’s id is wrong')
  const end = note.lastIndexOf('\n\n')
  const text = note.slice(0, end + 1)
  const lines = note
    .slice(end + 2)
    .split('\n')
    .filter((line) => line.startsWith(`— ${name} `))
  const own = lines
    .map((line) => Buffer.from(line.split(' ')[2] ?? '', 'base64'))
    .filter((bytes) => bytes.subarray(0, 4).toString('hex') === id)
  const publicKey = createPublicKey({
    key: { kty: 'OKP', crv: 'Ed25519', x: raw.toString('base64url') },
    format: 'jwk',
  })
  const holds = (bytes: Buffer) => verify(null, Buffer.from(text), publicKey, bytes.subarray(4))
  if (end < 0 || own.length === 0 || !own.every(holds)) throw new Error('the checkpoint is not signed by this key')
  const [origin = '', size = '', root = ''] = text.split('\n')
  if (origin !== name || !/^(0|[1-9]\d{0,15})$/.test(size)) throw new Error('the checkpoint is not one of this log')
  return { origin, size: Number(size), root: Buffer.from(root, 'base64') }
}
