/** The Merkle tree: published roots, proofs of every size to 130 and more by chance, and none that holds after a flipped bit. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  consistencyProof,
  consistent,
  EMPTY_ROOT,
  Frontier,
  included,
  inclusionProof,
  leafHash,
  type NodeAt,
  nodeHash,
} from './hashes.ts'

/** Source: the leaves and roots that Certificate Transparency's reference implementation is tested with. */
const LEAVES = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f']
const ROOTS = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
]

const leavesOf = (count: number) => Array.from({ length: count }, (_, at) => leafHash(Buffer.from(`leaf ${at}`)))

function nodesOf(leaves: readonly Uint8Array[]): NodeAt {
  const known = new Map<string, Uint8Array>()
  const node: NodeAt = (height, index) => {
    const name = `${height}/${index}`
    const made =
      known.get(name) ??
      (height === 0
        ? (leaves[index] as Uint8Array)
        : nodeHash(node(height - 1, 2 * index), node(height - 1, 2 * index + 1)))
    known.set(name, made)
    return made
  }
  return node
}

function rootsOf(leaves: readonly Uint8Array[]): Buffer[] {
  const tree = new Frontier()
  const roots = [tree.root]
  for (const leaf of leaves) {
    tree.add(leaf)
    roots.push(tree.root)
  }
  return roots
}

const flipped = (bytes: Uint8Array, bit: number): Uint8Array => {
  const copy = Uint8Array.from(bytes)
  copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7))
  return copy
}

/** Every way to spoil a proof by one hash. */
const spoilt = (proof: readonly Uint8Array[]): Uint8Array[][] => [
  ...proof.map((hash, at) => proof.with(at, flipped(hash, (at * 37) % 256))),
  ...(proof.length ? [proof.slice(1), proof.slice(0, -1)] : []),
  [...proof, leafHash(Buffer.from('more'))],
]

const MOST = 130
const leaves = leavesOf(MOST)
const node = nodesOf(leaves)
const roots = rootsOf(leaves)
const rootAt = (size: number) => roots[size] as Buffer

test('roots are those that others published', () => {
  const tree = new Frontier()
  assert.equal(tree.root.toString('hex'), EMPTY_ROOT.toString('hex'))
  for (const [at, leaf] of LEAVES.entries()) {
    tree.add(leafHash(Buffer.from(leaf, 'hex')))
    assert.equal(tree.root.toString('hex'), ROOTS[at])
  }
})

test('every leaf of every tree to 130 is proven, and nothing else is', () => {
  for (let size = 1; size <= MOST; size++)
    for (let index = 0; index < size; index++) {
      const proof = inclusionProof(node, index, size)
      const leaf = leaves[index] as Buffer
      assert.ok(included(leaf, { index, size }, proof, rootAt(size)), `${index} of ${size}`)
      if (index % 5 === 0)
        for (const wrong of spoilt(proof)) assert.ok(!included(leaf, { index, size }, wrong, rootAt(size)))
      assert.ok(!included(leaf, { index: index + 1, size }, proof, rootAt(size)))
      assert.ok(!included(flipped(leaf, 7), { index, size }, proof, rootAt(size)))
    }
})

test('every tree to 130 is proven to be the beginning of every larger one, and of none other', () => {
  for (let size = 0; size <= MOST; size++)
    for (let old = 0; old <= size; old++) {
      const proof = consistencyProof(node, old, size)
      const [before, now] = [
        { size: old, root: rootAt(old) },
        { size, root: rootAt(size) },
      ]
      assert.ok(consistent(before, now, proof), `${old} of ${size}`)
      if (old % 5 === 0)
        for (const wrong of spoilt(proof)) assert.ok(!consistent(before, now, wrong), `${old} of ${size}`)
      assert.ok(!consistent({ ...before, root: flipped(before.root, 3) }, now, proof))
      assert.ok(!consistent(before, { ...now, root: flipped(now.root, 250) }, proof) || old === 0)
    }
})

test('a flipped bit anywhere is refused', () => {
  const sizes = fc.integer({ min: 1, max: MOST }).chain((size) => fc.tuple(fc.constant(size), fc.nat(size - 1)))
  fc.assert(
    fc.property(sizes, fc.nat(255), fc.nat(), ([size, index], bit, which) => {
      const proof = inclusionProof(node, index, size)
      if (proof.length === 0) return
      const at = which % proof.length
      const wrong = proof.with(at, flipped(proof[at] as Uint8Array, bit))
      assert.ok(!included(leaves[index] as Buffer, { index, size }, wrong, rootAt(size)))
    }),
  )
})

test('what is outside of a tree has no proof', () => {
  assert.throws(() => inclusionProof(node, 5, 5), RangeError)
  assert.throws(() => consistencyProof(node, 6, 5), RangeError)
})
