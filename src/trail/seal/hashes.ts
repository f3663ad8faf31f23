/** The Merkle tree of RFC 6962 §2.1 over SHA-256: leaves, nodes, roots and proofs. Pure; knows no file. */
import { hash } from 'node:crypto'

export const HASH_BYTES = 32

/** SHA-256 of bytes or of UTF-8 text. By way of Latin-1 text, which costs half of what Node's own buffer does. */
export const sha256 = (data: string | Uint8Array): Buffer => Buffer.from(hash('sha256', data, 'latin1'), 'latin1')

/** The same as Latin-1 text. */
export const sha256Text = (data: string | Uint8Array): string => hash('sha256', data, 'latin1')

/** The hash of a leaf: SHA-256(0x00 || leaf). */
export function leafHash(leaf: Uint8Array): Buffer {
  const whole = Buffer.allocUnsafe(1 + leaf.byteLength)
  whole[0] = 0
  whole.set(leaf, 1)
  return sha256(whole)
}

const pair = Buffer.alloc(1 + 2 * HASH_BYTES, 1)

/** The hash of a node: SHA-256(0x01 || left || right). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  pair.set(left, 1)
  pair.set(right, 1 + HASH_BYTES)
  return sha256(pair)
}

/** The root of a tree of no leaves. */
export const EMPTY_ROOT = sha256('')

/** The root of the tree over whole subtrees, the largest first, as they stand from left to right. */
export const rootOfPeaks = (peaks: readonly Uint8Array[]): Buffer =>
  peaks.length === 0 ? EMPTY_ROOT : (peaks.reduceRight((right, left) => nodeHash(left, right)) as Buffer)

/** Gives the hash of the whole subtree of 2^height leaves that is the `index`th of its height from the left. */
export type NodeAt = (height: number, index: number) => Uint8Array

/** The hash over leaves `start` to `end`, `end` exclusive; `start` is a multiple of the largest power of two below their count. */
export function rangeHash(node: NodeAt, start: number, end: number): Uint8Array {
  const peaks: Uint8Array[] = []
  for (let at = start; at < end; ) {
    const height = Math.floor(Math.log2(end - at))
    peaks.push(node(height, at / 2 ** height))
    at += 2 ** height
  }
  return rootOfPeaks(peaks)
}

/** The largest power of two that is smaller than `size`, which is 2 or more. */
const split = (size: number): number => 2 ** (Math.ceil(Math.log2(size)) - 1)

/** The audit path of the leaf `index` in a tree of `size` leaves (RFC 6962 §2.1.1), from the leaf's sibling upwards. */
export function inclusionProof(node: NodeAt, index: number, size: number): Uint8Array[] {
  if (!(index >= 0 && index < size)) throw new RangeError(`no leaf ${index} in a tree of ${size}`)
  const path: Uint8Array[] = []
  for (let [start, end] = [0, size]; end - start > 1; ) {
    const middle = start + split(end - start)
    if (index < middle) {
      path.push(rangeHash(node, middle, end))
      end = middle
    } else {
      path.push(rangeHash(node, start, middle))
      start = middle
    }
  }
  return path.reverse()
}

/** The proof that the tree of `old` leaves is the beginning of the one of `size` (RFC 6962 §2.1.2). */
export function consistencyProof(node: NodeAt, old: number, size: number): Uint8Array[] {
  if (!(old >= 0 && old <= size)) throw new RangeError(`no tree of ${old} in one of ${size}`)
  if (old === 0 || old === size) return []
  const path: Uint8Array[] = []
  let [start, end, whole] = [0, size, true]
  while (old !== end) {
    const middle = start + split(end - start)
    if (old <= middle) {
      path.push(rangeHash(node, middle, end))
      end = middle
    } else {
      path.push(rangeHash(node, start, middle))
      start = middle
      whole = false
    }
  }
  if (!whole) path.push(rangeHash(node, start, end))
  return path.reverse()
}

const same = (one: Uint8Array, other: Uint8Array): boolean => Buffer.compare(one, other) === 0

/** Whether a leaf stands as `index` in the tree of `size` with this root (RFC 9162 §2.1.3.2). */
export function included(
  leaf: Uint8Array,
  at: { readonly index: number; readonly size: number },
  proof: readonly Uint8Array[],
  root: Uint8Array,
): boolean {
  if (!(at.index >= 0 && at.index < at.size)) return false
  let [place, last, reached] = [at.index, at.size - 1, leaf]
  for (const step of proof) {
    if (last === 0) return false
    if (place % 2 === 1 || place === last) {
      reached = nodeHash(step, reached)
      for (; place % 2 === 0 && place !== 0; last = half(last)) place = half(place)
    } else reached = nodeHash(reached, step)
    place = half(place)
    last = half(last)
  }
  return last === 0 && same(reached, root)
}

const half = (value: number): number => Math.floor(value / 2)

interface Head {
  readonly size: number
  readonly root: Uint8Array
}

/** Whether one tree is the beginning of another (RFC 9162 §2.1.4.2). */
export function consistent(old: Head, now: Head, proof: readonly Uint8Array[]): boolean {
  if (old.size > now.size) return false
  if (old.size === 0) return proof.length === 0 && same(old.root, EMPTY_ROOT)
  if (old.size === now.size) return proof.length === 0 && same(old.root, now.root)
  const path = Number.isInteger(Math.log2(old.size)) ? [old.root, ...proof] : [...proof]
  const first = path.shift()
  if (!first || (proof.length === 0 && path.length === 0)) return false
  let [place, last, before, after] = [old.size - 1, now.size - 1, first, first]
  for (; place % 2 === 1; last = half(last)) place = half(place)
  for (const step of path) {
    if (last === 0) return false
    if (place % 2 === 1 || place === last) {
      before = nodeHash(step, before)
      after = nodeHash(step, after)
      for (; place % 2 === 0 && place !== 0; last = half(last)) place = half(place)
    } else after = nodeHash(after, step)
    place = half(place)
    last = half(last)
  }
  return last === 0 && same(before, old.root) && same(after, now.root)
}

/** A tree that grows at its right end: whole subtrees by height, as the bits of its size. */
export class Frontier {
  #size = 0
  readonly #peaks: (Uint8Array | undefined)[] = []
  readonly #onWhole: (height: number, hash: Uint8Array) => void

  /** `onWhole` is told of each subtree that became whole, leaves (height 0) among them. */
  constructor(onWhole: (height: number, hash: Uint8Array) => void = () => undefined) {
    this.#onWhole = onWhole
  }

  get size(): number {
    return this.#size
  }

  /** Takes the next subtree of 2^height leaves; the size is a multiple of that. */
  add(hash: Uint8Array, height = 0): void {
    let [at, whole] = [height, hash]
    this.#onWhole(at, whole)
    for (let left = this.#peaks[at]; left; left = this.#peaks[at]) {
      this.#peaks[at] = undefined
      whole = nodeHash(left, whole)
      at += 1
      this.#onWhole(at, whole)
    }
    this.#peaks[at] = whole
    this.#size += 2 ** height
  }

  get root(): Buffer {
    return rootOfPeaks(this.#peaks.filter((peak) => peak !== undefined).reverse())
  }
}
