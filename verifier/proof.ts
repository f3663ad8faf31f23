/** One self-contained proof of an entry: a `.tlog-proof` (c2sp.org/tlog-proof) whose extra data is the leaf. Pure. */
import { type Checked, failed } from './checked.ts'
import { placed } from './entry.ts'
import type { Line } from './form.ts'
import { bytesOf, checkpointBy, leafHash, rootByPath } from './log.ts'
import { reasonOf } from './problems.ts'

/** As it is written. */
export const proofOf = ({ index, leaf, proof }: Pick<Line, 'index' | 'leaf' | 'proof'>, checkpoint: string): string =>
  `c2sp.org/tlog-proof@v1\nextra ${Buffer.from(leaf).toString('base64')}\nindex ${index}\n${proof.map((hash) => `${hash}\n`).join('')}\n${checkpoint}`

/** @throws nothing: what is wrong is told as a problem */
export function checkProof(proof: string, vkey: string): Checked {
  try {
    const at = proof.indexOf('\n\n')
    const [magic, extra = '', place = '', ...hashes] = proof.slice(0, at).split('\n')
    const index = /^index (0|[1-9]\d{0,14})$/.exec(place)?.[1]
    if (at < 0 || magic !== 'c2sp.org/tlog-proof@v1' || index === undefined || !extra.startsWith('extra '))
      throw new Error('this is no proof with its leaf')
    const checkpoint = checkpointBy(proof.slice(at + 2), vkey)
    const leaf = bytesOf(extra.slice(6)).toString()
    const root = rootByPath(leafHash(leaf), Number(index), checkpoint.size, hashes.map(bytesOf))
    if (!root?.equals(checkpoint.root)) throw new Error('the leaf does not stand there in the log')
    placed(leaf, Number(index))
    const { origin, size } = checkpoint
    return {
      origin,
      size,
      entries: 1,
      disclosed: 0,
      closed: 1,
      locked: 0,
      ...{ vouched: [], unchecked: 0 },
      also: [`The leaf of entry ${Number(index) + 1}: ${leaf}`],
      problems: [],
      found: 0,
    }
  } catch (error) {
    return failed([reasonOf(error)])
  }
}
