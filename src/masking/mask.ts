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

/** Forgets what was found clean. */
export const forgetTexts = (engine: Engine): void => void known.delete(engine)

/** The masked text, and what was found where (UTF-16 offsets). */
export function maskText(engine: Engine, text: string, mode: 'text' | 'json', options?: LaneOptions): MaskedText {
  const short = mode === 'text' && text.length <= LONGEST_KNOWN
  const clean = short ? cleanIn(engine) : undefined
  if (clean?.has(text)) return { text, recorded: text, findings: [] }
  const lane = new Lane(engine, mode, options)
  lane.push(text)
  const masked = ended(lane, text, options)
  if (masked.findings.length === 0) learn(clean, text)
  return masked
}

/** UTF-16 units that are masked between two looks at the time. */
const SLICE = 16 * 1024

/** The same in slices: after each `pause` may have others go on first. */
export async function maskSlowly(
  engine: Engine,
  text: string,
  mode: 'text' | 'json',
  options: LaneOptions | undefined,
  pause: () => Promise<void> | undefined,
): Promise<MaskedText> {
  if (text.length <= SLICE) {
    const wait = pause()
    if (wait) await wait
    return maskText(engine, text, mode, options)
  }
  const lane = new Lane(engine, mode, options)
  for (let at = 0; at < text.length; at += SLICE) {
    lane.push(text.slice(at, at + SLICE))
    const wait = pause()
    if (wait) await wait
  }
  return ended(lane, text, options)
}

function ended(lane: Lane, text: string, options: LaneOptions | undefined): MaskedText {
  lane.end()
  const masked = lane.render(0, text) ?? text
  const recorded = options?.leave ? (lane.renderRecord(0, text) ?? text) : masked
  return { text: masked, recorded, findings: lane.findings }
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
