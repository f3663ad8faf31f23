/** An exchange, and whatever else is no finding, as OCSF API Activity (6003). Source: OCSF 1.8.0. Pure. */
import type { Row } from '../../row.ts'
import { outcomeOf, providerOf, sentenceOf, tookMs } from '../told.ts'
import { eventHead, type SEVERITY, unmapped } from './event.ts'
import { actorOf, destinationOf, sourceOf } from './parties.ts'

const ACTIVITY = { create: 1, read: 2, other: 99 } as const
const PROFILES = ['ai_operation', 'security_control']

/** Notes that tell of a look at the record. */
const READS: readonly string[] = ['searched', 'read']

/** The methods that the schema names; another one stands in `api.operation` alone. */
const METHODS = /^(CONNECT|DELETE|GET|HEAD|OPTIONS|PATCH|POST|PUT|TRACE)$/

const STATUS = { good: { status_id: 1, status: 'Success' }, bad: { status_id: 2, status: 'Failure' } } as const

const SEEN = { asked: 'informational', replied: 'informational' } as const

export function activityOf(row: Row): object {
  const { opening, note, kind } = row
  const of = note || kind === 'outcome' ? (READS.includes(kind) ? ACTIVITY.read : ACTIVITY.other) : ACTIVITY.create
  const severity: keyof typeof SEVERITY = note || kind in SEEN ? 'informational' : 'low'
  const head = eventHead(row, { of: 'activity', activity: of, severity, profiles: opening ? PROFILES : [] })
  const destination = destinationOf(row)
  return {
    ...head,
    ...(of === ACTIVITY.other && { activity_name: kind }),
    message: sentenceOf(row),
    actor: actorOf(row),
    src_endpoint: sourceOf(row),
    ...(destination && { dst_endpoint: destination }),
    api: apiOf(row),
    ...(opening && kind !== 'outcome' && exchangeOf(row)),
    ...unmapped(row),
  }
}

function apiOf({ opening, ending, note, kind, exchange }: Row): object {
  const operation = opening ? `${opening.method} ${opening.path}` : (note?.kind ?? kind)
  const { fault, reason } = ending ?? opening ?? {}
  const response = {
    ...(ending?.status !== undefined && { code: ending.status }),
    ...(fault && { error: fault }),
    ...(reason !== undefined && { error_message: reason }),
  }
  return {
    operation,
    ...(opening?.connection !== undefined && { service: { name: opening.connection } }),
    request: { uid: exchange },
    ...(Object.keys(response).length > 0 && { response }),
  }
}

/** What an exchange has and a note has not. */
function exchangeOf(row: Row): object {
  const { opening, ending } = row
  const outcome = outcomeOf(row)
  const took = tookMs(row)
  return {
    ...(outcome === 'open' ? { status_id: 0, status: 'Unknown' } : STATUS[outcome]),
    ...(ending?.status !== undefined && { status_code: String(ending.status) }),
    ...((ending ?? opening)?.fault && { status_detail: (ending ?? opening)?.fault }),
    ...(opening && { start_time: opening.at }),
    ...(ending && { end_time: ending.at }),
    ...(took !== undefined && { duration: took }),
    ...decisionOf(row),
    ...httpOf(row),
    ...modelOf(row),
  }
}

/** What the gateway did with it. A masked one went on in another form. */
function decisionOf({ opening, ending, kind }: Row): object {
  if (kind === 'denied' || kind === 'refused') return { action_id: 2, disposition_id: 2 }
  const masked = [...(opening?.findings ?? []), ...(ending?.findings ?? [])].some((finding) => finding.masked)
  return { action_id: 1, disposition_id: masked ? 11 : opening?.verdict?.kind === 'alert' ? 19 : 1 }
}

function httpOf({ opening, ending }: Row): object {
  if (!opening) return {}
  const agent = opening.facts.user_agent?.value
  return {
    http_request: {
      ...(METHODS.test(opening.method) && { http_method: opening.method }),
      url: { path: opening.path },
      ...(agent !== undefined && { user_agent: agent }),
    },
    ...(ending?.delivered !== undefined && { http_response: { code: ending.delivered } }),
  }
}

function modelOf({ opening, ending }: Row): object {
  const provider = providerOf(opening?.route)
  const name = ending?.model ?? opening?.model
  if (!opening || !provider || name === undefined) return {}
  const { input, output } = ending?.usage ?? {}
  return {
    ai_model: { ai_provider: provider, name },
    message_context: {
      ai_role_id: 1,
      service: { name: opening.connection ?? provider },
      ...(input !== undefined && { prompt_tokens: input }),
      ...(output !== undefined && { completion_tokens: output }),
      ...(input !== undefined && output !== undefined && { total_tokens: input + output }),
    },
  }
}
