/** How the entries of one exchange stand to the log, as every surface shows it. Reads both; writes nothing. */
import { faultOf } from '#exchange'
import type { Store } from '../store.ts'
import { type Head, headIn, LogFiles } from './files.ts'
import type { Held } from './held.ts'
import { isFirst, parseLeaf, sameButBody } from './leaf.ts'
import { NotBack } from './not-back.ts'
import { isLocked } from './unread.ts'

/**
 * `changed` is an alarm: the record is not what was sealed; so is `unproven`: it was not written by who had the record’s key;
 * `misfiled`: it is shown as what it is not, as another exchange’s, or as erased or redacted while nothing of it was; and
 * `unknown`: the log is damaged there. `locked`: all but the body is as it was sealed, and for that a key is not here.
 */
export type EntryState =
  | 'verified'
  | 'not sealed yet'
  | 'redacted'
  | 'locked'
  | 'changed'
  | 'unproven'
  | 'misfiled'
  | 'unknown'

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
  const head = state && readable<Head | undefined>(() => headIn(state.folder))
  if (!state || !head) return undefined
  const log = head === 'damaged' ? head : new LogFiles(state.folder, head.size)
  const standings: Standing[] = []
  let notBack: NotBack | undefined
  const isNotBack = async (held: Held | undefined): Promise<boolean> => {
    if (held?.locked !== '' || log === 'damaged') return false
    notBack ??= await NotBack.in(
      { ...state, restored: await store.notes('restored'), held: (...of) => store.held(...of) },
      log,
    )
    return notBack.by(held.seq) !== undefined
  }
  const seqs = new Set([...(await store.seqs(exchange)), ...shown])
  for (const seq of [...seqs].sort((one, other) => one - other)) {
    const leaf = leafIn(log, seq)
    const held = (await store.held(seq, 1, leaf !== undefined && isFirst(leaf) ? [seq] : [])).filter(
      (one) => one.seq === seq,
    )
    const state = held.length > 1 ? 'changed' : stateOf(leaf, held[0], await isNotBack(held[0]))
    standings.push({ seq, state: placed(state, held[0], exchange) })
  }
  return standings
}

/** What the log has in a place: undefined where it does not go so far; of a log that is damaged there, that. */
function leafIn(log: LogFiles | 'damaged', seq: number): string | 'damaged' | undefined {
  if (log === 'damaged') return log
  if (seq > log.size) return undefined
  if (seq < 1) return '' // no log has such a place
  return readable(() => log.hashed(seq - 1))
}

/** What is as it was sealed may stand where it does not belong. */
function placed(state: EntryState, held: Held | undefined, exchange: string): EntryState {
  if (state === 'changed' || state === 'unproven' || held?.leaf === undefined) return state
  return held.misfiled === undefined && parseLeaf(held.leaf)?.exchange === exchange ? state : 'misfiled'
}

function stateOf(logged: string | undefined, held: Held | undefined, isNotBack: boolean): EntryState {
  if (logged === undefined) return 'not sealed yet'
  if (logged === 'damaged') return 'unknown'
  if (held?.leaf === undefined) return 'changed'
  if (held.leaf === logged) return held.unproven ? 'unproven' : 'verified'
  const [before, now] = [parseLeaf(logged), parseLeaf(held.leaf)]
  if (before?.kind === 'unproven') return 'unproven'
  if (!before || !now) return 'changed'
  if (isLocked(before, held, isNotBack)) return 'locked'
  const isAnew = held.unknown?.join() === 'body' && held.anew !== undefined
  return isAnew && !held.unproven && sameButBody(before, now) ? 'redacted' : 'changed'
}

/** What is wrong with the log `verify` and `doctor` tell too. */
function readable<Value>(read: () => Value): Value | 'damaged' {
  try {
    return read()
  } catch (error) {
    if (faultOf(error).code === 'seal.damaged') return 'damaged'
    throw error
  }
}
