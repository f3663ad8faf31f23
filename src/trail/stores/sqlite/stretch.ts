/** Which part of a day file a search looks through next. Reads the index of exchanges. */
import type { File } from './file.ts'

/**
 * Seqs of openings, `above` excluded and 0 at least: nothing is ever written before the first entry, and what stands there is
 * shown nowhere; `verify` tells of it.
 */
export interface Stretch {
  readonly above: number
  readonly to: number
}

/** Milliseconds since the epoch: `after` is included, `before` is not. */
export interface Range {
  readonly after?: number
  readonly before?: number
}

/** So many neighbouring seqs share one note of their earliest and latest time; so many rows are read for notes at a time: some ms. */
const SIZES = { block: 2048, rows: 20_000 } as const
const LEARN = `SELECT seq / CAST(? AS INTEGER) AS block, min(at) AS first, max(at) AS last, max(seq) AS top
  FROM (SELECT seq, at FROM exchanges WHERE seq > ? ORDER BY seq LIMIT ?) GROUP BY block ORDER BY block`

interface Note {
  readonly block: number
  readonly first: number
  readonly last: number
  /** The highest seq that it tells of. */
  readonly top: number
}

/** When the exchanges of a file were asked, roughly by their seqs. A row keeps its time, and none comes below one that is there. */
export class Times {
  readonly #file: File
  readonly #notes: Note[] = []

  readonly #sizes: { readonly block: number; readonly rows: number }

  constructor(file: File, sizes: { readonly block: number; readonly rows: number } = SIZES) {
    this.#file = file
    this.#sizes = sizes
  }

  get #known(): number {
    return this.#notes.at(-1)?.top ?? 0
  }

  /** Reads some more; whether there may be more. */
  learn(): boolean {
    const found = this.#file.all<Note>(LEARN, this.#sizes.block, this.#known, this.#sizes.rows)
    for (const note of found) {
      const last = this.#notes.at(-1)
      if (last?.block === note.block) this.#notes.pop()
      this.#notes.push(last?.block === note.block ? both(last, note) : note)
    }
    return found.length > 0
  }

  /** The highest seqs below `bound` that an exchange of that time may have; undefined where none has. All of them where there is no range. */
  below(bound: number, range?: Range): Stretch | undefined {
    const sql = 'SELECT max(seq) AS seq FROM exchanges WHERE seq < ? AND seq > 0'
    const to = this.#file.get<{ seq: number | null }>(sql, bound)?.seq ?? 0
    if (to === 0) return undefined
    if (!range) return { above: 0, to }
    return to > this.#known ? { above: this.#known, to } : this.#within(range, to)
  }

  #within({ after = Number.NEGATIVE_INFINITY, before = Number.POSITIVE_INFINITY }: Range, to: number) {
    const { block } = this.#sizes
    const fits = ({ first, last }: Note) => last >= after && first < before
    const highest = this.#notes.findLastIndex((note) => note.block * block <= to && fits(note))
    const top = this.#notes[highest]
    if (!top) return undefined
    let lowest = highest
    for (let one = this.#notes[lowest - 1]; one && fits(one); one = this.#notes[lowest - 1]) lowest -= 1
    const first = this.#notes[lowest] ?? top
    return { above: Math.max(0, first.block * block - 1), to: Math.min(to, top.top) }
  }
}

const both = (a: Note, b: Note): Note => ({
  block: a.block,
  first: Math.min(a.first, b.first),
  last: Math.max(a.last, b.last),
  top: b.top,
})
