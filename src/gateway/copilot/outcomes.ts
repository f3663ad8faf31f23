/**
 * Joins what telemetry tells of suggestions to the exchanges that made them: from memory, or from the record where they
 * are of before the last start. Bounded; believes nobody but the actor who asked.
 */
import type { Ending, Opening, OutcomeCounts, OutcomeName } from '#exchange'
import { folded, type Recorded, type Trail } from '#trail'
import type { ToldOutcome } from '#wire'
import type { Exchange } from '../exchange.ts'
import { Recent } from '../recent.ts'

/** How long after it was asked a reply may be told of. */
const DAY_MS = 86_400_000
/** Replies that may still be told of, in memory; and ids that the record is known not to hold. */
const MOST_REPLIES = 20_000
/** Ids of one telemetry that are looked for on the record. */
const MOST_SOUGHT = 64
/** Rows more that are read for them: an upstream that echoes gives one id to many. */
const MOST_ECHOED = 64
/** Outcomes of one exchange that become entries. */
const MOST_TOLD = 16

interface Asked {
  readonly exchange: string
  /** Of the first that got a reply of this id; who gets another one of it, from an upstream that echoes, is not believed. */
  readonly actor: string | undefined
  readonly told: Set<string>
}

export class Outcomes {
  readonly #asked = new Recent<Asked>(MOST_REPLIES, DAY_MS)
  readonly #missing = new Recent<true>(MOST_REPLIES, DAY_MS)

  /** An exchange has ended, with a reply that telemetry may name. */
  remember(exchange: Exchange, { requestId }: Ending): void {
    if (requestId === undefined || !suggests(exchange)) return
    const { id, at, actor } = exchange
    const before = this.#asked.get(requestId, at)
    if (before === undefined || before.actor === actor?.id)
      this.#asked.set(requestId, { exchange: id, actor: actor?.id, told: new Set() }, at)
  }

  /** Puts on the trail what a telemetry tells of its own sender's exchanges; the counts tell of the rest. Never rejects. */
  async take(telemetry: Exchange, told: readonly ToldOutcome[]): Promise<OutcomeCounts> {
    await this.#recall(telemetry, told)
    const counts = { taken: 0, foreign: 0, unknown: 0, repeated: 0 }
    for (const one of told) counts[this.#takeOne(telemetry, one)] += 1
    return counts
  }

  /** Reads back from the record what it holds of replies that memory does not know. */
  async #recall({ at, house }: Exchange, told: readonly ToldOutcome[]): Promise<void> {
    const unknown = (id: string) => !id.includes('*') && !this.#asked.get(id, at) && !this.#missing.get(id, at)
    const sought = [...new Set(told.map(({ request }) => request))].filter(unknown).slice(0, MOST_SOUGHT)
    if (sought.length === 0) return
    const found = await askedIn(house.trail, sought, at - DAY_MS).catch(() => undefined)
    if (!found) return // the trail cannot be read now: what is told of them counts as unknown, this time
    for (const id of sought) {
      const recalled = found.get(id)
      if (!recalled) this.#missing.set(id, true, at)
      else if (!this.#asked.get(id, at)) this.#asked.set(id, recalled.asked, recalled.at)
    }
  }

  #takeOne({ id: by, at, actor, house }: Exchange, { request, ...one }: ToldOutcome): keyof OutcomeCounts {
    const asked = this.#asked.get(request, at)
    if (!asked) return 'unknown'
    if (asked.actor === undefined || asked.actor !== actor?.id) return 'foreign'
    const key = keyOf(one)
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

/** Whether a reply is one that clients tell of: that of a model, on a route of Copilot. */
const suggests = ({ route, surface }: Pick<Opening, 'route' | 'surface'>): boolean =>
  surface !== undefined && route !== 'metadata' && route !== 'content'

const keyOf = ({ outcome, choice }: { readonly outcome: OutcomeName; readonly choice?: number }): string =>
  `${outcome} ${choice ?? 0}`

interface Recalled {
  readonly asked: Asked
  readonly at: number
}

/** The exchanges whose replies bore these ids, by id: of the actor who had each first, the newest. @throws trail.* */
async function askedIn(trail: Trail, ids: readonly string[], after: number): Promise<Map<string, Recalled>> {
  const where = { request: ids.map((id) => folded('request', id)) }
  const page = { limit: 2 * ids.length + MOST_ECHOED }
  const { rows } = await trail.recorded({ where, except: {}, text: [], without: [], after }, page)
  const found = new Map<string, Recalled>()
  for (const recorded of rows) {
    const id = recorded.ending?.requestId
    if (id === undefined || !suggests(recorded.opening)) continue
    const newer = found.get(id)
    if (newer?.asked.actor !== recorded.opening.actor?.id || !newer) found.set(id, recalled(recorded))
  }
  return found
}

const recalled = ({ opening: { exchange, actor, at }, outcomes = [] }: Recorded): Recalled => ({
  asked: { exchange, actor: actor?.id, told: new Set(outcomes.map(keyOf)) },
  at,
})
