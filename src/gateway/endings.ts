/** Ending entries that the trail could not take at once: kept, and tried again until it can. Bounded. */
import { type Ending, faultOf } from '#exchange'
import type { Trail } from '#trail'

const MOST_KEPT = 1000
const EVERY_MS = 500

/**
 * No exchange stays without an ending because the disk was full for a moment. What is still kept when the process ends
 * is closed as `interrupted` by the trail's recovery, with what the journal holds.
 */
export class Endings {
  readonly #trail: Trail
  readonly #tell: (line: string) => void
  #kept = new Map<string, Ending>()
  #timer: NodeJS.Timeout | undefined

  /** `tell` says a line to whoever runs the gateway. */
  constructor(trail: Trail, tell: (line: string) => void) {
    this.#trail = trail
    this.#tell = tell
  }

  /** Resolves once the ending is durable or kept for another try. */
  async appendOrKeep(ending: Ending): Promise<void> {
    try {
      await this.#trail.append(ending)
    } catch (error) {
      this.keep(ending, error)
    }
  }

  /** Keeps an ending that the trail did not take for another try; one that it never will is told. */
  keep(ending: Ending, error: unknown): void {
    const fault = faultOf(error)
    if (!fault.code.startsWith('trail.')) this.#tell(`an ending is not on the trail: ${fault.code}`)
    else if (this.#kept.size < MOST_KEPT || this.#kept.has(ending.exchange)) this.#kept.set(ending.exchange, ending)
    else this.#tell(`more than ${MOST_KEPT} endings wait for the trail: one more will read "interrupted"`)
    if (this.#kept.size > 0) this.#timer ??= setTimeout(() => void this.flush(), EVERY_MS).unref()
  }

  /** Tries every kept ending again, in order, until one fails. Never rejects. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const kept = [...this.#kept.values()]
    this.#kept = new Map()
    for (const [at, ending] of kept.entries()) {
      try {
        await this.#trail.append(ending)
      } catch (error) {
        for (const rest of kept.slice(at)) this.keep(rest, error)
        return
      }
    }
  }
}
