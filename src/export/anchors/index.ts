/** The list of anchors. A new one is a file and a line in both, and passes the cases that all share. */
import { z } from 'zod'
import type { AnchorKind, Log, OpenAnchor } from './anchor.ts'
import { git } from './git.ts'
import { timestamp } from './timestamp.ts'
import { witness } from './witness.ts'

/** Every kind by its name in the configuration. */
export const ANCHORS = { witness, timestamp, git } as const

/** An anchor as gatelog.yaml has it. */
export const AnchorForm = z.discriminatedUnion('kind', [witness.form, timestamp.form, git.form], {
  error: `an anchor is one of ${Object.keys(ANCHORS).join(', ')}`,
})

export type AnchorSettings = z.infer<typeof AnchorForm>

/** Opens one; reaches nothing. */
export function openAnchor(settings: AnchorSettings, log: Log): OpenAnchor {
  const { open } = ANCHORS[settings.kind] as unknown as AnchorKind
  return open(settings as never, log)
}
