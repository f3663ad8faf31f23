/** Holds and purges as the admin API tells and does them. Types and routes; decides nothing. */
import type { Context, Hono } from 'hono'
import { Fault } from '#exchange'
import type { Custody } from '#trail'
import { callerOf, type ReadHouse } from './readers.ts'
import { bodyOf } from './refuse.ts'

/** What is done to the record itself. */
export type Custodian = Pick<Custody, 'plan' | 'purge'> & {
  readonly holds: Pick<Custody['holds'], 'list' | 'add' | 'release'>
}

const LONGEST_WHY = 500
const DAY = /^\d{4}-\d\d-\d\d$/

/** @throws usage.option, custody.*, trail.* */
export function custodyRoutes(app: Hono, custody: Custodian, house: ReadHouse): void {
  const doerOf = (c: Context, why: unknown) => ({
    who: callerOf(house, (name) => c.req.header(name)),
    why: house.masked(whyIn(why)),
  })
  app.get('/holds', async (c) => c.json({ holds: await custody.holds.list() }))
  app.post('/holds', async (c) => {
    const { scope, why } = (await bodyOf(c.req)) as Record<string, unknown>
    return c.json(await custody.holds.add(scope, doerOf(c, why)))
  })
  app.delete('/holds/:id', async (c) =>
    c.json(await custody.holds.release(c.req.param('id'), doerOf(c, c.req.query('why')))),
  )
  app.get('/purge', async (c) => c.json({ rows: await custody.plan(dayIn(c.req.query('before'))) }))
  app.post('/purge', async (c) => {
    const { before, why } = (await bodyOf(c.req)) as Record<string, unknown>
    return c.json(await custody.purge(doerOf(c, why), dayIn(before)))
  })
}

function whyIn(value: unknown): string {
  if (typeof value !== 'string' || value.trim() === '') throw new Fault('usage.option', 'say why')
  if (value.length > LONGEST_WHY) throw new Fault('usage.option', `why: at most ${LONGEST_WHY} characters`)
  return value
}

function dayIn(value: unknown): string | undefined {
  if (value === undefined) return undefined
  if (typeof value === 'string' && DAY.test(value) && !Number.isNaN(Date.parse(value))) return value
  throw new Fault('usage.option', 'before: a day, as 2026-11-24')
}
