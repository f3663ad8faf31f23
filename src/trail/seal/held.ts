/** What a record holds in the place of one leaf: the leaf that it makes now, or what became of it. Pure. */
import { sha256 } from './hashes.ts'
import { commitmentsOf, FIELDS, type Field, parseSalts, printLeaf } from './leaf.ts'

/** One seq of the record, as a verifier sees it. */
export interface Held {
  readonly seq: number
  /** The leaf that the entry makes; of parts whose salt is gone it says nothing. Absent where there is no entry. */
  readonly leaf?: string
  /** Parts whose salt is gone. */
  readonly unknown?: readonly Field[]
  /** The exchange ids of the entries that say why it, or a part of it, is gone. */
  readonly by?: readonly string[]
  /** Its body’s key was destroyed, or is not here. */
  readonly locked?: true
  /** Why it cannot be read. */
  readonly fault?: string
}

/** An entry as it is stored. */
export interface StoredEntry {
  readonly seq: number
  /** Empty where it was erased. */
  readonly json: string
  readonly salt: Uint8Array | null
  readonly by: readonly string[]
}

/** `read` gives the body; undefined where it cannot be read. */
export function heldOf({ seq, json, salt, by }: StoredEntry, read: () => Uint8Array | undefined): Held {
  const told = by.length > 0 ? { by } : {}
  if (json === '') return { seq, ...told }
  const entry = parsed(json)
  if (!entry) return { seq, fault: 'it is no JSON', ...told }
  const body = entry['body'] === undefined ? undefined : read()
  const salts = salt ? parseSalts(salt) : {}
  const made = commitmentsOf(entry, salts, body && sha256(body))
  const unknown = FIELDS.filter((name) => name in made && made[name] === undefined)
  return { seq, leaf: printLeaf(seq, entry, made), ...(unknown.length > 0 && { unknown }), ...told }
}

function parsed(json: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value = JSON.parse(json)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}
