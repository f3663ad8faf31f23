/**
 * Documents as who had the record's key wrote them: each bears a MAC of its kind, its id and its text. One without a true MAC is
 * given to nobody, and told for as long as this process lives, also where another takes its place. Removes none by itself.
 */
import type { ForgedDocument, StoredDocument } from '../../store.ts'
import { type Head, OWN, type Row } from './head.ts'
import type { Proving } from './proving.ts'

/** So many are told. */
const MOST = 1000
/** Of an id that somebody made up so much is shown, in UTF-16 units. */
const SHOWN = 96

export class ProvenDocuments {
  readonly #head: Head
  readonly #proving: Proving
  readonly #met = new Map<string, ForgedDocument>()

  constructor(head: Head, proving: Proving) {
    this.#head = head
    this.#proving = proving
  }

  /** @throws Wanted, trail.* */
  put(kind: string, id: string, json: string): void {
    const mac = this.#proving.proofs().document({ kind, id, json })
    this.#true(kind, id)
    this.#head.put(kind, id, json, [{ kind, id, mac }])
  }

  /** @throws Wanted, trail.key where there is one and what it is proven with is not here, trail.* */
  get(kind: string, id: string): string | undefined {
    return this.#true(kind, id)[0]?.json
  }

  /** In the order of their ids. @throws as `get` */
  list(kind: string): StoredDocument[] {
    return this.#true(kind)
  }

  /** Whether there was one. @throws as `get` */
  delete(kind: string, id: string): boolean {
    this.#true(kind, id)
    return this.#head.delete(kind, id)
  }

  /** All that are here, and those that were met before, the mark of when proofs began among them where it is lost; none where what they are proven with is not here. @throws Wanted, trail.* */
  forged(): readonly ForgedDocument[] {
    const open = this.#proving.open()
    if (open) this.#true()
    if (open?.isMarkLost) this.#meet({ kind: 'proof', id: 'since' })
    return [...this.#met.values()]
  }

  /** Those that are what they were when they were written. MACs that begin to count do so before one is read. */
  #true(ofKind?: string, withId?: string): StoredDocument[] {
    this.#proving.open()
    return this.#head.rows(ofKind, withId).flatMap((row) => {
      const { id, json } = row
      if (OWN.has(row.kind) && id !== null && json !== null) return { id, json }
      if (isWhole(row) && this.#proving.isDocument(row)) return { id: row.id, json: row.json }
      if (!OWN.has(row.kind)) this.#meet(row)
      return []
    })
  }

  #meet({ kind, id }: Pick<Row, 'kind' | 'id'>): void {
    const one = { kind: printed(kind), id: printed(id) }
    if (this.#met.size < MOST) this.#met.set(JSON.stringify(one), one)
  }
}

type Whole = Row & { readonly kind: string; readonly id: string; readonly json: string }

const isWhole = (row: Row): row is Whole => row.kind !== null && row.id !== null && row.json !== null

/** Whoever put it there chose it. */
const printed = (text: string | null): string => (text ?? '?').slice(0, SHOWN).replace(/[^\x20-\x7e]/g, '?')
