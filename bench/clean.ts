// How much of a clean stream waits because it might begin a secret. In this process; no socket.
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { compile, RULES } from '#masking'
import { PROTOCOLS } from '#wire'
import { Reply } from '../src/gateway/reply.ts'
import { mean, quantile } from './statistics.ts'

export interface Waited {
  readonly events: number
  readonly mean: number
  readonly p99: number
  /** The share of events that left later than they came. */
  readonly share: number
}

/** This project's own source as the answer, four characters an event. */
export function waitedOnClean(): Waited {
  const files = globSync('src/{gateway,trail,relay}/*.ts', { cwd: join(import.meta.dirname, '..') })
  const answer = files
    .slice(0, 30)
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n')
  const protocol = PROTOCOLS.find(({ name }) => name === 'chat')
  const reply = new Reply({ protocol, engine: compile(RULES), eventBytes: 1_000_000 })
  const held: number[] = []
  let waiting = 0
  for (let at = 0; at < answer.length; at += 4) {
    const choices = [{ index: 0, delta: { content: answer.slice(at, at + 4) } }]
    waiting += 1 - reply.push(Buffer.from(`data: ${JSON.stringify({ choices })}\n\n`)).length
    held.push(waiting)
  }
  return {
    events: held.length,
    mean: mean(held),
    p99: quantile(held, 0.99),
    share: held.filter((count) => count > 0).length / held.length,
  }
}
