/** `node scrub.case.ts <folder> <word>`: records two exchanges and erases the one whose path holds the word, until it is killed. */
import { createHash } from 'node:crypto'
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
  const erase = () => store.revise({ by: idOf(9), erased: [ERASING], bodies: [], taken: [], notes: [] })
  return { store, erase }
}

if (process.argv[1] === import.meta.filename) {
  const [, , folder = '', word = ''] = process.argv
  const { store, erase } = await openKept(folder)
  for (const [id, path] of [
    [ERASING, `/${word}`],
    [KEEPING, '/kept'],
  ] as const)
    await commit(store, opening(id, { path, session: 's', body: bodyOf(word), text: word }), ending(id))
  await erase()
}
