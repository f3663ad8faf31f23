/** `node scrub.case.ts <folder> <word>`: records two exchanges and erases the one whose path holds the word, until it is killed. */
import { createHash } from 'node:crypto'
import type { Revision } from '../revision.ts'
import type { Store } from '../store.ts'
import { wrappingOf } from '../wrapping.ts'
import { bodyOf, commit, ending, idOf, opening } from './made.ts'
import { openSqlite } from './sqlite.ts'

const key = (purpose: string) => createHash('sha256').update(purpose).digest()
const ERASING = idOf(1)
export const KEEPING = idOf(2)

/** The store of a folder, and the erasure as it is done, and done again. */
export async function openKept(folder: string) {
  const wrapping = wrappingOf([key('wrapping')])
  const store = await openSqlite({
    ...{ folder, wrapping, tokenKey: key('token'), lineKey: key('line'), onBroken: () => undefined },
  })
  const erasing: Revision = { by: idOf(9), erased: [ERASING], bodies: [], notes: [] }
  const erase = (more: Pick<Revision, 'more'> = {}) => store.revise({ ...erasing, ...more })
  return { store, erase }
}

/** Two exchanges, one of which says the word. */
export async function keep(store: Store, word: string): Promise<void> {
  for (const [id, path] of [
    [ERASING, `/${word}`],
    [KEEPING, '/kept'],
  ] as const)
    await commit(store, opening(id, { path, session: 's', body: bodyOf(word), text: word }), ending(id))
}

if (process.argv[1] === import.meta.filename) {
  const [, , folder = '', word = ''] = process.argv
  const { store, erase } = await openKept(folder)
  await keep(store, word)
  await erase()
}
