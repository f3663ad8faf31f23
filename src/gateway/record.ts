/** What an exchange puts on the trail, and what follows where the trail fails: a fault, or a gap that the house allows. */
import { type Ending, faultOf } from '#exchange'
import { asked, type Exchange, elapsed } from './exchange.ts'
import type { House } from './house.ts'

/** How old a reply byte may be that is not durable while events leave that are not either, in ms. */
const OLDEST_UNJOURNALLED = 25

/**
 * Step 5: the `asked` entry. Resolves once it is durable; `exchange.opened` then tells whether it is.
 * @throws trail.*
 */
export function open(exchange: Exchange): Promise<void> {
  const durable = exchange.house.trail.append(asked(exchange)).then(
    () => {
      exchange.timings.durable = elapsed(exchange)
      return exchange.learn?.()
    },
    (error) => pass(exchange, error, 'whole'),
  )
  exchange.opened = durable.then(
    () => true,
    () => false,
  )
  return durable
}

/** Takes reply bytes into the journal, unless no text is kept. */
export function journal({ house, id, gap, recording }: Exchange, bytes: Uint8Array): void {
  if (gap !== 'whole' && recording?.keep !== 'metadata') house.trail.journal(id, bytes)
}

/** Whether the record lags so far behind that nothing may leave now before it is durable itself. */
export function isBehind({ trail, clock }: Pick<House, 'trail' | 'clock'>): boolean {
  const oldest = trail.unjournalled
  return oldest !== undefined && clock() - oldest > OLDEST_UNJOURNALLED
}

/** Resolves once all bytes journalled so far are durable. @throws trail.* */
export async function journalled(exchange: Exchange): Promise<void> {
  if (exchange.gap !== 'whole') await exchange.house.trail.journalled().catch((error) => pass(exchange, error, 'part'))
}

/** Step 8: the ending, durable before this resolves; within a gap it is kept and tried again. @throws trail.* */
export async function end(exchange: Exchange, ending: Ending): Promise<void> {
  if (ending.kind === 'replied' && (ending.status ?? 0) < 300) answered(exchange)
  if (exchange.gap === 'whole') return
  const { trail, endings, outcomes } = exchange.house
  outcomes.remember(exchange, ending)
  await trail.append(ending).catch((error) => {
    pass(exchange, error, 'part')
    endings.keep(ending, error)
  })
}

/** Who asks the same once more after an answer is no retry. */
function answered({ house, print, id, at }: Exchange): void {
  if (print !== undefined && house.memory.retries.get(print, at) === id) house.memory.retries.delete(print)
}

/** The ending of an exchange that has failed already: on the trail now, or as soon as it can be. Never rejects. */
export async function endAnyhow(exchange: Exchange, ending: Ending): Promise<void> {
  if (exchange.gap === 'whole') return
  exchange.house.outcomes.remember(exchange, ending)
  await exchange.house.endings.appendOrKeep(ending)
}

/** Lets an exchange pass that the trail did not take, once; of a `part` the record still gets its ending. */
function pass(exchange: Exchange, error: unknown, gap: 'whole' | 'part'): void {
  const { house } = exchange
  if (!exchange.gap) house.gaps.pass(faultOf(error), house.settings.gap)
  exchange.gap = gap
}
