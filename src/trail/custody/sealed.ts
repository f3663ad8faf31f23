/** Waits until what was written is sealed, so that what goes afterwards leaves its proof. Seals nothing. */
import { setTimeout as wait } from 'node:timers/promises'
import { Fault } from '#exchange'
import type { Trail } from '../trail.ts'

const STEP_MS = 50
/** Sealing takes a second; so long it may be behind. */
export const PATIENCE_MS = 60_000

/** Resolves once the entry with this seq is sealed, or where nobody seals. @throws trail.unavailable where sealing fails */
export async function sealedUpTo(trail: Pick<Trail, 'sealed'>, seq: number): Promise<void> {
  const why = await unsealedAfter(trail, seq, PATIENCE_MS)
  if (why !== undefined) throw new Fault('trail.unavailable', `what goes must be sealed first: ${why}`)
}

/** The same, for so long at most: why it is not sealed then; undefined where it is, or where nobody seals. */
export async function unsealedAfter(
  trail: Pick<Trail, 'sealed'>,
  seq: number,
  ms: number,
): Promise<string | undefined> {
  for (let waited = 0; ; waited += STEP_MS) {
    const state = await trail.sealed()
    if (state.kind === 'off' || state.size >= seq) return undefined
    const failed = state.fault !== undefined && state.code !== 'seal.waiting' // anchors may answer yet
    if (failed || waited >= ms) return state.fault ?? 'sealing is behind'
    await wait(STEP_MS)
  }
}
