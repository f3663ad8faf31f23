// The measurements, each over all targets in turn, so that what else the machine does falls on all of them alike.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { waitingIn } from './clean.ts'
import type { Done, Job } from './load.ts'
import { cpuOf, end, residentOf } from './process.ts'
import { type Cut, session, small, streamed } from './prompts.ts'
import { median, quantile } from './statistics.ts'
import type { Gateway, Target } from './targets.ts'
import { deltasOf } from './words.ts'

export interface Scale {
  readonly rounds: number
  readonly requests: number
  readonly streams: number
  readonly sessions: number
  readonly slow: number
}

/** The load process, told to run one job after another. */
export function openLoad() {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'load.ts')], { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })
  return {
    /** Requests that were answered with 200, of all jobs. */
    sent: new Map<string, number>(),
    async run(target: Target, job: Omit<Job, 'url' | 'headers'>): Promise<Done> {
      child.stdin.write(`${JSON.stringify({ ...job, url: target.url, headers: target.headers })}\n`)
      const [line] = (await once(lines, 'line')) as [string]
      const done = JSON.parse(line) as Done
      this.sent.set(target.name, (this.sent.get(target.name) ?? 0) + job.count - done.failed)
      if (done.failed > 0) throw new Error(`${done.failed} of ${job.count} requests failed: ${target.name}`)
      return done
    },
    end: () => end(child),
  }
}
export type Load = ReturnType<typeof openLoad>

/** CPU of each target in µs per unit, by round. */
export type Costs = Map<string, number[]>

async function costs(
  targets: readonly Target[],
  load: Load,
  rounds: number,
  jobs: (round: number) => { job: Omit<Job, 'url' | 'headers'>; units: number },
): Promise<Costs> {
  const out: Costs = new Map()
  for (let round = -1; round < rounds; round++) {
    const { job, units } = jobs(round)
    for (const target of targets) {
      if (target.pids().length === 0) continue
      const before = cpuOf(target.pids())
      await load.run(target, job)
      if (round >= 0)
        out.set(target.name, [...(out.get(target.name) ?? []), ((cpuOf(target.pids()) - before) / units) * 1e6])
    }
  }
  return out
}

const many = (count: number, make: (at: number) => string): string[] =>
  Array.from({ length: count }, (_, at) => make(at))

export const smallRequests = (targets: readonly Target[], load: Load, { rounds, requests }: Scale): Promise<Costs> =>
  costs(targets, load, rounds, (round) => ({
    job: { bodies: many(500, (at) => small(round * 500 + at)), count: requests, wide: 16 },
    units: requests,
  }))

const EVENTS = 400
export const streamedEvents = (targets: readonly Target[], load: Load, { rounds, streams }: Scale): Promise<Costs> =>
  costs(targets, load, rounds, () => ({
    job: { bodies: many(50, streamed(EVENTS, 0)), count: streams, wide: 8 },
    units: streams * EVENTS,
  }))

const TURNS = 40
export const growingSessions = (targets: readonly Target[], load: Load, { rounds, sessions }: Scale): Promise<Costs> =>
  costs(targets, load, rounds, (round) => ({
    job: {
      bodies: Array.from({ length: sessions }, (_, at) => session(TURNS, 150_000, 2000, (round + 1) * 100 + at)).flat(),
      count: sessions * TURNS,
      wide: 1,
    },
    units: sessions * TURNS,
  }))

/** Requests that make every target's code hot. */
const WARM = 1500

/**
 * Median time to the first byte of a streamed answer, one request at a time, in ms. `think`: how long upstream takes for
 * it; a model takes longer than a group commit, which `durable: during` can hide only behind that.
 */
export async function firstBytes(
  targets: readonly Target[],
  load: Load,
  count: number,
  think = 0,
): Promise<Map<string, number>> {
  const out = new Map<string, number[]>()
  for (const target of targets) await load.run(target, { bodies: many(50, streamed(1, 0)), count: WARM, wide: 8 })
  for (let round = 0; round < 5; round++)
    for (const target of targets) {
      const { first } = await load.run(target, { bodies: many(50, streamed(1, 0, think)), count: count / 5, wide: 1 })
      out.set(target.name, [...(out.get(target.name) ?? []), ...first])
    }
  return new Map([...out].map(([name, values]) => [name, median(values)]))
}

export interface Slow {
  /** The 99th percentile of an event's delay from upstream to client, in ms. */
  readonly p99: number
  /** The same of the events whose text nothing holds back, by `waitingIn`. */
  readonly free: number
  /** The share of events that something holds back. */
  readonly waiting: number
  /** Resident memory while they are open, and before, in MB. */
  readonly resident: number
  readonly before: number
}

/** Many streams at once, an event every 50 ms on each. */
export async function slowStreams(
  targets: readonly Target[],
  load: Load,
  { wide, seconds, cut }: { readonly wide: number; readonly seconds: number; readonly cut: Cut },
): Promise<Map<string, Slow>> {
  const out = new Map<string, Slow>()
  const events = seconds * 20
  const waiting = waitingIn(deltasOf(events, cut === 'fours'))
  for (const target of targets) {
    const pids = target.pids()
    const before = residentOf(pids)
    let resident = before
    const timer = setInterval(() => {
      resident = Math.max(resident, residentOf(pids))
    }, 200)
    const { late } = await load.run(target, { bodies: many(wide, streamed(events, 50, 0, cut)), count: wide, wide })
    clearInterval(timer)
    const p99 = (of: readonly (readonly [number, number])[]) =>
      quantile(
        of.map(([ms]) => ms),
        0.99,
      )
    const free = p99(late.filter(([, nth]) => !waiting.has(nth)))
    out.set(target.name, { p99: p99(late), free, waiting: waiting.size / events, resident, before })
  }
  return out
}

/** Bytes on disk per byte of prompts, over one session that resends its history; the gateway is stopped for it. */
export async function stored(gateway: Gateway, load: Load): Promise<{ share: number; traffic: number }> {
  const bodies = session(TURNS, 150_000, 2000, 77_777)
  await load.run(gateway, { bodies, count: TURNS, wide: 1 })
  await gateway.stop()
  const files = readdirSync(join(gateway.folder, 'data'), { withFileTypes: true, recursive: true })
  const paths = files.filter((each) => each.isFile()).map((each) => join(each.parentPath, each.name))
  const traffic = bodies.reduce((sum, body) => sum + body.length, 0)
  return { share: paths.reduce((sum, path) => sum + statSync(path).size, 0) / traffic, traffic }
}
