/** How each refusal is told to each client: one table, from what real clients were seen to show. Pure. */
import { FAULTS, type Fault, type FaultCode } from '#exchange'
import type { Protocol } from '#wire'

/** The ways in which clients want to be told. `ghost` is inline completion: never an error there. */
export type Flavour = 'messages' | 'responses' | 'codex' | 'chat' | 'copilot-chat' | 'ghost' | 'plain'

/** Why nothing, or nothing more, comes. */
export type Situation = 'deny' | 'identity' | 'expired' | 'trail' | 'request' | 'upstream' | 'draining'

export interface Refusal {
  readonly status: number
  readonly headers: readonly (readonly [string, string])[]
  readonly body: string
}

/** HTTP status by situation and flavour; 0 stands for the fault's own. Never 401, 403 or 429 for a policy refusal. */
const STATUS: Readonly<Record<Situation, Readonly<Record<Flavour, number>>>> = {
  deny: { messages: 400, responses: 400, codex: 400, chat: 400, 'copilot-chat': 424, ghost: 200, plain: 400 },
  identity: { messages: 403, responses: 400, codex: 400, chat: 400, 'copilot-chat': 424, ghost: 200, plain: 400 },
  expired: { messages: 401, responses: 401, codex: 401, chat: 401, 'copilot-chat': 424, ghost: 200, plain: 401 },
  trail: { messages: 503, responses: 503, codex: 503, chat: 503, 'copilot-chat': 424, ghost: 200, plain: 503 },
  request: { messages: 0, responses: 0, codex: 0, chat: 0, 'copilot-chat': 424, ghost: 0, plain: 0 },
  upstream: { messages: 0, responses: 0, codex: 0, chat: 0, 'copilot-chat': 0, ghost: 200, plain: 0 },
  draining: { messages: 503, responses: 503, codex: 503, chat: 503, 'copilot-chat': 503, ghost: 200, plain: 503 },
}

const SITUATIONS: readonly (readonly [RegExp, Situation])[] = [
  [/^policy\./, 'deny'],
  [/^limit\.(requests|bytes)$/, 'deny'],
  [/^identity\.expired$/, 'expired'],
  [/^identity\./, 'identity'],
  [/^trail\./, 'trail'],
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
}): Flavour {
  if (o.protocol === undefined) return 'plain'
  if (o.copilot && (o.protocol === 'completions' || o.host === 'proxy')) return 'ghost'
  if (o.protocol === 'messages') return 'messages'
  if (o.copilot && o.client === 'vscode-copilot') return 'copilot-chat'
  if (o.protocol === 'responses') return o.client === 'codex' ? 'codex' : 'responses'
  return 'chat'
}

/** The one line that a developer reads: at most 200 characters before the exchange's id. */
export function lineOf(fault: Fault, exchange: string): string {
  const rule = fault.detail ? `${FAULTS[fault.code].message}: ${fault.detail}` : FAULTS[fault.code].message
  const text = fault.code === 'policy.deny' ? rule : `${rule}. ${fault.remedy}`
  const short = text.length > 200 ? `${text.slice(0, 199)}…` : text
  return `Gatelog: ${short} [${fault.code} ${exchange.slice(0, 13)}]`
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
  if (flavour === 'codex' || flavour === 'copilot-chat') return { type: 'text/plain; charset=utf-8', body: line }
  const error =
    flavour === 'messages'
      ? { type: 'error', error: { type: anthropicType(situation, status), message: line } }
      : { error: { message: line, type: openaiType(situation, status), code } }
  return { type: 'application/json', body: JSON.stringify(error) }
}

/** Source: Anthropic API errors, docs.anthropic.com, 2026-11. */
function anthropicType(situation: Situation, status: number): string {
  if (situation === 'identity') return 'permission_error'
  if (status === 401) return 'authentication_error'
  if (status === 404) return 'not_found_error'
  if (status === 413) return 'request_too_large'
  return status >= 500 ? 'api_error' : 'invalid_request_error'
}

function openaiType(situation: Situation, status: number): string {
  if (situation === 'deny') return 'policy_denied'
  return status >= 500 ? 'server_error' : 'invalid_request_error'
}
