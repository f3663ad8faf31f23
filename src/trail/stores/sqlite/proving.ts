/**
 * The key that entries and documents are proven with: one of `keys.db`, wrapped like those of sessions, so that it takes the
 * wrapping key, which lies outside the data folder, to write one that looks true. And from which entry on they are proven.
 */
import { Fault } from '#exchange'
import { lostPoint } from '../../points.ts'
import { type Document, type Proofs, Proofs as ProofsOf, type Proven } from '../../seal/proofs.ts'
import type { Begun } from '../../store.ts'
import { beforeProofs, type Signed } from './before-proofs.ts'
import { readable } from './bodies.ts'
import type { Folder } from './folder.ts'
import { OWN, type Row } from './head.ts'
import type { Sealing } from './protocol.ts'

/** Whose key it is, in the place of a day file's name. */
const OWNER = 'entries'
const DOCUMENT = ['proof', 'since'] as const
/** The number in the head file of how many entries were sealed at least. */
const SEALED = 'sealed'

/** Proofs, and the last entry that was there before there were any; undefined where nothing says so that could be believed. */
interface Open {
  readonly proofs: Proofs
  readonly since: number | undefined
  /** Whether documents bear MACs. Those of a record of before do not where it is only looked at. */
  readonly hasMacs: boolean
  /** Proofs had begun, and the mark that said so is gone, or another one. */
  readonly isMarkLost: boolean
}

/** What is taken without a proof: entries up to one, and documents as they lie. */
interface Taken {
  readonly since: number | undefined
  readonly documents: boolean
  readonly isMarkLost: boolean
}

/** How a record is opened, and what is known of it elsewhere. */
export interface ProvingOptions {
  /** The highest seq that was given out. */
  last(): number
  /** Whether a key may be made where there is none. */
  readonly makes: boolean
  readonly begun?: Begun | undefined
  readonly sealing?: Sealing | undefined
  /** It is of a version whose entries and documents proved nothing, as is known from elsewhere. */
  readonly ofBefore?: boolean | undefined
  /** So many entries were sealed at least, as is remembered outside. */
  readonly sealedOutside?: number | undefined
}

/** What stands in the head file of when proofs began. */
interface Since {
  readonly since: number
  /** It was written by a version that gave documents no MACs. */
  readonly isEarlier: boolean
}

export class Proving {
  readonly #folder: Folder
  readonly #o: ProvingOptions
  #open: Open | undefined

  constructor(folder: Folder, options: ProvingOptions) {
    this.#folder = folder
    this.#o = options
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
    if (first) return this.#marked(new ProofsOf([first, ...rest]), false)
    if (!this.#o.makes || keys.isShut) return undefined
    const id = keys.take({ file: OWNER, session: undefined })
    if (keys.wentOn && keys.note()) lostPoint('lost.noted') // before what it proves: else that is forged where the one before turns up
    const open = this.#marked(new ProofsOf([keys.key(id).export()]), true)
    keys.note() // behind the mark: where there is a key, proofs have begun
    return open
  }

  #marked(proofs: Proofs, isNew: boolean): Open | undefined {
    const told = this.#told(proofs)
    if (told?.isEarlier === false) return { proofs, since: told.since, hasMacs: true, isMarkLost: false }
    const { keys } = this.#folder
    if (keys.isShut && !keys.isBehind) return undefined // of one that was begun while a lost key was given up nothing is proven yet
    const { since, documents, isMarkLost } = this.#taken(proofs, told, isNew)
    if (!this.#o.makes || keys.isShut) return { proofs, since, hasMacs: !documents, isMarkLost }
    this.#begin(proofs, since ?? 0, documents)
    return { proofs, since: since ?? 0, hasMacs: true, isMarkLost }
  }

  /**
   * Where the mark is not one of now. Once they have begun nothing in the folder takes that back: what is remembered outside of
   * it counts before all that could be put there, then that there is a key.
   */
  #taken(proofs: Proofs, told: Since | undefined, isNew: boolean): Taken {
    const { makes, begun, sealing, sealedOutside = 0, ofBefore = false } = this.#o
    const { keys, path, head } = this.#folder
    const last = this.#o.last()
    if (keys.wentOn) return { since: told?.since ?? last, documents: true, isMarkLost: false }
    const signed: Signed = { sealing, sealed: Math.max(head.mark(SEALED), sealedOutside) }
    if (told && !begun) {
      const isMarkLost = head.rows().some((row) => isDocument(row) && isOwn(proofs, row))
      return { since: told.since, documents: !isMarkLost, isMarkLost }
    }
    if (begun || !(isNew || ofBefore) || head.hasMacs) {
      const bySigned = makes && signed.sealing ? beforeProofs(path, 0, signed).since : undefined
      return { since: begun?.since ?? told?.since ?? bySigned, documents: false, isMarkLost: true }
    }
    return { ...beforeProofs(path, last, signed), isMarkLost: false }
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

const isOwn = (proofs: Proofs, { mac, ...document }: Row & Document): boolean =>
  mac !== null && proofs.isDocument(mac, document)

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
