/** All sinks of a running house: opened, changed and closed with its configuration. Never touches traffic. */
import type { Trail } from '#trail'
import { entriesIn, places, type Untaken } from './cursor.ts'
import { Pump } from './pump.ts'
import type { Log } from './row.ts'
import { openSink, SINKS, type SinkSettings } from './sinks/index.ts'

export interface ExportsOptions {
  readonly trail: Trail
  log(): Log | undefined
  now(): number
  /** A line for whoever runs the gateway. */
  tell(line: string): void
  /** Of the first retry after a failure. */
  readonly retryMs?: number
}

export type Sinks = Readonly<Record<string, SinkSettings>>

/** How one sink stands. */
export interface Standing {
  readonly name: string
  readonly kind: SinkSettings['kind'] | undefined
  readonly cursor: number | undefined
  /** Entries that are not delivered yet. */
  readonly behind: number
  /** When the oldest of them was written, ms since the Unix epoch. */
  readonly oldest: number | undefined
  /** Why the last delivery failed, and since when it does. */
  readonly fault: string | undefined
  readonly since: number | undefined
  /** Rows that were passed over. */
  readonly untaken: readonly Untaken[]
  /** Entries that are sent again once they are sealed. */
  readonly owed: number
}

interface Open {
  readonly settings: SinkSettings
  readonly same: string
  readonly pump: Pump
}

const RETRY_MS = 1000

export class Exports {
  readonly #o: ExportsOptions
  readonly #open = new Map<string, Open>()
  #changing: Promise<void> = Promise.resolve()

  constructor(options: ExportsOptions) {
    this.#o = options
  }

  /** Puts these sinks in force; one that is as it was goes on undisturbed. */
  set(sinks: Sinks): Promise<void> {
    this.#changing = this.#changing.then(() => this.#change(sinks))
    return this.#changing
  }

  async #change(sinks: Sinks): Promise<void> {
    for (const [name, { same, pump }] of this.#open) {
      if (sinks[name] && JSON.stringify(sinks[name]) === same) continue
      this.#open.delete(name)
      await pump.close()
    }
    for (const [name, settings] of Object.entries(sinks))
      if (!this.#open.has(name)) this.#open.set(name, this.#opened(name, settings))
  }

  #opened(name: string, settings: SinkSettings): Open {
    const { trail, log, now, tell, retryMs = RETRY_MS } = this.#o
    const { content, openings, from, timeout_ms, skip_after_ms } = settings
    const { rows, gatherMs } = SINKS[settings.kind]
    const pump = new Pump({
      ...{ name, trail, log, now, tell, retryMs, content, openings, from, rows },
      sink: openSink(settings),
      timeoutMs: timeout_ms,
      skipAfterMs: skip_after_ms,
      gatherMs: settings.kind === 's3' ? settings.gather_ms : gatherMs,
    })
    return { settings, same: JSON.stringify(settings), pump }
  }

  /** How each sink stands, by name. */
  async standings(): Promise<readonly Standing[]> {
    const all = [...this.#open].sort(([a], [b]) => (a < b ? -1 : 1))
    return Promise.all(
      all.map(async ([name, { settings, pump }]) => {
        const { cursor, fault, ...rest } = pump.state
        return { name, kind: settings.kind, fault: fault?.message, ...rest, ...(await behind(this.#o.trail, cursor)) }
      }),
    )
  }

  /** Ends all of them at once; what is not acknowledged is sent again by the next process. */
  close(): Promise<void> {
    return this.set({})
  }
}

/** How far a cursor is from the head of the record. */
async function behind(trail: Trail, cursor: number | undefined) {
  const after = cursor ?? 0
  const [head, [next]] = [await trail.highest(), await trail.following(after, 1)]
  return { cursor, behind: Math.max(0, head - after), oldest: next?.entry?.at }
}

/** How sinks stood when the last process ended, for a record that no server holds. */
export async function leftStandings(trail: Trail): Promise<readonly Standing[]> {
  const left = await places(trail)
  return Promise.all(
    left.map(async ({ name, seq, untaken, owed }) => {
      const none = { kind: undefined, fault: undefined, since: undefined }
      return { name, ...none, untaken, owed: entriesIn(owed), ...(await behind(trail, seq)) }
    }),
  )
}
