/** Heads that others have seen of a log must be beginnings of it: those that were kept, anchored, or are shown outside. Writes nothing. */
import { Fault, faultOf } from '#exchange'
import { type KeptAnchor, readAnchorUpTo } from './anchor.ts'
import { type ProveAnchor, type ToldAnchor, toldAnchors } from './anchored.ts'
import { type Head, headIn, LogFiles, parseHead, vkeyIn } from './files.ts'
import { type Covered, type Former, formersIn } from './former.ts'
import { rangeHash } from './hashes.ts'
import { isSignedBy, parseVerifier, type Verifier } from './note.ts'
import { untold, untoldOf } from './remembered.ts'
import type { Alarm } from './report.ts'

/** The log as it lies there. */
export interface Shown {
  readonly folder: string
  readonly head: Head
  /** undefined where there is no key: then no signature is asked for. */
  readonly verifier: Verifier | undefined
  /** Keys of the logs that this one goes on from: their heads must be beginnings of it as well. */
  readonly former: readonly Verifier[]
  /** What entries tell of logs of which nothing is here, and of all logs that another one went on from. */
  readonly lost: readonly Covered[]
  readonly told: readonly Covered[]
  /** Where the logs ended that lie there. */
  readonly ended: readonly Former[]
}

/** A signed note that somebody has, and who. */
export interface Outside {
  readonly name: string
  readonly note: string
}

export interface Befores {
  /** Notes that an auditor kept. */
  readonly heads: readonly string[]
  /** Notes that who signs remembers as the last ones. */
  readonly known: readonly string[]
  readonly anchors: readonly KeptAnchor[]
  /** The newest notes that anchors show now; one of another log counts for nothing. */
  readonly outside: readonly Outside[]
  readonly prove: ProveAnchor | undefined
}

/** What is wrong with them, and every anchor whose head is a beginning, with what came of its proof. */
export async function beforesOf(
  shown: Shown,
  { heads, known, anchors, outside, prove }: Befores,
): Promise<{ readonly alarms: readonly Alarm[]; readonly anchors: readonly ToldAnchor[] }> {
  const alarms: Alarm[] = []
  const check = (by: string, note: string, strangers: boolean): boolean => {
    const why = notBeginning(note, shown, strangers)
    if (why !== undefined) alarms.push({ harm: 'rolled back', told: `${by}: ${why}` })
    return why === undefined
  }
  for (const note of heads) {
    const strange = notOwn(note, shown)
    const isLost = shown.lost.some(({ origin }) => origin === parseHead(note)?.origin)
    if (strange !== undefined && !isLost)
      alarms.push({ harm: 'forged', told: `a checkpoint that was kept: ${strange}` })
    else check('a checkpoint that was kept', note, false)
  }
  const unlike = known.flatMap((note) => unlikeSigned(note, shown) ?? [])
  for (const why of new Set(unlike)) alarms.push({ harm: 'rolled back', told: `what was signed last: ${why}` })
  for (const { name, note } of outside) check(name, note, true)
  const newest = await toldAnchors(
    anchors.filter(({ name, note }) => check(name, note, false)),
    prove,
  )
  const earlier = await earlierOf(shown.folder, newest, outside)
  const told = [
    ...newest,
    ...(
      await toldAnchors(
        earlier.filter(({ name, note }) => check(name, note, false)),
        prove,
      )
    ).filter(({ state }) => state !== 'claimed'),
  ]
  for (const one of told)
    if (one.state === 'false') alarms.push({ harm: 'forged', told: `${one.by}: its proof is false: ${one.why}` })
  return { alarms, anchors: told }
}

/** Where the outside shows an older head than the newest proof is of, as an older clone does: the newest proof that it can have. */
async function earlierOf(
  folder: string,
  newest: readonly ToldAnchor[],
  outside: readonly Outside[],
): Promise<readonly KeptAnchor[]> {
  const seen = Math.max(0, ...outside.map(({ note }) => parseHead(note)?.size ?? 0))
  const behind = newest.filter(({ state, size }) => state === 'claimed' && seen > 0 && seen < size)
  const found = await Promise.all(behind.map(({ by }) => readAnchorUpTo(folder, by, seen)))
  return found.filter((one) => one !== undefined)
}

/** Why a note is no beginning of the log; undefined where it is, or, with `strangers`, where it is another log’s. */
function notBeginning(note: string, shown: Shown, strangers: boolean): string | undefined {
  const strange = notOwn(note, shown)
  if (strange !== undefined) return strangers ? undefined : strange
  const old = parseHead(note)
  return old && notBefore(shown.folder, old, shown.head.size)
}

/** Why a note is no head of this log, or of one that it goes on from; undefined where it is. */
function notOwn(note: string, { verifier, former }: Pick<Shown, 'verifier' | 'former'>): string | undefined {
  const old = parseHead(note)
  if (!old) return 'it is none'
  if (!verifier) return undefined
  const own = [verifier, ...former]
  if (own.some((key) => isSignedBy(old.note, [key]))) return undefined
  return own.some(({ name }) => name === old.origin)
    ? 'it is not signed by this log’s key'
    : `it is of another log, ${old.origin}`
}

/**
 * How many entries the heads are over that somebody kept of the log in a folder, which goes on from each of them.
 * @throws usage.input for one that is none of it, seal.behind where it does not, seal.off, seal.damaged
 */
export function keptSizes(folder: string, notes: readonly string[]): number[] {
  const head = headIn(folder)
  const verifier = parseVerifier(vkeyIn(folder) ?? '')
  if (!head || !verifier) throw new Fault('seal.off')
  const former = formersIn(folder).map((one) => one.verifier)
  return notes.map((note) => {
    const strange = notOwn(note, { verifier, former })
    if (strange !== undefined) throw new Fault('usage.input', `a checkpoint that was kept: ${strange}`)
    const { size, root } = parseHead(note) as Head
    const why = notBefore(folder, { size, root }, head.size)
    if (why !== undefined) throw new Fault('seal.behind', `a checkpoint that was kept: ${why}`)
    return size
  })
}

/** Why the log does not go on from what was signed. Of one before it no more was signed than entries tell. */
function unlikeSigned(note: string, shown: Shown): string | undefined {
  const old = parseHead(note)
  if (!old || old.origin === shown.head.origin) return notBeginning(note, shown, false)
  const before = shown.ended.find(({ verifier, head }) => head.size >= old.size && isSignedBy(old.note, [verifier]))
  if (before) return notBefore(shown.folder, old, shown.head.size)
  if (untoldOf([old], shown.told).length === 0) return undefined
  return shown.told.some(({ origin }) => origin === old.origin) ? untold(old) : `it is of another log, ${old.origin}`
}

/**
 * The furthest head of a folder: the one that is shown, or one that was signed after it and not shown yet, where its tiles are
 * here. So no entry that was sealed lies beyond it.
 */
export function furthestIn(
  folder: string,
  { shown, known, verifier }: { shown: Head | undefined; known: readonly string[]; verifier: Verifier | undefined },
): Head | undefined {
  const isOwn = (head: Head) => verifier && head.origin === verifier.name && isSignedBy(head.note, [verifier])
  const here = known.flatMap((note) => {
    const head = parseHead(note)
    const isAhead = head && head.size > (shown?.size ?? 0) && isOwn(head)
    return isAhead && notBefore(folder, head, head.size) === undefined ? [head] : []
  })
  return here.reduce<Head | undefined>((one, other) => (other.size > (one?.size ?? 0) ? other : one), shown)
}

/** What is wrong where there is no log at all, and somebody has a head of one. */
export function missed(notes: readonly string[]): readonly Alarm[] {
  const most = Math.max(0, ...notes.map((note) => parseHead(note)?.size ?? 0))
  return most > 0 ? [{ harm: 'rolled back', told: `${most} entries were sealed, and there is no log` }] : []
}

/**
 * Why the log in a folder does not go on from heads of its own that the outside shows; undefined where it does. Of `known`, what
 * was signed last, one may be not shown yet.
 */
export function behindOutside(
  folder: string,
  outside: readonly Outside[],
  vkey: string,
  known: readonly string[] = [],
): string | undefined {
  const verifier = parseVerifier(vkey)
  const size = furthestIn(folder, { shown: headIn(folder), known, verifier })?.size ?? 0
  for (const { name, note } of outside) {
    const old = parseHead(note)
    if (!old || !verifier || old.origin !== verifier.name || !isSignedBy(old.note, [verifier])) continue
    const why = notBefore(folder, old, size)
    if (why !== undefined) return `${name} has seen more: ${why}`
  }
  return undefined
}

/** Why a head is no beginning of the log of `size` leaves in a folder; undefined where it is. */
export function notBefore(folder: string, old: Pick<Head, 'size' | 'root'>, size: number): string | undefined {
  if (old.size > size) return `${old.size} entries were sealed, the log has ${size}`
  try {
    const root = rangeHash(new LogFiles(folder, size).node, 0, old.size)
    return Buffer.compare(old.root, root) === 0
      ? undefined
      : `the first ${old.size} entries are not those that were sealed`
  } catch (error) {
    return faultOf(error).message
  }
}
