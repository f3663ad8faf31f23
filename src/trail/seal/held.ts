/** What a record holds in the place of one leaf: the leaf that it makes now, or what became of it. Pure. */
import { sha256 } from './hashes.ts'
import { commitmentsOf, FIELDS, type Field, parseSalts, printLeaf, type Version } from './leaf.ts'

/** One seq of the record, as a verifier sees it. */
export interface Held {
  readonly seq: number
  /** The leaf that the entry makes; of parts whose salt is gone it says nothing. Absent where there is no entry. */
  readonly leaf?: string
  /** Parts whose salt is gone. */
  readonly unknown?: readonly Field[]
  /** The exchange ids of the entries that say why it is gone. */
  readonly by?: readonly string[]
  /** Of a body that was written anew: which entries say so. */
  readonly anew?: readonly Anew[]
  /** Its body cannot be read for want of a key: the name of the one that would open it, empty where it was destroyed. */
  readonly locked?: string
  /** It was not written by who had the record’s key; absent too where that cannot be told here. */
  readonly unproven?: true
  /** What is wrong with the rows that it is found by. */
  readonly misfiled?: string
  /** A row of its file’s index that stands for no entry; of a seq below 1, that there is something. */
  readonly strange?: string
  /** Why it cannot be read. */
  readonly fault?: string
  /** It may be in a day file that cannot be read there: its name. */
  readonly lost?: string
}

/** That a body was written anew. */
export interface Anew {
  /** The exchange id of the entry that says so. */
  readonly by: string
  /** What the body that is there now commits to under the salt of this time; absent where it cannot be read. */
  readonly commitment?: string | undefined
}

/** An entry as it is stored. */
export interface StoredEntry {
  readonly seq: number
  /** Empty where it was erased. */
  readonly json: string
  readonly salt: Uint8Array | null
  /** The entries by which it was erased. */
  readonly by: readonly string[]
  /** The entries by which its body was written anew, and the salt of each time. */
  readonly redacted: readonly { readonly by: string; readonly salt: Uint8Array }[]
}

/** How an entry is looked at. */
export interface Looking {
  /** Which version of leaf was sealed. */
  readonly version: Version
  /** The body; undefined where it cannot be read. */
  read(): Uint8Array | undefined
  /** Whether it was written by who had the record's key, of SHA-256 of its body; undefined where that cannot be told. */
  isProven(body: Uint8Array | undefined): boolean | undefined
}

export function heldOf(stored: StoredEntry, { version, read, isProven }: Looking): Held {
  const { seq, json, salt, by, redacted } = stored
  const told = by.length > 0 ? { by } : {}
  if (json === '') return { seq, ...told }
  const entry = parsed(json)
  if (!entry) return { seq, fault: 'it is no JSON', ...told }
  const body = entry['body'] === undefined ? undefined : read()
  const salts = salt ? parseSalts(salt) : {}
  const digest = body && sha256(body)
  const made = commitmentsOf(entry, salts, digest, version)
  const anew = redacted.map((one) => ({ by: one.by, commitment: commitmentsOf({}, { body: one.salt }, digest).body }))
  const unknown = FIELDS.filter((name) => name in made && made[name] === undefined)
  const unproven = isProven(digest) === false
  return {
    seq,
    leaf: printLeaf(seq, entry, made, version),
    ...(unknown.length > 0 && { unknown }),
    ...told,
    ...(anew.length > 0 && { anew }),
    ...(unproven && { unproven }),
  }
}

function parsed(json: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value = JSON.parse(json)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}
