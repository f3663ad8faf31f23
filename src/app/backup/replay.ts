/** What the journal tells of, done again on a record that was put back: erasures, holds, revocations. Never undoes anything. */
import type { Purge } from '#exchange'
import { type GoingLine, linesAt } from '#gateway'
import { dayFileName, type JournalLine, printTaken, type Trail, tookOf } from '#trail'

/** How many of each were not on the record, and how many keys nobody can vouch for. */
export interface Replay {
  readonly erasures: number
  readonly holds: number
  /** Purges whose days were in the backup. */
  readonly purges: number
  readonly revocations: number
  readonly voided: number
}

interface House {
  readonly trail: Pick<
    Trail,
    'append' | 'documents' | 'custody' | 'dayFiles' | 'exchange' | 'reads' | 'searches' | 'bypasses'
  >
  now(): number
}

interface Key {
  readonly id: string
  readonly revoked?: number
  readonly why?: string
}

/**
 * Leaves erasures as what `Erasure.resume` finishes. Done again, it finds nothing left. @throws trail.*
 * @param voids whether keys that no journal speaks of are revoked
 */
export async function replay(house: House, lines: readonly JournalLine[], voids: boolean): Promise<Replay> {
  const { erasures, holds } = await acts(house, lines)
  const purges = await purgesOf(house, lines)
  const revocations = await revocationsOf(house, lines)
  return { erasures, holds, purges, revocations, voided: voids ? await voidAll(house) : 0 }
}

async function acts({ trail }: House, lines: readonly JournalLine[]): Promise<{ erasures: number; holds: number }> {
  const told = new Set((await trail.custody()).map(({ note }) => note.exchange))
  const counts = { erasures: 0, holds: 0 }
  const pending = new Map<string, unknown>()
  for (const line of lines) {
    if (line.kind === 'document' && line.of === 'erasing') pending.set(line.id, line.value)
    if (line.kind !== 'entry' || told.has(line.entry.exchange)) continue
    const { entry } = line
    if (entry.kind === 'erase' && !pending.has(entry.exchange)) continue
    if (!['erase', 'hold', 'release'].includes(entry.kind)) continue
    told.add(entry.exchange)
    if (entry.kind === 'erase') {
      const going = await goingOf(trail, pending.get(entry.exchange) as Going, entry.at)
      await trail.documents.put('erasing', entry.exchange, going)
      await trail.append({ ...entry, took: await tookOf(trail.dayFiles, going) })
    } else await trail.append(entry)
    counts[entry.kind === 'erase' ? 'erasures' : 'holds'] += 1
  }
  await erasuresAsDone(trail, lines)
  await holdsAsTold(trail, lines)
  return counts
}

/** What was erased to the end is erased whatever is held since; what a hold stopped half way stays held. */
async function erasuresAsDone({ documents }: House['trail'], lines: readonly JournalLine[]): Promise<void> {
  for (const line of lines) {
    if (line.kind !== 'gone' || line.of !== 'erasing') continue
    const pending = (await documents.get('erasing', line.id)) as object | undefined
    if (pending) await documents.put('erasing', line.id, { ...pending, done: true })
  }
}

/** What goes by ids; a journal that was begun anew does not know of which sessions it was. */
interface Going {
  readonly ids: readonly string[]
  readonly sessions: readonly (string | null)[]
  readonly notes: readonly GoingLine[]
}

/** Of the lines those that the backup has: its seqs may be given to others since. */
async function goingOf(trail: House['trail'], pending: Going, at: number): Promise<Going> {
  const lines = await linesAt(trail, pending.notes)
  const here = lines.filter(({ exchange, note }) => exchange !== undefined || note.at <= at)
  const going = { ...pending, notes: here.map(({ note, ...line }) => ({ ...line, exchange: note.exchange })) }
  if (going.sessions.length > 0) return going
  const sessions = new Set<string | null>()
  for (const id of going.ids) {
    const found = await trail.exchange(id)
    if (found) sessions.add(found.opening.session ?? null)
  }
  return { ...going, sessions: [...sessions] }
}

/** The holds that were in force in the end. */
async function holdsAsTold(trail: House['trail'], lines: readonly JournalLine[]): Promise<void> {
  const last = new Map<string, JournalLine>()
  for (const line of lines)
    if ((line.kind === 'document' || line.kind === 'gone') && line.of === 'hold')
      if (last.get(line.id)?.kind !== 'gone') last.set(line.id, line)
  for (const [id, line] of last)
    if (line.kind === 'document') await trail.documents.put('hold', id, line.value)
    else await trail.documents.delete('hold', id)
}

/** A day that was purged goes again, whether the backup has the entry that says so or only its files; how many purges found some. */
async function purgesOf({ trail }: House, lines: readonly JournalLine[]): Promise<number> {
  const known = (await trail.custody()).map(({ note }) => note)
  const told = new Set(known.map(({ exchange }) => exchange))
  const noted = lines.flatMap((line) => (line.kind === 'entry' && !told.has(line.entry.exchange) ? line.entry : []))
  const purges = new Map([...known, ...noted].flatMap((note) => (note.kind === 'purge' ? [[note.exchange, note]] : [])))
  const there = new Set((await trail.dayFiles.list()).map(({ name }) => name))
  let count = 0
  for (const purge of purges.values()) {
    const names = purge.days.map(({ day, retain }) => dayFileName(day, retain)).filter((name) => there.has(name))
    if (!told.has(purge.exchange)) await trail.append(await tookHere(trail, purge, there))
    if (names.length === 0) continue
    await trail.dayFiles.remove(names)
    for (const name of names) there.delete(name)
    count += 1
  }
  return count
}

/** What it takes of the files that are here: an exchange that was open when they were copied has an end of its own. */
async function tookHere({ dayFiles }: House['trail'], purge: Purge, there: ReadonlySet<string>): Promise<Purge> {
  const days = purge.days.map(async (one) => {
    const name = dayFileName(one.day, one.retain)
    return there.has(name) ? { ...one, took: printTaken(await dayFiles.seqsIn(name)) } : one
  })
  return { ...purge, days: await Promise.all(days) }
}

async function revocationsOf({ trail }: House, lines: readonly JournalLine[]): Promise<number> {
  let count = 0
  for (const line of lines) {
    if (line.kind !== 'document' || line.of !== 'key') continue
    const known = (await trail.documents.get('key', line.id)) as Key | undefined
    if (!known || known.revoked !== undefined) continue
    const { revoked, why } = line.value as Key
    await trail.documents.put('key', line.id, { ...known, revoked, ...(why !== undefined && { why }) })
    count += 1
  }
  return count
}

const VOID = 'the record was put back without a journal: nobody can say whether it was revoked'

async function voidAll({ trail, now }: House): Promise<number> {
  const live = ((await trail.documents.list('key')) as Key[]).filter(({ revoked }) => revoked === undefined)
  for (const key of live) await trail.documents.put('key', key.id, { ...key, revoked: now(), why: VOID })
  return live.length
}
