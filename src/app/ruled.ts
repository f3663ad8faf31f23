/** Puts each version of the rules on the record when it comes into force, with its text once. Decides nothing. */
import { faultOf, type Ruled } from '#exchange'
import type { Trail } from '#trail'
import type { Policy } from './policy.ts'

const AGAIN_MS = 1000

interface Options {
  readonly trail: Pick<Trail, 'append' | 'policies'>
  readonly now: () => number
  readonly uuid: () => string
  /** A line for whoever runs the gateway. */
  readonly tell: (line: string) => void
}

interface Waiting {
  readonly policy: Policy
  readonly via: Ruled['via']
  readonly at: number
}

/** One for a running server. */
export class Ruling {
  readonly #o: Options
  readonly #waiting: Waiting[] = []
  #last: string | undefined
  #running: Promise<void> = Promise.resolve()
  #timer: NodeJS.Timeout | undefined

  constructor(options: Options) {
    this.#o = options
  }

  /**
   * Resolves once the record says that these rules are in force, or once it is told that it cannot yet: then it is tried
   * again until it can, for no full disk keeps rules from being changed.
   */
  async set(policy: Policy, via: Ruled['via']): Promise<void> {
    this.#waiting.push({ policy, via, at: this.#o.now() })
    try {
      await this.#put()
    } catch (error) {
      this.#o.tell(`the record does not say yet which rules are in force: ${faultOf(error).message}`)
      this.#later()
    }
  }

  /** All that wait, in their order, one call after the other. */
  #put(): Promise<void> {
    const put = this.#running.then(async () => {
      for (let next = this.#waiting[0]; next; next = this.#waiting[0]) {
        await this.#append(next)
        this.#waiting.shift()
      }
    })
    this.#running = put.catch(() => undefined)
    return put
  }

  async #append({ policy: { id, text }, via, at }: Waiting): Promise<void> {
    const { trail, uuid } = this.#o
    const before = await trail.policies()
    this.#last ??= before.at(-1)?.ruled.policy
    if (this.#last === id) return
    const known = before.some(({ ruled }) => ruled.policy === id && ruled.text !== undefined)
    await trail.append({ kind: 'ruled', exchange: uuid(), at, via, policy: id, ...(!known && { text }) })
    this.#last = id
  }

  #later(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      this.#put().catch(() => this.#later())
    }, AGAIN_MS).unref()
  }

  /** Tries once more what the record does not say yet. Never rejects. */
  async close(): Promise<void> {
    clearTimeout(this.#timer)
    await this.#put().catch((error) =>
      this.#o.tell(`the record does not say which rules were in force: ${faultOf(error).message}`),
    )
  }
}
