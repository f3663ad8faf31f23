/** Reads of a record what it is verified by. Judges nothing, and writes nothing. */
import { faultOf, type Keyring } from '#exchange'
import { vanishedIn } from '../acked.ts'
import { inForce } from '../custody/in-force.ts'
import { CUSTODY } from '../entries.ts'
import type { Store } from '../store.ts'
import { readAnchors } from './anchor.ts'
import type { Evidence, VerifyOptions } from './evidence.ts'

/** Undefined where nothing can be sealed. @throws trail.* */
export async function evidenceOf(
  store: Store,
  keyring: Pick<Keyring, 'digest'>,
  { acked }: VerifyOptions,
): Promise<Evidence | undefined> {
  const state = await store.state()
  if (!state) return undefined
  const claims = await store.claims([...CUSTODY, 'vanished'])
  const gone = acked && (await vanishedIn(store, acked))
  const documents = await documentsIn(store)
  return {
    ...state,
    held: (from, count, first) => store.held(from, count, first),
    notes: claims.flatMap(({ seq, note, mark }) => (note ? [{ seq, note, ...(mark && { mark }) }] : [])),
    ...(documents && { holds: inForce(documents, claims, keyring) }),
    restored: await store.notes('restored'),
    anchors: await readAnchors(state.folder),
    ...(gone && gone.length > 0 && { gone }),
  }
}

/** What holds are about; undefined where nobody can tell which of it is true. */
async function documentsIn(store: Store): Promise<unknown[] | undefined> {
  try {
    return (await store.listDocuments('hold')).map(({ json }) => JSON.parse(json))
  } catch (error) {
    if (faultOf(error).code === 'trail.key') return undefined
    throw error
  }
}
