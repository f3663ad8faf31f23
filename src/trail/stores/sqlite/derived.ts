/** Holds what replies brought, and which outcomes belong to an exchange, against the entries of a day file. Says what differs. */
import { Fault } from '#exchange'
import { entryIn } from '../../seal/held.ts'
import { keyGone, readable } from './bodies.ts'
import type { Day } from './day.ts'
import type { EditRow } from './edit-rows.ts'

const TOLD = `SELECT of, json FROM outcomes LEFT JOIN entries USING (seq) WHERE of >= ? AND of < ?`
const ANEW = `SELECT 1 FROM exchanges x JOIN redacted r ON r.seq IN (x.seq, x.closing) WHERE x.exchange = ? LIMIT 1`

/** An entry of a place. `isRead`: it has a body whose key is here. */
interface At {
  readonly seq: number
  readonly isRead: boolean
  readonly entry: Readonly<Record<string, unknown>>
}

export class Derived {
  readonly #day: Day
  readonly #since: number
  readonly #edits: ReadonlyMap<number, EditRow>
  readonly #told: ReadonlyMap<number, readonly { readonly json: string | null }[]>

  /** @param since entries up to it may have had edits before they told of them */
  constructor(day: Day, [from, to]: readonly [from: number, to: number], since: number) {
    this.#day = day
    this.#since = since
    this.#edits = new Map(day.edits.between(from, to).map((row) => [row.seq, row]))
    this.#told = Map.groupBy(day.file.all<{ of: number; json: string | null }>(TOLD, from, to), ({ of }) => of)
  }

  wrong(at: At): string | undefined {
    return this.#ofEdits(at) ?? this.#ofOutcomes(at)
  }

  /** They go with a body that is written anew, and with nothing else. */
  #ofEdits({ seq, isRead, entry: { derived, exchange } }: At): string | undefined {
    const row = this.#edits.get(seq)
    if (!row) return derived === undefined || this.#isAnew(exchange) ? undefined : 'what was derived of it is gone'
    if (derived === undefined) return seq > this.#since ? 'it brought nothing that the index says it did' : undefined
    const digest = this.#digestOf(row, isRead)
    return digest === derived || digest === 'locked' ? undefined : 'what was derived of it differs'
  }

  #isAnew(exchange: unknown): boolean {
    return this.#day.file.get(ANEW, String(exchange)) !== undefined
  }

  /** What is under a key that is not here is not known to be false; where its session’s is here, none of it was destroyed. */
  #digestOf(row: EditRow, isRead: boolean): string | undefined {
    let isLocked = false
    const digest = readable(() => {
      try {
        return this.#day.edits.digestOf(row)
      } catch (error) {
        const key = error instanceof Fault ? keyGone(error) : undefined
        isLocked = key !== undefined && !(key === '' && isRead)
        throw error
      }
    })
    return isLocked ? 'locked' : digest
  }

  /** What was emptied is told in its own place. */
  #ofOutcomes({ seq, entry }: At): string | undefined {
    const isOwn = ({ json }: { readonly json: string | null }) => {
      if (json === '') return true
      const told = json === null ? undefined : entryIn(json)
      return told?.['kind'] === 'outcome' && told['exchange'] === entry['exchange']
    }
    return this.#told.get(seq)?.every(isOwn) === false ? 'the index has for an outcome of it what is none' : undefined
  }
}
