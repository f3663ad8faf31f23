/** Thrown by what cannot be done before keys are fetched. Whoever catches it fetches them and does the same again. */
export class Wanted extends Error {
  /** Numbers of keys; none where new ones must be made. */
  readonly ids: readonly number[]

  constructor(ids: readonly number[]) {
    super('keys are wanted')
    this.ids = ids
  }
}
