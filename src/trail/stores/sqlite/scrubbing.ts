/** Day files that are to be written anew because something in them was deleted: remembered, so that a crash forgets none. */
import type { Day } from './day.ts'
import type { Folder } from './folder.ts'

const KIND = 'scrub'

/** To be durable before anything is deleted in the file. */
export function willScrub({ head }: Folder, day: Day): void {
  if (head.document(KIND, day.file.name) === undefined) head.put(KIND, day.file.name, '{}')
}

/** Writes a file anew without its free space. */
export function scrub({ head }: Folder, day: Day): void {
  day.file.scrub()
  head.delete(KIND, day.file.name)
}

/** The next file that a process before this one, or a call that failed, left to be written anew; whether there was one. */
export function scrubLeft(folder: Folder): boolean {
  const [left] = folder.head.documents(KIND)
  if (!left) return false
  if (folder.names().includes(left.id)) scrub(folder, folder.day(left.id))
  else folder.head.delete(KIND, left.id)
  return true
}
