/** What an exchange’s entries say beside its bodies, looked at by the rules of now. It is sealed as it is: tells of it, changes nothing. */
import type { Engine } from '#masking'
import type { Recorded } from '#trail'
import { maskFact } from '../fact.ts'

/** Whether they say what these rules mask: facts, path, model, tools, reasons, lanes of findings. */
export function entrySays(engine: Engine, { opening, ending }: Recorded): boolean {
  const { facts, path, model, tools, reason, host, like, findings } = opening
  const said = [facts, path, model, tools, reason, host, like, lanesOf(findings)]
  const replied = ending && [ending.model, ending.reason, lanesOf(ending.findings)]
  return stringsIn([said, replied]).some((text) => maskFact(engine, text, Number.POSITIVE_INFINITY) !== text)
}

const lanesOf = (findings: Recorded['opening']['findings']) => findings.map(({ lane }) => lane)

/** Every string of a value, at any depth. */
export function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(stringsIn)
}
