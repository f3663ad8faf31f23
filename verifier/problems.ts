/** What is wrong, in the order in which it was found: all of it is counted, the first thousand are kept. */

const MOST = 1000

export class Problems {
  readonly list: string[] = []
  count = 0

  readonly add = (what: string): void => {
    this.count += 1
    if (this.list.length < MOST) this.list.push(what)
  }

  /** Runs a check, whose end by an error is a problem too. */
  within(where: string, check: () => void): void {
    try {
      check()
    } catch (error) {
      this.add(`${where}${reasonOf(error)}`)
    }
  }
}

/** The reason of an error that a check ended with; one of the language’s own says that something has not the form it must have. */
export const reasonOf = (error: unknown): string =>
  error instanceof Error && error.constructor === Error ? error.message : 'it has not the form that it must have'
