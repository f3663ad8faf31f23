/** What each provider route is: read in full, known and recorded as metadata, or unknown. One table. */
import { type Surface, surfaceOf } from './copilot/surface.ts'
import type { Protocol } from './protocol.ts'
import { chat } from './protocols/chat.ts'
import { completions } from './protocols/completions.ts'
import { messages } from './protocols/messages.ts'
import { responses } from './protocols/responses.ts'

/** Every protocol that is read in full, in match order. A new one is a file and a line here. */
export const PROTOCOLS: readonly Protocol[] = [chat, completions, responses, messages]

/** `name`: what a Copilot route is to its client. */
export type Route =
  | { readonly kind: 'exchange'; readonly protocol: Protocol; readonly name?: string }
  | { readonly kind: 'metadata' | 'content' | 'account' | 'telemetry'; readonly name: string }
  | { readonly kind: 'unread' }

/**
 * What a WebSocket bears has no method of its own, so these stand for one: the handshake, a message that wants a reply,
 * one that only says something about a reply (`readSaid`), and any other.
 */
export type Verb = 'UPGRADE' | 'MESSAGE' | 'SIGNAL' | 'OTHER'

const METADATA: readonly (readonly [method: RegExp, path: RegExp, name: string])[] = [
  [/^GET$/, /\/models(\/[\w.:@-]+){0,3}$/, 'models'],
  [/^POST$/, /\/models\/session$/, 'models'],
  [/^POST$/, /\/models\/[\w.:@-]+\/policy$/, 'models'],
  [/^GET$/, /\/api\/(tags|version|ps)$/, 'models'],
  [/^POST$/, /\/embeddings$/, 'embeddings'],
  [/^POST$/, /\/messages\/count_tokens$/, 'tokens'],
  [/^POST$/, /\/responses\/input_tokens$/, 'tokens'],
  [/^(GET|HEAD)$/, /\/(_ping|api\/hello|health|healthz|ping)$/, 'ping'],
  [/^HEAD$/, /^\/?$/, 'ping'],
  [/^UPGRADE$/, /\/responses$/, 'websocket'],
  [/^SIGNAL$/, /\/responses$/, 'signal'],
]

/**
 * The route of a request, or undefined where it is not known. `path` is without query; `host` is that of a Copilot
 * connection, undefined for any other provider.
 */
export function routeFor(method: string, path: string, host?: string): Route | undefined {
  if (host === undefined || SOCKET.has(method)) return anyRoute(method, path)
  const surface = surfaceOf(method, path, host)
  if (surface === 'unread') return { kind: 'unread' }
  return surface ? routeOf(surface) : spokenAt(method, path)
}

/** What a WebSocket bears is told by its path alone, at Copilot as elsewhere. */
const SOCKET: ReadonlySet<string> = new Set<Verb>(['UPGRADE', 'MESSAGE', 'SIGNAL', 'OTHER'])

function routeOf({ what, name, protocol: spoken }: Surface): Route | undefined {
  if (what !== 'model') return { kind: what, name }
  const protocol = PROTOCOLS.find((each) => each.name === spoken)
  return protocol && { kind: 'exchange', protocol, name }
}

function anyRoute(method: string, path: string): Route | undefined {
  const spoken = spokenAt(method, path)
  if (spoken) return spoken
  const known = METADATA.find(([verb, form]) => verb.test(method) && form.test(path))
  return known ? { kind: 'metadata', name: known[2] } : undefined
}

/** A path that ends as a protocol's do is read in full wherever it stands. */
function spokenAt(method: string, path: string): Route | undefined {
  const asks = (each: Protocol) => method === 'POST' || (method === 'MESSAGE' && each.socket)
  const protocol = PROTOCOLS.find((each) => asks(each) && each.owns(path))
  return protocol && { kind: 'exchange', protocol }
}
