/** What a running server does once a day without being asked: removes the days whose time is over, ends erasures that were cut short. */
import { faultOf } from '#exchange'
import type { Custody } from '#trail'

const HOUR_MS = 3_600_000
const HOURS = 24
const GATELOG = { who: { value: 'gatelog', source: 'observed' }, why: 'its time is over' } as const

export interface Daily {
  readonly custody: Pick<Custody, 'purge'>
  /** Ends erasures that were cut short; how many. */
  resume(): Promise<number>
  /** Why today is not believed, so that nothing may go by it; undefined where it is. Asked every hour. */
  look(): Promise<string | undefined>
  tell(line: string): void
}

/** Begins now; the returned function ends it, once what runs is done. What fails is told, and tried again the next day. */
export function daily({ custody, resume, look, tell }: Daily): () => Promise<void> {
  const attempt = async (what: string, work: () => Promise<void>) => {
    try {
      await work()
    } catch (error) {
      tell(`${what} (${faultOf(error).code})`)
    }
  }
  const purge = async () => {
    const { rows, seq } = await custody.purge(GATELOG)
    const going = rows.filter(({ fate }) => fate === 'purge')
    if (seq !== undefined) tell(`${going.length} days were removed, for their time is over: entry ${seq}`)
  }
  let waits: string | undefined
  const hour = async (nth: number) => {
    const isDue = nth % HOURS === 0
    if (isDue)
      await attempt('an erasure that was cut short could not be done', async () => {
        const erased = await resume()
        if (erased > 0) tell(`${erased} erasures that were cut short are done`)
      })
    await attempt('days whose time is over could not be removed', async () => {
      const before = waits
      waits = await look()
      if (waits !== undefined && (isDue || before === undefined)) tell(waits)
      if (waits === undefined && (isDue || before !== undefined)) await purge()
    })
  }
  let count = 0
  let running = hour(0)
  const timer = setInterval(() => {
    const nth = ++count
    running = running.then(() => hour(nth))
  }, HOUR_MS).unref()
  return () => {
    clearInterval(timer)
    return running
  }
}
