/** What a record holds in the place of one leaf: the leaf that it makes now, or what became of it. Pure. */
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
  /** What was derived of its reply cannot be read for want of a key: its name, as of `locked`. */
  readonly lockedEdits?: string
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

/** What the leaf of an entry is made of. */
export interface Material {
  /** The entry as it is stored: a JSON object. */
  readonly json: string
  /** As the row keeps it; as Latin-1 text, which costs less between threads, as `body` does. */
  readonly salt?: string | undefined
  /** SHA-256 of the body, as Latin-1 text; absent where there is none, or it cannot be read. */
  readonly body?: string | undefined
  /** The entries by which its body was written anew, and the salt of each time. */
  readonly redacted?: readonly { readonly by: string; readonly salt: Uint8Array }[]
  /** Which version of leaf was sealed. */
  readonly version: Version
}

/** What a record holds in one place, and what its leaf is to be made of: so one thread can read while another makes leaves. */
export interface Unmade extends Omit<Held, 'leaf' | 'unknown' | 'anew'> {
  readonly of?: Material
}

/** The same with its leaf; what JSON no leaf can be made of is told as a fault. */
export function heldOf({ of, ...held }: Unmade): Held {
  if (!of) return held
  try {
    return made(held, of)
  } catch (error) {
    return { ...held, fault: `it has no leaf: ${(error as Error).message}` }
  }
}

function made(held: Omit<Unmade, 'of'>, of: Material): Held {
  const { json, salt, redacted, version } = of
  const entry = entryIn(json) ?? {}
  const body = of.body === undefined ? undefined : latin(of.body)
  const commitments = commitmentsOf(entry, salt === undefined ? {} : parseSalts(latin(salt)), body, version)
  const anew = redacted?.map((one) => ({ by: one.by, commitment: commitmentsOf({}, { body: one.salt }, body).body }))
  const unknown = FIELDS.filter((name) => name in commitments && commitments[name] === undefined)
  return {
    ...held,
    leaf: printLeaf(held.seq, entry, commitments, version),
    ...(unknown.length > 0 && { unknown }),
    ...(anew && { anew }),
  }
}

const latin = (text: string): Buffer => Buffer.from(text, 'latin1')

/** A stored entry; undefined where it is no JSON object. */
export function entryIn(json: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value = JSON.parse(json)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}
