/**
 * `npm run bench:trail [-- exchanges [folder]]`: durable appends a second by how many are in flight, and what a search takes over
 * that many synthetic exchanges in one day's file, sealed and encrypted as ever. Prints its section of bench/RESULTS.md. A record
 * that takes long to make is kept in a folder that is named, and searched again where it is there.
 */
import { createHash, createHmac } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdtemp, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Keyring } from '../src/exchange/index.ts'
import { openTrail, parseQuery, type Trail } from '../src/trail/index.ts'
import { signerOf } from '../src/trail/seal/made.ts'
import { bodyOf, ending, finding, idOf, NOON, opening } from '../src/trail/stores/made.ts'
import { median, quantile } from './statistics.ts'

const EXCHANGES = Number(process.argv[2] ?? 100_000)
const KEPT = process.argv[3]
const keyring: Keyring = {
  digest: (purpose, data) => createHmac('sha256', purpose).update(data).digest(),
  hash: () => createHash('sha256'),
  key: (purpose) => createHash('sha256').update(purpose).digest(),
}
const say = (text: string) => void process.stdout.write(`${text}\n`)

/** Words as a text has them: few that are everywhere, many that are rare. The same in every run. */
let state = 1
const random = () => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
  return state / 2 ** 32
}
const word = () => `word${Math.floor(20_000 ** random())}`
const text = (count: number) => Array.from({ length: count }, word).join(' ')

const asked = (nth: number) => {
  const prompt = text(40)
  return opening(idOf(nth, NOON + nth), {
    at: NOON + nth,
    session: `s${Math.floor(nth / 8)}`,
    actor: { id: `user${nth % 200}`, kind: 'person', name: `User ${nth % 200}`, groups: [] } as never,
    ...{ connection: nth % 3 ? 'copilot' : 'claude', model: `model-${nth % 7}`, key: 'k1' },
    facts: {
      client: { value: `client/${nth % 9}`, source: 'declared' },
      repository: { value: `acme/repo${nth % 50}`, source: 'declared' },
    },
    findings: nth % 100 ? [] : [finding('github-pat', true, `f${nth}`)],
    body: bodyOf(prompt),
    text: prompt,
  })
}
const replied = (nth: number) => {
  const reply = text(40)
  return ending(idOf(nth, NOON + nth), { at: NOON + nth + 5, body: bodyOf(reply), text: reply })
}

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
  const trail = await openTrail({ folder, keyring, now: () => NOON, signer: signerOf() })
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

const METADATA = [
  'user:user7',
  'user:user7 model:model-3',
  'repo:acme/repo4*',
  'has:finding',
  'session:s77',
  'rule:github-pat user:user100',
]
const WORDS = ['word19990', 'word2', 'word3 word5', 'word811 word977', '"word2 word3"', 'word12 user:user9']

/** Milliseconds of each of the queries, several times over, a page of 50. */
async function times(trail: Trail, queries: readonly string[]): Promise<number[]> {
  const out: number[] = []
  for (let round = 0; round < 20; round++)
    for (const query of queries) {
      const began = performance.now()
      await trail.find(parseQuery(query, NOON), { limit: 50 })
      out.push(performance.now() - began)
    }
  return out
}

/** A record of that many exchanges; it stands under its name once it is whole. */
async function made(folder: string): Promise<void> {
  if (existsSync(folder)) return
  const trail = await openTrail({ folder: `${folder}.new`, keyring, now: () => NOON, signer: signerOf() })
  for (let nth = 0; nth < EXCHANGES; nth += 500) {
    const some = Array.from({ length: Math.min(500, EXCHANGES - nth) }, (_, at) => nth + at)
    await Promise.all(some.map((each) => trail.append(asked(each))))
    await Promise.all(some.map((each) => trail.append(replied(each))))
  }
  await trail.close()
  await rename(`${folder}.new`, folder)
}

async function searches(folder: string): Promise<string[]> {
  await made(folder)
  const trail = await openTrail({ folder, keyring, now: () => NOON, signer: signerOf() })
  await trail.find(parseQuery('word2', NOON), { limit: 1 }) // whatever waits for the index is in it
  const rows: string[] = []
  for (const [name, queries, must] of [
    ['metadata', METADATA, 500],
    ['text', WORDS, 1500],
  ] as const) {
    const all = await times(trail, queries)
    const worst = quantile(all, 0.95)
    rows.push(
      `| ${name} | ${median(all).toFixed(1)} | ${worst.toFixed(1)} | ${must} | ${worst <= must ? 'must met' : '**missed**'} |`,
    )
  }
  await trail.close()
  return rows
}

const folder = await mkdtemp(join(tmpdir(), 'gatelog-bench-trail-'))
try {
  const rates = await appends(join(folder, 'appends'))
  const found = await searches(join(KEPT ?? folder, `${EXCHANGES}-exchanges`))
  say(`## The trail alone
Entries with a body of 40 words, opening and ending of an exchange in turn, each durable before the next: sealed, encrypted and
indexed.

| in flight | entries a second, median | range |
|---|---|---|
${rates.join('\n')}

A page of 50 out of ${EXCHANGES.toLocaleString('en')} exchanges in one file; ${METADATA.length} queries of metadata, ${WORDS.length} of text.

| search | p50, ms | p95, ms | must | |
|---|---|---|---|---|
${found.join('\n')}`)
} finally {
  await rm(folder, { recursive: true, force: true })
}
