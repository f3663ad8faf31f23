/** How the entries of one exchange stand to the log, as every surface shows it. Reads both; writes nothing. */
import { faultOf } from '#exchange'
import type { Store } from '../store.ts'
import { headIn, LogFiles } from './files.ts'
import type { Held } from './held.ts'
import { isFirst, type Leaf, parseLeaf } from './leaf.ts'

/**
 * `changed` is an alarm: the record is not what was sealed; so is `unproven`: it was not written by who had the record’s key;
 * and `misfiled`: it is shown as what it is not, as another exchange’s, or as erased or redacted while nothing of it was.
 */
export type EntryState = 'verified' | 'not sealed yet' | 'redacted' | 'changed' | 'unproven' | 'misfiled'

/** One entry against its leaf. That the log itself is whole is what `verify` tells. */
export interface Standing {
  readonly seq: number
  readonly state: EntryState
}

/**
 * The standing of an exchange's entries, in their order; undefined where nothing is sealed. `shown`: the seqs that are shown
 * as its, which the index may have from elsewhere.
 */
export async function standingIn(
  store: Store,
  exchange: string,
  shown: readonly number[] = [],
): Promise<readonly Standing[] | undefined> {
  const state = await store.state()
  const head = state && readable(() => headIn(state.folder))
  if (!state || !head) return undefined
  const files = new LogFiles(state.folder, head.size)
  const standings: Standing[] = []
  const seqs = new Set([...(await store.seqs(exchange)), ...shown])
  for (const seq of [...seqs].sort((one, other) => one - other)) {
    const isSealed = seq <= head.size
    const leaf = isSealed && seq > 0 ? readable(() => files.leaf(seq - 1).toString()) : undefined
    const held = (await store.held(seq, 1, leaf !== undefined && isFirst(leaf) ? [seq] : [])).filter(
      (one) => one.seq === seq,
    )
    const state = held.length > 1 ? 'changed' : isSealed ? stateOf(leaf, held[0]) : 'not sealed yet'
    standings.push({ seq, state: placed(state, held[0], exchange) })
  }
  return standings
}

/** What is as it was sealed may stand where it does not belong. */
function placed(state: EntryState, held: Held | undefined, exchange: string): EntryState {
  if (state === 'changed' || state === 'unproven' || held?.leaf === undefined) return state
  return held.misfiled === undefined && parseLeaf(held.leaf)?.exchange === exchange ? state : 'misfiled'
}

function stateOf(logged: string | undefined, held: Held | undefined): EntryState {
  if (logged === undefined || held?.leaf === undefined) return 'changed'
  if (held.leaf === logged) return held.unproven ? 'unproven' : 'verified'
  const [before, now] = [parseLeaf(logged), parseLeaf(held.leaf)]
  if (before?.kind === 'unproven') return 'unproven'
  const unknown = held.unknown ?? []
  if (!before || !now || unknown.join() !== 'body' || held.anew === undefined) return 'changed'
  const rest = ({ fields, ...clear }: Leaf) =>
    JSON.stringify([
      Object.entries(clear).sort(),
      Object.entries(fields)
        .filter(([name]) => !unknown.some((one) => one === name))
        .sort(),
    ])
  return rest(before) === rest(now) && !held.unproven ? 'redacted' : 'changed'
}

/** undefined where the log is damaged, which `verify` and `doctor` tell. */
function readable<Value>(read: () => Value): Value | undefined {
  try {
    return read()
  } catch (error) {
    if (faultOf(error).code === 'seal.damaged') return undefined
    throw error
  }
}
