/** An evidence bundle: the proof's lines as the files of one zip, which verifier/ checks without a server. docs/trail.md says its form. */
import { strToU8, zipSync } from 'fflate'
import type { Proving } from '#console'
import { type ProvenEntry, printLeafProof, type Range } from '#trail'
import { pageOf } from './page.ts'

/** What the bundle was asked for, and when (ms since the Unix epoch). */
export interface Asked {
  readonly question: string
  readonly made: number
  readonly version: string
}

/** Takes the lines of a proof, then makes the zip. */
export class Bundle {
  readonly #asked: Asked
  readonly #files: Record<string, Uint8Array> = {}
  readonly #leaves: string[] = []
  readonly #lines: string[] = []
  readonly #entries: ProvenEntry[] = []
  #head: { readonly checkpoint: string; readonly vkey?: string; readonly range?: Range } | undefined

  constructor(asked: Asked) {
    this.#asked = asked
  }

  get entries(): number {
    return this.#entries.length
  }

  /** The first entry's proof alone. */
  get proof(): string | undefined {
    const [first] = this.#entries
    return first && this.#head && printLeafProof({ ...first, checkpoint: this.#head.checkpoint })
  }

  take(line: Exclude<Proving, { readonly fault: unknown }>): void {
    if ('head' in line) this.#head = line.head
    else if ('leaf' in line) this.#leaves.push(JSON.stringify(line.leaf))
    else if ('entry' in line) this.#take(line.entry)
  }

  #take(entry: ProvenEntry): void {
    const { body, ...rest } = entry
    const seq = entry.index + 1
    if (body !== undefined) this.#files[`bodies/${seq}`] = Buffer.from(body, 'base64')
    this.#entries.push(entry)
    this.#lines.push(JSON.stringify(rest))
    const checkpoint = this.#head?.checkpoint ?? ''
    this.#files[`proofs/${seq}.tlog-proof`] = strToU8(printLeafProof({ ...entry, checkpoint }))
  }

  zip(): Uint8Array {
    const { checkpoint = '', vkey, range } = this.#head ?? {}
    const manifest = { format: 'gatelog-evidence/1', ...this.#asked, entries: this.entries, ...(range && { range }) }
    return zipSync({
      'manifest.json': strToU8(`${JSON.stringify(manifest, null, 2)}\n`),
      checkpoint: strToU8(checkpoint),
      ...(vkey !== undefined && { vkey: strToU8(`${vkey}\n`) }),
      'entries.jsonl': strToU8(this.#lines.map((line) => `${line}\n`).join('')),
      ...(range && { 'leaves.jsonl': strToU8(this.#leaves.map((leaf) => `${leaf}\n`).join('')) }),
      'index.html': strToU8(pageOf(this.#asked, checkpoint, this.#entries, range)),
      ...this.#files,
    })
  }
}
