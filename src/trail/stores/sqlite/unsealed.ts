/** What waits to be sealed: the entries written of late from memory, older ones from their day files. Writes only salts. */
import { randomFillSync } from 'node:crypto'
import { parseSalts } from '../../seal/leaf.ts'
import type { Sealable, Unsealed } from '../../seal/sealer.ts'
import type { Day } from './day.ts'
import type { Folder } from './folder.ts'
import type { Line } from './protocol.ts'
import type { Proving } from './proving.ts'

/** Entries, and characters of their JSON, that are remembered until they are sealed. Others are read from their file. */
const MOST = { entries: 16_384, characters: 16 * 2 ** 20 } as const

interface Recent {
  readonly name: string
  readonly json: string
  readonly salt: Uint8Array
  readonly hash: string | undefined
}

/** Up to which seq may be sealed, and which seqs lie in a day file. */
interface Seqs {
  readonly sealable: number
  rangeOf(name: string): { readonly first: number; readonly last: number }
}

/** An entry that was just written. `hash`: SHA-256 of its body, hexadecimal, where it has one. */
interface Wrote {
  readonly seq: number
  readonly salt: Uint8Array
  readonly hash: string | undefined
}

const POOL_BYTES = 8192
const SALT_BYTES = 32

/** The secret root of one entry's salts, from the system's randomness. */
export class SaltSource {
  #pool = Buffer.alloc(0)
  #at = 0

  next(): Uint8Array {
    if (this.#at >= this.#pool.length) {
      this.#pool = randomFillSync(Buffer.alloc(POOL_BYTES))
      this.#at = 0
    }
    this.#at += SALT_BYTES
    return this.#pool.subarray(this.#at - SALT_BYTES, this.#at)
  }
}

/** The entries of a folder that no head covers. */
export class FolderUnsealed implements Unsealed {
  readonly salts = new SaltSource()
  readonly #folder: Folder
  readonly #recent = new Map<number, Recent>()
  readonly #seqs: Seqs
  readonly #proving: Proving
  #characters = 0

  constructor(folder: Folder, seqs: Seqs, proving: Proving) {
    this.#folder = folder
    this.#seqs = seqs
    this.#proving = proving
  }

  get last(): number {
    return this.#seqs.sealable
  }

  /** An entry is durable. */
  wrote(name: string, line: Line, { seq, salt, hash }: Wrote): void {
    if (this.#recent.size >= MOST.entries || this.#characters > MOST.characters) return
    this.#recent.set(seq, { name, json: line.json, salt, hash })
    this.#characters += line.json.length
  }

  /** Entries may have been changed or erased: what is still to be sealed is read from its file. */
  forget(): void {
    this.#recent.clear()
    this.#characters = 0
  }

  take(seq: number, most: number): Sealable[] {
    const recent = this.#remembered(seq, most)
    return recent.length > 0 ? recent : this.#read(seq, Math.min(most, this.last + 1 - seq))
  }

  #remembered(from: number, most: number): Sealable[] {
    const taken: Sealable[] = []
    for (let seq = from; taken.length < most; seq++) {
      const one = this.#recent.get(seq)
      if (!one) break
      this.#recent.delete(seq)
      this.#characters -= one.json.length
      const { name, json, salt, hash } = one
      const body = hash === undefined ? undefined : Buffer.from(hash, 'hex')
      const bytes = () => this.#folder.day(name).body(seq)
      taken.push({ seq, json, salts: salt, body, bytes, isProven: always })
    }
    return taken
  }

  #read(from: number, count: number): Sealable[] {
    const found = new Map<number, Sealable>()
    for (const name of this.#folder.names()) {
      const { first, last } = this.#seqs.rangeOf(name)
      if (last < from || first >= from + count) continue
      for (const one of this.#readIn(this.#folder.day(name), from, from + count)) found.set(one.seq, one)
    }
    const absent = (seq: number): Sealable => ({
      ...{ seq, json: undefined, salts: NONE, body: undefined },
      bytes: nothing,
      isProven: always,
    })
    return Array.from({ length: count }, (_, at) => found.get(from + at) ?? absent(from + at))
  }

  #readIn(day: Day, from: number, to: number): Sealable[] {
    const { name } = day.file
    const rows = day.entries(from, to)
    const bare = rows.filter(({ json, salt }) => salt === null && json !== '')
    const made = new Map(bare.map(({ seq }) => [seq, this.salts.next()]))
    if (made.size > 0)
      day.file.transaction(() => {
        for (const [seq, salt] of made) day.salt(seq, salt)
      })
    return rows.map(({ seq, json, salt }) => ({
      ...{ seq, json, body: undefined, bytes: () => this.#folder.day(name).body(seq) },
      salts: salt ? parseSalts(salt) : (made.get(seq) ?? NONE),
      isProven: (body: Uint8Array | undefined) => this.#proving.isProven(salt, { seq, json, body }) === true,
    }))
  }
}

const NONE = {}
const nothing = () => undefined
const always = () => true
