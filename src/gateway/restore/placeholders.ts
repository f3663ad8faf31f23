/** Placeholders that can be traced back to a value, for one chain of exchanges. Values stay in memory and are never logged. */
import { createHmac, randomBytes } from 'node:crypto'
import { isGuessable } from '#masking'

/** `[masked:<rule>#<16 hex digits>]`: what stands in a prompt where `mask: restore` took a value out. */
export const OPEN = '[masked:'
export const TRACED = /\[masked:[a-z0-9-]+#([0-9a-f]{16})\]/g
/** No placeholder is longer, in UTF-16 units. */
export const LONGEST = 128

/** As a placeholder is written. */
export const placeholderOf = (rule: string, number: string): string => `${OPEN}${rule}#${number}]`

/** The rule that found the value. */
export const ruleOf = (placeholder: string): string => placeholder.slice(OPEN.length, placeholder.indexOf('#'))

/** What a prompt had taken out: the value by its placeholder. */
export type Taken = ReadonlyMap<string, string>

/** Whose prompt it is: the values of one chain are no other's. */
export interface Owner {
  readonly actor: string
  readonly connection: string
  /** The session of DESIGN §1. It keeps numbers apart; no value is ever given back for it. */
  readonly session: string
}

/**
 * Numbers values. The same value of the same owner has the same number for as long as the process lives; nobody who has
 * not its key can make one, and a restart forgets it. One that can be guessed has another number at each place: else
 * whoever writes into the same prompt could try out guesses and have the model compare.
 */
export class Numbers {
  readonly #key = randomBytes(32)

  /** 64 bits as 16 hex digits. `place` is where in the prompt the value stands, the same when it is resent. */
  of({ actor, connection, session }: Owner, value: string, place: string): string {
    const said = JSON.stringify([actor, connection, session, value, ...(isGuessable(value) ? [place] : [])])
    return createHmac('sha256', this.#key).update(said).digest('hex').slice(0, 16)
  }
}
