/** Finds secrets in whole and in streamed text; rules are data. Never a socket, a clock or a store. */
export type { LaneFinding } from './edits.ts'
export { type CompileOptions, compile, type Engine, type Profile } from './engine.ts'
export { Lane } from './lane.ts'
export type { LaneOptions, Marks, Match } from './marks.ts'
export { type MaskedText, maskText } from './mask.ts'
export type { MaskingRule } from './rule.ts'
export { FAMILIES, PERSONAL, RULES } from './rules/index.ts'
