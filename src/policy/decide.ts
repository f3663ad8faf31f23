/** Rules to a verdict. Pure: the same facts and rules always give the same verdict. */
import type { Recording, Verdict } from '#exchange'
import { type PolicyFacts, readerOf } from './facts.ts'
import type { Rule } from './rule.ts'

/**
 * The first `allow` or `deny` that holds decides, in the order written. Unless that is a `deny`, the first `alert` that
 * held before it is the verdict; where no rule holds, `allow`. A condition that fails at run time denies, whatever its
 * rule would have done, unless the rule says `on_error: allow`: then the next rule is asked. Where there is no prompt,
 * rules that read one are passed over.
 */
export function decide(rules: readonly Rule[], facts: PolicyFacts): Verdict {
  const read = readerOf(facts)
  let alert: Verdict | undefined
  for (const rule of rules) {
    if (rule.action === 'record' || (rule.ofPrompt && !facts.prompt)) continue
    const holds = rule.holds(read)
    if (holds instanceof Error) {
      if (rule.onError === 'allow') continue
      return { kind: 'deny', rule: rule.name, reason: 'the rule could not be evaluated', failed: true }
    }
    if (!holds) continue
    if (rule.action === 'allow') break
    const verdict: Verdict = { kind: rule.action, rule: rule.name, reason: rule.reason }
    if (verdict.kind === 'deny') return verdict
    alert ??= verdict
  }
  return alert ?? { kind: 'allow' }
}

/**
 * How much is kept and for how long, as rules say: of each the first rule that holds and says it, whatever the verdict is.
 * A condition that fails at run time counts as one that holds.
 */
export function recordingBy(rules: readonly Rule[], facts: PolicyFacts): Recording {
  const read = readerOf(facts)
  let found: Recording = {}
  for (const rule of rules) {
    const { keep, retain } = rule
    const wanted = (keep && !found.keep) || (retain && !found.retain)
    if (!wanted || (rule.ofPrompt && !facts.prompt) || rule.holds(read) === false) continue
    found = { ...(keep && { keep }), ...(retain && { retain }), ...found }
  }
  return found
}
