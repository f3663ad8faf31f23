/** The events of a recorded stream as parsed JSON. Pure; what is not JSON is left out. */
import { type Json, object, parsedOr } from './json.ts'
import { Framer } from './sse.ts'

/** Every event of a stream's text whose data is a JSON object. */
export function eventsOf(body: string): Json[] {
  const framer = new Framer({ limit: Number.POSITIVE_INFINITY })
  const frames = framer.push(Buffer.from(body))
  const rest = framer.end()
  const all = rest ? [...frames, rest] : frames
  return all.flatMap(({ data }) => (data?.trimStart().startsWith('{') ? [object(parsedOr(data))] : []))
}

/** One event as it is sent. */
export const sse = (data: unknown, event?: string): string =>
  `${event ? `event: ${event}\n` : ''}data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`
