/** Small durable JSON records by kind and id, such as keys. Never written once the trail has latched; gives out none that is forged. */
import { type Fault, faultOf } from '#exchange'
import type { ForgedDocument, Store } from './store.ts'

export interface Documents {
  /** Resolves when it is durable; replaces what stood there. @throws trail.* */
  put(kind: string, id: string, value: unknown): Promise<void>
  get(kind: string, id: string): Promise<unknown>
  /** In the order of their ids. */
  list(kind: string): Promise<unknown[]>
  delete(kind: string, id: string): Promise<void>
  /** Those that somebody wrote who had not the record's key: they are in no other answer. None where that cannot be told here. */
  forged(): Promise<readonly ForgedDocument[]>
}

/** Does what writes; never once the trail has latched, and latches it where the disk fails. */
export type Write = <Result>(work: () => Promise<Result>) => Promise<Result>

/** `refusal` says why nothing may be written; `latch` is told when the disk fails. */
export function writing(refusal: () => Fault | undefined, latch: (fault: Fault) => void): Write {
  return async (work) => {
    const fault = refusal()
    if (fault) throw fault
    try {
      return await work()
    } catch (error) {
      if (faultOf(error).code === 'trail.broken') latch(faultOf(error))
      throw error
    }
  }
}

/** The documents of a store. */
export function documentsOf(store: Store, write: Write): Documents {
  return {
    put: (kind, id, value) => write(() => store.putDocument(kind, id, JSON.stringify(value))),
    delete: async (kind, id) => void (await write(() => store.deleteDocument(kind, id))),
    async get(kind, id) {
      const json = await store.getDocument(kind, id)
      return json === undefined ? undefined : JSON.parse(json)
    },
    forged: () => store.forgedDocuments(),
    list: async (kind) => (await store.listDocuments(kind)).map(({ json }) => JSON.parse(json)),
  }
}
