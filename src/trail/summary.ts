/** What a list shows of an exchange. Pure; holds no word of a prompt or a reply. */
import {
  type Actor,
  type EntryKind,
  type Fact,
  type FaultCode,
  type Opening,
  type OutcomeName,
  type RouteKind,
  secretsIn,
  type Usage,
  type Verdict,
} from '#exchange'
import type { Recorded, SessionTotals } from './store.ts'

/** One exchange in a list. `kind` is its ending's, `refused`, or `asked` while it is open. */
export interface Summary {
  readonly exchange: string
  readonly seq: number
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly kind: EntryKind
  readonly route: RouteKind
  readonly door: Opening['door']
  readonly actor?: Actor
  readonly client?: Fact
  readonly repository?: Fact
  /** The login at GitHub of the credential that was used. */
  readonly github?: Fact
  readonly files?: Fact
  readonly language?: Fact
  readonly connection?: string
  readonly model?: string
  readonly session?: string
  readonly verdict?: Verdict
  /** How many secrets, in the prompt and in the reply; one that the reply's last events repeat counts once. */
  readonly findings: number
  /** Ids of the masking rules that found something, each once. */
  readonly rules: readonly string[]
  /** Upstream's HTTP status; absent while open or refused. */
  readonly status?: number
  readonly usage?: Usage
  /** From the request's first byte to the reply's last. */
  readonly ms?: number
  readonly fault?: FaultCode
  readonly reason?: string
  readonly retryOf?: string
  /** What became of its suggestions, the most telling word of its client. */
  readonly accepted?: OutcomeName
  /** How many refusals the line stands for. */
  readonly count?: number
  /** An alarm: what is wrong with the index that it was found by. The line tells what its entries say. */
  readonly misfiled?: string
  /** An alarm: an entry of it is none by its form. */
  readonly forged?: true
}

/** From the most telling to the least. */
const TELLING: readonly OutcomeName[] = ['accepted', 'partly', 'kept', 'gone', 'rejected', 'shown']

/** Without what the index has from another exchange. */
export function ownOf({ ending, outcomes, ...rest }: Recorded): Recorded {
  const isOwn = ({ exchange }: { readonly exchange: string }) => exchange === rest.opening.exchange
  const own = outcomes?.filter(isOwn)
  return { ...rest, ...(ending && isOwn(ending) && { ending }), ...(own?.length && { outcomes: own }) }
}

/** The line of a list. */
export function summaryOf(found: Recorded): Summary {
  const { seq, opening, ending, outcomes = [], redactions = [], misfiled, forged } = ownOf(found)
  const late = redactions.flatMap((each) => each.findings)
  const findings = [...opening.findings, ...(ending?.findings ?? []), ...late]
  const last = ending ?? opening
  return {
    exchange: opening.exchange,
    seq,
    at: opening.at,
    kind: last.kind,
    route: opening.route,
    door: opening.door,
    findings: secretsIn(opening.findings) + secretsIn(ending?.findings ?? []) + secretsIn(late),
    rules: [...new Set(findings.map(({ rule }) => rule))],
    ...given({
      actor: opening.actor,
      client: opening.facts.client,
      repository: opening.facts.repository,
      github: opening.facts.github,
      files: opening.facts.files,
      language: opening.facts.language,
      connection: opening.connection,
      model: ending?.model ?? opening.model,
      session: opening.session,
      verdict: opening.verdict,
      status: ending?.status,
      usage: ending?.usage,
      ms: ending?.timings.end,
      fault: last.fault,
      reason: last.reason,
      retryOf: opening.retryOf,
      accepted: TELLING.find((name) => outcomes.some(({ outcome }) => outcome === name)),
      count: opening.count,
      misfiled,
      forged: forged && (true as const),
    }),
  }
}

/** One session in a list; figures are over all of its exchanges. */
export type SessionSummary = Omit<SessionTotals, 'newest'> & { readonly newest: Summary }

/** The line of a list of sessions. */
export const sessionSummaryOf = (totals: SessionTotals): SessionSummary => ({
  ...totals,
  newest: summaryOf(totals.newest),
})

type Given<Fields> = { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> }

function given<Fields extends object>(fields: Fields): Given<Fields> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Given<Fields>
}
