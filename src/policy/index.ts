/** Rules to verdicts. */
export { decide } from './decide.ts'
export type { PolicyFacts } from './facts.ts'
export { compileRules, type Rule, RuleForm, type RuleProblem, readRules } from './rule.ts'
