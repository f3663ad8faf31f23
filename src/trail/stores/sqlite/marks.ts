/** Whether entries that leave the house make the leaves that were sealed of them. Reads a body only where it leaves too. */
import { Fault } from '#exchange'
import { headIn, LogFiles, sealIn } from '../../seal/files.ts'
import { sha256 } from '../../seal/hashes.ts'
import { entryIn } from '../../seal/held.ts'
import { commitmentsOf, isFirst, parseLeaf, parseSalts, printLeaf, saltOf } from '../../seal/leaf.ts'
import type { Mark } from '../../store.ts'
import { keyGone, readable } from './bodies.ts'
import type { Day } from './day.ts'
import type { Engine } from './engine.ts'

const ROWS = `SELECT seq, json, salt, EXISTS (SELECT 1 FROM redacted WHERE redacted.seq = entries.seq) AS anew
  FROM entries WHERE seq IN (SELECT value FROM json_each(?))`

interface Row {
  readonly seq: number
  readonly json: string
  readonly salt: Uint8Array | null
  readonly anew: number
}

/** Of those with which something is wrong. What was erased meanwhile, or cannot be read, has none. @throws Wanted, trail.* */
export function marksIn(engine: Engine, seqs: readonly number[], bodies: boolean): Mark[] {
  const folder = sealIn(engine.folder.path)
  const files = new LogFiles(folder, headIn(folder)?.size ?? 0)
  const [first, last] = [Math.min(...seqs), Math.max(...seqs)]
  return engine.folder.names().flatMap((name) => {
    const range = engine.rangeOf(name)
    if (range.last < first || range.first > last) return []
    const day = engine.folder.day(name)
    return day.file.all<Row>(ROWS, JSON.stringify(seqs)).flatMap((row) => {
      const mark = row.json === '' ? undefined : markOf(engine, { day, files, bodies }, row)
      return mark ? [{ seq: row.seq, mark }] : []
    })
  })
}

interface Where {
  readonly day: Day
  readonly files: LogFiles
  readonly bodies: boolean
}

function markOf({ proving }: Engine, { day, files, bodies }: Where, row: Row): Mark['mark'] | undefined {
  const { seq, json, salt } = row
  const entry = entryIn(json)
  if (!entry) return 'changed'
  const bears = entry['body'] !== undefined
  if (seq > files.size) {
    const body = bears ? digestOf(day, seq) : undefined
    return body !== 'locked' && proving.isProven(salt, { seq, json, body }) === false ? 'unproven' : undefined
  }
  const text = files.leaf(seq - 1).toString()
  const logged = parseLeaf(text)
  if (logged?.kind === 'unproven') return 'unproven'
  const [version, salts] = [isFirst(text) ? 1 : 2, salt ? parseSalts(salt) : {}] as const
  const sealed = logged?.fields.body
  const made = { ...commitmentsOf(entry, salts, undefined, version), ...(sealed !== undefined && { body: sealed }) }
  if (printLeaf(seq, entry, made, version) !== text) return 'changed'
  if (!bodies || !bears) return undefined
  const body = digestOf(day, seq)
  if (body === 'locked') return undefined
  const isCut = row.anew === 1 && saltOf('body', salts) === undefined // else nothing was written anew since it was sealed
  const isSo = isCut
    ? body !== undefined && proving.isProven(salt, { seq, json, body }) !== false
    : commitmentsOf({}, salts, body, version).body === sealed
  return isSo ? undefined : 'changed'
}

/** Undefined where there is none, or none that was written: of one whose key is not here nobody knows. */
function digestOf(day: Day, seq: number): Uint8Array | 'locked' | undefined {
  let isLocked = false
  const body = readable(() => {
    try {
      return day.body(seq)
    } catch (error) {
      isLocked = error instanceof Fault && keyGone(error) !== undefined
      throw error
    }
  })
  return body ? sha256(body) : isLocked ? 'locked' : undefined
}
