/** What was seen of Copilot's use elsewhere and not here, as the admin API tells it. Types and routes; decides nothing. */
import type { Context, Hono } from 'hono'
import { type Bypass, Fault } from '#exchange'
import type { ListedSeal } from '#trail'
import { isMoment } from '#wire'
import { noteFor, type ReadHouse } from './readers.ts'
import { bodyOf } from './refuse.ts'

/** Counts of what was held against the record since `since`, ms since the Unix epoch. */
export interface CoverageTally {
  readonly since: number
  readonly seen: number
  readonly onRecord: number
  readonly bypasses: number
  readonly dropped: number
}

export interface Coverage {
  readonly tally: CoverageTally
  readonly waiting: number
  /** Newest first. `seal`: an alarm, it is not what was sealed, or nobody wrote it who had the key, or that cannot be told. */
  readonly bypasses: readonly (Bypass & { readonly seal?: ListedSeal | undefined })[]
  /** Why it cannot. */
  readonly fault?: string
}

/** A call that somebody else reports: whose, when, and the provider's id of it. Times in ms since the Unix epoch. */
export interface Report {
  readonly github: string
  readonly from: number
  readonly to: number
  readonly request?: string
  readonly client?: string
}

export interface CoverageSource {
  coverage(): Promise<Coverage>
  /** Holds reports against the record; what is not on it becomes a `bypass` entry. */
  review(via: Bypass['via'], reports: readonly Report[]): Promise<CoverageTally>
}

const VIA: readonly unknown[] = ['github-audit', 'github-seats']
const MOST = 1000

export function coverageRoutes(app: Hono, source: CoverageSource, house: ReadHouse): void {
  const noted = (c: Context, count: number) =>
    noteFor(house, (name) => c.req.header(name))('listed', '', count, { format: 'leads' })
  app.get('/coverage', async (c) => {
    const coverage = await source.coverage()
    await noted(c, coverage.bypasses.length)
    return c.json(coverage)
  })
  app.post('/coverage', async (c) => {
    const { via, reports } = (await bodyOf(c.req)) as Record<string, unknown>
    if (!VIA.includes(via) || !Array.isArray(reports) || reports.length > MOST || !reports.every(isReport))
      throw new Fault('usage.input', `via and at most ${MOST} reports, each with github, from and to`)
    const tally = await source.review(via as Bypass['via'], reports)
    await noted(c, reports.length)
    return c.json(tally)
  })
}

function isReport(value: unknown): value is Report {
  const { github, from, to, request = '', client = '' } = Object(value) as Record<string, unknown>
  const texts = [github, request, client].every((text) => typeof text === 'string' && text.length <= 256)
  return texts && isMoment(from) && isMoment(to)
}
