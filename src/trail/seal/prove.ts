/** Proofs that entries stand in the log, one after another, with as much of each as is disclosed. Reads the log's files; writes nothing. */
import { type Head, type LogFiles, vkeyIn } from './files.ts'
import { inclusionProof, type NodeAt } from './hashes.ts'
import { FIELDS, type Field, parseLeaf, parseSalts, saltOf } from './leaf.ts'
import { TILE } from './tiles.ts'

/** What of an entry may be shown, as the record has it. Nothing is left of one that was erased or purged. */
export interface Disclosure {
  readonly seq: number
  readonly json?: string
  readonly salt?: Uint8Array
  readonly body?: Uint8Array
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
  readonly body?: string
}

/** What a proof is made of, in its order. */
export type ProofLine =
  | { readonly head: { readonly checkpoint: string; readonly vkey?: string; readonly range?: Range } }
  | { readonly leaf: { readonly index: number; readonly leaf: string } }
  | { readonly entry: ProvenEntry }

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')

/** The head that all proofs are for, and what stands beside a range of leaves. */
export function headLine(files: LogFiles, head: Head, range: readonly [number, number] | undefined): ProofLine {
  const vkey = vkeyIn(files.folder)
  const shown = range && rangeOf(files.node, range, head.size)
  return { head: { checkpoint: head.printed, ...(vkey !== undefined && { vkey }), ...(shown && { range: shown }) } }
}

function rangeOf(node: NodeAt, [first, end]: readonly [number, number], size: number): Range {
  return { first, end, before: subtrees(node, 0, first), after: subtrees(node, end, size) }
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

/** The proof of one entry. Of a body that is not shown the salt is not shown either. */
export function entryLine(files: LogFiles, { seq, json, salt, body }: Disclosure): ProofLine {
  const index = seq - 1
  const leaf = files.leaf(index).toString()
  const proof = inclusionProof(files.node, index, files.size).map(base64)
  if (json === undefined || json === '' || !salt) return { entry: { index, leaf, proof } }
  const salts = parseSalts(salt)
  const shown = FIELDS.flatMap((name) => {
    const own = (name !== 'body' || body) && parseLeaf(leaf)?.fields[name] ? saltOf(name, salts) : undefined
    return own ? [[name, base64(own)] as const] : []
  })
  const parts = { entry: JSON.parse(json) as unknown, salts: Object.fromEntries(shown) }
  return { entry: { index, leaf, proof, ...parts, ...(body && { body: base64(body) }) } }
}

/** The leaves from the first to the last whose time lies in a period (ms, `until` not included); undefined where none does. */
export function indexesOf(files: LogFiles, since: number, until: number): readonly [number, number] | undefined {
  let [first, end] = [-1, -1]
  for (let bundle = 0; bundle * TILE < files.size; bundle++)
    for (const [at, leaf] of files.leaves(bundle).entries()) {
      const time = parseLeaf(leaf.toString())?.at
      if (time === undefined || time < since || time >= until) continue
      if (first < 0) first = bundle * TILE + at
      end = bundle * TILE + at + 1
    }
  return first < 0 ? undefined : [first, end]
}
