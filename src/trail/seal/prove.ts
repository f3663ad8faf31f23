/** Proofs that entries stand in the log, one after another, with as much of each as is disclosed. Reads the log's files; writes nothing. */
import { isShallow } from '../form.ts'
import type { LogFiles } from './files.ts'
import { consistencyProof, inclusionProof, type NodeAt, rangeHash } from './hashes.ts'
import { entryIn } from './held.ts'
import { FIELDS, type Field, parseLeaf, parseSalts, saltOf } from './leaf.ts'
import type { Vouching } from './vouching.ts'

/** What of an entry may be shown, as the record has it. Nothing is left of one that was erased or purged. */
export interface Disclosure {
  readonly seq: number
  readonly json?: string
  readonly salt?: Uint8Array
  readonly body?: Uint8Array
  /** The exchange id of the entry that took it. */
  readonly gone?: string
  /** The exchange ids of the entries that say that its body was written anew, and the salt of each time; the last one last. */
  readonly anew?: readonly { readonly by: string; readonly salt: Uint8Array }[]
  /** Its body’s key was destroyed, or is not here. */
  readonly locked?: true
}

/** A whole subtree that stands for leaves that are not shown: its height and its hash in base64. */
export type Subtree = readonly [height: number, hash: string]

/** All leaves from `first` (an index) to before `end`, with what stands on both sides: nothing between them is left out. */
export interface Range {
  readonly first: number
  readonly end: number
  readonly before: readonly Subtree[]
  readonly after: readonly Subtree[]
}

/** Hashes are base64, salts and bodies too. */
export interface ProvenEntry {
  readonly index: number
  /** The leaf's text. */
  readonly leaf: string
  readonly proof: readonly string[]
  readonly entry?: unknown
  readonly salts?: Readonly<Partial<Record<Field, string>>>
  /** As in `Disclosure`; a salt only where the body is shown. */
  readonly gone?: string
  readonly anew?: readonly { readonly by: string; readonly salt?: string }[]
  readonly locked?: true
  readonly body?: string
}

/**
 * What a question came to. `after` (ms) is included, `before` is not, `now` is when it was asked; `from` is the index of the first
 * leaf and `to` the one behind the last.
 */
export type Asked =
  | { readonly kind: 'exchange'; readonly exchange: string }
  | { readonly kind: 'query' | 'period'; readonly now: number; readonly after?: number; readonly before?: number }
  | { readonly kind: 'between'; readonly from: number; readonly to: number }

/** That the log’s first `size` leaves have this root, and that its head goes on from them (RFC 6962 §2.1.2). */
export interface Beginning {
  readonly size: number
  readonly root: string
  readonly proof: readonly string[]
}

/**
 * `entries`: how many there will be. `unsealed`: how many more were asked for, and have no leaf yet. `anchors` go along, and `kept`
 * shows of their heads too that the log goes on from them; `left` says of anchors whose proofs do not.
 */
export interface ProofHead extends Partial<Vouching> {
  readonly checkpoint: string
  readonly vkey: string
  readonly asked: Asked
  readonly entries: number
  readonly unsealed: number
  readonly range?: Range
  readonly kept?: readonly Beginning[]
}

/** What a proof is made of, in its order. `wrong`: what the entry before it is not, so that a verifier will refuse it. `context`: entries that say something of others, in the order of the log too. */
export type ProofLine =
  | { readonly head: ProofHead }
  | { readonly leaf: { readonly index: number; readonly leaf: string } }
  | { readonly entry: ProvenEntry }
  | { readonly context: ProvenEntry }
  | { readonly wrong: { readonly index: number; readonly told: string } }

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')

/** What stands on both sides of a range of leaves. */
export function rangeOf({ node, size }: LogFiles, [first, end]: readonly [number, number]): Range {
  return { first, end, before: subtrees(node, 0, first), after: subtrees(node, end, size) }
}

/** @throws RangeError for a size that the log does not have */
export function beginningOf({ node, size: now }: LogFiles, size: number): Beginning {
  const proof = consistencyProof(node, size, now).map(base64)
  return { size, root: base64(rangeHash(node, 0, size)), proof }
}

/** Whole subtrees that together cover the leaves from `start` to before `end`, from left to right. */
function subtrees(node: NodeAt, start: number, end: number): Subtree[] {
  const found: Subtree[] = []
  for (let at = start; at < end; ) {
    let height = 0
    while (at % 2 ** (height + 1) === 0 && at + 2 ** (height + 1) <= end) height += 1
    found.push([height, base64(node(height, at / 2 ** height))])
    at += 2 ** height
  }
  return found
}

/** A stored entry; undefined where it is none any more. */
function shownOf(json: string): object | undefined {
  const entry = entryIn(json)
  return entry && isShallow(entry) ? entry : undefined
}

/** The proof of one entry. Of a body that is not shown the salt is not shown either. */
export function provenOf(files: LogFiles, { seq, json, salt, body, gone, anew = [], locked }: Disclosure): ProvenEntry {
  const index = seq - 1
  const leaf = files.leaf(index).toString()
  const proof = inclusionProof(files.node, index, files.size).map(base64)
  const kind = parseLeaf(leaf)?.kind
  const isBlank = kind === 'unproven' || kind === 'absent'
  const entry = json === undefined || !salt || isBlank ? undefined : shownOf(json)
  if (!entry || !salt) return { index, leaf, proof, ...(gone !== undefined && !isBlank && { gone }) }
  const salts = parseSalts(salt)
  const shown = FIELDS.flatMap((name) => {
    const own = (name !== 'body' || body) && parseLeaf(leaf)?.fields[name] ? saltOf(name, salts) : undefined
    return own ? [[name, base64(own)] as const] : []
  })
  const again = anew.map((one) => ({ by: one.by, ...(body && { salt: base64(one.salt) }) }))
  return {
    ...{ index, leaf, proof, entry, salts: Object.fromEntries(shown) },
    ...(again.length > 0 && { anew: again }),
    ...(locked && { locked }),
    ...(body && { body: base64(body) }),
  }
}
