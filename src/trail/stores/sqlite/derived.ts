/** Holds what replies brought, and which outcomes belong to an exchange, against the entries of a day file. Says what differs. */
import { Fault } from '#exchange'
import { digestOfPrints } from '../../prints.ts'
import { entryIn } from '../../seal/held.ts'
import { keyGone, readable } from './bodies.ts'
import type { Day } from './day.ts'
import type { EditRow } from './edit-rows.ts'

const TOLD = `SELECT of, json FROM outcomes LEFT JOIN entries USING (seq) WHERE of >= ? AND of < ?`
const ANEW = `SELECT 1 FROM exchanges x JOIN redacted r ON r.seq IN (x.seq, x.closing) WHERE x.exchange = ? LIMIT 1`

/** What is wrong with the rows of an entry, or the name of the key that it takes to know: empty for one that was destroyed. */
export interface Looked {
  readonly misfiled?: string
  readonly lockedEdits?: string
}

/** An entry of a place. */
interface At {
  readonly seq: number
  /** Absent where it has none; `locked` as of `Unmade`. */
  readonly body: { readonly locked: string | undefined } | undefined
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

  look(at: At): Looked {
    const edits = this.#ofEdits(at)
    const misfiled = edits.misfiled ?? this.#ofOutcomes(at)
    return misfiled === undefined ? edits : { misfiled }
  }

  /** They go with a body that is written anew, and with nothing else. */
  #ofEdits({ seq, body, entry: { derived, printed, exchange } }: At): Looked {
    const row = this.#edits.get(seq)
    if (!row)
      return derived === undefined || this.#isAnew(exchange) ? {} : { misfiled: 'what was derived of it is gone' }
    if (derived === undefined)
      return seq > this.#since ? { misfiled: 'it brought nothing that the index says it did' } : {}
    const others = printed !== undefined && digestOfPrints(row.prints) !== printed
    const { digest, locked } = others ? {} : this.#digestOf(row)
    if (digest === derived) return {}
    // it is always under the key of its body, with which it is written
    const isLocked = locked !== undefined && (body === undefined || body.locked === locked)
    return isLocked ? { lockedEdits: locked } : { misfiled: 'what was derived of it differs' }
  }

  #isAnew(exchange: unknown): boolean {
    return this.#day.file.get(ANEW, String(exchange)) !== undefined
  }

  /** Neither where somebody else wrote there. */
  #digestOf(row: EditRow): { readonly digest?: string; readonly locked?: string } {
    let locked: string | undefined
    const digest = readable(() => {
      try {
        return this.#day.edits.digestOf(row)
      } catch (error) {
        locked = error instanceof Fault ? keyGone(error) : undefined
        throw error
      }
    })
    return digest !== undefined ? { digest } : locked === undefined ? {} : { locked }
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
