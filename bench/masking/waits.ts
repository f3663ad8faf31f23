// What of clean text waits because it might begin a secret, and what recorded streams lose. In this process; no socket.
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Engine, maskText } from '#masking'
import { PROTOCOLS } from '#wire'
import { type Cut, cutOf } from '../../src/cli/scan/cuts.ts'
import { modeOf, Streamed } from '../../src/cli/scan/streamed.ts'
import { Reply } from '../../src/gateway/reply.ts'
import { mean, quantile } from '../statistics.ts'
import type { Row } from './corpus.ts'

export interface Waits {
  readonly events: number
  /** UTF-16 units that have come and are not settled, after each event. */
  readonly suspects: Spread
  /** Events that have come and not left, after each event. */
  readonly waiting: Spread
  /** The share of events that did not leave at once. */
  readonly late: number
}

interface Spread {
  readonly mean: number
  readonly p99: number
  readonly most: number
}

const spreadOf = (values: readonly number[]): Spread => ({
  mean: mean(values),
  p99: quantile(values, 0.99),
  most: values.reduce((most, value) => Math.max(most, value), 0),
})

/** The clean code and lock files of the corpus, and this project's own pages, token by token. */
export function waitsOnClean(engine: Engine, rows: readonly Row[]): Waits {
  const pages = globSync('{docs,docs/decisions}/*.md', { cwd: join(import.meta.dirname, '../..') })
  const texts = [
    ...rows.filter(({ kind }) => /^neg-(code|lock)$/.test(kind)).map(({ text }) => text),
    ...pages.map((page) => readFileSync(join(import.meta.dirname, '../..', page), 'utf8')),
  ].filter((text) => maskText(engine, text, modeOf(text)).text === text)
  const token = cutOf('token') as Cut
  const suspects: number[] = []
  const waiting: number[] = []
  for (const text of texts) {
    const stream = new Streamed(engine, modeOf(text))
    for (const part of token(text)) {
      stream.push(part)
      suspects.push(stream.lane.length - stream.lane.settled)
      waiting.push(stream.waiting)
    }
  }
  const late = waiting.filter((count) => count > 0).length / waiting.length
  return { events: waiting.length, suspects: spreadOf(suspects), waiting: spreadOf(waiting), late }
}

const STREAMS = join(import.meta.dirname, '../../../shared/data/streams')
const SPOKEN: Readonly<Record<string, string>> = {
  anthropic: 'messages',
  'openai-chat': 'chat',
  'openai-compatible': 'chat',
  'openai-completion': 'completions',
  'openai-responses': 'responses',
}

export interface Recorded {
  readonly streams: number
  readonly events: number
  /** `file: rule lane`. */
  readonly findings: readonly string[]
  readonly changed: number
}

/** Streams recorded from real APIs, through the gateway's own reply; undefined where the folder is absent. */
export function recorded(engine: Engine): Recorded | undefined {
  if (!existsSync(STREAMS)) return undefined
  const found = { streams: 0, events: 0, changed: 0, findings: [] as string[] }
  for (const file of globSync('*/*.chunks.txt', { cwd: STREAMS })) {
    const protocol = PROTOCOLS.find(({ name }) => name === SPOKEN[file.split('/')[0] ?? ''])
    const reply = new Reply({ protocol, engine, eventBytes: 16_777_216 })
    const lines = readFileSync(join(STREAMS, file), 'utf8').split('\n').filter(Boolean)
    const came = lines.map((line) => `data: ${line}\n\n`)
    const bytes = Buffer.concat([...came.flatMap((event) => reply.push(Buffer.from(event))), ...reply.end()])
    const left = bytes.toString().split(/(?<=\n\n)/)
    found.streams++
    found.events += came.length
    found.changed += came.filter((event, nth) => left[nth] !== event).length
    found.findings.push(...reply.findings.map(({ rule, lane }) => `${file}: ${rule} in ${lane}`))
  }
  return found
}
