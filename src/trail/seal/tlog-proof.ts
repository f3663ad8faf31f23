/** One self-contained proof that a leaf stands in a log. Pure. Source: c2sp.org/tlog-proof. */

/** `proof`: hashes in base64, from the leaf's sibling upwards. `extra` is opaque, and here the leaf itself. */
export interface LeafProof {
  readonly index: number
  readonly leaf: string
  readonly proof: readonly string[]
  readonly checkpoint: string
}

export const printLeafProof = ({ index, leaf, proof, checkpoint }: LeafProof): string =>
  `c2sp.org/tlog-proof@v1\nextra ${Buffer.from(leaf).toString('base64')}\nindex ${index}\n${proof.map((hash) => `${hash}\n`).join('')}\n${checkpoint}`
