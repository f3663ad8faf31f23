/** Which bodies are on the record beside those of model traffic. Pure. */
import type { Way } from '../steps.ts'

/** Whether bodies of this way are on the record. */
export function keepsBodies({ protocol, route, connection }: Way): boolean {
  if (protocol || !route) return true
  return route.kind === 'content' && connection.copilot?.content === 'full'
}
