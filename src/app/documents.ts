/** What is done about documents of the record that are not its own: told at a start, hourly, and by `doctor`. Acts on none, removes none. */
import type { CheckRow } from '#console'
import { Fault, faultOf } from '#exchange'
import type { KeyRecord, KeyStore } from '#identity'
import type { Documents, Trail } from '#trail'

type Beside = Pick<Trail, 'documents'>

/** So many are named. */
const MOST_NAMED = 5

/** What was done; undefined where it takes the key that documents are proven with, and that is not here. @throws trail.* */
export async function unlocked<Done>(work: () => Promise<Done>): Promise<Done | undefined> {
  return work().catch((error: unknown) => {
    if (faultOf(error).code === 'trail.key') return undefined
    throw error
  })
}

/** The keys of users. Where nobody can tell whether they are true, nobody has one. */
export function keysOf(documents: Pick<Documents, 'list' | 'put'>): KeyStore {
  let locked: Fault | undefined
  return {
    async list() {
      try {
        return (await documents.list('key')).filter(isKey)
      } catch (error) {
        const fault = faultOf(error)
        if (fault.code !== 'trail.key') throw error
        locked = fault
        return []
      }
    },
    put: (record) => documents.put('key', record.id, record),
    locked: () => locked,
  }
}

/** Of a record of before documents bore MACs anything may stand there. */
function isKey(value: unknown): value is KeyRecord {
  const { id, digest, kind, actor, connections, expires } = Object(value) as Partial<KeyRecord>
  const texts = [id, digest, kind, Object(actor).id]
  return (
    texts.every((text) => typeof text === 'string') &&
    (connections === '*' || Array.isArray(connections)) &&
    Number.isFinite(expires)
  )
}

export interface DocumentWatch {
  /** How many are not the record's own. */
  readonly count: number
  /** Looks now; what was not told yet is told. @throws trail.* */
  look(): Promise<void>
}

export function watchDocuments({ documents }: Beside, tell: (line: string) => void): DocumentWatch {
  const told = new Set<string>()
  let count = 0
  return {
    get count() {
      return count
    },
    async look() {
      const forged = await documents.forged()
      count = forged.length
      const names = forged.map(({ kind, id }) => `${kind} ${id}`).filter((name) => !told.has(name))
      if (names.length === 0) return
      for (const name of names) told.add(name)
      const { message, remedy } = new Fault('trail.document', named(names))
      tell(`${message}. ${remedy}`)
    },
  }
}

/** What `doctor` says of them. @throws trail.key where the key is not here that they are proven with, trail.* */
export async function documentChecks({ documents }: Beside): Promise<CheckRow[]> {
  await documents.list('key') // throws where nobody can tell which are true
  const forged = await documents.forged()
  if (forged.length === 0) return []
  const { message, remedy } = new Fault('trail.document', named(forged.map(({ kind, id }) => `${kind} ${id}`)))
  return [{ check: 'documents', state: 'fail', told: message, remedy }]
}

/** Rows of what is told by documents; one alone in their place where the key is not here that they are proven with. */
export async function provenChecks(...checks: readonly (() => Promise<readonly CheckRow[]>)[]): Promise<CheckRow[]> {
  const rows: CheckRow[] = []
  let isLocked = false
  for (const check of checks) {
    const found = await unlocked(check)
    if (found) rows.push(...found)
    else isLocked = true
  }
  if (!isLocked) return rows
  const { message, remedy } = new Fault('trail.key', 'nobody can tell which documents of head.db are true')
  return [...rows, { check: 'documents', state: 'fail', told: message, remedy }]
}

const named = (names: readonly string[]): string =>
  `${names.slice(0, MOST_NAMED).join(', ')}${names.length > MOST_NAMED ? `, and ${names.length - MOST_NAMED} more` : ''}`
