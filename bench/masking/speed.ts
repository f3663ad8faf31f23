// What masking costs: an event, a whole text, a hostile text, a lane's state. In this process; times are of its own work.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { type Engine, maskText } from '#masking'
import { type Cut, cutOf } from '../../src/cli/scan/cuts.ts'
import { modeOf, Streamed } from '../../src/cli/scan/streamed.ts'
import { median, quantile } from '../statistics.ts'
import type { Row } from './corpus.ts'
import { HOSTILE } from './hostile.ts'

/** Rounds of which the quickest counts: what another process or the collector took is left out. */
const ROUNDS = 7

export interface EventCost {
  readonly events: number
  /** µs. */
  readonly p50: number
  readonly p99: number
  readonly p999: number
  readonly most: number
}

/** Every row of the corpus, token by token (at most 64 characters each); each event's quickest of several rounds. */
export function eventCost(engine: Engine, rows: readonly Row[]): EventCost {
  const token = cutOf('token') as Cut
  const texts = rows.map(({ text }) => ({
    mode: modeOf(text),
    parts: token(text).flatMap((part) => part.match(/[\s\S]{1,64}/g) ?? []),
  }))
  const best = new Float64Array(texts.reduce((sum, { parts }) => sum + parts.length, 0)).fill(Number.POSITIVE_INFINITY)
  for (let round = 0; round < ROUNDS; round++) {
    let nth = 0
    for (const { mode, parts } of texts) {
      const stream = new Streamed(engine, mode)
      for (const part of parts) {
        const from = performance.now()
        stream.push(part)
        const took = performance.now() - from
        if (took < (best[nth] ?? 0)) best[nth] = took
        nth++
      }
    }
  }
  const micros = Array.from(best, (ms) => ms * 1000)
  const at = (share: number): number => quantile(micros, share)
  return { events: micros.length, p50: at(0.5), p99: at(0.99), p999: at(0.999), most: at(1) }
}

/** V8 compiles in threads of its own, whose time counts too: it is done by then. */
const WARM_MS = 2000

/** MB (10⁶ bytes of UTF-8) that a core scans in a second of its own time, median of several. */
function rate(bytes: number, scan: () => void): number {
  scan()
  const warm = performance.now() + WARM_MS
  while (performance.now() < warm) scan()
  const rates = Array.from({ length: 5 }, () => {
    const from = process.cpuUsage()
    let times = 0
    let spent = 0
    do {
      scan()
      times++
      const { user, system } = process.cpuUsage(from)
      spent = user + system
    } while (spent < 300_000)
    return (bytes * times) / spent
  })
  return median(rates)
}

const sizeOf = (texts: readonly string[]): number => texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0)

export interface Rates {
  readonly name: string
  readonly megabytes: number
  readonly rate: number
}

/** Whole texts, each masked by itself. */
export function rates(engine: Engine, rows: readonly Row[]): Rates[] {
  const code = rows.filter(({ kind }) => kind === 'neg-code').map(({ text }) => text)
  const sets: Readonly<Record<string, { texts: string[]; mode: 'text' | 'json' }>> = {
    'clean code': { texts: code, mode: 'text' },
    'clean code in one text': { texts: [code.join('\n')], mode: 'text' },
    'clean code inside JSON': { texts: [JSON.stringify(code)], mode: 'json' },
    'all rows, secrets included': { texts: rows.map(({ text }) => text), mode: 'text' },
  }
  return Object.entries(sets).map(([name, { texts, mode }]) => {
    const bytes = sizeOf(texts)
    return {
      name,
      megabytes: bytes / 1e6,
      rate: rate(bytes, () => texts.forEach((text) => void maskText(engine, text, mode))),
    }
  })
}

export interface HostileCost {
  readonly name: string
  /** ms per KB (1,024 characters): whole, and in pieces of four, as text and as JSON. */
  readonly whole: number
  readonly pieces: number
  readonly json: number
}

const quickest = (scan: () => void): number =>
  Math.min(
    ...Array.from({ length: 3 }, () => {
      const from = performance.now()
      scan()
      return performance.now() - from
    }),
  )

const piecesOf = (text: string): string[] => text.match(/[\s\S]{1,4}/g) ?? []

function feed(engine: Engine, pieces: readonly string[], mode: 'text' | 'json'): Streamed {
  const stream = new Streamed(engine, mode)
  for (const piece of pieces) stream.push(piece)
  return stream
}

export const hostileCost = (engine: Engine): HostileCost[] =>
  Object.entries(HOSTILE).map(([name, text]) => {
    const pieces = piecesOf(text)
    const kilobytes = text.length / 1024
    const json = piecesOf(`{"text":${JSON.stringify(text)}}`)
    return {
      name,
      whole: quickest(() => maskText(engine, text, 'text')) / kilobytes,
      pieces: quickest(() => feed(engine, pieces, 'text').end()) / kilobytes,
      json: quickest(() => feed(engine, json, 'json').end()) / kilobytes,
    }
  })

export interface LaneState {
  readonly name: string
  /** Bytes of heap that one lane holds after 20 KB. */
  readonly bytes: number
}

/** What an open lane keeps after each hostile text. */
export function laneStates(engine: Engine): LaneState[] {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const heap = (): number => {
    collect()
    return process.memoryUsage().heapUsed
  }
  return Object.entries(HOSTILE).map(([name, text]) => {
    const pieces = piecesOf(text)
    const open: Streamed[] = []
    const before = heap()
    for (let nth = 0; nth < 20; nth++) open.push(feed(engine, pieces, 'text'))
    return { name, bytes: (heap() - before) / open.length }
  })
}
