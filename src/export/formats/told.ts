/** What several formats say of a row in the same words: who, with what outcome, of which provider. Pure. */
import type { Note, RouteKind } from '#exchange'
import type { Row } from '../row.ts'

/**
 * The provider whose wire format was spoken, by the names of OpenTelemetry's GenAI conventions: who answered behind a
 * gateway of theirs nobody sees. Undefined where the route speaks none.
 */
export function providerOf(route: RouteKind | undefined): 'openai' | 'anthropic' | undefined {
  if (route === 'messages') return 'anthropic'
  return route === 'chat' || route === 'completions' || route === 'responses' ? 'openai' : undefined
}

export type Outcome = 'good' | 'bad' | 'open'

/** Whether an exchange went well: a status of its upstream under 400, and nothing that ended it before. */
export function outcomeOf({ opening, ending }: Row): Outcome {
  if (!ending) return opening?.kind === 'asked' ? 'open' : 'bad'
  return ending.kind === 'replied' && (ending.status ?? 200) < 400 ? 'good' : 'bad'
}

/** Notes of what should be on the record and is not. */
const MISSING: ReadonlySet<string> = new Set<Note['kind']>(['gap', 'bypass', 'vanished'])

export const isMissing = ({ kind }: Pick<Row, 'kind'>): boolean => MISSING.has(kind)

/** One sentence, of Gatelog's own words and of names that it knows. */
export function sentenceOf(row: Row): string {
  const { seal, ...rest } = row
  if (row.kind === 'forged') return `forged: what stands as entry ${row.seq} is none`
  if (seal) return `${seal} behind the gateway’s back: ${sentenceOf(rest)}`
  const { opening, note, kind, outcomes } = row
  if (note) return `${note.kind} entry of the audit gateway`
  const who = opening?.actor?.id ?? 'unknown caller'
  const what = opening?.connection ? `${opening.connection}, ${opening.model ?? opening.route}` : (opening?.route ?? '')
  const became = kind === 'outcome' ? (outcomes?.[0]?.outcome ?? kind) : kind
  return `${became}: ${who} to ${what}`
}

/** Milliseconds between the two, never negative; undefined where no time is known. */
export const tookMs = ({ ending }: Row): number | undefined =>
  ending?.timings.end === undefined ? undefined : Math.max(0, Math.round(ending.timings.end))
