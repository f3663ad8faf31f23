/** The sealer of a folder, in the store's thread; who signs is in another one. Starts only when it is asked to. */
import { Fault, faultOf } from '#exchange'
import { readEntry } from '../../entries.ts'
import { point } from '../../points.ts'
import { type Head, headIn, parseHead, sealIn } from '../../seal/files.ts'
import { type Covered, toldBy } from '../../seal/former.ts'
import { lostIn } from '../../seal/lost.ts'
import { keyOf, untold, untoldOf } from '../../seal/remembered.ts'
import { Sealer, type SealState } from '../../seal/sealer.ts'
import { LogWriter } from '../../seal/writer.ts'
import type { RecordState } from '../../store.ts'
import { readable } from './bodies.ts'
import { claimsIn } from './claims.ts'
import type { Engine } from './engine.ts'
import { faultOfStore } from './faults.ts'
import type { Folder } from './folder.ts'
import type { Grant } from './keys.ts'
import type { Sealing, SealWish } from './protocol.ts'

/** The mark in the head file: so many entries were sealed at least. */
const BEGUN = 'sealed'
const LOST = 'a log was begun, and its files are gone'

/** Who signs, in another thread, and what fetches the keys that a work wants. */
export interface Means {
  ask(wish: SealWish): Promise<Grant>
  reading<Result>(work: () => Result): Promise<Awaited<Result>>
}

/** Seals a folder with the key that is given, whose name is the log's origin. */
export function sealerOf(engine: Engine, { vkey, last, known = [] }: Sealing, { ask, reading }: Means): Sealer {
  const folder = sealIn(engine.folder.path)
  let told: readonly Covered[] = []
  const signer = {
    vkey,
    sign: async (text: Uint8Array) => (await ask({ sign: text, told })).bytes[0] ?? new Uint8Array(),
    last: async () => last,
  }
  const { head } = engine.folder
  return new Sealer({
    unsealed: engine.unsealed,
    reading: (work) => reading(() => readable(work)),
    async open() {
      engine.mayWrite() // what failed to be synced is not synced again: the process is to end
      await reading(() => engine.proving.open())
      const lost = lostIn(folder).at(-1)?.size ?? 0 // so many were sealed in a log of which nothing is here
      if (!headIn(folder) && head.mark(BEGUN) > lost) throw new Fault('seal.behind', LOST)
      if (known.length > 1 || !isOf(vkey, known[0])) told = await reading(() => toldIn(engine))
      if (!isOf(vkey, known[0]) && !isHere(folder, known[0])) goesOnFrom(vkey, known, told)
      return LogWriter.open({ folder, origin: originOf(vkey), signer, reached: (at) => point(`seal.${at}`) })
    },
    shown: (size) => head.setMark(BEGUN, size),
    failed: (error) => engine.noticed(faultOfStore((error instanceof Fault && error.cause) || error, 'seal')),
  })
}

/** Of which logs entries tell that another one goes on from them: by those alone that this record's key proves. */
function toldIn(engine: Engine): Covered[] {
  if (engine.proving.state !== 'here') return []
  return claimsIn(engine, ['begun']).flatMap(({ json, mark }) => {
    const note = mark === undefined ? readEntry(json) : undefined
    return note?.kind === 'begun' ? toldBy(note) : []
  })
}

const isOf = (vkey: string, note: string | undefined): boolean => {
  const head = parseHead(note ?? '')
  return head === undefined || vkey.startsWith(`${keyOf(head)}+`)
}

/** The log that goes on is the one that lies here: then the configuration names another one, as whoever opens it says. */
function isHere(folder: string, note = ''): boolean {
  const [here, known] = [headIn(folder), parseHead(note)]
  return here !== undefined && known !== undefined && keyOf(here) === keyOf(known)
}

/** Who signs looks itself; here it is told at once, though nothing waits to be sealed. @throws seal.behind */
function goesOnFrom(vkey: string, known: readonly string[], told: readonly Covered[]): void {
  const others = known.flatMap((note) => (isOf(vkey, note) ? [] : (parseHead(note) ?? [])))
  const [first] = untoldOf(others, told)
  if (first) throw new Fault('seal.behind', untold(first))
}

/** The origin is the name of the key. */
const originOf = (vkey: string): string => vkey.split('+')[0] ?? ''

/** Where a folder's log is, and what the record says of itself. */
export const recordOf = ({ folder, seq, proving, documents }: Engine): RecordState => ({
  ...{ proof: proving.state, provenAfter: proving.since },
  ...{ folder: sealIn(folder.path), last: seq },
  sealedOnce: folder.head.mark(BEGUN),
  forgedDocuments: documents.forged(),
})

/** What is known of a folder's log where nobody seals. */
export function unsealedState({ folder: { path, head: marks } }: Engine): SealState {
  let head: Head | undefined
  try {
    head = headIn(sealIn(path))
  } catch (error) {
    return { kind: 'off', why: faultOf(error).message, size: 0, lost: true }
  }
  if (!head && marks.mark(BEGUN) > 0) return { kind: 'off', why: LOST, size: 0, lost: true }
  const why = 'nobody seals here now: a running server does'
  return { kind: 'off', why, size: head?.size ?? 0, ...(head && { head: head.printed }) }
}

/** What a sealer is doing. */
export function stateOf({
  sealer: { head, fault },
  vkey,
}: {
  readonly sealer: Sealer
  readonly vkey: string
}): SealState {
  const size = head?.size ?? 0
  const failed = fault && { fault: fault.message, code: fault.code }
  return { kind: 'on', vkey, size, ...(head && { head: head.printed }), ...failed }
}

/** How many entries the log in a data folder says were sealed. Nobody checked its signature: that number counts for nothing. */
export function saidToBeSealed(path: string): number {
  try {
    return headIn(sealIn(path))?.size ?? 0
  } catch {
    return 0
  }
}

/** The same, no more than the head file has seen: no seq of theirs is given out again where nothing outside tells an end. */
export const sealedIn = ({ path, head }: Folder): number => Math.min(saidToBeSealed(path), head.mark(BEGUN))
