/** Secrets in the head of a reply: found and masked before the client sees it. Judges no body. */
import type { Finding } from '#exchange'
import { type Engine, maskText } from '#masking'
import type { HeaderList, Incoming } from '#relay'

/** A reply whose header values hold no secret that a rule covers, and what was found in them. */
export interface CleanHead {
  readonly incoming: Incoming
  readonly findings: readonly Finding[]
}

/**
 * Reads each field as the line that it is on the wire, for some rules go by the name. No field is inert: request ids and
 * dates are no secret to any rule, and one that is goes. Most heads are clean, which takes one look.
 */
export function cleanHead(engine: Engine, incoming: Incoming): CleanHead {
  const whole = incoming.headers.map(([name, value]) => `${name}: ${value}`).join('\n')
  if (maskText(engine, whole, 'text').text === whole) return { incoming, findings: [] }
  const fields = incoming.headers.map(([name, value]) => clean(engine, name, value))
  const headers: HeaderList = fields.map(({ field }) => field)
  return { incoming: { ...incoming, headers }, findings: fields.flatMap(({ findings }) => findings) }
}

/** One field. Offsets of findings are those in its value; a rule that would touch the name takes the whole value. */
function clean(engine: Engine, name: string, value: string) {
  const line = `${name}: ${value}`
  const before = line.length - value.length
  const masked = maskText(engine, line, 'text')
  const kept = masked.text.startsWith(`${name}: `)
  const findings = masked.findings.map(
    ({ rule, start, end }): Finding => ({
      ...{ rule, direction: 'reply', lane: `header ${name.toLowerCase()}`, masked: true },
      ...{ start: Math.max(0, start - before), end: Math.max(0, end - before) },
    }),
  )
  const shown = kept ? masked.text.slice(before) : '[masked]'
  return { field: [name, shown] as const, findings }
}
