/** What each route of Copilot is: one table, and docs/copilot.md shows it. Reads no body. Source: real clients, 2026-11. */
import type { ProtocolName } from '#exchange'

/** The hosts of a Copilot connection. */
export type CopilotHost = 'api' | 'proxy' | 'github' | 'telemetry' | 'origin' | 'uploads'

/**
 * `model`: read in full. `content`: bears code or tool results; kept as `copilot.content` says. `metadata`: bears neither.
 * `account`: its reply is a credential or tells whose it is; never kept. `telemetry`: never kept, read for outcomes.
 */
export type What = 'model' | 'content' | 'metadata' | 'account' | 'telemetry'

export interface Surface {
  readonly host: CopilotHost
  /** Methods, separated by blanks. */
  readonly methods: string
  /** `{x}` is one segment, `**` what is left. */
  readonly path: string
  readonly what: What
  /** What it is to the client, as the record says it. */
  readonly name: string
  readonly protocol?: ProtocolName
}

const row = (
  host: CopilotHost,
  methods: string,
  path: string,
  what: Exclude<What, 'model'>,
  name: string,
): Surface => ({
  ...{ host, methods, path, what, name },
})
const model = (host: CopilotHost, path: string, protocol: ProtocolName, name: string): Surface => ({
  ...{ host, methods: 'POST', path, what: 'model', name, protocol },
})

/** In match order. */
export const SURFACE: readonly Surface[] = [
  model('api', '/chat/completions', 'chat', 'chat'),
  model('api', '/responses', 'responses', 'responses'),
  model('api', '/v1/messages', 'messages', 'messages'),
  row('api', 'POST', '/agents/sessions', 'content', 'agents'),
  model('api', '/agents/{slug}', 'chat', 'agent'),
  row('api', 'POST', '/v1/messages/count_tokens', 'metadata', 'token count'),
  row('api', 'GET', '/models', 'metadata', 'models'),
  row('api', 'GET', '/models/{id}', 'metadata', 'models'),
  row('api', 'POST', '/models/session', 'metadata', 'auto model'),
  row('api', 'POST', '/models/{id}/policy', 'metadata', 'model policy'),
  row('api', 'GET POST', '/auto', 'metadata', 'auto model'),
  row('api', 'POST', '/embeddings', 'content', 'embeddings'),
  row('api', 'GET', '/agents', 'metadata', 'agents'),
  row('api', 'GET', '/agents/**', 'metadata', 'agents'),
  row('api', 'POST PUT PATCH DELETE', '/agents/**', 'content', 'agents'),
  row('api', 'GET', '/skills', 'metadata', 'skills'),
  row('api', 'GET', '/skills/**', 'metadata', 'skills'),
  row('api', 'POST', '/skills/**', 'content', 'skills'),
  row('api', 'POST', '/search/**', 'content', 'search'),
  row('api', 'GET POST DELETE', '/mcp', 'content', 'mcp'),
  row('api', 'GET POST DELETE', '/mcp/**', 'content', 'mcp'),
  row('api', 'GET HEAD', '/_ping', 'metadata', 'ping'),
  model('proxy', '/v1/engines/{engine}/completions', 'completions', 'ghost text'),
  model('proxy', '/chat/completions', 'chat', 'next edit'),
  row('proxy', 'GET', '/models', 'metadata', 'models'),
  row('proxy', 'GET HEAD', '/_ping', 'metadata', 'ping'),
  row('github', 'GET', '/copilot_internal/v2/token', 'account', 'token'),
  row('github', 'GET POST', '/copilot_internal/v2/nltoken', 'account', 'token'),
  row('github', 'GET', '/copilot_internal/token', 'account', 'token'),
  row('github', 'GET', '/copilot_internal/user', 'account', 'user'),
  row('github', 'GET', '/copilot_internal/managed_settings', 'metadata', 'managed settings'),
  row('github', 'GET', '/copilot_internal/team_customizations', 'metadata', 'team customizations'),
  row('github', 'GET', '/copilot_internal/notification', 'metadata', 'notification'),
  row('github', 'GET', '/copilot_internal/v2/notification', 'metadata', 'notification'),
  row('github', 'GET POST', '/copilot_internal/content_exclusion', 'content', 'content exclusion'),
  row('github', 'GET', '/embeddings/models', 'metadata', 'models'),
  row('github', 'POST', '/embeddings', 'content', 'embeddings'),
  row('github', 'POST', '/embeddings/code/search', 'content', 'code search'),
  row('github', 'POST', '/chunks', 'content', 'chunks'),
  row('github', 'GET', '/copilot/mcp_registry', 'metadata', 'mcp registry'),
  row('github', 'GET', '/cmc_internal/api/agents', 'metadata', 'agents'),
  row('github', 'GET', '/repos/github/copilot-cli/releases', 'metadata', 'update check'),
  row('github', 'GET', '/repos/github/copilot-cli/releases/latest', 'metadata', 'update check'),
  row('telemetry', 'GET', '/telemetry', 'metadata', 'experiments'),
  row('telemetry', 'POST', '/telemetry', 'telemetry', 'telemetry'),
  row('telemetry', 'GET HEAD', '/_ping', 'metadata', 'ping'),
  row('origin', 'POST', '/twirp/github.snippy.v1.SnippyAPI/{method}', 'content', 'public code'),
  row('uploads', 'POST', '/copilot/chat/attachments', 'content', 'attachment'),
]

/** Hosts that serve far more than Copilot: what is not listed there is relayed unread. */
const UNREAD: ReadonlySet<string> = new Set<CopilotHost>(['github', 'uploads'])

/** The row of a request; `unread` where its host is read on listed routes only, and this is none of them. */
export function surfaceOf(method: string, path: string, host: string): Surface | 'unread' | undefined {
  const plain = plainly(path)
  const found = COMPILED.find(
    ({ surface, methods, form }) => surface.host === host && methods.has(method) && form.test(plain),
  )
  return found?.surface ?? (UNREAD.has(host) ? 'unread' : undefined)
}

const COMPILED = SURFACE.map((surface) => ({
  surface,
  methods: new Set(surface.methods.split(' ')),
  form: formOf(surface.path),
}))

/** The path without what servers may read past: percent signs, doubled slashes, dots, a slash at its end. */
function plainly(path: string): string {
  if (/^(?:\/[\w-]+)+$/.test(path)) return path
  const text = path.replace(/%[0-9a-f]{2}/gi, (code) => String.fromCharCode(Number.parseInt(code.slice(1), 16)))
  const { pathname } = URL.parse(text.replace(/[/\\]+/g, '/'), 'http://host') ?? { pathname: path }
  return pathname.replace(/(?<=.)\/$/, '')
}

/** A pattern of paths, read as loosely as a server may: one route too many that is read harms nobody. */
function formOf(path: string): RegExp {
  const escaped = path.replace(/[.+?^$()[\]|\\]/g, '\\$&')
  return new RegExp(`^${escaped.replace(/\{\w+\}/g, '[^/]+').replace('**', '.+')}$`, 'i')
}
