/** Reports that GitHub sent and that are not decided yet, kept over a restart: it sends none of them again. Decides nothing. */
import type { Trail } from '#trail'
import type { Seen } from './sightings.ts'

const KIND = 'reported'

interface Batch {
  readonly id: string
  readonly due: number
  readonly seen: readonly Seen[]
}

/** Of a record of before documents bore MACs anything may stand there. */
function isBatch(value: unknown): value is Batch {
  const { id, due, seen } = Object(value) as Partial<Batch>
  return typeof id === 'string' && Number.isFinite(due) && Array.isArray(seen) && seen.every((one) => Object(one).who)
}

/** One document for each batch, all of which falls due at once. */
export class Undecided {
  readonly #documents: Trail['documents']
  readonly #uuid: () => string
  /** When each falls due, ms since the Unix epoch. */
  readonly #due = new Map<string, number>()

  constructor(documents: Trail['documents'], uuid: () => string) {
    this.#documents = documents
    this.#uuid = uuid
  }

  /** What an earlier process left. @throws trail.* */
  async left(): Promise<readonly Batch[]> {
    const batches = (await this.#documents.list(KIND)).filter(isBatch)
    for (const { id, due } of batches) this.#due.set(id, due)
    return batches
  }

  /** Resolves once it is durable. @throws trail.* */
  async keep(seen: readonly Seen[], due: number): Promise<void> {
    const batch: Batch = { id: this.#uuid(), due, seen }
    await this.#documents.put(KIND, batch.id, batch)
    this.#due.set(batch.id, due)
  }

  /** Lets go of what is decided: all that was due by then. @throws trail.* */
  async decided(now: number): Promise<void> {
    for (const [id, due] of this.#due) {
      if (due > now) continue
      await this.#documents.delete(KIND, id)
      this.#due.delete(id)
    }
  }
}
