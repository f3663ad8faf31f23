/** Rules to verdicts. */
export { decide, recordingBy } from './decide.ts'
export type { PolicyFacts } from './facts.ts'
export { compileRules, Keep, Retain, type Rule, RuleForm, type RuleProblem, readRules } from './rule.ts'
