/**
 * What of a git anchor can be seen without its repository: that a commit, by its id, holds a checkpoint and nothing else. That the
 * commit is where others keep it only they can say. Pure; the objects are git's own (git-scm.com/docs/gitformat-*).
 */
import { createHash } from 'node:crypto'

export interface Commit {
  readonly id: string
  /** The committer's time, which is the gateway's own, ms since the Unix epoch; undefined where the commit itself is not here. */
  readonly at?: number
}

/** An id, a line feed, and after it the commit itself where that goes along. @throws Error for what contradicts itself */
export function commitOf(proof: Buffer, origin: string, note: Buffer): Commit {
  const end = proof.indexOf(10)
  const id = proof.toString('latin1', 0, end < 0 ? proof.length : end)
  if (!/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/.test(id)) throw new Error('it is no commit')
  const object = end < 0 ? Buffer.alloc(0) : proof.subarray(end + 1)
  if (object.length === 0) return { id }
  const hash = (type: string, bytes: Buffer) =>
    createHash(id.length === 40 ? 'sha1' : 'sha256')
      .update(`${type} ${bytes.length}\0`)
      .update(bytes)
      .digest()
  if (hash('commit', object).toString('hex') !== id) throw new Error('its commit is not the one of its id')
  const tree = (mode: string, name: string, of: Buffer) =>
    hash('tree', Buffer.concat([Buffer.from(`${mode} ${name}\0`), of]))
  const own = tree('40000', origin.replace(/[^\w.-]+/g, '_'), tree('100644', 'checkpoint', hash('blob', note)))
  const [, told, seconds] =
    /^tree ([0-9a-f]+)\n(?:parent [0-9a-f]+\n)*author [^\n]*\ncommitter [^\n]* (\d{1,11}) [+-]\d{4}\n/.exec(
      object.toString('latin1'),
    ) ?? []
  if (told !== own.toString('hex')) throw new Error('its commit holds something else')
  return { id, at: Number(seconds) * 1000 }
}
