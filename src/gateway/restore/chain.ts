/** The chain of exchanges that this gateway recorded, where a prompt names the reply that it follows instead of repeating it. */
import { maskText } from '#masking'
import type { Exchange } from '../exchange.ts'
import { type Masker, maskerFor } from '../masker.ts'
import type { Way } from '../steps.ts'
import { give } from './given.ts'
import type { Taken } from './placeholders.ts'
import { PLACES } from './places.ts'
import { Restoring, type RestoringOptions } from './restoring.ts'

const keyOf = ({ house, actor }: Exchange, way: Way, responseId: string): string =>
  house.keyring.digest('prompt', `${actor?.id}\0${way.connection.name}\0${responseId}`).toString('base64')

/**
 * What was taken out of the prompts before this one, where it names a reply that this gateway carried to the same actor
 * over the same connection. Nothing that a client claims of itself counts: a session id does not.
 */
export function chainBefore(exchange: Exchange, way: Way, asked: { parse(): unknown }): Taken {
  const nothing = new Map<string, string>()
  if (way.protocol?.name !== 'responses') return nothing
  const { previous_response_id: before } = Object(asked.parse()) as { previous_response_id?: unknown }
  if (typeof before !== 'string') return nothing
  return exchange.house.memory.taken.get(keyOf(exchange, way, before), exchange.at) ?? nothing
}

/** For the reply of an exchange whose connection restores. */
export function restoringOf(exchange: Exchange, way: Way): Restoring | undefined {
  const { taken } = exchange
  if (!taken) return undefined
  return new Restoring({
    taken,
    places: way.protocol && PLACES[way.protocol.name],
    covers: coveredBy(maskerFor(exchange, way, 'prompt')),
    gives: (value, rule) => give(exchange, way, value, rule),
  })
}

/** Whether a prompt that held this text would have the value masked, whole: also when what came back is forgotten. */
const coveredBy =
  ({ engine, lanes }: Masker): RestoringOptions['covers'] =>
  (before, value, after) => {
    const { findings } = maskText(engine, before + value + after, 'text', lanes)
    const end = before.length + value.length
    return findings.some((found) => found.masked && found.start <= before.length && found.end >= end)
  }

/** Remembers what a reply's successors may get back, once it is on the record. */
export function rememberTaken(exchange: Exchange, way: Way, { responseId }: Restoring): void {
  const { taken, house, at } = exchange
  if (!taken?.size || responseId === undefined) return
  const weight = [...taken].reduce((sum, [placeholder, value]) => sum + placeholder.length + value.length, 0)
  house.memory.taken.set(keyOf(exchange, way, responseId), taken, at, weight)
}

/** What the ending says of values that were asked for and did not come back. */
export const alertsOf = (restoring: Restoring | undefined): readonly string[] =>
  restoring?.broken || restoring?.tally.refused.size ? ['restore.refused'] : []
