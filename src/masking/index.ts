/** Finds secrets in whole and in streamed text; rules are data. Never a socket, a clock or a store. */
export type { LaneFinding } from './edits.ts'
export { type CompileOptions, compile, type Engine, isInForce, type Profile } from './engine.ts'
export { isGuessable } from './guessable.ts'
export { type Imported, importGitleaks } from './import/gitleaks.ts'
export { OwnRuleForm, readOwnRules } from './import/own.ts'
export { Lane } from './lane.ts'
export type { LaneOptions, Marks, Match } from './marks.ts'
export { forgetTexts, type MaskedText, maskSlowly, maskText } from './mask.ts'
export {
  makeOriginalsKeys,
  openOriginal,
  originalsTo,
  type SealOriginal,
  wrongPublicKey,
} from './originals/original.ts'
export type { ForeignRule, MaskingRule } from './rule.ts'
export { FAMILIES, PERSONAL, RULES } from './rules/index.ts'
export { type Failure, type Tried, tryExamples } from './trial.ts'
