/** The list of models as a client may know it: without WebSockets, where this connection refuses them. Pure. */
import type { Way } from './steps.ts'

/** An element `"ws:/responses"` of a list with the comma before it, or after the first one; a slash may be escaped. */
const LATER = /,\s*"ws:\\?\/responses"(?=\s*[,\]])/g
const FIRST = /(?<=\[\s*)"ws:\\?\/responses"\s*,?/g

/**
 * The same text where nothing is refused. A client that is not offered a WebSocket does not try one, and asks over HTTP at
 * once. Source: Copilot's `/models`, `supported_endpoints`, 2026-11.
 */
export function offered({ route, connection }: Way, text: string): string {
  const list = route?.kind === 'metadata' && route.name === 'models'
  return list && connection.websocket === 'refuse' ? text.replace(LATER, '').replace(FIRST, '') : text
}
