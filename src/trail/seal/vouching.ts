/** Which proofs of anchors go along with proven entries, and whether they fit the log. Reads the log's folder; checks no proof. */
import { constants } from 'node:fs'
import { open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { isName, type KeptAnchor, parseAnchored } from './anchor.ts'
import { headIn, type LogFiles } from './files.ts'
import { rangeHash } from './hashes.ts'
import { isSignedBy, parseNote, parseVerifier } from './note.ts'

/** An anchor whose proof goes along. */
export interface Voucher {
  readonly name: string
  readonly kind: string
  /** How many entries the head that was shown covers, and that head as a signed note. */
  readonly size: number
  readonly note: string
  /** Base64. */
  readonly proof: string
  /** Why the log is not the one that was shown: an alarm. */
  readonly contradicts?: string
}

/** Those that go along, and sentences about those that do not. */
export interface Vouching {
  readonly anchors: readonly Voucher[]
  readonly left: readonly string[]
}

/** More anchors than these, and larger files, are not put into a bundle. */
const MOST_ANCHORS = 16
const MOST_BYTES = 65_536

/**
 * Of each anchor the first proof of a head over at least `closing` entries, which tells soonest that they were there, and the
 * newest one: two at most.
 */
export async function vouching(files: LogFiles, vkey: string, closing: number): Promise<Vouching> {
  const folder = join(files.folder, 'anchors')
  const names = (await listed(folder)).filter(isName).sort()
  const left = names.slice(MOST_ANCHORS).map((name) => `${name}: no more than ${MOST_ANCHORS} anchors are`)
  const anchors: Voucher[] = []
  for (const name of names.slice(0, MOST_ANCHORS)) {
    const { found, wrong } = await chosen(files, join(folder, name), name, closing)
    left.push(...wrong)
    for (const one of found) {
      const fits = fitting(files, vkey, one)
      if (typeof fits === 'string') left.push(`${name}: ${fits}`)
      else anchors.push(fits)
    }
  }
  return { anchors, left }
}

/** The newest, and before it the first that covers `closing`; what is wrong with those that would have been taken. */
async function chosen(files: LogFiles, folder: string, name: string, closing: number) {
  const all = (await listed(folder)).filter((size) => /^[1-9]\d{0,14}$/.test(size)).map(Number)
  // What was anchored a moment ago, past the head that all is proven under, is left for the next time.
  const now = headIn(files.folder)?.size ?? 0
  const sizes = all.filter((size) => size <= files.size || size > now).sort((one, other) => one - other)
  const wrong: string[] = []
  const first = async (some: readonly number[]): Promise<KeptAnchor | undefined> => {
    for (const size of some) {
      const read = await readOne(join(folder, String(size)), name, size)
      if (typeof read === 'object') return read
      if (read !== undefined) wrong.push(`${name}: ${read}`)
    }
    return undefined
  }
  const newest = await first(sizes.toReversed())
  const soonest = newest && (await first(sizes.filter((size) => size >= closing && size < newest.checkpoint.size)))
  return { found: [soonest, newest].filter((one) => one !== undefined), wrong: [...new Set(wrong)] }
}

/** undefined where it counts for nothing; a sentence where it is too large. */
async function readOne(folder: string, name: string, size: number): Promise<KeptAnchor | string | undefined> {
  const read = (file: string) => bounded(join(folder, file))
  const [told, note, proof] = await Promise.all([read('anchored.json'), read('checkpoint'), read('proof')])
  if (told === 'large' || note === 'large' || proof === 'large')
    return `its proof over ${size} entries is larger than ${MOST_BYTES} bytes`
  const anchor = told && note && proof && parseAnchored(name, { told: String(told), note: String(note), proof })
  return anchor?.checkpoint.size === size ? anchor : undefined
}

/** How it is opened: neither by a link, which could name any file of this machine, nor waiting for who writes into a pipe. */
const PLAINLY = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK

/** A plain file, or that it is too large; undefined for what is none. */
async function bounded(path: string): Promise<Buffer | 'large' | undefined> {
  try {
    await using file = await open(path, PLAINLY)
    const stat = await file.stat()
    if (!stat.isFile()) return undefined
    return stat.size > MOST_BYTES ? 'large' : await file.readFile()
  } catch {
    return undefined // it is not there, or not to be read: then it counts for nothing
  }
}

/** With whether the head that was shown is one of this log; a sentence where no key of this log signed it. */
function fitting(files: LogFiles, vkey: string, { name, kind, note, checkpoint, proof }: KeptAnchor): Voucher | string {
  const { size, root, origin } = checkpoint
  const verifier = parseVerifier(vkey)
  const parsed = parseNote(note)
  if (!verifier || !parsed || origin !== verifier.name || !isSignedBy(parsed, [verifier]))
    return `what it was shown over ${size} entries is no head of this log`
  const voucher = { name, kind, size, note, proof: Buffer.from(proof).toString('base64') }
  if (size > files.size) return { ...voucher, contradicts: `it was shown ${size} entries, and ${files.size} are here` }
  const isBeginning = Buffer.compare(root, rangeHash(files.node, 0, size)) === 0
  return isBeginning ? voucher : { ...voucher, contradicts: `it was shown ${size} other entries` }
}

const listed = (folder: string): Promise<string[]> => readdir(folder).catch(() => [])
