/** Whether a sink waits for entries to be sealed: for as long as sealing is sound, and some seconds into a fault. Pure but for a clock. */
import type { SealState } from '#trail'

/** So long a fault of the sealer lasts before entries go without their place in the log, ms. */
const FAULT_MS = 5000

export class Patience {
  readonly #now: () => number
  /** Since when sealing fails, as far as this sink has seen. */
  #since: number | undefined

  constructor(now: () => number) {
    this.#now = now
  }

  waits(state: SealState): boolean {
    if (state.kind === 'off') return false
    if (state.fault === undefined) this.#since = undefined
    else this.#since ??= this.#now()
    return this.#since === undefined || this.#now() - this.#since < FAULT_MS
  }
}
