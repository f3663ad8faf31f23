/** Signs heads of the log, and nothing else: only of its own log, and never a smaller one, or another of the same size. */
import { accessSync, constants, readFileSync } from 'node:fs'
import { rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Fault } from '#exchange'
import {
  isSignedBy,
  parseCheckpoint,
  parseHead,
  parseNote,
  parseVerifier,
  printCheckpoint,
  printNote,
  type Signer,
  syncNames,
  type Verifier,
  writeDurably,
} from '#trail'

type Head = NonNullable<ReturnType<typeof parseCheckpoint>>

/** Where a notary finds what was signed before. */
export interface Memories {
  readonly data: string
  /** Files in which it may keep what it signed last, the best one first; none of them need be there. */
  readonly kept: readonly string[]
}

/**
 * A signer with a memory of what it signed: kept before a signature is given out, and what was published in the data
 * folder counts too. @throws seal.key where its memory cannot be read or kept
 */
export async function notaryOf(signer: Signer, { data, kept }: Memories): Promise<Signer> {
  const verifier = parseVerifier(signer.vkey)
  if (!verifier) throw new Fault('seal.key', 'the verifier key cannot be read')
  const memory = kept.find(canKeep)
  const known = () => [...kept.map(remembered), noted(data, 'seal.known')]
  let last = furthest(verifier, [...known(), noted(data, join('seal', 'checkpoint'))])?.head
  let before: Promise<unknown> = Promise.resolve()
  const sign = async (text: Uint8Array) => {
    const printed = Buffer.from(text).toString()
    const head = parseCheckpoint(printed)
    if (!head || printCheckpoint(head) !== printed) throw new Fault('seal.key', 'this is no head of a log')
    if (head.origin !== verifier.name) throw new Fault('seal.key', 'this is a head of another log')
    if (last && !follows(last, head))
      throw new Fault('seal.behind', `${last.size} entries were sealed, a head of ${head.size} is not signed`)
    const bytes = await signer.sign(text)
    last = head
    if (memory !== undefined) await keep(memory, noteOf(verifier, printed, bytes))
    return bytes
  }
  return {
    vkey: signer.vkey,
    last: async () => furthest(verifier, known())?.printed,
    sign(text) {
      const signed = before.then(() => sign(text)) // one after the other: each is held against the one before it
      before = signed.catch(() => undefined)
      return signed
    },
  }
}

const noteOf = ({ name, id }: Verifier, text: string, bytes: Uint8Array): string =>
  printNote({ text, signatures: [{ name, id, bytes }] })

/** Whether a head may come after one: of more entries, or the same once more. */
const follows = (last: Head, next: Head): boolean =>
  next.size > last.size || (next.size === last.size && next.root.equals(last.root))

/** The largest of those that this key has signed. */
function furthest(
  verifier: Verifier,
  notes: readonly (string | undefined)[],
): { head: Head; printed: string } | undefined {
  const heads = notes.flatMap((printed) => {
    const note = printed === undefined ? undefined : parseNote(printed)
    const head = note && isSignedBy(note, [verifier]) ? parseCheckpoint(note.text) : undefined
    return head && printed !== undefined && head.origin === verifier.name ? [{ head, printed }] : []
  })
  return heads.sort((one, other) => other.head.size - one.head.size)[0]
}

/** A head in the data folder: the one that is published, or that a restored record was known to have had. */
function noted(data: string, name: string): string | undefined {
  try {
    return readFileSync(join(data, name), 'utf8')
  } catch {
    return undefined // nothing was published yet, and nothing was put back
  }
}

/** What it kept itself: a memory that is there and cannot be read, or is damaged, is none to go on without. */
function remembered(path: string): string | undefined {
  const note = readMemory(path)
  if (note === undefined || parseHead(note)) return note
  const told = `${path}, which tells what was signed last, is damaged: hold the record against a checkpoint that was kept, then move it away`
  throw new Fault('seal.key', told)
}

function readMemory(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw new Fault('seal.key', `${path}, which tells what was signed last, cannot be read (${code})`, { cause })
  }
}

function canKeep(path: string): boolean {
  try {
    accessSync(dirname(path), constants.W_OK)
    return true
  } catch {
    return false // a key folder that may only be read: the next place is taken
  }
}

/** The one before or this one is there, whenever the process dies. */
async function keep(path: string, note: string): Promise<void> {
  const half = `${path}.new`
  try {
    await writeDurably([{ path: half, bytes: Buffer.from(note) }])
    await rename(half, path)
    await syncNames(dirname(path))
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    throw new Fault('seal.key', `${path}, which is to tell what was signed last, cannot be written (${code})`, {
      cause,
    })
  }
}
