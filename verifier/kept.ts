/** Heads that somebody kept, or that a bundle names: whether its log goes on from them. Reads no file. */
import type { Kept, Manifest } from './form.ts'
import { bytesOf, type Checkpoint, checkpointBy, isBeginning } from './log.ts'
import { type Problems, reasonOf } from './problems.ts'

/** What a kept head is held against. */
interface Held {
  readonly manifest: Manifest
  readonly checkpoint: Checkpoint
  readonly problems: Problems
}

/** A checkpoint that the auditor kept: its size, where the log of the bundle goes on from it. */
export function checkKept(note: string, vkey: string, { manifest, checkpoint, problems }: Held): number[] {
  try {
    const old = checkpointBy(note, vkey)
    const now = `the bundle’s over ${checkpoint.size}`
    if (old.size > checkpoint.size)
      throw new Error(`it is over ${old.size} entries, ${now}: have a bundle that was made since`)
    const shown = manifest.kept?.find(({ size }) => size === old.size)
    if (
      old.size === checkpoint.size ? !old.root.equals(checkpoint.root) : shown && !old.root.equals(bytesOf(shown.root))
    )
      throw new Error(`it is over ${old.size} other entries: two logs were signed`)
    if (old.size < checkpoint.size && !shown)
      throw new Error('the bundle does not show that its log goes on from it: have it made with --checkpoint')
    return [old.size]
  } catch (error) {
    problems.add(`the kept checkpoint: ${reasonOf(error)}`)
    return []
  }
}

/** The heads of which the bundle shows that its log goes on from them. */
export function checkBeginnings(kept: readonly Kept[], now: Checkpoint, wrong: (what: string) => void): void {
  for (const { size, root, proof } of kept)
    if (!isBeginning({ size, root: bytesOf(root) }, now, proof.map(bytesOf)))
      wrong(`the log does not begin with the ${size} entries that the manifest names`)
}
