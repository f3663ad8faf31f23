/** Lines that say what was done to the record, and are not true: nothing is done by their word. Pure. */
import type { Note } from '#exchange'
import { CUSTODY } from '../entries.ts'
import type { Claim, Mark } from '../store.ts'

/** The kinds that somebody acts on. */
export const ACTED_ON = [...CUSTODY, 'ruled'] as const satisfies readonly Note['kind'][]

/** One of them: in its place the log has `kind`, or that is what it says itself. */
export interface Doubt extends Mark {
  readonly kind?: string
}

/** Whether it is known not to be what it says: what nobody here can tell does not count. */
export const isDoubted = ({ mark }: Pick<Claim, 'mark'>): boolean => mark === 'unproven' || mark === 'changed'

export const doubtsIn = (claims: readonly Claim[]): Doubt[] =>
  claims.flatMap(({ seq, note, mark, sealed }) => {
    if (mark !== 'unproven' && mark !== 'changed') return []
    const kind = note?.kind ?? sealed?.kind
    return [{ seq, mark, ...(kind !== undefined && { kind }) }]
  })
