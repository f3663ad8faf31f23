/** Joins what telemetry tells of suggestions to the exchanges that made them. In memory, bounded; reads no body. */
import type { Ending, OutcomeCounts } from '#exchange'
import type { ToldOutcome } from '#wire'
import type { Exchange } from '../exchange.ts'
import { Recent } from '../recent.ts'

const DAY_MS = 86_400_000
/** Replies that may still be told of. */
const MOST_REPLIES = 20_000
/** Outcomes of one exchange that become entries. */
const MOST_TOLD = 16

interface Asked {
  readonly exchange: string
  /** Absent where two actors got replies of the same id: then nobody can be believed. */
  readonly actor: string | undefined
  readonly told: Set<string>
}

/** Nothing is remembered over a restart: what is told of older replies is counted as unknown. */
export class Outcomes {
  readonly #asked = new Recent<Asked>(MOST_REPLIES, DAY_MS)

  /** An exchange has ended, with a reply that telemetry may name. */
  remember({ id, at, actor, route, surface }: Exchange, { requestId }: Ending): void {
    if (requestId === undefined || surface === undefined || route === 'metadata' || route === 'content') return
    const before = this.#asked.get(requestId, at)
    const same = before === undefined || before.actor === actor?.id
    this.#asked.set(requestId, { exchange: id, actor: same ? actor?.id : undefined, told: new Set() }, at)
  }

  /** Puts on the trail what a telemetry tells of its own sender's exchanges; the counts tell of the rest. */
  take(telemetry: Exchange, told: readonly ToldOutcome[]): OutcomeCounts {
    const counts = { taken: 0, foreign: 0, unknown: 0, repeated: 0 }
    for (const one of told) counts[this.#takeOne(telemetry, one)] += 1
    return counts
  }

  #takeOne({ id: by, at, actor, house }: Exchange, { request, ...one }: ToldOutcome): keyof OutcomeCounts {
    const asked = this.#asked.get(request, at)
    if (!asked) return 'unknown'
    if (asked.actor === undefined || asked.actor !== actor?.id) return 'foreign'
    const key = `${one.outcome} ${one.choice ?? 0}`
    if (asked.told.has(key) || asked.told.size >= MOST_TOLD) return 'repeated'
    asked.told.add(key)
    const entry = {
      kind: 'outcome',
      exchange: asked.exchange,
      at: house.now(),
      source: 'declared',
      by,
      ...one,
    } as const
    house.trail.append(entry).catch(() => asked.told.delete(key))
    return 'taken'
  }
}
