/**
 * `npm run bench:copy [-- megabytes]`: how long appends wait while a backup copies today's file, of a record that has so much
 * today. Prints its section of bench/RESULTS.md.
 */
import { createHash, createHmac, randomBytes } from 'node:crypto'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Keyring } from '../src/exchange/index.ts'
import { openTrail, type Trail } from '../src/trail/index.ts'
import { bodyOf, ending, idOf, NOON, opening } from '../src/trail/stores/made.ts'
import { median } from './statistics.ts'

const MEGABYTES = Number(process.argv[2] ?? 256)
const BODY_BYTES = 256 * 1024
const ROUNDS = 5
const keyring: Keyring = {
  digest: (purpose, data) => createHmac('sha256', purpose).update(data).digest(),
  hash: () => createHash('sha256'),
  key: (purpose) => createHash('sha256').update(purpose).digest(),
}

let nth = 0
/** One exchange; how long its two appends took, the longer one, in ms. */
async function exchange(trail: Trail, body?: Buffer): Promise<number> {
  const id = idOf(++nth)
  const times: number[] = []
  for (const entry of [opening(id, body ? { body: { ...bodyOf(''), bytes: body } } : {}), ending(id)]) {
    const began = performance.now()
    await trail.append(entry)
    times.push(performance.now() - began)
  }
  return Math.max(...times)
}

const folder = await mkdtemp(join(tmpdir(), 'gatelog-bench-copy-'))
try {
  const trail = await openTrail({ folder: join(folder, 'data'), keyring, now: () => NOON })
  while (nth * BODY_BYTES < MEGABYTES * 2 ** 20) await exchange(trail, randomBytes(BODY_BYTES))
  const usual: number[] = []
  for (let one = 0; one < 200; one++) usual.push(await exchange(trail))
  const [longest, copied]: [number[], number[]] = [[], []]
  let bytes = 0
  for (let round = 0; round < ROUNDS; round++) {
    const to = join(folder, `to-${round}`)
    await (await import('node:fs/promises')).mkdir(to)
    let over = false
    const began = performance.now()
    const copy = trail.copy({ to, known: {} }).then(() => {
      over = true
      copied.push(performance.now() - began)
    })
    const waits: number[] = []
    while (!over) waits.push(await exchange(trail))
    await copy
    longest.push(Math.max(...waits))
    bytes = (await stat(join(to, '2026-11-24.default.db'))).size
    await rm(to, { recursive: true })
  }
  await trail.close()
  const size = (bytes / 2 ** 20).toFixed(0)
  process.stdout.write(
    `## Appends beside a backup\nToday's file of ${size} MB, copied ${ROUNDS} times while one exchange after the other is appended (\`npm run bench:copy\`).\n\n| | ms |\n|---|---|\n| an append as ever, median | ${median(usual).toFixed(1)} |\n| the longest append beside a copy, median of ${ROUNDS} | ${median(longest).toFixed(0)} |\n| the copy, median | ${median(copied).toFixed(0)} |\n| the longest wait for each 100 MB | ${((100 * median(longest)) / Number(size)).toFixed(0)} |\n`,
  )
} finally {
  await rm(folder, { recursive: true, force: true })
}
