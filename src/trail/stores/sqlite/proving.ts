/**
 * The key that entries and documents are proven with: one of `keys.db`, wrapped like those of sessions, so that it takes the
 * wrapping key, which lies outside the data folder, to write one that looks true. And from which entry on they are proven.
 */
import { Fault } from '#exchange'
import { type Head, headIn, LogFiles, sealIn } from '../../seal/files.ts'
import { included, inclusionProof, leafHash } from '../../seal/hashes.ts'
import { isFirst } from '../../seal/leaf.ts'
import { type Document, type Proofs, Proofs as ProofsOf, type Proven } from '../../seal/proofs.ts'
import { readable } from './bodies.ts'
import type { Folder } from './folder.ts'
import { OWN, type Row } from './head.ts'

/** Whose key it is, in the place of a day file's name. */
const OWNER = 'entries'
const DOCUMENT = ['proof', 'since'] as const

/** Proofs, and the last entry that was there before there were any; undefined where nothing says so that could be believed. */
interface Open {
  readonly proofs: Proofs
  readonly since: number | undefined
  /** Whether documents bear MACs. Those of a record of before do not where it is only looked at. */
  readonly hasMacs: boolean
}

/** What stands in the head file of when proofs began. */
interface Since {
  readonly since: number
  /** It was written by a version that gave documents no MACs. */
  readonly isEarlier: boolean
}

export class Proving {
  readonly #folder: Folder
  readonly #last: () => number
  readonly #makes: boolean
  #open: Open | undefined

  /** @param last the highest seq that was given out @param makes whether a key may be made where there is none */
  constructor(folder: Folder, last: () => number, makes: boolean) {
    this.#folder = folder
    this.#last = last
    this.#makes = makes
  }

  /** The keys may be others now. */
  forget(): void {
    this.#open = undefined
  }

  /** Undefined where the key is not here and none can be made. @throws Wanted, trail.* */
  open(): Open | undefined {
    this.#open ??= this.#opened()
    return this.#open
  }

  /** Whether the key is here, cannot be read here, or is not there at all. @throws Wanted, trail.* */
  get state(): 'here' | 'locked' | 'none' {
    if (this.open()) return 'here'
    const { keys } = this.#folder
    return (keys.isShut && !keys.isBehind) || keys.of({ file: OWNER }).length > 0 ? 'locked' : 'none'
  }

  /** The last entry that was there before there were proofs; all of them where that cannot be told. @throws Wanted, trail.* */
  get since(): number {
    return this.open()?.since ?? Number.POSITIVE_INFINITY
  }

  /** The same. @throws Wanted, trail.key where it is not here, trail.* */
  proofs(): Proofs {
    const open = this.open()
    if (!open) throw new Fault('trail.key', 'entries are proven with a key under it')
    return open.proofs
  }

  /** Whether an entry was written by who had the key; undefined where that cannot be told here. @throws Wanted, trail.* */
  isProven(root: Uint8Array | null, entry: Proven): boolean | undefined {
    const open = this.open()
    if (!open || entry.seq <= (open.since ?? 0)) return open && true
    return root !== null && open.proofs.proves(root, entry)
  }

  /** Whether a document is as who had the key wrote it. @throws Wanted, trail.key where the key is not here, trail.* */
  isDocument({ mac, ...document }: Document & { readonly mac: Uint8Array | null }): boolean {
    const open = this.open()
    if (!open) throw new Fault('trail.key', 'documents of head.db are proven with a key under it')
    if (!open.hasMacs) return isObject(document.json)
    return mac !== null && open.proofs.isDocument(mac, document)
  }

  #opened(): Open | undefined {
    const { keys } = this.#folder
    const ids = keys.of({ file: OWNER })
    keys.need(ids)
    const found = ids.flatMap((id) => readable(() => keys.key(id)) ?? []).reverse()
    const [first, ...rest] = found.map((key) => key.export())
    if (first) return this.#marked(new ProofsOf([first, ...rest]))
    if (!this.#makes || keys.isShut) return undefined
    const id = keys.take({ file: OWNER, session: undefined })
    keys.note()
    return this.#marked(new ProofsOf([keys.key(id).export()]))
  }

  #marked(proofs: Proofs): Open {
    const told = this.#told(proofs)
    if (!this.#makes) return { proofs, since: told?.since, hasMacs: told?.isEarlier !== true }
    if (told?.isEarlier === false) return { proofs, since: told.since, hasMacs: true }
    const { keys, path } = this.#folder
    const since = told?.since ?? (keys.wentOn ? this.#last() : unprovenUntil(path, this.#last()))
    this.#begin(proofs, since, told !== undefined || keys.wentOn || endsInFirst(path))
    return { proofs, since, hasMacs: true }
  }

  /** From now on every document bears its MAC. Of a record of before, or whose key was lost for good, those that are there do as they lie. */
  #begin(proofs: Proofs, since: number, takes: boolean): void {
    const { head } = this.#folder
    const taken = takes ? head.rows().filter(isDocument) : []
    const macs = taken.map((one) => ({ kind: one.kind, id: one.id, mac: proofs.document(one) }))
    head.put(...DOCUMENT, JSON.stringify({ since, mark: proofs.mark(since) }), macs)
  }

  #told(proofs: Proofs): Since | undefined {
    const json = this.#folder.head.document(...DOCUMENT)
    try {
      const { since, mark } = JSON.parse(json ?? '{}') as { readonly since?: number; readonly mark?: string }
      if (since === undefined || mark === undefined) return undefined
      const isEarlier = proofs.isEarlierMark(since, mark)
      return isEarlier || proofs.isMark(since, mark) ? { since, isEarlier } : undefined
    } catch {
      return undefined // somebody wrote there: it counts for nothing
    }
  }
}

const isDocument = (row: Row): row is Row & Document =>
  row.kind !== null && !OWN.has(row.kind) && row.id !== null && row.json !== null && isObject(row.json)

/** What was never written here, whatever version did: not what is taken as it lies. */
function isObject(json: string): boolean {
  try {
    const value: unknown = JSON.parse(json)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch {
    return false
  }
}

/** Whether the log ends before there were proofs. */
function endsInFirst(path: string): boolean {
  try {
    const head = headIn(sealIn(path))
    return head !== undefined && isFirst(new LogFiles(sealIn(path), head.size).leaf(head.size - 1).toString())
  } catch {
    return false // a log that cannot be read says nothing for anybody
  }
}

/**
 * The last entry that was there before any was proven, as the log tells: all that are here where no leaf is of a version that
 * came with proofs, else the last one whose leaf is of the version before. A log that cannot be read says nothing for anybody.
 */
function unprovenUntil(path: string, last: number): number {
  try {
    const head = headIn(sealIn(path))
    if (!head) return last
    const files = new LogFiles(sealIn(path), head.size)
    for (let [at, isProven] = [head.size - 1, false]; at >= 0; at--) {
      const bytes = files.leaf(at)
      if (!isProven && !stands(files, head, at, bytes)) return 0
      if (isFirst(bytes.toString())) return isProven ? at + 1 : last
      isProven = true
    }
    return 0
  } catch {
    return 0
  }
}

function stands(files: LogFiles, { size, root }: Head, index: number, leaf: Buffer): boolean {
  return included(leafHash(leaf), { index, size }, inclusionProof(files.node, index, size), root)
}
