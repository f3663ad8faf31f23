/** What may be removed because its time is over, and why the rest stays. Decides; the custodian removes. Pure. */
import { expiryOf, isWorm } from '#exchange'
import type { DayFile } from '../store.ts'
import type { HoldRow } from './in-force.ts'

/** One day file in a plan. `why` is what keeps it, or what lets it go. */
export interface PurgeRow extends DayFile {
  readonly fate: 'purge' | 'keep'
  readonly why: 'over' | 'asked' | 'hold' | 'worm' | 'time' | 'forever' | 'open' | 'custody'
  /** The first day on which its time is over. */
  readonly expires?: string
  /** Ids of the holds that keep it. */
  readonly holds: readonly string[]
  /** Of a file that goes: rows of its index that stand for no exchange, and are not counted. */
  readonly strange?: number
}

interface Question {
  /** UTC. */
  readonly today: string
  /** Days before this one go too, where no hold and no statute keeps them. */
  readonly before?: string | undefined
  /** Asked only of what would go. */
  holding(file: string): Promise<readonly HoldRow[]>
}

/** What becomes of a day file. In this order: what is open, a hold, a WORM preset, what is asked for, its own time. */
export async function fateOf(file: DayFile, { today, before, holding }: Question): Promise<PurgeRow> {
  const expires = expiryOf(file.day, file.retain)
  const row = { ...file, holds: [], ...(expires !== undefined && { expires }) }
  const isOver = expires !== undefined && expires <= today
  const isAsked = before !== undefined && file.day < before
  if (file.retain === 'custody') return { ...row, fate: 'keep', why: 'custody' }
  if (!isOver && isAsked && isWorm(file.retain)) return { ...row, fate: 'keep', why: 'worm' }
  if (!isOver && !isAsked) return { ...row, fate: 'keep', why: expires === undefined ? 'forever' : 'time' }
  if (file.open > 0 || file.day >= today) return { ...row, fate: 'keep', why: 'open' }
  const holds = (await holding(file.name)).map(({ id }) => id)
  if (holds.length > 0) return { ...row, fate: 'keep', why: 'hold', holds }
  return { ...row, fate: 'purge', why: isOver ? 'over' : 'asked' }
}
