/** The masking that a configuration asks for: one for the gateway and for every command. Scans nothing itself. */
import type { Direction } from '#exchange'
import { type Actions, actionsOf } from '#gateway'
import { compile, type Engine } from '#masking'
import type { Config } from './config.ts'

type Masking = Pick<Config, 'masking'>

/** Gatelog's own rules that are not switched off, the exact values, then rules of users. */
export const engineOf = ({ masking }: Masking): Engine => compile(masking.rules, masking)

/** What becomes of secrets, by connection and direction; each place is decided once. */
export function actionsIn({ masking }: Masking): (connection: string, direction: Direction) => Actions {
  const rules = [...new Set([...masking.rules, ...masking.foreign, ...masking.known].map(({ id }) => id))]
  const decided = new Map<string, Actions>()
  return (connection, direction) => {
    const rest = direction === 'prompt' ? masking.prompts : 'mask'
    const place = `${direction} ${connection}`
    const actions = decided.get(place) ?? actionsOf(masking.actions, rules, { connection, direction, rest })
    decided.set(place, actions)
    return actions
  }
}
