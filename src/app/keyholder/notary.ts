/**
 * Signs heads of the log, and nothing else: only of its own log, and never a smaller one, or another of the same size. Never the
 * first one of a log beside another of the record, nor one of a log that was ended.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Fault } from '#exchange'
import {
  type Covered,
  ended,
  type Head,
  isSignedBy,
  parseCheckpoint,
  parseHead,
  parseVerifier,
  printCheckpoint,
  printNote,
  type Signer,
  untold,
  untoldOf,
  type Verifier,
} from '#trail'
import { type Known, type Memories, Memory } from './memory.ts'

/**
 * A signer with a memory of what it signed: kept before a signature is given out, and what was published in the data
 * folder counts too. `ends`: notes of heads of logs that end with it, where somebody lets another log begin; then it may be of
 * whatever name was never signed in. @throws seal.key where its memory cannot be read or kept
 */
export async function notaryOf(signer: Signer, memories: Memories, ends?: readonly string[]): Promise<Signer> {
  const verifier = parseVerifier(signer.vkey)
  if (!verifier) throw new Fault('seal.key', 'the verifier key cannot be read')
  const memory = new Memory(memories, `${verifier.name}+${verifier.id}`)
  const isOwn = (head: Head) => head.origin === verifier.name && isSignedBy(head.note, [verifier])
  const inFolder = (name: string) => noted(memories.data, name).filter(isOwn)
  const known = memory.known()
  const ending = (ends ?? []).flatMap((note) => parseHead(note) ?? [])
  let last = furthest([...known.own.filter(isOwn), ...inFolder('seal.known'), ...inFolder(join('seal', 'checkpoint'))])
  let goesOn = known.goesOn || ends !== undefined
  let before: Promise<unknown> = Promise.resolve()
  const sign = async (text: Uint8Array, told: readonly Covered[]) => {
    const printed = Buffer.from(text).toString()
    const head = headOf(verifier, printed)
    if (last && !follows(last, head))
      throw new Fault('seal.behind', `${last.size} entries were sealed, a head of ${head.size} is not signed`)
    mayBegin(known, verifier, goesOn ? undefined : told)
    const bytes = await signer.sign(text)
    const signed = parseHead(
      printNote({ text: printed, signatures: [{ name: verifier.name, id: verifier.id, bytes }] }),
    )
    if (!signed) throw new Fault('seal.key', 'a signature cannot be read')
    last = signed
    await memory.keep(signed, ending)
    goesOn = true
    return bytes
  }
  return {
    vkey: signer.vkey,
    async last() {
      const head = furthest([...memory.known().own.filter(isOwn), ...inFolder('seal.known')])
      return head && head.size > 0 ? head.printed : undefined
    },
    known: async () => memory.known().notes,
    sign(text, told = []) {
      const signed = before.then(() => sign(text, told)) // one after the other: each is held against the one before it
      before = signed.catch(() => undefined)
      return signed
    },
  }
}

/** The head that is to be signed. @throws seal.key where it is none, or one of another log */
function headOf({ name }: Verifier, printed: string): Pick<Head, 'origin' | 'size' | 'root'> {
  const head = parseCheckpoint(printed)
  if (!head || printCheckpoint(head) !== printed) throw new Fault('seal.key', 'this is no head of a log')
  if (head.origin !== name) throw new Fault('seal.key', 'this is a head of another log')
  return head
}

/**
 * Whether a log may go on beside what else is remembered of its record: one of the same name under another key is never another
 * one's. `told`: where it is to begin, the logs that entries tell of. @throws seal.behind
 */
function mayBegin({ isEnded, others }: Known, { name }: Verifier, told: readonly Covered[] | undefined): void {
  if (isEnded) throw new Fault('seal.behind', ended(name))
  const same = others.find(({ origin, size }) => origin === name && size > 0)
  if (same) throw new Fault('seal.behind', `${same.size} entries were sealed in ${name} with another key`)
  const [first] = told ? untoldOf(others, told) : []
  if (first) throw new Fault('seal.behind', untold(first))
}

/** Whether a head may come after one: of more entries, or the same once more. */
const follows = (last: Head, next: Pick<Head, 'size' | 'root'>): boolean =>
  next.size > last.size || (next.size === last.size && next.root.equals(last.root))

const furthest = (heads: readonly Head[]): Head | undefined =>
  heads.reduce<Head | undefined>((one, other) => (other.size > (one?.size ?? -1) ? other : one), undefined)

/** A head in the data folder: the one that is published, or that a restored record was known to have had. */
function noted(data: string, name: string): Head[] {
  try {
    return [parseHead(readFileSync(join(data, name), 'utf8')) ?? []].flat()
  } catch {
    return [] // nothing was published yet, and nothing was put back
  }
}
