/** What a running server does once a day without being asked: removes the days whose time is over, ends erasures that were cut short. */
import { faultOf } from '#exchange'
import type { Custody } from '#trail'

const DAY_MS = 86_400_000
const GATELOG = { who: { value: 'gatelog', source: 'observed' }, why: 'its time is over' } as const

/** Begins now; the returned function ends it, once what runs is done. What fails is told, and tried again the next day. */
export function daily(
  custody: Pick<Custody, 'purge'>,
  tell: (line: string) => void,
  resume: () => Promise<number>,
): () => Promise<void> {
  const once = async () => {
    try {
      const erased = await resume()
      if (erased > 0) tell(`${erased} erasures that were cut short are done`)
    } catch (error) {
      tell(`an erasure that was cut short could not be done (${faultOf(error).code})`)
    }
    try {
      const { rows, seq } = await custody.purge(GATELOG)
      const going = rows.filter(({ fate }) => fate === 'purge')
      if (seq !== undefined) tell(`${going.length} days were removed, for their time is over: entry ${seq}`)
    } catch (error) {
      tell(`days whose time is over could not be removed (${faultOf(error).code})`)
    }
  }
  let running = once()
  const timer = setInterval(() => {
    running = running.then(once)
  }, DAY_MS).unref()
  return () => {
    clearInterval(timer)
    return running
  }
}
