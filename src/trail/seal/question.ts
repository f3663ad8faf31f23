/** What is to be proven, answered from a store and its log: an exchange, what a query finds, a period or a stretch without a hole. */
import { setTimeout as wait } from 'node:timers/promises'
import { Fault } from '#exchange'
import type { Query } from '../query.ts'
import type { Store } from '../store.ts'
import { Context } from './context.ts'
import { headIn, LogFiles, vkeyIn } from './files.ts'
import { parseLeaf } from './leaf.ts'
import { type Asked, beginningOf, type ProofLine, type ProvenEntry, provenOf, rangeOf } from './prove.ts'
import { placesOf, spanOf, within } from './span.ts'
import { unlike } from './unlike.ts'
import { vouching } from './vouching.ts'

/**
 * An exchange’s id (whole), or a query; one that says only after: and before: is a period, of which every leaf is shown. `between`:
 * the sizes of two heads, or of one and the newest.
 */
export type Question =
  | { readonly exchange: string }
  | { readonly query: Query; readonly now?: number }
  | { readonly between: readonly [from: number, to?: number] }

/** What of it is shown: bodies or not, and that the log goes on from heads of these sizes. */
export interface Showing {
  readonly bodies: boolean
  readonly kept?: readonly number[]
}

const PAGE = 100
const STEP = 64
/** What was just recorded is sealed within a second; so long it is waited for, in ms. */
const PATIENCE_MS = 5000
const LOOK_MS = 50

/** Whether a query says nothing but a time. */
const isPeriod = ({ where, except, text, without, finding, after, before }: Query): boolean =>
  (after !== undefined || before !== undefined) &&
  finding === undefined &&
  [Object.keys(where), Object.keys(except), text, without].every((terms) => terms.length === 0)

/** @throws seal.off, seal.damaged, seal.behind, trail.* */
export async function* proofOf(
  store: Store,
  question: Question,
  { bodies, kept = [] }: Showing,
): AsyncIterable<ProofLine> {
  await sealed(store)
  const state = await store.state()
  const head = state && headIn(state.folder)
  if (!state || !head) throw new Fault('seal.off')
  const files = new LogFiles(state.folder, head.size)
  const vkey = vkeyIn(files.folder)
  if (vkey === undefined) throw new Fault('seal.damaged', 'vkey is missing')
  const asked = await askedOf(store, files, question)
  const ahead = [...kept, ...(asked.kind === 'between' ? [asked.from, asked.to] : [])].find((size) => size > head.size)
  if (ahead !== undefined)
    throw new Fault('seal.behind', `a checkpoint over ${ahead} entries, and ${head.size} are here`)
  const { shown, seqs } = await soughtOf(store, files, question, asked)
  const own = seqs.filter((seq) => seq <= head.size)
  const range = shown && rangeOf(files, shown)
  const { anchors, left } = await vouching(files, vkey, own.at(-1) ?? shown?.[1] ?? 0)
  const seen = anchors.map(({ size }) => size).filter((size) => size <= head.size)
  const sizes = [...new Set([...kept, ...seen])].filter((size) => size > 0).sort((one, other) => one - other)
  const beginnings = sizes.map((size) => beginningOf(files, size))
  const counts = { entries: own.length, unsealed: seqs.length - own.length }
  yield {
    head: {
      ...{ checkpoint: head.printed, vkey, asked, ...counts },
      ...(range && { range }),
      ...(beginnings.length > 0 && { kept: beginnings }),
      ...(anchors.length > 0 && { anchors }),
      ...(left.length > 0 && { left }),
    },
  }
  for (let index = shown?.[0] ?? 0; index < (shown?.[1] ?? 0); index++)
    yield { leaf: { index, leaf: files.leaf(index).toString() } }
  const context = await Context.of(store, asked)
  for (let at = 0; at < own.length; at += STEP) {
    const some = own.slice(at, at + STEP)
    const told = new Map((await store.disclose(some, bodies)).map((one) => [one.seq, one]))
    for (const seq of some) {
      const entry = provenOf(files, context.explained(told.get(seq) ?? { seq }, files.leaf(seq - 1).toString()))
      context.take(entry)
      yield { entry }
      yield* wrongIn(entry, bodies)
    }
  }
  const others = context.seqs(own, head.size)
  for (const one of await store.disclose(others, false)) {
    const { gone: _gone, anew: _anew, locked: _locked, ...said } = provenOf(files, one)
    if (said.entry === undefined) continue // it says nothing
    yield { context: said }
    yield* wrongIn(said, false)
  }
}

function* wrongIn(entry: ProvenEntry, bodies: boolean): Iterable<ProofLine> {
  const told = unlike(entry, bodies)
  if (told !== undefined) yield { wrong: { index: entry.index, told } }
}

/** Resolves once all that is on the record now is sealed; where that takes too long, or nobody seals, without. */
async function sealed(store: Store): Promise<void> {
  const last = await store.highest()
  for (let waited = 0; waited < PATIENCE_MS; waited += LOOK_MS) {
    const state = await store.sealed()
    if (state.kind === 'off' || state.size >= last || state.fault !== undefined) return
    await wait(LOOK_MS)
  }
}

async function askedOf(store: Store, files: LogFiles, question: Question): Promise<Asked> {
  if ('exchange' in question) return { kind: 'exchange', exchange: await wholeOf(store, files, question.exchange) }
  if ('between' in question) {
    const [from, to = files.size] = question.between
    return { kind: 'between', from: Math.min(from, to), to: Math.max(from, to) }
  }
  const { query, now = 0 } = question
  const { after, before } = query
  const times = { ...(after !== undefined && { after }), ...(before !== undefined && { before }) }
  return { kind: isPeriod(query) ? 'period' : 'query', now, ...times }
}

/** The whole id of an exchange: the record’s, or where nothing is left of it there the log’s. @throws trail.absent, trail.ambiguous */
async function wholeOf(store: Store, files: LogFiles, id: string): Promise<string> {
  if ((await store.seqs(id)).length > 0) return id
  const found = new Set(Array.from(placesOf(files, id), ({ exchange }) => exchange))
  const [whole, other] = found
  if (whole === undefined) throw new Fault('trail.absent', id)
  if (other !== undefined) throw new Fault('trail.ambiguous', id)
  return whole
}

interface Sought {
  /** The leaves that are shown, by index: from, and before which. */
  readonly shown?: readonly [number, number]
  /** In the order of the log, each once. */
  readonly seqs: readonly number[]
}

async function soughtOf(store: Store, files: LogFiles, question: Question, asked: Asked): Promise<Sought> {
  if (asked.kind === 'between') {
    const { from, to } = asked
    return { shown: [from, to], seqs: Array.from({ length: to - from }, (_, nth) => from + nth + 1) }
  }
  if (asked.kind === 'period') {
    const [since, until] = [asked.after ?? Number.NEGATIVE_INFINITY, asked.before ?? Number.POSITIVE_INFINITY]
    const span = spanOf(files, since, until)
    return { shown: [span.from, span.to], seqs: Array.from(within(files, span, since, until), (index) => index + 1) }
  }
  const found =
    asked.kind === 'exchange'
      ? await seqsOfOne(store, files, asked.exchange)
      : 'query' in question
        ? await seqsOf(store, files, question.query)
        : []
  return { seqs: [...new Set(found)].sort((one, other) => one - other) }
}

/** The places of an exchange: as the record has them where the log has them for the same, else as the log has them. */
async function seqsOfOne(store: Store, files: LogFiles, exchange: string): Promise<readonly number[]> {
  const own = await store.seqs(exchange)
  if (own.length > 0 && own.every((seq) => isOf(files, seq, exchange))) return own
  return Array.from(placesOf(files, exchange), ({ index }) => index + 1)
}

/** Of an entry that has no leaf yet nothing speaks against it. */
function isOf(files: LogFiles, seq: number, exchange: string): boolean {
  if (seq > files.size) return true
  const leaf = seq > 0 ? parseLeaf(files.leaf(seq - 1).toString()) : undefined
  return leaf?.exchange === exchange || leaf?.kind === 'absent' || leaf?.kind === 'unproven'
}

async function seqsOf(store: Store, files: LogFiles, query: Query): Promise<number[]> {
  const seqs: number[] = []
  let before: string | undefined
  do {
    const page = await store.find(query, { limit: PAGE, ...(before !== undefined && { before }) })
    for (const { opening } of page.rows) seqs.push(...(await seqsOfOne(store, files, opening.exchange)))
    before = page.next
  } while (before !== undefined)
  return seqs
}
