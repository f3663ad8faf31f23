/** Thrown by what cannot be done before keys are fetched. Whoever catches it fetches them and does the same again. */
export class Wanted extends Error {
  /** Numbers of keys; none where new ones must be made. */
  readonly ids: readonly number[]

  constructor(ids: readonly number[]) {
    super('keys are wanted')
    this.ids = ids
  }
}

/** The same where all that is durable must be sealed first: the same may be done in the turn in which it is, and no later. */
export class WantedSeal extends Wanted {
  constructor() {
    super([])
  }
}
