// How much of a clean stream waits because it might begin a secret. In this process; no socket.
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { compile, type Engine, RULES } from '#masking'
import { PROTOCOLS } from '#wire'
import { Reply } from '../src/gateway/reply.ts'
import { mean, quantile } from './statistics.ts'
import { piecesOf } from './words.ts'

export interface Waited {
  readonly events: number
  readonly mean: number
  readonly p99: number
  /** The share of events that left later than they came. */
  readonly share: number
}

let engine: Engine | undefined

/** By delta of one stream: how many events wait once it has come. */
function waitingAfter(deltas: readonly string[]): number[] {
  engine ??= compile(RULES)
  const protocol = PROTOCOLS.find(({ name }) => name === 'chat')
  const reply = new Reply({ protocol, engine, eventBytes: 1_000_000 })
  let waiting = 0
  return deltas.map((content) => {
    const choices = [{ index: 0, delta: { content } }]
    const out = Buffer.concat(reply.push(Buffer.from(`data: ${JSON.stringify({ choices })}\n\n`)))
    waiting += 1 - out.toString().split('\n\n').slice(1).length
    return waiting
  })
}

/** Which deltas of a stream leave later than they come, because they may begin a secret or stand behind one that may. */
export const waitingIn = (deltas: readonly string[]): ReadonlySet<number> =>
  new Set(waitingAfter(deltas).flatMap((count, nth) => (count > 0 ? [nth] : [])))

/** This project's own source as the answer, cut as a tokenizer would or every four characters. */
export function waitedOnClean(four: boolean): Waited {
  const files = globSync('src/{gateway,trail,relay}/*.ts', { cwd: join(import.meta.dirname, '..') })
  const answer = files
    .slice(0, 30)
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n')
  const held = waitingAfter(piecesOf(answer, four))
  return {
    events: held.length,
    mean: mean(held),
    p99: quantile(held, 0.99),
    share: held.filter((count) => count > 0).length / held.length,
  }
}
