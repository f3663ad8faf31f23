/**
 * Lines of who read where the record's key was not: durable in the head file, without a seq. Who can write in the data folder
 * can put anything there, so nothing is read of it that is not a short text. Puts nothing on the record.
 */
import { Fault, faultOf } from '#exchange'
import type { Waiting } from '../../store.ts'
import type { Engine } from './engine.ts'
import { lineOfFault } from './faults.ts'
import type { Head } from './head.ts'
import type { Line, LineOutcome } from './protocol.ts'

const KIND = 'waiting'
/** So many may wait, and so long may each be, in bytes: past them nothing is shown without the key. */
const MOST = { lines: 10_000, bytes: 16_384 } as const

const OF_FORM = `typeof(id) = 'text' AND octet_length(id) <= 64 AND typeof(json) = 'text' AND octet_length(json) <= ${MOST.bytes}`
const COUNTS = `SELECT count(*) AS count, coalesce(sum(NOT (${OF_FORM})), 0) AS strange FROM documents WHERE kind = '${KIND}'`
const PAGE = `SELECT id, json FROM documents WHERE kind = '${KIND}' AND ${OF_FORM} AND id > ? ORDER BY id LIMIT ?`
const REMOVE = `DELETE FROM documents WHERE kind = '${KIND}'`

/** A line of who reads where the key is not has no place in the log: 0 where it is durable outside of it. */
export function waitOutside(engine: Engine, line: Line): LineOutcome {
  try {
    engine.mayWrite()
    putDown(engine.folder.head, line)
    return 0
  } catch (error) {
    const fault = faultOf(error)
    engine.noticed(fault)
    return lineOfFault(fault)
  }
}

/** @throws trail.key where no more can wait, trail.* */
function putDown(head: Head, { exchange, json }: Line): void {
  const uid = process.getuid?.()
  const text = `{${uid === undefined ? '' : `"uid":${uid},`}"line":${json}}`
  if (Buffer.byteLength(text) > MOST.bytes)
    throw new Fault('trail.key', `what is asked for is too long to be put down without it (${MOST.bytes} bytes)`)
  if (countsIn(head).count >= MOST.lines)
    throw new Fault('trail.key', `${MOST.lines} lines of who read wait for it, and no more can`)
  head.put(KIND, exchange, text)
}

const countsIn = ({ file }: Head) => file.get<{ count: number; strange: number }>(COUNTS) ?? { count: 0, strange: 0 }

/** @throws Wanted, trail.* */
export function waitingIn({ folder: { head }, proving }: Engine, after: string, most: number): Waiting {
  const { count, strange } = countsIn(head)
  const lines = head.file.all<{ id: string; json: string }>(PAGE, after, most).map(({ id, json }) => ({ id, json }))
  return { lines, count: count - strange, strange, isHere: proving.open() !== undefined }
}

/** @throws trail.* */
export function unwait(head: Head, ids: readonly string[], strange: boolean): void {
  head.file.transaction(() => {
    for (const id of ids) head.file.run(`${REMOVE} AND id = ?`, id)
    if (strange) head.file.run(`${REMOVE} AND NOT (${OF_FORM})`)
  })
  head.file.truncateLog()
}
