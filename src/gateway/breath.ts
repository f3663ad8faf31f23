/** Lets all others go on while a large text is masked: one slice of such work at a time, whoever does it. Masks nothing. */

/** How long a slice may take before others have their turn, in ms. */
const SLICE_MS = 8

/** Everybody who has worked for long enough waits here, in a row: between two slices the loop turns once. */
let row: Promise<void> = Promise.resolve()

const turned = () => new Promise<void>((resolve) => void setImmediate(resolve))

/** One piece of work that takes long. `clock` in ms. */
export class Breath {
  readonly #clock: () => number
  #began: number

  constructor(clock: () => number) {
    this.#clock = clock
    this.#began = clock()
  }

  /** Undefined while the slice lasts; else resolves when the next one begins. */
  pause(): Promise<void> | undefined {
    return this.#clock() - this.#began < SLICE_MS ? undefined : this.rest()
  }

  /** Resolves when others have had their turn: between two steps that cannot be cut. */
  rest(): Promise<void> {
    row = row.then(turned)
    return row.then(() => {
      this.#began = this.#clock()
    })
  }
}
