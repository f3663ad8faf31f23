/** The masking that a configuration asks for: one for the gateway and for every command. Scans nothing itself. */
import type { Direction } from '#exchange'
import { type Actions, actionsOf } from '#gateway'
import { compile, type Engine } from '#masking'
import type { Config } from './config.ts'
import { BROKERED, type Known } from './config-secrets.ts'

type Masking = Pick<Config, 'masking'>

/** The gateway's own credentials as values that are masked wherever they come back. */
export const brokeredKnown = (values: Iterable<string>): Known[] =>
  [...new Set(values)].map((value) => ({ id: BROKERED, value }))

/** Gatelog's own rules that are not switched off, the exact values, then rules of users. */
export const engineOf = ({ masking }: Masking, brokered: readonly Known[] = []): Engine =>
  compile(masking.rules, { ...masking, known: [...masking.known, ...brokered] })

/** What becomes of secrets, by connection and direction; each place is decided once. */
export function actionsIn({
  masking,
  credentials,
}: Masking & Pick<Config, 'credentials'>): (connection: string, direction: Direction) => Actions {
  const brokered = Object.keys(credentials).length ? [BROKERED] : []
  const ids = [...masking.rules, ...masking.foreign, ...masking.known].map(({ id }) => id)
  const rules = [...new Set([...ids, ...brokered])]
  const decided = new Map<string, Actions>()
  return (connection, direction) => {
    const rest = direction === 'prompt' ? masking.prompts : 'mask'
    const place = `${direction} ${connection}`
    const actions = decided.get(place) ?? actionsOf(masking.actions, rules, { connection, direction, rest })
    decided.set(place, actions)
    return actions
  }
}
