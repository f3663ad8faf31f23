/** A configured way to a provider, as the data path needs it. Types only. */
import type { Recording } from '#exchange'
import type { Upstream } from '#relay'
import type { Plan } from '#wire'

export type ConnectionKind = 'copilot' | 'openai' | 'anthropic' | 'openai-compatible' | 'demo'

/** How long each stage of an exchange may take, in ms. */
export interface Timeouts {
  readonly connect_ms: number
  readonly first_byte_ms: number
  readonly idle_ms: number
  readonly total_ms: number
}

export interface Connection {
  readonly name: string
  readonly kind: ConnectionKind
  /** `passthrough`: the client's own credential goes on; `brokered`: the gateway's takes its place. */
  readonly credentials: 'passthrough' | 'brokered'
  /** The header that bears the brokered credential, set towards upstream; what it is, `House.credentials` tells. */
  readonly brokered?: { readonly name: string; readonly scheme: 'Bearer ' | '' }
  /** Upstream origins by host name: `api`, `proxy`, `telemetry`, … ; the first one may be left out of an address. */
  readonly hosts: ReadonlyMap<string, Host>
  readonly unknownRoutes: 'refuse' | 'record-and-pass'
  /** Whether WebSockets are carried and recorded turn by turn, or refused, so that clients fall back to HTTP. */
  readonly websocket: 'record' | 'refuse'
  readonly durable: Durable
  /** What this connection says of how much is kept. */
  readonly recording?: Recording
  /** Whether what is masked in a prompt may come back in its reply (`mask: restore`). */
  readonly restore?: boolean
  readonly timeouts: Timeouts
  /** Set on Copilot connections. */
  readonly copilot?: CopilotSettings
}

/** What is done on the routes of Copilot that are no model traffic, and for whom. */
export interface CopilotSettings {
  /** Whether bodies of routes that bear code or tool results are on the record. */
  readonly content: 'full' | 'metadata'
  readonly allowedPlans?: readonly Plan[]
  /** Set where the endpoints in GitHub's replies become addresses of this gateway. */
  readonly rewrite?: Rewrite
}

export interface Rewrite {
  /** Where clients reach the reverse door, without a slash at its end; else as they came. */
  readonly address?: string
  readonly scheme: 'http' | 'https'
}

/** One upstream host; `base` is put before the client's path, without a trailing slash. */
export interface Host {
  readonly name: string
  readonly upstream: Upstream
  readonly base: string
  /** Names by which clients know it that nobody has told the plan's own yet; at port 443, with the same paths. */
  readonly also?: readonly string[]
}

/** When a prompt or an event may pass: once it is durable, while it becomes durable, or event by event. */
export type Durable = 'before' | 'during' | 'each-event'
