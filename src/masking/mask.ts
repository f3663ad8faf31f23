/** Masks a whole text through the same lane that streams use; keeps nothing. */
import type { LaneFinding } from './edits.ts'
import type { Engine } from './engine.ts'
import { Lane } from './lane.ts'
import type { LaneOptions } from './marks.ts'

export interface MaskedText {
  /** For the one who receives it; the very same string where nothing of it is masked. */
  readonly text: string
  /** For the record, in which every finding is masked. The same as `text` where no rule is only told. */
  readonly recorded: string
  readonly findings: readonly LaneFinding[]
}

/** The masked text, and what was found where (UTF-16 offsets). */
export function maskText(engine: Engine, text: string, mode: 'text' | 'json', options?: LaneOptions): MaskedText {
  const lane = new Lane(engine, mode, options)
  lane.push(text)
  lane.end()
  const masked = lane.render(0, text) ?? text
  return {
    text: masked,
    recorded: options?.leave ? (lane.renderRecord(0, text) ?? text) : masked,
    findings: lane.findings,
  }
}
