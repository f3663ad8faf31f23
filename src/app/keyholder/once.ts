/** What is opened once, as it was asked for first: again the same is no change, anything else is refused. */
import { isDeepStrictEqual } from 'node:util'
import { Fault } from '#exchange'

interface Opened {
  readonly args: readonly unknown[]
  readonly done: Promise<void>
}

export class Once {
  readonly #opened = new Map<string, Opened>()
  #closed = false

  /**
   * Opens what bears a name; resolves once it is open. What failed may be asked for again, with the same arguments alone.
   * @throws keys.fixed where it was opened otherwise, or nothing may be opened any more
   */
  async of(name: string, args: readonly unknown[], open: () => Promise<void>): Promise<void> {
    const known = this.#opened.get(name)
    if (known && !isDeepStrictEqual(known.args, args)) throw new Fault('keys.fixed', `${name} was asked for otherwise`)
    if (!known && this.#closed) throw new Fault('keys.fixed', `${name} was not asked for at the start`)
    const done = known ? known.done.catch(() => this.#begun(name, args, open)) : this.#begun(name, args, open)
    await done
  }

  #begun(name: string, args: readonly unknown[], open: () => Promise<void>): Promise<void> {
    const done = open()
    this.#opened.set(name, { args, done })
    done.catch(() => undefined) // whoever asked is told
    return done
  }

  /** What was not opened by now stays shut. */
  close(): void {
    this.#closed = true
  }
}
