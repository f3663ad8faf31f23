/** What each provider route is: read in full, known and recorded as metadata, or unknown. One table. */
import type { Protocol } from './protocol.ts'
import { chat } from './protocols/chat.ts'
import { completions } from './protocols/completions.ts'
import { messages } from './protocols/messages.ts'
import { responses } from './protocols/responses.ts'

/** Every protocol that is read in full, in match order. A new one is a file and a line here. */
export const PROTOCOLS: readonly Protocol[] = [chat, completions, responses, messages]

export type Route =
  | { readonly kind: 'exchange'; readonly protocol: Protocol }
  | { readonly kind: 'metadata'; readonly name: string }

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
]

/** The route of a request, or undefined where it is not known. `path` is without query. */
export function routeFor(method: string, path: string): Route | undefined {
  const protocol = method === 'POST' ? PROTOCOLS.find((each) => each.owns(path)) : undefined
  if (protocol) return { kind: 'exchange', protocol }
  const known = METADATA.find(([verb, form]) => verb.test(method) && form.test(path))
  return known ? { kind: 'metadata', name: known[2] } : undefined
}
