/** What is to be proven, answered from a store and its log: an exchange, what a query finds, or a period without a hole. */
import { Fault } from '#exchange'
import type { Query } from '../query.ts'
import type { Store } from '../store.ts'
import { headIn, LogFiles } from './files.ts'
import { entryLine, headLine, indexesOf, type ProofLine } from './prove.ts'

/** An exchange's id (whole), or a query; one that says only after: and before: is a period, of which every leaf is shown. */
export type Question = { readonly exchange: string } | { readonly query: Query }

const PAGE = 100
const STEP = 64

/** Whether a query says nothing but a time. */
const isPeriod = ({ where, except, text, without, finding, after, before }: Query): boolean =>
  (after !== undefined || before !== undefined) &&
  finding === undefined &&
  [Object.keys(where), Object.keys(except), text, without].every((terms) => terms.length === 0)

/** @throws seal.off, seal.damaged, trail.* */
export async function* proofOf(store: Store, question: Question, bodies: boolean): AsyncIterable<ProofLine> {
  const state = await store.state()
  const head = state && headIn(state.folder)
  if (!state || !head) throw new Fault('seal.off')
  const files = new LogFiles(state.folder, head.size)
  const period = 'query' in question && isPeriod(question.query) ? question.query : undefined
  const range = period && indexesOf(files, period.after ?? 0, period.before ?? Number.POSITIVE_INFINITY)
  yield headLine(files, head, range)
  if (range)
    for (let index = range[0]; index < range[1]; index++) yield { leaf: { index, leaf: files.leaf(index).toString() } }
  for await (const seqs of period ? runs(range) : seqsOf(store, question)) {
    const sealed = seqs.filter((seq) => seq <= head.size)
    const shown = new Map((await store.disclose(sealed, bodies)).map((one) => [one.seq, one]))
    for (const seq of sealed) yield entryLine(files, shown.get(seq) ?? { seq })
  }
}

async function* runs(range: readonly [number, number] | undefined): AsyncIterable<readonly number[]> {
  const [first, end] = range ?? [0, 0]
  for (let at = first; at < end; at += STEP)
    yield Array.from({ length: Math.min(STEP, end - at) }, (_, offset) => at + offset + 1)
}

async function* seqsOf(store: Store, question: Question): AsyncIterable<readonly number[]> {
  if ('exchange' in question) return yield await store.seqs(question.exchange)
  let before: string | undefined
  do {
    const page = await store.find(question.query, { limit: PAGE, ...(before !== undefined && { before }) })
    for (const { opening } of page.rows) yield await store.seqs(opening.exchange)
    before = page.next
  } while (before !== undefined)
}
