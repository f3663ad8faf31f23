/** Search over a record of many days, a file each, and appends beside it. Goes on filling a record that was left before it was full. */
import { setTimeout as wait } from 'node:timers/promises'
import type { Trail } from '../../src/trail/index.ts'
import { DAY, NOON } from '../../src/trail/stores/made.ts'
import { median } from '../statistics.ts'
import { copied, daysFrom } from './copies.ts'
import { asked, LOT, opened, putAll, replied } from './made.ts'
import { HEAD, type Kind, METADATA, rowOf, TEXT, timed, times } from './searches.ts'

/** How much there is to be. */
export interface Size {
  readonly days: number
  /** Exchanges a day. */
  readonly each: number
  /** How many of the days are recorded, the oldest; the others are copies of their files. */
  readonly recorded: number
}

/** Midnight before the first day. */
const start = ({ days }: Size): number => NOON - DAY / 2 - (days - 1) * DAY
const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10)
const say = (text: string) => void process.stderr.write(`${text}\n`)

/** Fills it, the oldest day first, until it is full or SIGTERM comes; then come the copies. */
export async function fill(folder: string, size: Size): Promise<void> {
  const trail = await opened(folder)
  let stopped = false
  process.once('SIGTERM', () => {
    stopped = true
  })
  const { days, each, recorded } = size
  const total = recorded * each
  const at = (nth: number) => start(size) + Math.floor(nth / each) * DAY + Math.floor(((nth % each) * DAY) / each)
  const files = await trail.dayFiles.list()
  const there = files.reduce((sum, { exchanges }) => sum + exchanges, 0)
  const began = performance.now()
  await putAll(trail, [Math.ceil(there / LOT) * LOT, total], at, (nth) => {
    if (nth % 50_000 === 0) say(`${nth} of ${total}, ${((nth - there) / (performance.now() - began)).toFixed(2)} a ms`)
    return !stopped
  })
  await trail.close()
  if (stopped) process.exit(0)
  if (recorded < days) copied(folder, daysFrom(start(size), days))
}

/** What has an answer in the oldest day alone, or nowhere: every file is looked into. */
const NOWHERE: readonly Kind[] = [
  { ...METADATA, queries: ['session:s1', 'user:nobody', 'rule:github-pat user:user7'] },
  { ...TEXT, queries: ['nowhere', 'word19990 word19989 word19988', 'word2 rule:github-pat user:user7'] },
]

/** Its section of bench/RESULTS.md, of the days that are there. */
export async function measured(folder: string, { recorded, days }: Size): Promise<string> {
  const began = performance.now()
  const trail = await opened(folder)
  const opening = performance.now() - began
  const files = (await trail.dayFiles.list()).filter(({ exchanges }) => exchanges > 0)
  await timed(trail, 'word2') // whatever waits for the index is in it
  const ranges = rangesOf(files.map(({ day }) => day))
  const rows: string[] = []
  for (const [name, range] of ranges)
    for (const kind of [METADATA, TEXT]) {
      const queries = kind.queries.map((query) => `${query} ${range}`)
      rows.push(rowOf(`${kind.name}, ${name}`, await times(trail, queries), kind))
    }
  for (const kind of NOWHERE)
    rows.push(rowOf(`${kind.name}, found in no newer day`, await times(trail, kind.queries), kind))
  const waits = await beside(trail)
  await trail.dayFiles.remove([`${dayOf(NOON + DAY)}.default.db`])
  await trail.close()
  const exchanges = Math.round(files.reduce((sum, file) => sum + file.exchanges, 0) / files.length)
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0)
  return `## Search over ${files.length} days
A page of 50 out of ${files.length} days of ${exchanges.toLocaleString('en')} exchanges, a file each, ${(bytes / 2 ** 30).toFixed(1)} GB in all, opened in
${(opening / 1000).toFixed(1)} s; the same queries, without a range and in narrower ones. Then what was asked in the oldest day alone, or never.${
    recorded < days
      ? `\n${recorded} of the days were recorded; the others are copies of their files, with times moved.`
      : ''
  }

${HEAD}
${rows.join('\n')}

Appends beside it, one exchange after the other: the longest wait, median of ${waits.rounds} rounds.

| | ms |
|---|---|
| an append as ever, median | ${waits.usual.toFixed(1)} |
| the longest, beside nothing | ${waits.alone.toFixed(1)} |
${waits.longest.map(([query, ms]) => `| the longest, beside \`${query}\` | ${ms.toFixed(1)} |`).join('\n')}`
}

/** Days as they are there, oldest first, and some stretches of them. */
function rangesOf(days: readonly string[]): [string, string][] {
  const middle = days[Math.floor(days.length / 2)] ?? ''
  const next = (day: string, count: number) => dayOf(Date.parse(day) + count * DAY)
  return [
    ['all days', ''],
    ['the oldest 30 days', `before:${next(days[0] ?? '', 30)}`],
    ['a week in the middle', `after:${middle} before:${next(middle, 7)}`],
    ['a day in the middle', `after:${middle} before:${next(middle, 1)}`],
    ['an hour of it', `after:${middle}T09:00Z before:${middle}T10:00Z`],
  ]
}

const BESIDE = [
  'session:s1',
  'rule:github-pat user:user7',
  'nowhere',
  'word3 word5',
  'word2 rule:github-pat user:user7',
]
const ROUNDS = 5
/** Never again the same. */
let next = Date.now()

/** One exchange after the other until it is over: how long each append took, in ms. */
async function appending(trail: Trail, over: () => boolean): Promise<number[]> {
  const waits: number[] = []
  while (!over()) {
    const nth = next++
    for (const entry of [asked(nth, NOON + DAY), replied(nth, NOON + DAY)]) {
      const began = performance.now()
      await trail.append(entry)
      waits.push(performance.now() - began)
    }
  }
  return waits
}

async function beside(trail: Trail) {
  const usual: number[] = []
  const alone: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const until = performance.now() + 500
    const waits = await appending(trail, () => performance.now() > until)
    usual.push(median(waits))
    alone.push(Math.max(...waits))
  }
  const longest: [string, number][] = []
  for (const query of BESIDE) {
    const each: number[] = []
    for (let round = 0; round < ROUNDS; round++) {
      let over = false
      const waits = appending(trail, () => over)
      await wait(20)
      await timed(trail, query)
      over = true
      each.push(Math.max(...(await waits)))
    }
    longest.push([query, median(each)])
  }
  return { rounds: ROUNDS, usual: median(usual), alone: median(alone), longest }
}
