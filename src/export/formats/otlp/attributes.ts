/** The attributes of an exchange or a note, for spans and for log records alike. Content only where the row bears it. Pure. */
import { type RouteKind, secretsIn } from '#exchange'
import type { Row } from '../../row.ts'
import { outcomeOf, providerOf } from '../told.ts'
import { inputOf, outputOf } from './messages.ts'
import { NAMES } from './names.ts'

export type Pair = readonly [key: string, value: unknown]

export const operationOf = (route: RouteKind): string => (route === 'completions' ? 'text_completion' : 'chat')

/** All attributes; those without a value are undefined. */
export function pairsOf(row: Row): readonly Pair[] {
  const leaf = row.leaves?.find(({ kind }) => kind === row.kind)
  return [
    [NAMES.id, row.id],
    [NAMES.exchange, row.exchange],
    [NAMES.kind, row.kind],
    [NAMES.seq, row.seq],
    [NAMES.origin, row.origin],
    [NAMES.leafIndex, leaf?.index],
    [NAMES.leafHash, leaf?.hash],
    [NAMES.seal, row.seal],
    [NAMES.outcome, row.kind === 'outcome' ? row.outcomes?.[0]?.outcome : undefined],
    [NAMES.note, row.note],
    [NAMES.unreadPrompt, row.unreadable?.prompt?.code],
    [NAMES.unreadReply, row.unreadable?.reply?.code],
    ...(row.opening ? [...whoPairs(row), ...modelPairs(row), ...judgedPairs(row)] : []),
  ]
}

function whoPairs({ opening }: Row): Pair[] {
  const { actor, facts, connection, method, path } = opening ?? {}
  return [
    [NAMES.user, actor?.id],
    [NAMES.userName, actor?.name],
    [NAMES.actorKind, actor?.kind],
    [NAMES.groups, actor?.groups],
    [NAMES.connection, connection],
    [NAMES.method, method],
    [NAMES.path, path],
    [NAMES.agent, facts?.user_agent?.value],
    [NAMES.repository, facts?.repository?.value],
    [NAMES.repositorySource, facts?.repository?.source],
  ]
}

function modelPairs({ opening, ending }: Row): Pair[] {
  const provider = providerOf(opening?.route)
  if (!opening || !provider) return [[NAMES.status, ending?.status]]
  const { usage, timings } = ending ?? {}
  return [
    [NAMES.operation, operationOf(opening.route)],
    [NAMES.provider, provider],
    [NAMES.conversation, opening.session],
    [NAMES.requestModel, opening.model],
    [NAMES.stream, opening.stream],
    [NAMES.responseModel, ending?.model],
    [NAMES.responseId, ending?.requestId],
    [NAMES.finish, ending?.finish === undefined ? undefined : [ending.finish]],
    [NAMES.firstChunk, timings?.firstByte === undefined ? undefined : timings.firstByte / 1000],
    [NAMES.input, usage?.input],
    [NAMES.output, usage?.output],
    [NAMES.cached, usage?.cached],
    [NAMES.reasoning, usage?.reasoning],
    [NAMES.status, ending?.status],
  ]
}

function judgedPairs(row: Row): Pair[] {
  const { opening, ending } = row
  const findings = [...(opening?.findings ?? []), ...(ending?.findings ?? [])]
  const verdict = opening?.verdict
  const rules = [...new Set(findings.map(({ rule }) => rule))]
  return [
    [NAMES.verdict, verdict?.kind],
    [NAMES.rule, verdict && 'rule' in verdict ? verdict.rule : undefined],
    [NAMES.findings, secretsIn(opening?.findings ?? []) + secretsIn(ending?.findings ?? [])],
    [NAMES.findingRules, rules.length ? rules : undefined],
    [NAMES.error, outcomeOf(row) === 'bad' ? errorOf(row) : undefined],
  ]
}

const errorOf = ({ opening, ending, kind }: Row): string =>
  (ending ?? opening)?.fault ?? (ending?.status && ending.status >= 400 ? String(ending.status) : kind)

/** The texts, as messages, and the names of those attributes that hold them. */
export function contentPairs({ opening, ending, untrusted }: Row): readonly Pair[] {
  if (!opening || !untrusted) return []
  const { prompt, reply } = untrusted
  const said: Pair[] = [
    ...(prompt ? [[NAMES.inputMessages, inputOf(opening.route, prompt)] as const] : []),
    ...(reply ? [[NAMES.outputMessages, outputOf(opening.route, reply, ending?.finish)] as const] : []),
  ]
  return [...said, [NAMES.untrusted, said.map(([name]) => name)]]
}
