/** The list of stores. A new one is a file and a line here, and passes the cases that all share. */
import type { OpenStore } from '../store.ts'
import { openMemory } from './memory.ts'
import { openSqlite } from './sqlite.ts'

/** Every store by its name in the configuration. */
export const STORES = { sqlite: openSqlite, memory: openMemory } as const satisfies Record<string, OpenStore>

export type StoreName = keyof typeof STORES
