/** The facts of an exchange as rows of name, value and source. Pure; escapes nothing. */
import type { Shown } from '#console'
import type { FactName, Measure, Outcome, Source, Usage } from '#exchange'
import { duration, moment } from '../terminal.ts'

export interface Row {
  readonly name: string
  readonly value: string
  readonly source?: Source
}

/** How each fact is called, in the order in which they are shown. */
const NAMES: Readonly<Record<FactName, string>> = {
  github: 'github',
  github_organizations: 'its orgs',
  github_plan: 'its plan',
  github_id: 'its id',
  client: 'client',
  user_agent: 'user agent',
  client_session: 'its session',
  initiator: 'initiator',
  interaction: 'interaction',
  repository: 'repository',
  git_remote: 'git remote',
  branch: 'branch',
  commit: 'commit',
  language: 'language',
  files: 'files',
  remote: 'from',
  upstream_request_id: 'request id',
}

/** Every fact that the record holds; what it lacks has no row. */
export function factsOf(shown: Shown): Row[] {
  const { opening, ending } = shown
  const { actor, key, facts } = opening
  const groups = actor?.groups.length ? `, of ${actor.groups.join(', ')}` : ''
  return rows([
    ['who', actor && `${nameOf(actor)} (${actor.kind}${groups})${key ? `, key ${key}` : ''}`, 'attested'],
    ['when', moment(opening.at)],
    ...Object.entries(NAMES).map(([fact, name]): Maybe => {
      const { value, source } = facts[fact as FactName] ?? {}
      return [name, value?.replaceAll('\n', ', '), source]
    }),
    ['connection', opening.connection && [opening.connection, opening.host].filter(Boolean).join('/')],
    ['door', opening.insecure ? `${opening.door}, plain text beyond loopback` : undefined],
    ['request', `${opening.method} ${opening.path}`.trim()],
    ['route', opening.surface && `${opening.surface}, ${opening.route}`],
    ['model', modelOf(shown)],
    ['session', opening.session],
    ['retry of', opening.retryOf],
    ['goes on from', opening.follows],
    ['before it', shown.partial ? 'not all of what came before is on this record' : undefined],
    ['warm-up', opening.warmUp ? 'nothing was to be generated' : undefined],
    ['stands for', opening.count && opening.count > 1 ? `${opening.count} refusals` : undefined],
    ['verdict', verdictOf(shown)],
    ['fault', [ending?.fault ?? opening.fault, ending?.reason ?? opening.reason].filter(Boolean).join(': ')],
    ['status', ending && statusOf(ending)],
    ['kept', [opening.keep, opening.retain && `for ${opening.retain}`].filter(Boolean).join(', ')],
    ...(shown.redactions ?? []).map(
      ({ part, by, findings }): Maybe => [
        'written anew',
        `the ${part}, by entry ${by}${findings.length ? `, ${findings.length} found` : ''}`,
      ],
    ),
    ['sizes', sizesOf(opening.measure, ending?.measure)],
    ['alerts', [...(opening.alerts ?? []), ...(ending?.alerts ?? [])].join(', ')],
    ['outcomes', toldTo(ending?.outcomes)],
    ...(shown.outcomes ?? []).map((each): Maybe => [each.outcome, toldOf(each), each.source]),
    ['finish', ending?.finish],
    ['tokens', usageOf(ending?.usage ?? shown.reply?.usage)],
    ['tunnel', ending?.tunnel && `${ending.tunnel.sent} bytes sent, ${ending.tunnel.received} received, unread`],
    ['timings', ending && timingsOf(ending.timings)],
    ['original', originalOf(shown)],
    [
      'unparsed',
      ending?.unparsed ? `${ending.unparsed} of ${ending.events ?? '?'} events, scanned as text` : undefined,
    ],
  ])
}

/** When, by the client's clock where it said so, and how much. */
function toldOf({ at, happened, event, choice, characters, lines }: Outcome): string {
  const much = [
    choice === undefined || choice === 0 ? undefined : `suggestion ${choice + 1}`,
    characters === undefined ? undefined : `${characters} characters`,
    lines === undefined ? undefined : `${lines} ${lines === 1 ? 'line' : 'lines'}`,
  ]
  return [moment(happened ?? at), ...much.filter(Boolean), event].join(', ')
}

/** What a telemetry told of other exchanges. */
function toldTo(counts: NonNullable<Shown['ending']>['outcomes']): string | undefined {
  if (!counts) return undefined
  const { taken, foreign, unknown, repeated } = counts
  return `${taken} taken, ${foreign} of others, ${unknown} unknown, ${repeated} told before`
}

/** Of bodies that are not kept. */
const sizesOf = (prompt: Measure | undefined, reply: Measure | undefined): string =>
  [prompt && `${prompt.size} bytes of prompt`, reply && `${reply.size} of reply`].filter(Boolean).join(', ')

type Maybe = readonly [name: string, value: string | undefined, source?: Source | undefined]

const rows = (all: readonly Maybe[]): Row[] =>
  all.flatMap(([name, value, source]) => (value ? [{ name, value, ...(source && { source }) }] : []))

const nameOf = ({ id, name }: { id: string; name: string }): string => (id === name ? id : `${name}, ${id}`)

/** Which of what was received is kept, sealed. */
function originalOf({ bodies: { prompt, reply } }: Shown): string | undefined {
  const parts = [prompt?.unmaskable && 'prompt', reply?.unmaskable && 'reply'].filter(Boolean)
  return parts.length ? `${parts.join(' and ')} sealed: gatelog unmask` : undefined
}

function modelOf({ opening, ending }: Shown): string | undefined {
  const [asked, answered] = [opening.model, ending?.model]
  return asked && answered && asked !== answered ? `${asked}, answered by ${answered}` : (answered ?? asked)
}

function verdictOf({ opening: { verdict } }: Shown): string | undefined {
  if (!verdict || verdict.kind === 'allow') return verdict?.kind
  const failed = 'failed' in verdict ? ' (the rule could not be evaluated)' : ''
  return `${verdict.kind} by ${verdict.rule}: ${verdict.reason}${failed}`
}

function statusOf({ status, delivered, authored }: NonNullable<Shown['ending']>): string {
  if (status === undefined) return 'not known: the process ended first'
  const upstream = status ? `${status} from upstream` : 'nothing from upstream'
  return `${upstream}, ${delivered ?? 'nothing known'} to the client${authored ? ', written by Gatelog' : ''}`
}

function usageOf(usage: Usage | undefined): string | undefined {
  if (!usage) return undefined
  const { input, output, cached, reasoning } = usage
  return [
    `${input ?? '?'} in${cached ? ` (${cached} cached)` : ''}`,
    `${output ?? '?'} out${reasoning ? ` (${reasoning} reasoning)` : ''}`,
  ].join(', ')
}

function timingsOf({ identified, read, durable, firstByte, end }: NonNullable<Shown['ending']>['timings']): string {
  const parts = { identified, read, durable, 'first byte': firstByte, end }
  return Object.entries(parts)
    .flatMap(([name, ms]) => (ms === undefined ? [] : [`${name} ${duration(ms)}`]))
    .join(', ')
}
