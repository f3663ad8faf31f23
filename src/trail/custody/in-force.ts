/**
 * Which holds are in force: what entries tell of them, held against the small records that say what each is about. An entry that
 * is proven ends only by one that is; without its record a hold keeps all that it may be about. Pure.
 */
import type { Hold, Keyring, Note, Scope } from '#exchange'
import { canonical } from '../seal/jcs.ts'
import type { Claim } from '../store.ts'
import { isDoubted } from './doubts.ts'
import { toldScope } from './scope.ts'

/** A hold in force. `id` is that of its entry. */
export interface HoldRow {
  readonly id: string
  /** Milliseconds since the Unix epoch. */
  readonly at: number
  readonly who: string
  readonly why: string
  /** Where something is wrong with it, as much of it as its entry tells in clear: that may be about more. */
  readonly scope: Scope
  /** What it is about is not in `head.db` any more (`gone`), or is something else there (`changed`); or its `entry` is not what was sealed. */
  readonly wrong?: 'gone' | 'changed' | 'entry'
  /** The seq of its entry, where something is wrong. */
  readonly seq?: number
}

/** The entries that tell which holds are in force. */
export const OF_HOLDS = ['hold', 'release'] as const satisfies readonly Note['kind'][]

/** In the order of their ids: the oldest first. @param documents what `head.db` has of kind `hold` */
export function inForce(
  documents: readonly unknown[],
  claims: readonly Claim[],
  keyring: Pick<Keyring, 'digest'>,
): HoldRow[] {
  const known = new Map(documents.filter(isHold).map((hold) => [hold.id, hold]))
  const sure = claims.filter((claim) => !isDoubted(claim)).flatMap(({ seq, note }) => (note ? { seq, note } : []))
  const released = new Set(sure.flatMap(({ note }) => (note.kind === 'release' ? note.hold : [])))
  const rows = new Map<string, HoldRow>(known)
  for (const { seq, note } of sure)
    if (note.kind === 'hold' && !released.has(note.exchange))
      rows.set(note.exchange, heldBy(note, seq, known.get(note.exchange), keyring))
  for (const { seq, mark, sealed } of claims)
    if (
      mark !== undefined &&
      sealed?.kind === 'hold' &&
      sealed.exchange !== undefined &&
      !released.has(sealed.exchange)
    )
      rows.set(sealed.exchange, unreadable(sealed.exchange, seq))
  return [...rows.values()].sort((one, other) => (one.id < other.id ? -1 : 1))
}

/** As its record says, where that fits what its entry tells; else as wide as the entry leaves it. */
function heldBy(
  { exchange: id, at, who, why, scope }: Hold,
  seq: number,
  document: HoldRow | undefined,
  keyring: Pick<Keyring, 'digest'>,
): HoldRow {
  const told = { id, at, who: who.value, why }
  if (!document) return { ...told, scope: clearOf(scope), wrong: 'gone', seq }
  const isSame = canonical(toldScope(document.scope, keyring)) === canonical(scope)
  const { at: when, who: by, why: because } = document
  if (isSame && when === at && by === told.who && because === why) return { ...told, scope: document.scope }
  return { ...told, scope: isSame ? document.scope : clearOf(scope), wrong: 'changed', seq }
}

/** Whose it is and what finds it stands in an entry as digests alone. */
const clearOf = ({ user: _user, query: _query, ...clear }: Scope): Scope => clear

const unreadable = (id: string, seq: number): HoldRow => ({
  ...{ id, at: 0, who: '', why: 'its entry is not what was sealed: it keeps everything' },
  ...{ scope: {}, wrong: 'entry', seq },
})

function isHold(value: unknown): value is HoldRow {
  const { id, at, who, why, scope } = Object(value) as Record<string, unknown>
  const texts = [id, who, why].every((text) => typeof text === 'string')
  return texts && typeof at === 'number' && typeof scope === 'object' && scope !== null && isScope(scope)
}

const isScope = (scope: object): boolean =>
  Object.entries(scope).every(
    ([key, value]) => typeof value === (key === 'since' || key === 'until' ? 'number' : 'string'),
  )
