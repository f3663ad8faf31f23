/** Masks a whole text through the same lane that streams use; keeps nothing. */
import type { LaneFinding } from './edits.ts'
import type { Engine } from './engine.ts'
import { Lane } from './lane.ts'

/** The masked text and where it was masked (raw UTF-16 offsets); the very same string when it is clean. */
export function maskText(
  engine: Engine,
  text: string,
  mode: 'text' | 'json',
): { readonly text: string; readonly findings: readonly LaneFinding[] } {
  const lane = new Lane(engine, mode)
  lane.push(text)
  lane.end()
  return { text: lane.render(0, text) ?? text, findings: lane.findings }
}
