/** Holds and purges as the admin API tells and does them. Types and routes; decides nothing. */
import type { Context, Hono } from 'hono'
import { Fault, faultOf, isCalendarDay } from '#exchange'
import { type Custody, type Doer, type HoldRow, printScope, queryOf, readScope } from '#trail'
import { callerOf, didOf, noteFor, type ReadHouse } from './readers.ts'
import { bodyOf } from './refuse.ts'

/** What an erasure would do, or has done; shown as it is. */
export interface ErasureRow {
  readonly exchanges: number
  readonly sessions: number
  readonly later: number
  readonly notes: number
  readonly held: number
  readonly holds: readonly string[]
  readonly worm: number
  readonly open: number
  /** Turns that cannot be read, and forbid it; of them those that were changed, and the names of keys that are not here. */
  readonly unread: number
  readonly damaged: number
  readonly keys: readonly string[]
}

/** Bodies that could not be opened, and the names of the keys that it takes. */
interface UnreadRow {
  readonly bodies: number
  readonly keys: readonly string[]
}

/** A hold, with how many exchanges it keeps now; a thousand for that many and more. */
export type HeldRow = HoldRow & { readonly keeps: number }

/** One page of a rescan. */
export interface RescanRow {
  readonly seen: number
  readonly found: readonly {
    readonly exchange: string
    readonly at: number
    readonly who?: string
    readonly model?: string
    readonly direction: 'prompt' | 'reply'
    readonly rules: readonly string[]
    readonly secrets: number
    /** The entry that speaks of it. */
    readonly seq: number
  }[]
  /** The seqs of the entries that tell of what was found. */
  readonly entries: readonly number[]
  /** Ids of exchanges whose entries say it beside their bodies. */
  readonly left: readonly string[]
  readonly unread: UnreadRow
  readonly reached?: number
  readonly resumed: boolean
  readonly anew: boolean
  readonly earlier: {
    readonly bodies: number
    readonly entries: readonly number[]
    readonly left: readonly string[]
    readonly unread: UnreadRow
  }
}

/** Erasure and rescan, which know what bodies mean. */
export interface Reviser {
  plan(scope: unknown): Promise<ErasureRow>
  erase(
    scope: unknown,
    doer: Doer & { readonly basis: string },
  ): Promise<ErasureRow & { readonly seq: number; readonly left: number; readonly begun: number }>
  rescan(since: number, doer: Doer): Promise<RescanRow>
  /** Ends erasures that were cut short and that nothing holds; how many. */
  resume(): Promise<number>
}

/** What is done to the record itself. */
export type Custodian = Pick<Custody, 'plan' | 'purge'> & {
  readonly holds: Pick<Custody['holds'], 'list' | 'add' | 'keeps' | 'release'>
}

/** Bound to their keeper. */
export const actsOf = (custody: Custodian): Custodian => ({
  holds: custody.holds,
  plan: (before) => custody.plan(before),
  purge: (doer, before) => custody.purge(doer, before),
})

const LONGEST_WHY = 500

type House = ReadHouse & { now(): number }

/**
 * What is shown without being done (plans, holds, what was refused, a rescan that found nothing) is on the record as a read;
 * what is done is an entry of its own. @throws usage.option, custody.*, trail.*
 */
export function custodyRoutes(app: Hono, custody: Custodian & { readonly reviser: Reviser }, house: House): void {
  const { reviser } = custody
  const noteOf = (c: Context) => noteFor(house, (name) => c.req.header(name))
  const asked = (c: Context, scope: unknown, { exchanges }: Pick<ErasureRow, 'exchanges'>) => {
    const read = readScope(scope, house.now())
    return noteOf(c)(didOf(queryOf(read)), printScope(read), exchanges, { format: 'erase' })
  }
  const days = (c: Context, before: string | undefined, rows: readonly { readonly exchanges: number }[]) =>
    noteOf(c)('listed', before === undefined ? '' : `before:${before}`, sum(rows), { format: 'purge' })
  const doerOf = (c: Context, why: unknown) => ({
    who: callerOf(house, (name) => c.req.header(name)),
    why: house.masked(textIn('why', why)),
  })
  app.get('/holds', async (c) => {
    const holds = await custody.holds.list()
    await noteOf(c)('listed', '', holds.length, { format: 'holds' })
    const rows: HeldRow[] = []
    for (const hold of holds) rows.push({ ...hold, keeps: await custody.holds.keeps(hold) })
    return c.json({ holds: rows })
  })
  app.post('/holds', async (c) => {
    const { scope, why } = (await bodyOf(c.req)) as Record<string, unknown>
    const hold = await custody.holds.add(scope, doerOf(c, why))
    return c.json({ ...hold, keeps: await custody.holds.keeps(hold) } satisfies HeldRow)
  })
  app.delete('/holds/:id', async (c) => {
    const released = await custody.holds.release(c.req.param('id'), doerOf(c, c.req.query('why')))
    return c.json({ ...released, ...(await finished(reviser)) })
  })
  app.post('/erase/plan', async (c) => {
    const { scope } = (await bodyOf(c.req)) as Record<string, unknown>
    const plan = await reviser.plan(scope)
    await asked(c, scope, plan)
    return c.json(plan)
  })
  app.post('/erase', async (c) => {
    const { scope, why, basis } = (await bodyOf(c.req)) as Record<string, unknown>
    const doer = { ...doerOf(c, why), basis: house.masked(textIn('basis', basis)) }
    try {
      return c.json(await reviser.erase(scope, doer))
    } catch (error) {
      if (faultOf(error).code.startsWith('custody.')) await asked(c, scope, await reviser.plan(scope))
      throw error
    }
  })
  app.post('/rescan', async (c) => {
    const { since, why } = (await bodyOf(c.req)) as Record<string, unknown>
    if (!isTime(since)) throw new Fault('usage.option', 'since is no time')
    const page = await reviser.rescan(since, doerOf(c, why))
    const of = `after:${new Date(since).toISOString()}`
    await noteOf(c)('searched', of, page.found.length, { format: 'rescan' })
    return c.json(page)
  })
  app.get('/purge', async (c) => {
    const before = dayIn(c.req.query('before'))
    const rows = await custody.plan(before)
    await days(c, before, rows)
    return c.json({ rows })
  })
  app.post('/purge', async (c) => {
    const { before, why } = (await bodyOf(c.req)) as Record<string, unknown>
    const purged = await custody.purge(doerOf(c, why), dayIn(before))
    if (purged.seq === undefined) await days(c, dayIn(before), purged.rows)
    return c.json(purged)
  })
}

/** The hold is released, whatever becomes of an erasure that it made wait. */
async function finished(reviser: Reviser): Promise<{ readonly erased?: number; readonly unfinished?: string }> {
  try {
    const erased = await reviser.resume()
    return erased > 0 ? { erased } : {}
  } catch (error) {
    return { unfinished: faultOf(error).message }
  }
}

const sum = (rows: readonly { readonly exchanges: number }[]): number =>
  rows.reduce((total, { exchanges }) => total + exchanges, 0)

function textIn(name: string, value: unknown): string {
  if (typeof value !== 'string' || value.trim() === '') throw new Fault('usage.option', `say ${name}`)
  if (value.length > LONGEST_WHY) throw new Fault('usage.option', `${name}: at most ${LONGEST_WHY} characters`)
  return value
}

function dayIn(value: unknown): string | undefined {
  if (value === undefined) return undefined
  if (typeof value === 'string' && isCalendarDay(value)) return value
  throw new Fault('usage.option', 'before: a day, as 2026-11-24')
}

/** ms since the Unix epoch, as far as a calendar goes in every zone. */
const isTime = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Math.abs(value as number) <= 8.64e15 - 86_400_000
