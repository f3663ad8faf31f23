/** Who reads the record, on the record: before it is shown, and what is read again at once in one line. Shows nothing itself. */
import type { Read } from '#exchange'
import type { Trail } from './trail.ts'

/** One read: who saw what, how, and how much of it. */
export type ReadOf = Pick<Read, 'did' | 'via' | 'reader' | 'of' | 'content' | 'format' | 'count'>

/** What the same reader reads again within this time is told when it is over, in ms. */
const MINUTE_MS = 60_000
/** So many reads are remembered at a time; past them each is a line. */
const MOST_OPEN = 1000

interface Options {
  readonly trail: Pick<Trail, 'append'>
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly uuid: () => string
}

interface Open {
  readonly read: ReadOf
  readonly timer: NodeJS.Timeout
  count: number
  times: number
}

/** Every surface that shows something of the record tells it here first. */
export class Reads {
  readonly #options: Options
  readonly #open = new Map<string, Open>()

  constructor(options: Options) {
    this.#options = options
  }

  /** Resolves once the read is on the record, or counted with one that is. @throws trail.*: then nothing may be shown */
  async note(read: ReadOf): Promise<void> {
    const { count, ...same } = read
    const key = JSON.stringify(same)
    const open = this.#open.get(key)
    if (open) {
      open.count += count
      open.times += 1
      return
    }
    await this.#append(read, count, 1)
    if (this.#open.size >= MOST_OPEN || this.#open.has(key)) return
    const timer = setTimeout(() => void this.#tell(key), MINUTE_MS).unref()
    this.#open.set(key, { read, timer, count: 0, times: 0 })
  }

  /** Puts on the record what was read again; where the trail cannot take it, a minute later. */
  async #tell(key: string): Promise<void> {
    const open = this.#open.get(key)
    if (!open) return
    const { read, count, times } = open
    this.#open.delete(key)
    clearTimeout(open.timer)
    if (times === 0) return
    await this.#append(read, count, times).catch(() => {
      const timer = setTimeout(() => void this.#tell(key), MINUTE_MS).unref()
      const since = this.#open.get(key)
      clearTimeout(since?.timer)
      this.#open.set(key, { read, timer, count: count + (since?.count ?? 0), times: times + (since?.times ?? 0) })
    })
  }

  #append(read: ReadOf, count: number, times: number): Promise<number> {
    const { trail, now, uuid } = this.#options
    return trail.append({ kind: 'read', exchange: uuid(), at: now(), ...read, count, times })
  }

  /** Tells what waits, so that no line comes later of what was read before. */
  async flush(): Promise<void> {
    await Promise.all([...this.#open.keys()].map((key) => this.#tell(key)))
  }

  /** Tells what waits. What the trail does not take now is lost with the process: that it was read is on the record. */
  async close(): Promise<void> {
    await this.flush()
    for (const { timer } of this.#open.values()) clearTimeout(timer)
    this.#open.clear()
  }
}
