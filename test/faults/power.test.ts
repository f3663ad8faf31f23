/** The power fails: a real process's writes and syncs are recorded, and what the disk may then hold is opened. Needs strace. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { callsIn, Disk, TRACED } from './disk-image.case.ts'
import { Said } from './killed.case.ts'

const skip = spawnSync('strace', ['-V']).status === 0 ? false : 'needs strace'
/** How many moments are looked at, each with nothing, all and some of what was not synced. */
const MOMENTS = Number(process.env['MOMENTS'] ?? 24)
/** How long the load runs; longer where a disk is so slow that hardly anything is synced by then. */
const SECONDS = [2, 8, 30]
/** Of which there must be more. */
const SYNCS = 50

/** The same numbers each time, from 0 to 1. */
function chance(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/** What a process that does all that a store can do asked of the disk, and where in that it synced. */
function traced(folder: string, [seconds, ...longer] = SECONDS) {
  const root = join(folder, `live-${seconds}`)
  mkdirSync(root)
  const trace = join(folder, 'trace')
  const load = [process.execPath, join(import.meta.dirname, 'load.case.ts'), join(root, 'data'), '1', String(seconds)]
  const flags = ['-f', '-y', '-xx', '-s', '4194304', '--seccomp-bpf', '-e', `trace=${TRACED}`, '-o', trace]
  const ran = spawnSync('strace', [...flags, ...load], { encoding: 'utf8', maxBuffer: 2 ** 28 })
  assert.equal(ran.status, 0, ran.stderr.slice(-2000))
  const calls = [...callsIn(readFileSync(trace, 'latin1'))]
  const syncs = calls.flatMap(({ name }, at) => (/sync$/.test(name) ? at : []))
  if (syncs.length <= SYNCS && longer.length > 0) return traced(folder, longer)
  assert.ok(syncs.length > SYNCS, `only ${syncs.length} syncs were seen`)
  return { root, calls, syncs }
}

test(`${MOMENTS} moments at which the power fails: what was promised is there, whatever else of the disk is`, {
  skip,
  timeout: 900_000,
}, async () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'gatelog-power-')))
  const { root, calls, syncs } = traced(folder)
  const random = chance(7)
  const moments = new Set<number>()
  // Just before, at and after syncs, and anywhere; never before the record is there.
  for (let nth = 0; moments.size < MOMENTS && nth < 10 * MOMENTS; nth++) {
    const sync = syncs[Math.floor(random() * syncs.length)] ?? 0
    moments.add(nth % 4 === 3 ? Math.floor(random() * calls.length) : sync - 1 + (nth % 3))
  }
  const disk = new Disk(root)
  const said = new Said()
  let [rest, images, promised] = ['', 0, 0]
  for (const [at, call] of calls.entries()) {
    const { out = '' } = disk.take(call)
    const lines = (rest + out).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) said.take(line)
    if (!moments.has(at)) continue
    for (const left of ['none', 'all', chance(at + 1)] as const) {
      const image = join(folder, `image-${at}-${images}`)
      mkdirSync(image)
      disk.image(image, left)
      await said.holds(join(image, 'data')).catch((error: unknown) => {
        throw new Error(`after call ${at} of ${calls.length} (${call.name}), ${String(left).slice(0, 8)} of the rest`, {
          cause: error,
        })
      })
      images++
      promised += said.asked.size
      rmSync(image, { recursive: true })
    }
  }
  rmSync(folder, { recursive: true })
  process.stdout.write(
    `# ${images} images of ${calls.length} calls with ${syncs.length} syncs; ${promised} exchanges looked for\n`,
  )
  assert.ok(images >= 3 * MOMENTS * 0.9 && promised > images)
})
