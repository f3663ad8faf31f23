/** Rules against their own examples: what they say they find, and what they say they leave. Judges no other text. */
import type { Engine } from './engine.ts'
import { missOf, spread } from './examples.ts'
import { maskText } from './mask.ts'
import type { Sample } from './rule.ts'

/** A rule with examples in the form of `examples.ts`. */
export interface Tried {
  readonly id: string
  readonly examples: { readonly match: readonly Sample[]; readonly miss: readonly Sample[] }
}

/** An example that does not hold. Its text is not told: it may be a secret. */
export interface Failure {
  readonly rule: string
  readonly kind: 'match' | 'miss'
  /** Which one, from 1. */
  readonly nth: number
  readonly told: string
}

/**
 * `engine` holds all rules that are in force: a secret may be another rule's too, so it must be masked, by whichever. What
 * a rule lets go in the engine's profile counts as masked.
 */
export function tryExamples(engine: Engine, rules: readonly Tried[]): readonly Failure[] {
  return rules.flatMap(({ id, examples }) => [
    ...examples.match.flatMap((example, at) => failure(id, 'match', at, () => matchFails(engine, id, example))),
    ...examples.miss.flatMap((example, at) => failure(id, 'miss', at, () => missFails(engine, id, example))),
  ])
}

function failure(rule: string, kind: Failure['kind'], at: number, look: () => string | undefined): Failure[] {
  const told = lookedAt(look)
  return told === undefined ? [] : [{ rule, kind, nth: at + 1, told }]
}

/** A template that names no alphabet is an example that does not hold. */
function lookedAt(look: () => string | undefined): string | undefined {
  try {
    return look()
  } catch (error) {
    if (error instanceof RangeError) return error.message
    throw error
  }
}

function matchFails(engine: Engine, id: string, example: Sample): string | undefined {
  const [before, secret, after] = spread(example)
  const end = before.length + secret.length
  const start = before.length + (engine.late.get(id) ?? 0)
  const { findings } = maskText(engine, before + secret + after, 'text')
  if (findings.some((found) => found.start <= start && found.end >= end)) return undefined
  const part = findings.some((found) => found.start < end && found.end > before.length)
  return part ? 'masked in part' : 'not masked'
}

function missFails(engine: Engine, id: string, example: Sample): string | undefined {
  return maskText(engine, missOf(example), 'text').findings.some(({ rule }) => rule === id) ? 'masked' : undefined
}
