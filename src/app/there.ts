/** Whether a record is in a folder, as far as this process may look. Makes nothing and opens nothing. */
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { Fault, faultOf } from '#exchange'

/** What a folder has of a record beside its install.key, which is made first. */
const REST = ['head.db', 'keys.db', 'days', 'seal'] as const

/**
 * Its install.key says so. @throws trail.damaged where that alone is gone; disk.path where nobody but its owner may look into the
 * folder, disk.* for a disk that fails
 */
export function isThere(data: string): boolean {
  if (has(data, 'install.key')) return true
  const rest = REST.filter((name) => has(data, name))
  if (rest.length > 0)
    throw new Fault('trail.damaged', `install.key is gone from ${data}, where ${rest.join(', ')} lie`)
  return false
}

function has(data: string, name: string): boolean {
  try {
    return statSync(join(data, name), { throwIfNoEntry: false }) !== undefined
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EACCES') throw notMine(data, error)
    throw faultOf(error)
  }
}

const notMine = (data: string, cause: unknown): Fault =>
  new Fault(
    'disk.path',
    `${data} may not be read by uid ${process.geteuid?.()}: run this as its owner${ownerOf(data)}`,
    {
      cause,
    },
  )

/** Where that can be told. */
function ownerOf(data: string): string {
  try {
    return `, uid ${statSync(data).uid}`
  } catch {
    return ''
  }
}
