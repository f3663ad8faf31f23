/** What `doctor` says of the seal: how far it is, by which log, what its anchors' proofs came to, what the outside has seen. */
import { join } from 'node:path'
import type { CheckRow } from '#console'
import { FAULTS, type FaultCode } from '#exchange'
import { type AnchorStanding, type AnchorsSettings, askingBy, headsOutside, proverOf } from '#export'
import {
  behindOutside,
  type Covered,
  originOf,
  parseHead,
  type SealState,
  standingOf,
  type ToldAnchor,
  type Trail,
  toldAnchors,
  toldOf,
  untold,
  untoldOf,
  vkeyIn,
} from '#trail'
import { anchorChecks } from './export-checks.ts'
import type { SignedLast } from './signed-last.ts'

export interface SealHouse {
  readonly trail: Trail
  config(): { readonly data: string; readonly export: { readonly anchors: AnchorsSettings } }
  /** How its anchors stand; absent where no server runs. */
  anchors?(): Promise<readonly AnchorStanding[]>
  /** What was signed last, as is known outside of the record. */
  signed(): Promise<SignedLast>
  /** Told what is waited for, where somebody does. */
  waits?(line: string): void
}

/** So long an anchor may take to tell what it has, ms: whoever asks `doctor` waits for it. */
const REACH_MS = 5000

/** The last anchor that is younger is no cause for a word, ms. */
const LATE_MS = 86_400_000

const LOOK = 'Keep the data folder as it is, and look: gatelog verify'
const PUT_BACK =
  'If it was put back from a backup: a newer one, or where none is left, another log: gatelog trail begin-log (docs/backup.md)'

/** A row of the seal, and one of each anchor. @throws config.invalid where what checks an anchor cannot be read */
export async function sealChecks({ trail, config, anchors, signed, waits }: SealHouse): Promise<CheckRow[]> {
  const state = await trail.sealed()
  const { notes } = await signed()
  const seal = join(config().data, 'seal')
  const looking = {
    settings: config().export.anchors,
    data: config().data,
    reachMs: REACH_MS,
    ...(waits && { asking: askingBy(waits) }),
  }
  const told = await toldAnchors(await trail.anchors(), proverOf(looking))
  const standings = (await anchors?.()) ?? []
  const outside = { seal, notes, told: toldOf(await trail.claims(['begun'])) }
  return [
    rowOf(state, told, {
      behind: await behind(outside, state, looking),
      vkey: state.kind === 'on' ? state.vkey : vkeyIn(seal),
    }),
    ...anchorChecks(standings, told),
  ]
}

/** Why the log here is not the one that the outside has seen; undefined where nobody says so. */
async function behind(
  { seal, notes, told }: { seal: string; notes: readonly string[]; told: readonly Covered[] },
  state: SealState,
  looking: Parameters<typeof headsOutside>[1],
) {
  const origin = originOf(state)
  const vkey = state.kind === 'on' ? state.vkey : vkeyIn(seal)
  const known = notes.flatMap((note) => parseHead(note) ?? [])
  const [other] = untoldOf(
    known.filter((head) => head.origin !== origin),
    told,
  )
  if (other) return untold(other)
  if (!origin || vkey === undefined) return undefined
  const { heads } = await headsOutside(origin, looking)
  return behindOutside(seal, [...heads, ...notes.map((note) => ({ name: 'whoever signs', note }))], vkey, notes)
}

/** A disk is mended; whatever else it is, nothing is. */
function remedyOf(state: SealState): string {
  const code = state.kind === 'on' ? state.code : undefined
  return code?.startsWith('disk.') ? FAULTS[code as FaultCode].remedy : LOOK
}

interface Known {
  /** Why the log is not what the outside has seen. */
  readonly behind: string | undefined
  readonly vkey: string | undefined
}

function rowOf(state: SealState, anchors: readonly ToldAnchor[], { behind, vkey }: Known): CheckRow {
  const failed = state.kind === 'on' ? (state.fault ?? behind) : behind
  const isBehind = state.kind === 'on' && state.code === 'seal.behind'
  if (failed !== undefined)
    return { check: 'seal', state: 'fail', told: failed, remedy: isBehind ? `${LOOK}. ${PUT_BACK}` : remedyOf(state) }
  const key = vkey === undefined ? '' : `; verifier key ${vkey}`
  const told = `${state.size} entries sealed, ${standingOf({ anchors })}${key}`
  if (state.kind === 'on') {
    const late = anchors.length > 0 && anchors.every((one) => one.state !== 'checked' || one.at < Date.now() - LATE_MS)
    const remedy = 'No anchor took a checkpoint for a day that can be checked here: look at the log.'
    return { check: 'seal', state: late ? 'warn' : 'ok', told, ...(late && { remedy }) }
  }
  if (state.head !== undefined) return { check: 'seal', state: 'ok', told }
  const { lost = false } = state
  return {
    check: 'seal',
    state: lost ? 'fail' : 'warn',
    told: `nothing is sealed: ${state.why}`,
    remedy: lost ? LOOK : 'trail.seal.enabled: true, then start the server.',
  }
}
