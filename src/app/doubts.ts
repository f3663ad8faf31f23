/** What of the record is not true where somebody acts by it: lines that nobody proved, holds whose record is gone. Tells; does nothing. */
import type { CheckRow } from '#console'
import { faultOf } from '#exchange'
import { ACTED_ON, type Custody, type Doubt, doubtsIn, type Trail } from '#trail'

/** So many are named. */
const MOST_NAMED = 10

interface House {
  readonly trail: Pick<Trail, 'claims'>
  readonly custody: { readonly holds: Pick<Custody['holds'], 'list'> }
}

/** Sentences for whoever runs the gateway; none where all is well. @throws trail.* */
export async function doubtful({ trail, custody }: House): Promise<string[]> {
  const doubts = doubtsIn(await trail.claims(ACTED_ON))
  const holds = (await custody.holds.list()).filter(({ wrong }) => wrong !== undefined)
  return [...(doubts.length > 0 ? [ofLines(doubts)] : []), ...holds.map(ofHold)]
}

function ofLines(doubts: readonly Doubt[]): string {
  const named = doubts.slice(0, MOST_NAMED).map(({ seq, kind, mark }) => `entry ${seq} (${kind ?? 'none'}, ${mark})`)
  const more = doubts.length > MOST_NAMED ? ` and ${doubts.length - MOST_NAMED} more` : ''
  return `of what tells what was done to the record ${doubts.length} ${doubts.length === 1 ? 'line is' : 'lines are'} not proven, or not what was sealed, and nothing is done by their word: ${named.join(', ')}${more}`
}

const WRONG = {
  gone: 'what it is about is gone from head.db',
  changed: 'what it is about is another one in head.db than its entry tells',
  entry: 'its entry is not what was sealed',
} as const

type Wrong = Awaited<ReturnType<Custody['holds']['list']>>[number]

const ofHold = ({ id, seq, wrong = 'entry' }: Wrong): string =>
  `the hold ${id} (entry ${seq}) is in force, and ${WRONG[wrong]}: until it is released it keeps all that it may be about`

/** What a running server found when it looked last. */
export class Doubts {
  readonly #house: House
  readonly #tell: (line: string) => void
  #told: readonly string[] = []

  constructor(house: House, tell: (line: string) => void) {
    this.#house = house
    this.#tell = tell
  }

  /** Looks now, and tells what was not told before. Never rejects. */
  async look(): Promise<void> {
    const now = await doubtful(this.#house).catch((error: unknown) => [faultOf(error).message])
    for (const line of now) if (!this.#told.includes(line)) this.#tell(`${line} (gatelog verify)`)
    this.#told = now
  }

  /** That something is wrong, for whoever asks without showing who it is; undefined where all is well. */
  get why(): string | undefined {
    const { length } = this.#told
    return length > 0 ? `what was done to the record is not told truly, in ${length} ways: gatelog doctor` : undefined
  }
}

const REMEDY =
  'Keep the data folder as it is, and look: gatelog verify. Who else writes there? A hold ends by gatelog hold release.'

/** Rows of `doctor`. @throws trail.* */
export const doubtChecks = async (house: House): Promise<CheckRow[]> =>
  (await doubtful(house)).map((told) => ({ check: 'custody', state: 'fail', told, remedy: REMEDY }))
