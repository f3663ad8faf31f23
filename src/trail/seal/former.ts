/**
 * Logs before this one: it went on from the head of each under another name, since that one could not go on. They lie in
 * `former/<n>` of the log's folder, the first as 1: `checkpoint`, `vkey`, and the anchors of that log. Never changes them.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { Fault } from '#exchange'
import { readAnchors } from './anchor.ts'
import { syncNames, writeDurably } from './durable.ts'
import { type Head, headIn, LogFiles, parseHead, vkeyIn } from './files.ts'
import { EMPTY_ROOT, rangeHash } from './hashes.ts'
import { beginAfter, beginAnew, lostIn } from './lost.ts'
import { isSignedBy, parseVerifier, printCheckpoint, printNote, type Verifier } from './note.ts'
import { untoldOf } from './remembered.ts'
import type { Signer } from './signer.ts'

/** The log that was, as far as it is here. */
export interface Former {
  readonly vkey: string
  readonly verifier: Verifier
  readonly head: Head
}

/** A head by what it covers. */
export interface Covered {
  readonly origin: string
  /** Entries. */
  readonly size: number
  /** Hexadecimal. */
  readonly root: string
}

/** How a log was begun: its name, and the log before it. */
export interface Begin {
  readonly origin: string
  readonly former: Covered
  /** The largest head that is known to have been signed in the one before, where that is more than is here. */
  readonly known?: Covered
  /** The largest heads that are known of further logs of this record. */
  readonly beside?: readonly Covered[]
}

const FORMER = 'former'

/** All of them, the oldest first. @throws seal.damaged */
export function formersIn(folder: string): Former[] {
  const root = join(folder, FORMER)
  const names = existsSync(root) ? readdirSync(root).filter((name) => /^[1-9]\d*$/.test(name)) : []
  const isHere = (name: string) => !existsSync(join(root, name, 'known')) // the others are lost.ts's
  return names
    .filter(isHere)
    .map(Number)
    .sort((one, other) => one - other)
    .map((name) => formerIn(join(root, String(name)), name))
}

function formerIn(folder: string, name: number): Former {
  const head = headIn(folder)
  const vkey = vkeyIn(folder)
  const verifier = parseVerifier(vkey ?? '')
  if (!head || vkey === undefined || !verifier) throw new Fault('seal.damaged', `${FORMER}/${name}`)
  return { vkey, verifier, head }
}

/** What is known beside the folder. */
export interface BeginOptions {
  readonly signer: Signer
  /** Signed notes of heads, from wherever. */
  readonly seen: readonly string[]
  /** The same, those alone that whoever signs remembers: of each log that they are of the entry is to tell. */
  readonly signed?: readonly string[]
  /** The logs before this one that entries tell of. */
  readonly told: readonly Covered[]
}

/**
 * As `goOn`, and what else whoever signs remembers is told. Where nothing of a log is here the new name is known to whoever signs
 * by a head over no entry. @throws the same
 */
export async function beginLog(folder: string, options: BeginOptions): Promise<Begin> {
  const { signer, signed = [], told } = options
  const begin = await goOn(folder, options)
  const { origin } = begin
  if (!headIn(folder)) await signer.sign(Buffer.from(printCheckpoint({ origin, size: 0, root: EMPTY_ROOT })))
  const heads = untoldOf(
    signed.flatMap((note) => parseHead(note) ?? []),
    [...told, ...toldBy(begin)],
  )
  const others = heads.filter((head) => head.origin !== origin)
  const isFurthest = (head: Head) => !others.some((one) => one.origin === head.origin && one.size > head.size)
  const beside = new Map(others.filter(isFurthest).map((head) => [head.origin, covered(head)]))
  return beside.size > 0 ? { ...begin, beside: [...beside.values()] } : begin
}

/**
 * Lets the log in a folder go on under the name of another key: the same leaves, and a head over them that this key signs.
 * Nothing is signed in the name of the log before. Where no log is here and one is known, this one begins with the first entry.
 * Done again after a crash, it ends what was begun.
 * @throws seal.named where it has that name already, seal.damaged, seal.key
 */
async function goOn(folder: string, { signer, seen, told }: BeginOptions): Promise<Begin> {
  const verifier = parseVerifier(signer.vkey)
  if (!verifier) throw new Fault('seal.key', 'the verifier key cannot be read')
  const head = headIn(folder)
  if (!head) return anewOrAgain(folder, verifier.name, seen, told)
  if (head.origin === verifier.name) return begunBefore(folder, seen, told)
  const own = parseVerifier(vkeyIn(folder) ?? '')
  if (!own || !isSignedBy(head.note, [own]))
    throw new Fault('seal.key', `the head of ${head.origin} is not signed by its key`)
  const root = rangeHash(new LogFiles(folder, head.size).node, 0, head.size)
  if (Buffer.compare(head.root, root) !== 0)
    throw new Fault('seal.damaged', 'the tiles are not those of the checkpoint')
  const notes = [...seen, ...(await readAnchors(folder)).map(({ note }) => note)]
  const text = printCheckpoint({ origin: verifier.name, size: head.size, root: head.root })
  const { name, id } = verifier
  const printed = printNote({ text, signatures: [{ name, id, bytes: await signer.sign(Buffer.from(text)) }] })
  if (!isSignedBy(parseHead(printed)?.note ?? head.note, [verifier]))
    throw new Fault('seal.key', 'a signature does not fit the key')
  await keepFormer(folder)
  await writeDurably([{ path: join(folder, 'checkpoint.new'), bytes: Buffer.from(printed) }])
  await rename(join(folder, 'checkpoint.new'), join(folder, 'checkpoint'))
  await syncNames(folder)
  await writeDurably([{ path: join(folder, 'vkey'), bytes: Buffer.from(`${signer.vkey}\n`) }])
  const known = furthest(own, head, notes)
  return { origin: verifier.name, former: covered(head), ...(known && { known: covered(known) }) }
}

/** What a process before this one began and did not tell of. @throws seal.named where there is none such */
function begunBefore(folder: string, seen: readonly string[], told: readonly Covered[]): Begin {
  const origin = headIn(folder)?.origin ?? ''
  const lost = untoldIn(folder, told)
  if (lost) return beginAfter(origin, lost)
  const last = formersIn(folder).at(-1)
  if (!last || told.some((one) => isSame(one, covered(last.head)))) throw new Fault('seal.named', origin)
  const known = furthest(last.verifier, last.head, seen)
  return { origin, former: covered(last.head), ...(known && { known: covered(known) }) }
}

/** There is no log: one is begun anew, or was by a process that did not tell of it. */
const anewOrAgain = async (folder: string, origin: string, seen: readonly string[], told: readonly Covered[]) => {
  const lost = untoldIn(folder, told)
  return lost ? beginAfter(origin, lost) : beginAnew(folder, origin, seen)
}

/** The last log of which nothing is here, and no entry tells yet. */
function untoldIn(folder: string, told: readonly Covered[]): Head | undefined {
  const last = lostIn(folder).at(-1)
  return last && told.some((one) => isSame(one, covered(last))) ? undefined : last
}

export const isSame = (one: Covered, other: Covered): boolean =>
  one.origin === other.origin && one.size === other.size && one.root === other.root

/** All heads that an entry tells of. */
export const toldBy = ({ former, known, beside = [] }: Omit<Begin, 'origin'>): Covered[] => [
  former,
  ...(known ? [known] : []),
  ...beside,
]

export const covered = ({ origin, size, root }: Head): Covered => ({
  origin,
  size,
  root: Buffer.from(root).toString('hex'),
})

/** The largest head beyond one that its key signed. */
function furthest(own: Verifier, head: Head, notes: readonly string[]): Head | undefined {
  const heads = notes.flatMap((printed) => parseHead(printed) ?? [])
  const signed = heads.filter(
    (one) => one.origin === head.origin && one.size > head.size && isSignedBy(one.note, [own]),
  )
  return signed.sort((one, other) => other.size - one.size)[0]
}

/** Puts head, key and anchors of the log aside; what a crash left half done is taken up. */
async function keepFormer(folder: string): Promise<void> {
  const root = join(folder, FORMER)
  const [checkpoint, vkey] = ['checkpoint', 'vkey'].map((name) => readFileSync(join(folder, name)))
  const there = existsSync(root) ? readdirSync(root).map(Number) : []
  const last = Math.max(0, ...there)
  const path = join(root, String(last), 'checkpoint')
  const isHalf = last > 0 && (!existsSync(path) || readFileSync(path).equals(checkpoint as Buffer))
  const to = join(root, String(isHalf ? last : last + 1))
  await mkdir(to, { recursive: true, mode: 0o700 })
  await writeDurably([
    { path: join(to, 'vkey'), bytes: vkey as Buffer },
    { path: join(to, 'checkpoint'), bytes: checkpoint as Buffer },
  ])
  const anchors = join(folder, 'anchors')
  if (existsSync(anchors)) await rename(anchors, join(to, 'anchors'))
  await syncNames(to)
  await syncNames(root)
  await syncNames(folder)
}
