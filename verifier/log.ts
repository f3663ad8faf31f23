/** Hashes, notes and canonical JSON, written for this verifier alone: it shares no line with the server. Pure. */
import { createHash, createPublicKey, verify } from 'node:crypto'

const sha256 = (...parts: readonly (string | Uint8Array)[]): Buffer => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest()
}

export const leafHash = (leaf: string): Buffer => sha256(Buffer.of(0), leaf)
const join = (left: Uint8Array, right: Uint8Array): Buffer => sha256(Buffer.of(1), left, right)

/** The bytes of a base64 text. @throws Error for one that is not written as it must be: other texts would stand for the same bytes */
export function bytesOf(text: unknown): Buffer {
  const bytes = Buffer.from(String(text), 'base64')
  if (typeof text !== 'string' || bytes.toString('base64') !== text) throw new Error('what should be base64 is none')
  return bytes
}

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

/** Whether the tree of `old` leaves is the beginning of the one of `size`: the roots that the path leads to (RFC 6962 §2.1.2). */
export function isBeginning(old: Tree, now: Tree, path: readonly Buffer[]): boolean {
  if (old.size < 1 || old.size > now.size) return false
  const roots = rootsByPath(old, now.size, path, true)
  return roots?.[0].equals(old.root) === true && roots[1].equals(now.root)
}

/** A tree by its size and root. */
export type Tree = Pick<Checkpoint, 'size' | 'root'>

/** `whole`: the subtree begins with the first leaf, so that the old tree is all of it where their sizes are one. */
function rootsByPath(old: Tree, size: number, path: readonly Buffer[], whole: boolean): [Buffer, Buffer] | undefined {
  const top = path.at(-1)
  if (old.size === size) {
    const hash = whole ? old.root : top
    return hash && path.length === (whole ? 0 : 1) ? [hash, hash] : undefined
  }
  if (!top) return undefined
  let half = 1
  while (half * 2 < size) half *= 2
  const below = path.slice(0, -1)
  if (old.size <= half) {
    const roots = rootsByPath(old, half, below, whole)
    return roots && [roots[0], join(roots[1], top)]
  }
  const roots = rootsByPath({ size: old.size - half, root: old.root }, size - half, below, false)
  return roots && [join(top, roots[0]), join(top, roots[1])]
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
  /** Signatures of other keys, which nobody looked at. */
  readonly others: number
}

interface Key {
  readonly name: string
  /** 8 hexadecimal digits. */
  readonly id: string
  readonly raw: Buffer
}

/** A verifier key as auditors hold it: `<name>+<id>+<base64>`. @throws Error for one that is none of an Ed25519 key */
function keyOf(vkey: string): Key {
  const [, name, id, material] = /^([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(vkey.trim()) ?? []
  const key = Buffer.from(material ?? '', 'base64')
  if (!name || !id || key.length !== 33 || key[0] !== 1 || key.toString('base64') !== material)
    throw new Error('the verifier key is none of an Ed25519 key')
  if (sha256(`${name}\n`, key).subarray(0, 4).toString('hex') !== id) throw new Error('the verifier key’s id is wrong')
  return { name, id, raw: key.subarray(1) }
}

const MOST_SIGNATURES = 100

/** A checkpoint that a key signed. @throws Error with the reason where it did not */
export function checkpointBy(note: string, vkey: string): Checkpoint {
  const { name, id, raw } = keyOf(vkey)
  const { text, signatures } = partsOf(note)
  const own = signatures.filter((one) => one.name === name && one.id === id)
  const publicKey = createPublicKey({
    key: { kty: 'OKP', crv: 'Ed25519', x: raw.toString('base64url') },
    format: 'jwk',
  })
  const holds = ({ bytes }: { readonly bytes: Buffer }) => verify(null, Buffer.from(text), publicKey, bytes)
  if (own.length === 0 || !own.every(holds)) throw new Error('the checkpoint is not signed by this key')
  const [origin = '', size = '', root = ''] = text.split('\n')
  if (origin !== name || !/^(0|[1-9]\d{0,14})$/.test(size)) throw new Error('the checkpoint is not one of this log')
  return { origin, size: Number(size), root: bytesOf(root), others: signatures.length - own.length }
}

/** Its text to the last line feed, and its signatures, of which nobody looked at one. @throws Error for what is no signed note */
export function partsOf(note: string): { readonly text: string; readonly signatures: Signature[] } {
  const end = note.lastIndexOf('\n\n')
  const lines = note.slice(end + 2).split('\n')
  if (end < 0 || lines.pop() !== '' || lines.length > MOST_SIGNATURES)
    throw new Error('the checkpoint is no signed note')
  return { text: note.slice(0, end + 1), signatures: lines.map(signatureOf) }
}

export interface Signature {
  readonly name: string
  /** 8 hexadecimal digits. */
  readonly id: string
  readonly bytes: Buffer
}

/** @throws Error */
function signatureOf(line: string): Signature {
  const [, name = '', signature = ''] = /^— (\S+) (\S+)$/.exec(line) ?? []
  if (name === '') throw new Error('the checkpoint is no signed note')
  const bytes = bytesOf(signature)
  return { name, id: bytes.toString('hex', 0, 4), bytes: bytes.subarray(4) }
}
