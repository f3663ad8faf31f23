/** How each refusal is told to each client: one table, from what real clients were seen to show. Pure. */
import { FAULTS, type Fault, type FaultCode } from '#exchange'
import type { Protocol } from '#wire'

/**
 * The ways in which clients want to be told. `ghost` is inline completion: never an error there. `upgrade` is a WebSocket
 * handshake: refused, a client asks again over HTTP and is told there. `socket` is a message: told as an event.
 */
export type Flavour = (typeof FLAVOURS)[number]
export const FLAVOURS = [
  ...(['messages', 'claude-code', 'responses', 'codex', 'chat', 'copilot-chat'] as const),
  ...(['ghost', 'plain', 'upgrade', 'socket'] as const),
] as const

/** Why nothing, or nothing more, comes. `place`: the address leads nowhere. */
export type Situation = 'deny' | 'identity' | 'trail' | 'place' | 'request' | 'upstream' | 'draining'

export interface Refusal {
  readonly status: number
  readonly headers: readonly (readonly [string, string])[]
  readonly body: string
}

/**
 * HTTP status by situation and flavour; 0 stands for the fault's own. Never 401, 403 or 429 for a policy refusal. What
 * each client does with a status was measured: docs/decisions/004-how-refusals-are-told.md.
 */
const STATUS: Readonly<Record<Situation, Readonly<Record<Flavour, number>>>> = {
  deny: row([400, 424, 400, 400, 400, 424, 200, 400, 426, 0]),
  identity: row([403, 403, 400, 400, 400, 424, 200, 400, 426, 0]),
  trail: row([503, 503, 503, 400, 503, 424, 200, 503, 426, 0]),
  place: row([400, 424, 400, 400, 400, 424, 200, 0, 426, 0]),
  request: row([0, 424, 0, 400, 0, 424, 200, 0, 426, 0]),
  upstream: row([0, 0, 0, 0, 0, 0, 200, 0, 426, 0]),
  draining: row([503, 503, 503, 503, 503, 503, 200, 503, 426, 0]),
}

/** Statuses in the order of `FLAVOURS`. */
function row(statuses: readonly number[]): Record<Flavour, number> {
  return Object.fromEntries(FLAVOURS.map((flavour, at) => [flavour, statuses[at]])) as Record<Flavour, number>
}

const SITUATIONS: readonly (readonly [RegExp, Situation])[] = [
  [/^policy\./, 'deny'],
  [/^limit\.(requests|bytes|open_bytes|sockets|turns)$/, 'deny'],
  [/^identity\./, 'identity'],
  [/^(trail|disk)\./, 'trail'],
  [/^request\.(connection|host)$/, 'place'],
  [/^(upstream\.|limit\.(event|reply|time)$)/, 'upstream'],
  [/^gateway\.(draining|stopped)$/, 'draining'],
]

export const situationOf = (code: FaultCode): Situation =>
  SITUATIONS.find(([pattern]) => pattern.test(code))?.[1] ?? 'request'

/** Which way a client wants to be told, from what it asked and who it says it is. */
export function flavourOf(o: {
  readonly protocol: Protocol['name'] | undefined
  readonly copilot: boolean
  readonly host: string | undefined
  readonly client: string | undefined
  /** The request's method, or what stands for it on a WebSocket. */
  readonly method?: string
}): Flavour {
  if (o.method === 'UPGRADE') return 'upgrade'
  if (/^(MESSAGE|SIGNAL|OTHER)$/.test(o.method ?? '')) return 'socket'
  if (o.protocol === undefined) return 'plain'
  if (o.copilot && (o.protocol === 'completions' || o.host === 'proxy')) return 'ghost'
  if (o.protocol === 'messages') return o.client === 'claude-code' ? 'claude-code' : 'messages'
  if (o.copilot && o.client === 'vscode-copilot') return 'copilot-chat'
  if (o.protocol === 'responses') return o.client === 'codex' ? 'codex' : 'responses'
  return 'chat'
}

/** How each line begins that the gateway says. */
export const LINE_HEAD = 'Gatelog: '

/** The one line that a developer reads: at most 200 characters before the exchange's id. */
export function lineOf(fault: Fault, exchange: string): string {
  const rule = fault.detail ? `${FAULTS[fault.code].message}: ${fault.detail}` : FAULTS[fault.code].message
  const text = fault.code === 'policy.deny' ? rule : `${rule}. ${fault.remedy}`
  const short = text.length > 200 ? `${text.slice(0, 199)}…` : text
  return `${LINE_HEAD}${short} [${fault.code} ${exchange.slice(0, 13)}]`
}

/** A refusal as this flavour's client shows it well. `retryAfter` in seconds. */
export function refusalOf(fault: Fault, flavour: Flavour, exchange: string, streamed: boolean): Refusal {
  const situation = situationOf(fault.code)
  const status = STATUS[situation][flavour] || fault.status
  const line = lineOf(fault, exchange)
  const headers: [string, string][] = [
    ['x-gatelog-exchange', exchange],
    ['x-gatelog-error', fault.code],
  ]
  if (situation === 'deny') headers.push(['x-gatelog-verdict', 'deny'])
  if (status === 503) headers.push(['retry-after', '5'], ['x-should-retry', 'false'])
  if (flavour === 'copilot-chat' || flavour === 'ghost') headers.push(['x-github-request-id', exchange])
  const { type, body } =
    status === 200 ? emptyCompletion(streamed) : bodyOf(flavour, situation, status, line, fault.code)
  return { status, headers: [['content-type', type], ...headers], body }
}

function emptyCompletion(streamed: boolean): { type: string; body: string } {
  if (streamed) return { type: 'text/event-stream', body: 'data: [DONE]\n\n' }
  return { type: 'application/json', body: '{"choices":[]}' }
}

function bodyOf(flavour: Flavour, situation: Situation, status: number, line: string, code: FaultCode) {
  if (/^(codex|copilot-chat|upgrade)$/.test(flavour)) return { type: 'text/plain; charset=utf-8', body: line }
  if (flavour === 'socket') return { type: 'text/event-stream', body: failedEvent(situation, line) }
  const error =
    flavour === 'messages' || flavour === 'claude-code'
      ? { type: 'error', error: { type: anthropicType(situation, status), message: line } }
      : { error: { message: line, type: openaiType(situation, status), code } }
  return { type: 'application/json', body: JSON.stringify(error) }
}

/**
 * A reply that fails at once. Codex and Copilot CLI show `invalid_prompt` once and do not try again; they try again what
 * bears another code, as they would a 502 over HTTP.
 */
function failedEvent(situation: Situation, line: string): string {
  const code = situation === 'upstream' || situation === 'draining' ? 'server_error' : 'invalid_prompt'
  const response = { object: 'response', status: 'failed', output: [], error: { code, message: line } }
  return `data: ${JSON.stringify({ type: 'response.failed', sequence_number: 0, response })}\n\n`
}

/** Source: Anthropic API errors, docs.anthropic.com, 2026-11. */
function anthropicType(situation: Situation, status: number): string {
  if (situation === 'identity') return 'permission_error'
  if (status === 404) return 'not_found_error'
  if (status === 413) return 'request_too_large'
  return status >= 500 ? 'api_error' : 'invalid_request_error'
}

function openaiType(situation: Situation, status: number): string {
  if (situation === 'deny') return 'policy_denied'
  return status >= 500 ? 'server_error' : 'invalid_request_error'
}
