/** Looks at the clock for the daily purge, and keeps what it saw in the record. Removes nothing. */
import type { CheckRow } from '#console'
import type { Trail } from '#trail'
import { type ClockMark, lookAgain, STEADY_MS } from './clock-mark.ts'

const AT = ['clock', 'current'] as const
const DAY_MS = 86_400_000

interface House {
  readonly trail: Pick<Trail, 'documents' | 'dayFiles'>
  /** Milliseconds since the Unix epoch. */
  now(): number
  /** Monotonic milliseconds. */
  clock(): number
}

export class ClockWatch {
  readonly #house: House
  #last: number | undefined

  constructor(house: House) {
    this.#house = house
  }

  /** Why today is not believed; undefined where it is. @throws trail.* */
  async look(): Promise<string | undefined> {
    const { trail, now, clock } = this.#house
    const [today, at] = [now(), clock()]
    const kept = markIn(await trail.documents.get(...AT)) ?? (await newestIn(trail, today))
    const mark = lookAgain(kept ?? { seen: today }, today, this.#last === undefined ? 0 : at - this.#last)
    this.#last = at
    await trail.documents.put(...AT, mark)
    return toldOf(mark)
  }
}

/** What was kept; nothing where it is no time. */
function markIn(kept: unknown): ClockMark | undefined {
  const { seen, jumped } = Object(kept) as Partial<ClockMark>
  if (!isTime(seen)) return undefined
  const isJump = jumped !== undefined && isTime(Object(jumped).from) && isTime(Object(jumped).at)
  return { seen, ...(isJump && { jumped }) }
}

/** What `Date` can tell of (ECMA-262 §21.4.1.1), with room for what is added. */
const isTime = (ms: unknown): ms is number => Number.isFinite(ms) && Math.abs(ms as number) < 8e15

/** Where nobody looked yet: the day of the newest entry but today's. */
async function newestIn({ dayFiles }: House['trail'], today: number): Promise<ClockMark | undefined> {
  const days = (await dayFiles.list()).map(({ day }) => Date.parse(day))
  const others = days.filter((day) => day > today || day + DAY_MS <= today)
  if (others.length === 0) return undefined
  const newest = Math.max(...others)
  return { seen: newest > today ? newest : newest + DAY_MS }
}

function toldOf({ seen, jumped }: ClockMark): string | undefined {
  if (!jumped) return undefined
  const days = Math.round(Math.abs(jumped.at - jumped.from) / DAY_MS)
  const way = jumped.at > jumped.from ? 'ahead of' : 'behind'
  const until = new Date(jumped.at + STEADY_MS).toISOString()
  return `today, ${dayIn(seen)}, is ${days} days ${way} what the record saw last (${dayIn(jumped.from)}): no day is removed by itself before ${until}`
}

const dayIn = (ms: number): string => new Date(ms).toISOString().slice(0, 10)

/** What `doctor` says of it. */
export async function clockCheck({ documents }: Pick<Trail, 'documents'>): Promise<CheckRow[]> {
  const mark = markIn(await documents.get(...AT))
  const told = mark && toldOf(mark)
  if (!told) return []
  const remedy = 'Look at the clock of this machine. If it is right, wait, or remove them at once: gatelog purge'
  return [{ check: 'clock', state: 'warn', told, remedy }]
}
