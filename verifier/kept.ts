/** Heads that somebody kept, or that a bundle names: whether its log goes on from them. Reads no file. */
import type { Kept, Manifest } from './form.ts'
import { bytesOf, type Checkpoint, checkpointBy, isBeginning, partsOf } from './log.ts'
import { type Problems, reasonOf } from './problems.ts'

/** What a kept head is held against. */
interface Held {
  readonly manifest: Manifest
  readonly checkpoint: Checkpoint
  readonly problems: Problems
}

/** A checkpoint that was kept; `former`: of a log that this one goes on from under another name. */
interface Old extends Checkpoint {
  readonly former: boolean
}

/** What of the kept checkpoints holds, as sentences, and how many entries each is over. */
export interface Beginnings {
  readonly also: readonly string[]
  readonly sizes: readonly number[]
}

/** Checkpoints that the auditor kept: of this log, or by its key (`formers`) of one that it goes on from. */
export function checkKept(
  notes: readonly string[],
  { vkey, formers = [] }: { readonly vkey: string; readonly formers?: readonly string[] | undefined },
  held: Held,
): Beginnings {
  const seen = notes.flatMap((note) => heldBy(note, vkey, formers, held) ?? [])
  for (const former of formers)
    if (!notes.some((note) => note.startsWith(`${nameIn(former)}\n`)))
      held.problems.add(`no checkpoint that was given is of the log ${nameIn(former)}`)
  const also = seen.map(({ size, origin, former }) => {
    const of = former ? `, of the log ${origin}, which it goes on from` : ''
    return `The log begins with the ${size} entries of the checkpoint that you kept${of}.`
  })
  return { also, sizes: seen.map(({ size }) => size) }
}

const nameIn = (vkey: string): string => vkey.slice(0, vkey.indexOf('+'))

/** By the key of the log that it names. @throws Error where it is of a log whose key was not given, or not signed by it */
function oldIn(note: string, vkey: string, formers: readonly string[]): Old {
  const [name = ''] = note.split('\n')
  if (name === nameIn(vkey)) return { ...checkpointBy(note, vkey), former: false }
  const own = formers.filter((each) => nameIn(each) === name)
  if (own.length > 0) return { ...checkpointByOne(note, own), former: true }
  const { signatures } = partsOf(note)
  if (!signatures.some((one) => one.name === name)) throw new Error('the checkpoint is not signed by this key')
  throw new Error(
    `it is of another log, ${name.slice(0, 100)}: where this one goes on from that, give the key of that one too (--former)`,
  )
}

/** By whichever of these keys signed it: one log may have had two. @throws Error of the last of them where none did */
function checkpointByOne(note: string, vkeys: readonly string[]): Checkpoint {
  const [vkey = '', ...rest] = vkeys
  if (rest.length === 0) return checkpointBy(note, vkey)
  try {
    return checkpointBy(note, vkey)
  } catch {
    return checkpointByOne(note, rest) // it tells what is wrong with it
  }
}

function heldBy(note: string, vkey: string, formers: readonly string[], held: Held): Old | undefined {
  const { manifest, checkpoint, problems } = held
  try {
    const old = oldIn(note, vkey, formers)
    const now = `the bundle’s over ${checkpoint.size}`
    if (old.size > checkpoint.size)
      throw new Error(`it is over ${old.size} entries, ${now}: have a bundle that was made since`)
    const shown = manifest.kept?.find(({ size }) => size === old.size)
    if (
      old.size === checkpoint.size ? !old.root.equals(checkpoint.root) : shown && !old.root.equals(bytesOf(shown.root))
    )
      throw new Error(
        old.former
          ? `it is over ${old.size} other entries: this log does not go on from it`
          : `it is over ${old.size} other entries: two logs were signed`,
      )
    if (old.size < checkpoint.size && !shown)
      throw new Error('the bundle does not show that its log goes on from it: have it made with --checkpoint')
    return old
  } catch (error) {
    problems.add(`the kept checkpoint: ${reasonOf(error)}`)
    return undefined
  }
}

/** The heads of which the bundle shows that its log goes on from them. */
export function checkBeginnings(kept: readonly Kept[], now: Checkpoint, wrong: (what: string) => void): void {
  for (const { size, root, proof } of kept)
    if (!isBeginning({ size, root: bytesOf(root) }, now, proof.map(bytesOf)))
      wrong(`the log does not begin with the ${size} entries that the manifest names`)
}
