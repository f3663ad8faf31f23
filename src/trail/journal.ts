/** What must outlive a record that is put back from a backup: erasures, holds, revocations. Kept outside; writes no record. */
import type { CustodyNote, Entry } from '#exchange'
import type { Documents } from './documents.ts'
import { CUSTODY } from './entries.ts'

/** A line of it. `document`: one that was put, or taken away. `head`: a signed note, the log's head at that time. `mark`: a backup was taken (ms), or it was begun; `after`: so many entries the record had then, and only it told of them. */
export type JournalLine =
  | { readonly kind: 'entry'; readonly entry: CustodyNote }
  | { readonly kind: 'document'; readonly of: string; readonly id: string; readonly value: unknown }
  | { readonly kind: 'gone'; readonly of: string; readonly id: string }
  | { readonly kind: 'head'; readonly note: string }
  | { readonly kind: 'mark'; readonly at: number; readonly after?: number }

/** Kept where a copy of the data folder that is put back does not reach. */
export interface Journal {
  /** Resolves once it is durable. @throws trail.journal */
  note(line: JournalLine): Promise<void>
}

/** What is journalled of documents: erasures that are under way, holds, and keys once they are revoked. */
const isKept = (kind: string, value: unknown): boolean =>
  kind === 'erasing' || kind === 'hold' || (kind === 'key' && Object(value).revoked !== undefined)

export const isCustodyNote = (entry: Entry): entry is CustodyNote => CUSTODY.some((kind) => kind === entry.kind)

/** The same documents; those that matter are journalled before they are put or taken away (an erasure: once it is done), revoked keys after, for they must be refused at once. */
export function journalled(documents: Documents, journal: Journal): Documents {
  return {
    ...documents,
    async put(kind, id, value) {
      const line = { kind: 'document', of: kind, id, value } as const
      if (isKept(kind, value) && kind !== 'key') await journal.note(line)
      await documents.put(kind, id, value)
      if (isKept(kind, value) && kind === 'key') await journal.note(line)
    },
    async delete(kind, id) {
      if (kind === 'hold' || kind === 'erasing') await journal.note({ kind: 'gone', of: kind, id })
      await documents.delete(kind, id)
    },
  }
}
