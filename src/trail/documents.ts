/** Small durable JSON records by kind and id, such as keys. Never written once the trail has latched. */
import { type Fault, faultOf } from '#exchange'
import type { Store } from './store.ts'

export interface Documents {
  /** Resolves when it is durable; replaces what stood there. @throws trail.* */
  put(kind: string, id: string, value: unknown): Promise<void>
  get(kind: string, id: string): Promise<unknown>
  /** In the order of their ids. */
  list(kind: string): Promise<unknown[]>
  delete(kind: string, id: string): Promise<void>
}

/** The documents of a store. `refusal` says why nothing may be written; `latch` is told when the disk fails. */
export function documentsOf(store: Store, refusal: () => Fault | undefined, latch: (fault: Fault) => void): Documents {
  const write = async (work: () => Promise<unknown>) => {
    const fault = refusal()
    if (fault) throw fault
    try {
      await work()
    } catch (error) {
      if (faultOf(error).code === 'trail.broken') latch(faultOf(error))
      throw error
    }
  }
  return {
    put: (kind, id, value) => write(() => store.putDocument(kind, id, JSON.stringify(value))),
    delete: (kind, id) => write(() => store.deleteDocument(kind, id)),
    async get(kind, id) {
      const json = await store.getDocument(kind, id)
      return json === undefined ? undefined : JSON.parse(json)
    },
    list: async (kind) => (await store.listDocuments(kind)).map(({ json }) => JSON.parse(json)),
  }
}
