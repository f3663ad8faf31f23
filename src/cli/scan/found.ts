/** Secrets of one text that comes in parts: where each stands, and its line with all secrets masked. Keeps a window. */
import { type Engine, Lane, type LaneFinding } from '#masking'

/** A secret in a file. Lines and columns count from 1, columns and offsets in UTF-16 units, ends exclusive. */
export interface Found {
  readonly rule: string
  readonly line: number
  readonly column: number
  readonly endLine: number
  readonly endColumn: number
  readonly start: number
  readonly end: number
  /** Whether it proves itself, by a checksum or its structure. */
  readonly verified: boolean
  /** The text around it on its line, this and every other secret masked. */
  readonly excerpt: string
}

type Stretch = Pick<LaneFinding, 'rule' | 'start' | 'end' | 'verified'>

interface Place {
  readonly line: number
  readonly column: number
}

/** What is shown around a secret, on each side. */
const AROUND = 40
/** Text before a secret that is kept, for its line and what is shown. */
const KEPT = 4096

export class Finder {
  readonly #lane: Lane
  /** Raw text; its first unit stands at `#base`. */
  #text = ''
  #base = 0
  #rendered = 0
  /** Known, and not told yet because what follows has not come. */
  #open: Stretch[] = []
  /** All that are known and stand in the window. */
  #known: Stretch[] = []
  readonly #lines: Lines = new Lines()

  constructor(engine: Engine, mode: 'text' | 'json') {
    this.#lane = new Lane(engine, mode)
  }

  /** Takes a part; returns the secrets that are known with what follows them. */
  push(part: string): Found[] {
    this.#lane.push(part)
    this.#text += part
    return this.#told(this.#lane.settled - AROUND)
  }

  end(): Found[] {
    this.#lane.end()
    return this.#told(Number.POSITIVE_INFINITY)
  }

  #told(upTo: number): Found[] {
    this.#take()
    const ready = this.#open.filter(({ end }) => end <= upTo)
    const out = ready.map((each) => this.#found(each))
    this.#open = this.#open.filter(({ end }) => end > upTo)
    this.#forget(Math.min(this.#lane.settled, this.#open[0]?.start ?? Number.POSITIVE_INFINITY))
    return out
  }

  /** The lane tells what is final of what was rendered, and forgets it. */
  #take(): void {
    const { settled } = this.#lane
    this.#lane.render(this.#rendered, this.#text.slice(this.#rendered - this.#base, settled - this.#base))
    this.#rendered = settled
    for (const each of this.#lane.take()) {
      this.#open.push(each)
      this.#known.push(each)
    }
  }

  #found({ rule, start, end, verified }: Stretch): Found {
    const from = this.#lines.placeOf(start, this.#text, this.#base)
    const to = this.#lines.placeOf(end, this.#text, this.#base)
    return {
      rule,
      ...from,
      endLine: to.line,
      endColumn: to.column,
      ...{ start, end, verified: verified === true },
      excerpt: this.#excerpt(start, end),
    }
  }

  /** From the line's start, or not far before the secret, to the line's end, or not far behind it. */
  #excerpt(start: number, end: number): string {
    const [from, to] = [start - this.#base, end - this.#base]
    const before = this.#text.slice(Math.max(0, from - AROUND), from)
    const after = this.#text.slice(to, to + AROUND)
    const left = start - (before.length - 1 - before.lastIndexOf('\n'))
    const right = end + (after.includes('\n') ? after.indexOf('\n') : after.length)
    return this.#masked(left, right)
  }

  /** A stretch of the text with every secret in it masked, also those that begin before it. */
  #masked(from: number, to: number): string {
    let out = ''
    let at = from
    for (const { rule, start, end } of [...this.#known, ...this.#lane.findings]) {
      if (end <= from || start >= to) continue
      out += `${this.#text.slice(at - this.#base, Math.max(at, start) - this.#base)}[masked:${rule}]`
      at = Math.max(at, end)
    }
    return out + this.#text.slice(at - this.#base, Math.max(at, to) - this.#base)
  }

  /** Lets go of the text that nothing will be shown of. */
  #forget(from: number): void {
    const gone = from - KEPT - this.#base
    if (gone < KEPT) return
    this.#lines.pass(this.#text.slice(0, gone), this.#base)
    this.#text = this.#text.slice(gone)
    this.#base += gone
    this.#known = this.#known.filter(({ end }) => end > this.#base)
  }
}

/** Counts lines as the text passes: only forwards. */
class Lines {
  /** Line breaks before `#at`, and the offset behind the last of them. */
  #count = 0
  #begins = 0
  #at = 0

  /** Counts to the end of `text`, which stands at `base`. */
  pass(text: string, base: number): void {
    for (let next = text.indexOf('\n', Math.max(0, this.#at - base)); next >= 0; next = text.indexOf('\n', next + 1)) {
      this.#count++
      this.#begins = base + next + 1
    }
    this.#at = Math.max(this.#at, base + text.length)
  }

  /** `offset` must not stand before one that was asked for. */
  placeOf(offset: number, text: string, base: number): Place {
    this.pass(text.slice(0, Math.max(0, offset - base)), base)
    return { line: this.#count + 1, column: offset - this.#begins + 1 }
  }
}
