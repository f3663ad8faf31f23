/** The chain of exchanges that this gateway recorded, where a prompt names the reply that it follows instead of repeating it. */
import type { Exchange } from '../exchange.ts'
import type { Way } from '../steps.ts'
import type { Taken } from './placeholders.ts'
import { PLACES } from './places.ts'
import { Restoring } from './restoring.ts'

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
export function restoringOf({ taken }: Exchange, way: Way): Restoring | undefined {
  return taken && new Restoring(taken, way.protocol && PLACES[way.protocol.name])
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
  restoring?.tally.refused.size ? ['restore.refused'] : []
