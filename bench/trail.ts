/**
 * `npm run bench:trail [-- exchanges [folder]]`: durable appends a second by how many are in flight, and what a search takes over
 * that many synthetic exchanges in one day's file, sealed and encrypted as ever. `-- --days 90 --each 1000 [folder]`: the search
 * over so many days instead (`--recorded 10`: ten of them, the others copies of their files), `--as-it-is` over those that are
 * there already. Prints its section of bench/RESULTS.md. A record that takes long to make is kept in a folder that is named, and
 * searched again where it is there.
 */
import { existsSync } from 'node:fs'
import { mkdtemp, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Trail } from '../src/trail/index.ts'
import { NOON } from '../src/trail/stores/made.ts'
import { median } from './statistics.ts'
import { fill, measured } from './trail/days.ts'
import { asked, opened, putAll, replied } from './trail/made.ts'
import { HEAD, METADATA, rowOf, TEXT, timed, times } from './trail/searches.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    days: { type: 'string' },
    each: { type: 'string', default: '1000' },
    recorded: { type: 'string' },
    'as-it-is': { type: 'boolean' },
  },
})
const say = (text: string) => void process.stdout.write(`${text}\n`)

/** One exchange after the other on each of so many lines, for a while. Entries a second. */
async function pace(trail: Trail, lines: number, from: number, ms: number): Promise<{ rate: number; next: number }> {
  let [next, entries] = [from, 0]
  const began = performance.now()
  const line = async () => {
    while (performance.now() - began < ms) {
      const nth = next++
      await trail.append(asked(nth))
      await trail.append(replied(nth))
      entries += 2
    }
  }
  await Promise.all(Array.from({ length: lines }, line))
  return { rate: (1000 * entries) / (performance.now() - began), next }
}

async function appends(folder: string): Promise<string[]> {
  const trail = await opened(folder)
  const rows: string[] = []
  let from = 0
  for (const lines of [1, 32, 256]) {
    from = (await pace(trail, lines, from, 500)).next
    const rates: number[] = []
    for (let round = 0; round < 5; round++) {
      const { rate, next } = await pace(trail, lines, from, 1000)
      rates.push(rate)
      from = next
    }
    rows.push(
      `| ${lines} | ${median(rates).toFixed(0)} | ${Math.min(...rates).toFixed(0)}–${Math.max(...rates).toFixed(0)} |`,
    )
  }
  await trail.close()
  return rows
}

/** A record of that many exchanges; it stands under its name once it is whole. */
async function made(folder: string, exchanges: number): Promise<void> {
  if (existsSync(folder)) return
  const trail = await opened(`${folder}.new`)
  await putAll(trail, [0, exchanges], (nth) => NOON + nth)
  await trail.close()
  await rename(`${folder}.new`, folder)
}

async function searches(folder: string, exchanges: number): Promise<string[]> {
  await made(folder, exchanges)
  const trail = await opened(folder)
  await timed(trail, 'word2') // whatever waits for the index is in it
  const rows: string[] = []
  for (const kind of [METADATA, TEXT]) rows.push(rowOf(kind.name, await times(trail, kind.queries), kind))
  await trail.close()
  return rows
}

async function oneFile(folder: string): Promise<void> {
  const exchanges = Number(positionals[0] ?? 100_000)
  const rates = await appends(join(folder, 'appends'))
  const found = await searches(join(positionals[1] ?? folder, `${exchanges}-exchanges`), exchanges)
  say(`## The trail alone
Entries with a body of 40 words, opening and ending of an exchange in turn, each durable before the next: sealed, encrypted and
indexed.

| in flight | entries a second, median | range |
|---|---|---|
${rates.join('\n')}

A page of 50 out of ${exchanges.toLocaleString('en')} exchanges in one file; ${METADATA.queries.length} queries of metadata, ${TEXT.queries.length} of text.

${HEAD}
${found.join('\n')}`)
}

async function manyDays(folder: string): Promise<void> {
  const days = Number(values.days)
  const size = { days, each: Number(values.each), recorded: Number(values.recorded ?? days) }
  const place = join(positionals[0] ?? folder, `${size.days}-days-of-${size.each}`)
  if (!values['as-it-is']) await fill(place, size)
  say(await measured(place, size))
}

const folder = await mkdtemp(join(tmpdir(), 'gatelog-bench-trail-'))
try {
  await (values.days === undefined ? oneFile(folder) : manyDays(folder))
} finally {
  await rm(folder, { recursive: true, force: true })
}
