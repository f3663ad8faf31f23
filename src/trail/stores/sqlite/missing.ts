/** Which files of a record are not there. Asked of one that is only looked at, before it is opened: opening makes them. Writes nothing. */
import { closeSync, existsSync, openSync, readdirSync, readSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Fault } from '#exchange'
import { isDayFile } from '../../dayfile.ts'
import { faultOfStore } from './faults.ts'
import { sealedIn } from './sealing.ts'

/** Where the number of a file's format stands in its header (sqlite.org/fileformat2.html §1.3.16). */
const FORMAT_AT = 60
/** The last format of day files that no key was given out in: such a record has no keys.db yet. */
const KEYLESS = 4

/** @throws trail.broken, with all their names, where the record has entries */
export function mayLook(path: string): void {
  try {
    const folder = join(path, 'days')
    const days = existsSync(folder) ? readdirSync(folder).filter(isDayFile) : []
    if (days.length === 0 && sealedIn(path) === 0) return
    const isGone = (name: string) => sizeOf(join(path, name)) + sizeOf(join(path, `${name}-wal`)) === 0
    const keyed = () => !days.every((name) => isKeyless(join(folder, name)))
    const gone = [...(isGone('head.db') ? ['head.db'] : []), ...(isGone('keys.db') && keyed() ? ['keys.db'] : [])]
    if (gone.length > 0)
      throw new Fault(
        'trail.broken',
        gone.map((name) => `${name} is gone or empty, and the record has entries`).join('; '),
      )
  } catch (error) {
    throw faultOfStore(error, 'the data folder')
  }
}

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0

/** Whether a day file says that it is older than keys. */
function isKeyless(path: string): boolean {
  const number = Buffer.alloc(4)
  const descriptor = openSync(path, 'r')
  try {
    readSync(descriptor, number, 0, number.length, FORMAT_AT)
  } finally {
    closeSync(descriptor)
  }
  const format = number.readUInt32BE()
  return format > 0 && format <= KEYLESS
}
