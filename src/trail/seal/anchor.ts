/** Proof from outside that a head of the log was there by a time, as it lies in `seal/anchors/<name>/<size>/`. Calls nobody. */
import { mkdir, readdir, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { writeDurably } from './durable.ts'
import { entryIn } from './held.ts'
import { type Checkpoint, parseCheckpoint, parseNote } from './note.ts'

/** Whoever vouches for heads of the log: a witness, a timestamp authority, a repository that others own. */
export interface Anchor {
  /** Lower-case letters, digits and hyphens: the folder that its proofs are kept in. */
  readonly name: string
  readonly kind: string
  /** Shows a signed head to the outside. Rejects where the outside did not take it; nothing is kept then. */
  anchor(note: string): Promise<Anchored>
}

/** What the outside gave. */
export interface Anchored {
  /** The time that it vouches for, ms since the Unix epoch. */
  readonly at: number
  /** A cosigned note, a timestamp token (DER), a commit's id: as its kind has it. */
  readonly proof: Uint8Array
}

/** One anchor of one head, as it was kept. */
export interface KeptAnchor {
  readonly name: string
  readonly kind: string
  readonly at: number
  /** The signed note that was anchored. */
  readonly note: string
  readonly checkpoint: Checkpoint
  readonly proof: Uint8Array
}

const NAME = /^[a-z0-9][a-z0-9-]{0,63}$/

/** Whether a folder may be that of an anchor. */
export const isName = (name: string): boolean => NAME.test(name)

/** Makes an anchor durable: `checkpoint` and `proof` first, then `anchored.json`, without which it counts for nothing. */
export async function keepAnchored(
  seal: string,
  by: Pick<Anchor, 'name' | 'kind'>,
  note: string,
  { at, proof }: Anchored,
) {
  const checkpoint = parseCheckpoint(parseNote(note)?.text ?? '')
  if (!checkpoint || !NAME.test(by.name)) throw new TypeError('neither a checkpoint nor a name of an anchor')
  const folder = join(seal, 'anchors', by.name, String(checkpoint.size))
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const told = JSON.stringify({ kind: by.kind, at })
  await writeDurably([
    { path: join(folder, 'checkpoint'), bytes: Buffer.from(note) },
    { path: join(folder, 'proof'), bytes: proof },
    { path: join(folder, 'anchored.tmp'), bytes: Buffer.from(`${told}\n`) },
  ])
  await rename(join(folder, 'anchored.tmp'), join(folder, 'anchored.json'))
}

/** The last anchor of each name, the one of the largest head; what cannot be read is left out. */
export async function readAnchors(seal: string): Promise<KeptAnchor[]> {
  const names = (await listed(join(seal, 'anchors'))).filter((name) => NAME.test(name))
  const kept = await Promise.all(names.map((name) => lastOf(join(seal, 'anchors', name), name)))
  return kept.filter((anchor) => anchor !== undefined)
}

/** The last anchor of a name whose head covers at most so many entries. */
export const readAnchorUpTo = (seal: string, name: string, size: number): Promise<KeptAnchor | undefined> =>
  isName(name) ? lastOf(join(seal, 'anchors', name), name, size) : Promise.resolve(undefined)

async function lastOf(folder: string, name: string, most = Number.MAX_SAFE_INTEGER): Promise<KeptAnchor | undefined> {
  const all = (await listed(folder)).filter((size) => /^\d+$/.test(size)).map(Number)
  const sizes = all.filter((size) => size <= most)
  for (const size of sizes.sort((a, b) => b - a)) {
    const anchor = await anchorIn(join(folder, String(size)), name)
    if (anchor) return anchor
  }
  return undefined
}

async function anchorIn(folder: string, name: string): Promise<KeptAnchor | undefined> {
  try {
    const [told, note, proof] = await Promise.all([
      readFile(join(folder, 'anchored.json'), 'utf8'),
      readFile(join(folder, 'checkpoint'), 'utf8'),
      readFile(join(folder, 'proof')),
    ])
    return parseAnchored(name, { told, note, proof })
  } catch {
    return undefined
  }
}

/** What the three files of one anchor say; undefined where they say nothing. */
export function parseAnchored(
  name: string,
  { told, note, proof }: { readonly told: string; readonly note: string; readonly proof: Uint8Array },
): KeptAnchor | undefined {
  const { kind, at } = Object(entryIn(told))
  const checkpoint = parseCheckpoint(parseNote(note)?.text ?? '')
  return checkpoint && kind !== undefined
    ? { name, kind: String(kind), at: Number(at), note, checkpoint, proof }
    : undefined
}

const listed = (folder: string): Promise<string[]> => readdir(folder).catch(() => [])
