/** The seal of the record over the admin API: how far it is, and every entry held against the log. Sees no body. */
import type { Context, Hono } from 'hono'
import { stream } from 'hono/streaming'
import { Fault, faultOf } from '#exchange'
import { askingBy, headsOutside, type Looking, proverOf, type Trusted, unkeptOf, unusedOf } from '#export'
import {
  type Alarm,
  originOf,
  type ProofLine,
  parseQuery,
  type Question,
  type Report,
  type SealState,
  standingOf,
  type ToldAnchor,
  type Trail,
  toldAnchors,
} from '#trail'
import type { Backend, Remembered } from './api.ts'
import { noteFor } from './readers.ts'

/** What `GET /seal` says. */
export type Seal = SealState & {
  /** The newest anchor of each name, and what came of its proof; nothing outside is reached. */
  readonly anchors: readonly ToldAnchor[]
  /** The same in words: "internally consistent", or "anchored until …". That the entries fit the log is what `verify` says. */
  readonly standing: string
}

/** A line of `GET /verify`: how far it is, then once what it came to, or why not. */
export type Verifying =
  | { readonly done: number; readonly total: number }
  /** What is waited for, and for how long at most. */
  | { readonly waits: string }
  | {
      readonly report: Report
      readonly unreached: readonly string[]
      /** Anchors that are configured and of which no proof is kept; where nothing was done, with what they have seen. */
      readonly unkept: readonly string[]
      /** What whoever asks gave (a witness’ key, a CA, a repository) and nothing came of, and why. */
      readonly unused: readonly string[]
      /** Why a running server seals nothing now; absent where it does, or none runs. */
      readonly halted?: string
    }
  | { readonly fault: { readonly code: string; readonly detail?: string } }

const MOST_HEADS = 16
const EVERY_MS = 100

/** So long an anchor may take to tell what it has, where a record is verified, ms. */
const REACH_MS = 10_000

/**
 * `GET /seal`; `GET /verify?vkey=&head=&known=&tsa_ca=&witness=&git=&branch=&offline=`: lines of JSON; `head` any number of signed notes,
 * `known` of those that who signs remembers as its last, `witness` of verifier keys. @throws seal.off, trail.*
 */
export function sealRoutes(
  app: Hono,
  { trail, anchors, signed, data }: Pick<Backend, 'trail' | 'anchors' | 'signed' | 'data'>,
): void {
  const settings = () => anchors?.() ?? {}
  app.get('/seal', async (c) => {
    const told = await toldAnchors(await trail.anchors(), proverOf({ settings: settings(), reachMs: undefined }))
    const standing = standingOf({ anchors: told })
    return c.json({ ...(await trail.sealed()), anchors: told, standing } satisfies Seal)
  })
  app.get('/verify', (c) => {
    const vkey = c.req.query('vkey')
    const heads = (c.req.queries('head') ?? []).slice(0, MOST_HEADS)
    const given = (c.req.queries('known') ?? []).slice(0, MOST_HEADS)
    const reachMs = c.req.query('offline') === 'true' ? undefined : REACH_MS
    c.header('content-type', 'application/jsonl')
    return stream(c, async (out) => {
      let told = 0
      const write = (line: Verifying) => out.write(`${JSON.stringify(line)}\n`)
      const asking = askingBy((waits) => void write({ waits }))
      const looking = { settings: settings(), given: givenOf(c), data: data?.(), reachMs, asking }
      const progress = (done: number, total: number) => {
        if (Date.now() - told < EVERY_MS) return
        told = Date.now()
        void write({ done, total })
      }
      await write(
        await verified({ trail, ...(signed && { signed }) }, looking, {
          ...(vkey && { vkey }),
          heads,
          known: given,
          progress,
        }),
      )
    })
  })
}

/** What whoever asks has from elsewhere. */
function givenOf({ req }: Context): Trusted {
  const [tsaCa, repository, branch] = [req.query('tsa_ca'), req.query('git'), req.query('branch')]
  const witnesses = req.queries('witness')
  return {
    ...(tsaCa !== undefined && { tsaCa }),
    ...(witnesses !== undefined && { witnesses: witnesses.slice(0, MOST_HEADS) }),
    ...(repository !== undefined && { repository }),
    ...(branch !== undefined && { branch }),
  }
}

/** A line of `GET /prove`: what the proof is made of, then that it is whole, or why not. */
export type Proving =
  | ProofLine
  | { readonly end: { readonly entries: number } }
  | { readonly fault: { readonly code: string; readonly detail?: string } }

/**
 * `GET /prove?what=&bodies=true&kept=`: `what` is an exchange's id or its beginning, `last`, or a query; empty for all between two
 * heads. `kept` is a head that somebody kept, a signed note, any number of times. That it was asked is on the record first.
 */
export function proofRoutes(app: Hono, { trail, reading, now }: Pick<Backend, 'trail' | 'reading' | 'now'>): void {
  app.get('/prove', async (c) => {
    const what = c.req.query('what') ?? ''
    const bodies = c.req.query('bodies') === 'true'
    const kept = await sizesOf(trail, (c.req.queries('kept') ?? []).slice(0, MOST_HEADS))
    const question = what === '' ? { between: betweenOf(kept) } : await questionOf(trail, what, now())
    const note = noteFor(reading, (name) => c.req.header(name))
    const noted = (count: number) => note('exported', what, count, { content: bodies, format: 'proof' })
    await noted(0)
    c.header('content-type', 'application/jsonl')
    return stream(c, async (out) => {
      const write = (line: Proving) => out.write(`${JSON.stringify(line)}\n`)
      let entries = 0
      try {
        for await (const line of trail.prove(question, { bodies, kept })) {
          await write(line)
          if ('entry' in line) entries += 1
        }
        await noted(entries)
        await write({ end: { entries } })
      } catch (error) {
        const { code, detail } = faultOf(error)
        await write({ fault: { code, ...(detail !== undefined && { detail }) } })
      }
    })
  })
}

/** @throws usage.input, seal.* */
const sizesOf = async (trail: Trail, kept: readonly string[]): Promise<readonly number[]> =>
  kept.length === 0 ? [] : trail.keptSizes(kept)

/** @throws usage.option */
function betweenOf(kept: readonly number[]): readonly [from: number, to?: number] {
  const [from, to] = [...kept].sort((one, other) => one - other)
  if (from === undefined || kept.length > 2)
    throw new Fault('usage.option', 'say what is to be proven, or give one checkpoint or two: what lies between them')
  return to === undefined ? [from] : [from, to]
}

/** Of an exchange that was erased the places are left. @throws trail.absent, query.syntax */
async function questionOf(trail: Trail, what: string, now: number): Promise<Question> {
  if (what !== 'last' && !/^[0-9a-f]{8}[0-9a-f-]{0,28}$/.test(what)) return { query: parseQuery(what, now), now }
  const found = what === 'last' ? await trail.last() : await trail.exchange(what)
  if (!found && what === 'last') throw new Fault('trail.absent', what)
  return { exchange: found?.opening.exchange ?? what }
}

type Asked = Parameters<Trail['verify']>[0]

/** What was signed last is asked for before the log is looked at, which only grows: so it is a beginning of that. */
async function verified(
  { trail, signed }: Pick<Backend, 'trail' | 'signed'>,
  looking: Looking,
  { known = [], ...options }: Asked,
): Promise<Verifying> {
  try {
    const state = await trail.sealed()
    const last: Remembered = (await signed?.()) ?? { notes: [], unread: [] }
    const origin = originOf(state)
    const { heads: outside, unreached } = origin ? await headsOutside(origin, looking) : { heads: [], unreached: [] }
    const heads = { outside, known: [...known, ...last.notes] }
    const acked = last.acked && { acked: last.acked }
    const report = await trail.verify({ ...options, ...heads, ...acked, prove: proverOf(looking) })
    if (!report) throw new Fault('seal.off')
    const kept = await trail.anchors()
    const unkept = unkeptOf(looking, kept, report.found > 0 ? [] : outside)
    const unused = report.found > 0 ? [] : unusedOf(looking, kept, report.anchors ?? [], { heads: outside })
    const fault = state.kind === 'on' && state.code?.startsWith('seal.') ? state.fault : undefined
    return {
      report: alarmed(report, state),
      unreached: [...unreached, ...last.unread],
      unkept,
      unused,
      ...(fault !== undefined && { halted: fault }),
    }
  } catch (error) {
    const { code, detail } = faultOf(error)
    return { fault: { code, ...(detail !== undefined && { detail }) } }
  }
}

/** Faults for which a sealer stands that say something of the record, and what of it. */
const HARMS: Readonly<Record<string, Alarm['harm']>> = { 'seal.behind': 'rolled back', 'seal.damaged': 'log changed' }

/** What the sealer knows and the verification did not find is an alarm as well. */
function alarmed(report: Report, state: SealState): Report {
  const { code = '', fault = '' } = state.kind === 'on' ? state : {}
  const harm = HARMS[code]
  if (harm === undefined || report.alarms.some((alarm) => alarm.harm === harm)) return report
  const alarm = { harm, told: `the sealer stands: ${fault}` }
  return { ...report, ok: false, found: report.found + 1, alarms: [...report.alarms, alarm], anchors: [] }
}
