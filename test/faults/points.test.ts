/** Processes that end at every named place of the store, again and again: nothing that was promised is lost. Needs no root. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { POINTS } from '../../src/trail/points.ts'
import { Said } from './killed.case.ts'

/** `CYCLES=1000 npm run test:faults` for the whole of it. */
const CYCLES = Number(process.env['CYCLES'] ?? 200)
/** Cycles of one record, after which it is held to all that was promised. */
const OF_ONE = 20
const LANES = 2
/** Within which a process reaches its place, however slow the disk is; one that does not ends. */
const SECONDS = '30'
const LOAD = join(import.meta.dirname, 'load.case.ts')

/** How often a place is reached before the process ends there: what happens all the time is hit at many times. */
const nthOf = (point: string, cycle: number): number =>
  /^(commit|index|seal\.added)/.test(point) ? 1 + ((cycle * 7) % 23) : 1 + (Math.floor(cycle / POINTS.length) % 2)

/** Runs the load until it is killed at a place; whether it was. What it said goes to `said`. */
async function killedAt(point: string, cycle: number, folder: string, said: Said): Promise<boolean> {
  const env = { ...process.env, GATELOG_KILL_AT: `${point}:${nthOf(point, cycle)}` }
  const child = spawn(process.execPath, [LOAD, folder, String(cycle * 10_000), SECONDS], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const gone = new Promise<[number | null, NodeJS.Signals | null]>((resolve) =>
    child.once('close', (code, signal) => resolve([code, signal])),
  )
  let error = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    error += text
  })
  for await (const line of createInterface({ input: child.stdout })) said.take(line)
  const [code, signal] = await gone
  assert.ok(signal === 'SIGKILL' || code === 0, `${point} in cycle ${cycle}: ${code} ${signal} ${error}`)
  return signal === 'SIGKILL'
}

test(`${CYCLES} processes that end at every place of the store: nothing promised is lost`, {
  timeout: 3_600_000,
}, async () => {
  const missed = new Map<string, number>()
  const told = { kills: 0, exchanges: 0, promised: 0 }
  let next = 0
  const lane = async () => {
    for (let from = next; from < CYCLES; from = next) {
      next += OF_ONE
      const folder = mkdtempSync(join(tmpdir(), 'gatelog-points-'))
      const said = new Said()
      for (let cycle = from; cycle < Math.min(from + OF_ONE, CYCLES); cycle++) {
        const point = POINTS[cycle % POINTS.length] ?? 'commit.begun'
        if (await killedAt(point, cycle, join(folder, 'data'), said)) told.kills++
        else missed.set(point, (missed.get(point) ?? 0) + 1)
      }
      told.exchanges += await said.holds(join(folder, 'data'))
      told.promised += said.asked.size
      rmSync(folder, { recursive: true })
    }
  }
  await Promise.all(Array.from({ length: LANES }, lane))
  process.stdout.write(
    `# ${told.kills} kills at ${POINTS.length} places, ${told.promised} exchanges promised, ${told.exchanges} there; not reached: ${JSON.stringify([...missed])}\n`,
  )
  assert.ok(told.kills > CYCLES * 0.8, 'most of the places were not reached')
  for (const point of POINTS) assert.ok((missed.get(point) ?? 0) < CYCLES / POINTS.length, `${point} is never reached`)
})
