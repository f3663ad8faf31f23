/** What a journal says, and how it forgets what a released hold was about. Knows no record. */
import { existsSync } from 'node:fs'
import { open, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { JournalLine } from '#trail'

/** A line that a crash cut short is none: what it told of was not done. */
export const parseJournal = (text: string): JournalLine[] => text.split('\n').flatMap((line) => parseLine(line) ?? [])

function parseLine(line: string): JournalLine | undefined {
  try {
    return JSON.parse(line) as JournalLine
  } catch {
    return undefined // it was cut short
  }
}

/** Whether a journal has a line, or had it and forgot it, for the hold that it tells of is released. */
export function toldBy(journal: readonly JournalLine[]): (line: JournalLine) => boolean {
  const lines = new Set(journal.map((line) => JSON.stringify(line)))
  const gone = goneOf(journal)
  return (line) => lines.has(JSON.stringify(line)) || isForgotten(line, gone)
}

/** The holds that are released. */
const goneOf = (lines: readonly (JournalLine | undefined)[]): ReadonlySet<string> =>
  new Set(lines.flatMap((line) => (line?.kind === 'gone' && line.of === 'hold' ? line.id : [])))

const isForgotten = (line: JournalLine | undefined, gone: ReadonlySet<string>): boolean =>
  line?.kind === 'document' && line.of === 'hold' && gone.has(line.id)

/**
 * Writes a journal anew without what holds were about that are gone: user and query stand there in clear. All other lines stay as
 * they are, also those that nobody can read. A crash leaves it as it was, or as it is to be. False where there is nothing to forget.
 */
export async function withoutReleased(path: string): Promise<boolean> {
  const anew = `${path}.new`
  await rm(anew, { force: true }) // of a process that was killed: what was released since may stand in it
  if (!existsSync(path)) return false
  const lines = (await readFile(path, 'utf8')).split('\n').filter((line) => line !== '')
  const parsed = lines.map(parseLine)
  const gone = goneOf(parsed)
  const left = lines.filter((_, nth) => !isForgotten(parsed[nth], gone))
  if (left.length === lines.length) return false
  await using file = await open(anew, 'w', 0o600)
  await file.writeFile(left.map((line) => `${line}\n`).join(''))
  await file.sync()
  await rename(anew, path)
  await using folder = await open(dirname(path), 'r')
  await folder.sync()
  return true
}
