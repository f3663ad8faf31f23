/** Ending entries that the trail could not take at once: kept, and tried again until it can. Bounded. */
import type { Ending } from '#exchange'
import type { Trail } from '#trail'

const MOST_KEPT = 1000
const EVERY_MS = 500

/**
 * No exchange stays without an ending because the disk was full for a moment. What is still kept when the process ends
 * is closed as `interrupted` by the trail's recovery, with what the journal holds.
 */
export class Endings {
  readonly #trail: Trail
  #kept = new Map<string, Ending>()
  #timer: NodeJS.Timeout | undefined

  constructor(trail: Trail) {
    this.#trail = trail
  }

  /** Resolves once the ending is durable. A failure rejects, and the ending is tried again later. @throws trail.* */
  async append(ending: Ending): Promise<void> {
    try {
      await this.#trail.append(ending)
    } catch (error) {
      this.later(ending)
      throw error
    }
  }

  /** Keeps an ending for another try, in place of one that is kept for the same exchange. */
  later(ending: Ending): void {
    if (this.#kept.size < MOST_KEPT || this.#kept.has(ending.exchange)) this.#kept.set(ending.exchange, ending)
    this.#timer ??= setTimeout(() => void this.#again(), EVERY_MS).unref()
  }

  async #again(): Promise<void> {
    this.#timer = undefined
    const kept = [...this.#kept.values()]
    this.#kept = new Map()
    for (const [at, ending] of kept.entries()) {
      try {
        await this.#trail.append(ending)
      } catch {
        for (const rest of kept.slice(at)) this.later(rest)
        return
      }
    }
  }
}
