/** One text through the streaming masker, part by part, as a reply would be. Keeps only what is not settled yet. */
import { type Engine, Lane } from '#masking'

/** How a text is read: `json` where it is a JSON document, so that secrets are sought in what its strings mean. */
export function modeOf(text: string): 'text' | 'json' {
  if (!/^\s*[[{]/.test(text)) return 'text'
  try {
    JSON.parse(text)
    return 'json'
  } catch {
    return 'text'
  }
}

/** What came in one push and waits. */
interface Part {
  readonly from: number
  readonly value: string
}

/** A lane whose parts leave in order, each whole, as soon as it is settled: an event waits like this. */
export class Streamed {
  readonly lane: Lane
  #waiting: Part[] = []

  constructor(engine: Engine, mode: 'text' | 'json') {
    this.lane = new Lane(engine, mode)
  }

  /** Parts that came and have not left. */
  get waiting(): number {
    return this.#waiting.length
  }

  /** Takes a part; returns what may leave now. */
  push(value: string): string {
    this.#waiting.push({ from: this.lane.length, value })
    this.lane.push(value)
    return this.#release()
  }

  /** The rest. */
  end(): string {
    this.lane.end()
    return this.#release()
  }

  #release(): string {
    const { settled } = this.lane
    let out = ''
    let next = 0
    for (; next < this.#waiting.length; next++) {
      const { from, value } = this.#waiting[next] as Part
      if (from + value.length > settled) break
      out += this.lane.render(from, value) ?? value
    }
    if (next) this.#waiting = this.#waiting.slice(next)
    return out
  }
}

/** A whole text, cut into `parts`, as it leaves. */
export function streamed(engine: Engine, parts: readonly string[], mode: 'text' | 'json'): string {
  const lane = new Streamed(engine, mode)
  return parts.map((part) => lane.push(part)).join('') + lane.end()
}
