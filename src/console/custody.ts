/** Holds and purges as the admin API tells and does them. Types and routes; decides nothing. */
import type { Context, Hono } from 'hono'
import { Fault } from '#exchange'
import type { Custody, Doer } from '#trail'
import { callerOf, type ReadHouse } from './readers.ts'
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
}

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
  }[]
  readonly reached?: number
  readonly seq?: number
  readonly resumed: boolean
}

/** Erasure and rescan, which know what bodies mean. */
export interface Reviser {
  plan(scope: unknown): Promise<ErasureRow>
  erase(scope: unknown, doer: Doer & { readonly basis: string }): Promise<ErasureRow & { readonly seq: number }>
  rescan(since: number, doer: Doer): Promise<RescanRow>
}

/** What is done to the record itself. */
export type Custodian = Pick<Custody, 'plan' | 'purge'> & {
  readonly holds: Pick<Custody['holds'], 'list' | 'add' | 'release'>
}

/** Bound to their keeper. */
export const actsOf = (custody: Custodian): Custodian => ({
  holds: custody.holds,
  plan: (before) => custody.plan(before),
  purge: (doer, before) => custody.purge(doer, before),
})

const LONGEST_WHY = 500
const DAY = /^\d{4}-\d\d-\d\d$/

/** @throws usage.option, custody.*, trail.* */
export function custodyRoutes(app: Hono, custody: Custodian & { readonly reviser: Reviser }, house: ReadHouse): void {
  const { reviser } = custody
  const doerOf = (c: Context, why: unknown) => ({
    who: callerOf(house, (name) => c.req.header(name)),
    why: house.masked(textIn('why', why)),
  })
  app.get('/holds', async (c) => c.json({ holds: await custody.holds.list() }))
  app.post('/holds', async (c) => {
    const { scope, why } = (await bodyOf(c.req)) as Record<string, unknown>
    return c.json(await custody.holds.add(scope, doerOf(c, why)))
  })
  app.delete('/holds/:id', async (c) =>
    c.json(await custody.holds.release(c.req.param('id'), doerOf(c, c.req.query('why')))),
  )
  app.post('/erase/plan', async (c) => {
    const { scope } = (await bodyOf(c.req)) as Record<string, unknown>
    return c.json(await reviser.plan(scope))
  })
  app.post('/erase', async (c) => {
    const { scope, why, basis } = (await bodyOf(c.req)) as Record<string, unknown>
    return c.json(await reviser.erase(scope, { ...doerOf(c, why), basis: house.masked(textIn('basis', basis)) }))
  })
  app.post('/rescan', async (c) => {
    const { since, why } = (await bodyOf(c.req)) as Record<string, unknown>
    if (!Number.isSafeInteger(since)) throw new Fault('usage.option', 'since is no time')
    return c.json(await reviser.rescan(since as number, doerOf(c, why)))
  })
  app.get('/purge', async (c) => c.json({ rows: await custody.plan(dayIn(c.req.query('before'))) }))
  app.post('/purge', async (c) => {
    const { before, why } = (await bodyOf(c.req)) as Record<string, unknown>
    return c.json(await custody.purge(doerOf(c, why), dayIn(before)))
  })
}

function textIn(name: string, value: unknown): string {
  if (typeof value !== 'string' || value.trim() === '') throw new Fault('usage.option', `say ${name}`)
  if (value.length > LONGEST_WHY) throw new Fault('usage.option', `${name}: at most ${LONGEST_WHY} characters`)
  return value
}

function dayIn(value: unknown): string | undefined {
  if (value === undefined) return undefined
  if (typeof value === 'string' && DAY.test(value) && !Number.isNaN(Date.parse(value))) return value
  throw new Fault('usage.option', 'before: a day, as 2026-11-24')
}
