/** Secrets in the head of a reply: found and masked before the client sees it. Judges no body. */
import type { Finding } from '#exchange'
import { maskText } from '#masking'
import type { HeaderList, Incoming } from '#relay'
import { type Masker, told } from './masker.ts'

/** A reply whose header values hold no secret that a rule covers, and what was found in them. */
export interface CleanHead {
  readonly incoming: Incoming
  readonly findings: readonly Finding[]
}

/**
 * Reads each field as the line that it is on the wire, for some rules go by the name. No field is inert: request ids and
 * dates are no secret to any rule, and one that is goes, whatever its rule's action. Most heads are clean, which takes one look.
 */
export function cleanHead(masker: Masker, incoming: Incoming): CleanHead {
  const whole = incoming.headers.map(([name, value]) => `${name}: ${value}`).join('\n')
  if (maskText(masker.engine, whole, 'text').findings.length === 0) return { incoming, findings: [] }
  const fields = incoming.headers.map(([name, value]) => clean(masker, name, value))
  const headers: HeaderList = fields.map(({ field }) => field)
  return { incoming: { ...incoming, headers }, findings: fields.flatMap(({ findings }) => findings) }
}

/** One field. Offsets of findings are those in its value; a rule that would touch the name takes the whole value. */
function clean(masker: Masker, name: string, value: string) {
  const line = `${name}: ${value}`
  const before = line.length - value.length
  const masked = maskText(masker.engine, line, 'text', masker.lanes?.marks && { marks: masker.lanes.marks })
  const kept = masked.recorded.startsWith(`${name}: `)
  const findings = masked.findings.map((found): Finding => {
    const { start, end, ...rest } = told(found, 'reply', `header ${name.toLowerCase()}`, masker)
    return { ...rest, start: Math.max(0, start - before), end: Math.max(0, end - before), masked: true }
  })
  const shown = kept ? masked.recorded.slice(before) : '[masked]'
  return { field: [name, shown] as const, findings }
}
