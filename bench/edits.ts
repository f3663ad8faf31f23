/** `npm run bench:edits`: what deriving the edits of a reply costs, and what it leaves on disk: this repository's own files as replies and prompts. */

import { randomBytes } from 'node:crypto'
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Edits, Ending, Keyring, Message, Opening, Reply } from '#exchange'
import { deriving } from '#provenance'
import { openTrail } from '#trail'
import { keyringOf } from '../src/app/keyring.ts'

const FILES = globSync('src/**/*.ts')
  .sort()
  .map((path) => ({ path, text: readFileSync(path, 'utf8') }))
const ALL = FILES.map(({ text }) => text).join('\n')
const ROUNDS = 9

const print = (text: string): void => void process.stdout.write(`${text}\n`)

const replyOf = (text: string, path?: string): Reply => ({
  ...{ reasoning: '', citations: [], filters: [], text: path ? '' : text },
  toolCalls: path ? [{ name: 'Write', arguments: { file_path: path, content: text } }] : [],
})
const said = (length: number): Message[] => [{ role: 'user', text: ALL.slice(-length) }]

function derived(reply: Reply, messages: readonly Message[]): Edits | undefined {
  const steps = deriving(reply, { messages })
  for (let step = steps.next(); ; step = steps.next()) if (step.done) return step.value
}

/** CPU of one run in µs: the median of some, each of many. */
function cost(run: () => unknown, times: number): number {
  const each: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const before = process.cpuUsage()
    for (let at = 0; at < times; at++) run()
    const { user, system } = process.cpuUsage(before)
    each.push((user + system) / times)
  }
  return each.sort((a, b) => a - b)[(ROUNDS - 1) / 2] ?? 0
}

const code = (length: number) => ALL.slice(0, length)
const prose = ALL.replace(/[^a-z .]/gi, ' ').slice(0, 8000)
const line = (name: string, run: () => unknown, times: number) =>
  print(`${name.padEnd(64)} ${cost(run, times).toFixed(1).padStart(9)} µs`)

print('CPU of the main thread, median of nine')
line('8 kB of prose, 150 kB of prompt', () => derived(replyOf(prose), said(150_000)), 400)
line('one edit of 10 lines, no prompt to speak of', () => derived(replyOf(code(400), 'a.ts'), said(100)), 400)
line('one edit of 10 lines, 150 kB of prompt', () => derived(replyOf(code(400), 'a.ts'), said(150_000)), 100)
line('a file of 10 kB, 150 kB of prompt', () => derived(replyOf(code(10_000), 'a.ts'), said(150_000)), 100)
line('a file of 100 kB, 1 MB of prompt', () => derived(replyOf(code(100_000), 'a.ts'), said(1_000_000)), 10)

const keyring: Keyring = keyringOf(randomBytes(32))
const AT = Date.UTC(2026, 10, 24)
const idOf = (nth: number) => {
  const time = AT.toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${nth.toString(16).padStart(12, '0')}`
}

/** Bytes on disk, and CPU of the store's thread, of endings with these edits and without. */
async function stored(all: readonly (Edits | undefined)[]) {
  const folder = mkdtempSync(join(tmpdir(), 'gatelog-bench-edits-'))
  const trail = await openTrail({ folder: join(folder, 'data'), keyring, now: () => AT })
  const opening = {
    kind: 'asked',
    at: AT,
    door: 'reverse',
    method: 'POST',
    path: '/',
    route: 'chat',
    facts: {},
    findings: [],
  } as const
  const ending = { kind: 'replied', at: AT, findings: [], timings: {} } as const
  const before = process.cpuUsage()
  for (let at = 0; at < all.length; at += 64)
    await Promise.all(
      all.slice(at, at + 64).flatMap((edits, nth) => {
        const exchange = idOf(at + nth)
        const entries: (Opening | Ending)[] = [
          { ...opening, exchange },
          { ...ending, exchange, ...(edits && { edits }) },
        ]
        return entries.map((entry) => trail.append(entry))
      }),
    )
  await trail.lines(['000000000000'])
  const { user, system } = process.cpuUsage(before)
  await trail.close()
  const bytes = globSync(join(folder, 'data/days/*')).reduce((sum, path) => sum + readFileSync(path).length, 0)
  rmSync(folder, { recursive: true })
  return { bytes, cpu: user + system }
}

const edits = FILES.map(({ path, text }) => derived(replyOf(text, path), []))
const many = Array.from({ length: 4 }, (_, round) =>
  edits.map((each) => each && { ...each, forms: each.forms.map((form) => `${form}${round}`) }),
).flat()
const lines = many.reduce((sum, each) => sum + (each?.forms.length ?? 0), 0)
const units = many.reduce((sum, each) => sum + (each?.units.length ?? 0), 0)
const raw = 4 * FILES.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0)
const [withThem, without] = [await stored(many), await stored(many.map(() => undefined))]
const more = withThem.bytes - without.bytes
print(
  `\n${many.length} replies of ${(raw / many.length).toFixed(0)} bytes of code, ${lines} lines fingerprinted, ${units} units`,
)
print(
  `on disk beside the entries, index included: ${(more / many.length).toFixed(0)} bytes a reply, ${(more / lines).toFixed(1)} a line, ${((100 * more) / raw).toFixed(1)} % of the code`,
)
print(
  `CPU of all threads: ${((withThem.cpu - without.cpu) / many.length).toFixed(0)} µs a reply, ${((withThem.cpu - without.cpu) / lines).toFixed(2)} a line`,
)
