/** Rewrites where Copilot's own replies send their client next. Changes nothing else of a reply. */
import { readStrings, splice } from '../strings.ts'
import type { CopilotHost } from './surface.ts'

/** Each endpoint of a token or user reply and the host of a connection that it leads to. Source: real clients, 2026-11. */
const ENDPOINTS: Readonly<Record<string, CopilotHost>> = {
  'endpoints.api': 'api',
  'endpoints.proxy': 'proxy',
  'endpoints.telemetry': 'telemetry',
  'endpoints.origin-tracker': 'origin',
}

/**
 * The reply with each endpoint that `addressOf` has an address for replaced by it; the very same text where there is
 * none. @throws request.json, limit.depth
 */
export function rewriteEndpoints(text: string, addressOf: (host: CopilotHost) => string | undefined): string {
  const edits = readStrings(text).spans.flatMap(({ path, start, end }) => {
    const host = ENDPOINTS[path]
    const value = host && addressOf(host)
    return value === undefined ? [] : [{ start, end, value }]
  })
  return edits.length ? splice(text, edits) : text
}
