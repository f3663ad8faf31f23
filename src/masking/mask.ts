/** Masks a whole text through the same lane that streams use; keeps nothing but short texts in which nothing was found. */
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

/** Short texts that were found clean: roles, models, user agents and paths are the same few. Forgets all once full. */
const known = new WeakMap<Engine, Set<string>>()
const MOST_KNOWN = 4096
const LONGEST_KNOWN = 64

/** The masked text, and what was found where (UTF-16 offsets). */
export function maskText(engine: Engine, text: string, mode: 'text' | 'json', options?: LaneOptions): MaskedText {
  const short = mode === 'text' && text.length <= LONGEST_KNOWN
  const clean = short ? cleanIn(engine) : undefined
  if (clean?.has(text)) return { text, recorded: text, findings: [] }
  const lane = new Lane(engine, mode, options)
  lane.push(text)
  lane.end()
  const masked = lane.render(0, text) ?? text
  const recorded = options?.leave ? (lane.renderRecord(0, text) ?? text) : masked
  const { findings } = lane
  if (findings.length === 0) learn(clean, text)
  return { text: masked, recorded, findings }
}

function cleanIn(engine: Engine): Set<string> {
  const clean = known.get(engine) ?? new Set()
  known.set(engine, clean)
  return clean
}

/** Keeps a copy, which does not keep the body alive from which the text was cut. */
function learn(clean: Set<string> | undefined, text: string): void {
  if (!clean) return
  if (clean.size >= MOST_KNOWN) clean.clear()
  clean.add(Buffer.from(text, 'utf16le').toString('utf16le'))
}
