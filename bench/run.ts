// `npm run bench [-- --short]`: what the gateway costs beside nginx, a bare relay and nothing, in one interleaved run.
// Writes bench/RESULTS.md. A run in which the record lacks an exchange is void and exits with 1. `--only forward` measures the
// forward door alone and writes its section alone.
import { readFileSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { RULES } from '#masking'
import type { Summary } from '#trail'
import { waitedOnClean } from './clean.ts'
import { forwardPage, withForward } from './forward/page.ts'
import { forwarded } from './forward/scenario.ts'
import { start } from './process.ts'
import type { Cut } from './prompts.ts'
import { FULL_RESTED, report } from './report.ts'
import {
  firstBytes,
  growingSessions,
  openLoad,
  type Scale,
  slowStreams,
  smallRequests,
  stored,
  streamedEvents,
} from './scenarios.ts'
import { direct, type Gateway, gateway, machine, nginx, relay } from './targets.ts'
import { framesOf } from './websocket.ts'

const short = process.argv.includes('--short')
const SCALE: Scale = short
  ? { rounds: 2, requests: 1500, streams: 24, sessions: 1, slow: 100 }
  : { rounds: 5, requests: 4000, streams: 100, sessions: 6, slow: 500 }

/** What upstream takes for its first byte where it thinks, in ms: little for a model, more than a group commit. */
const THINKING = 10

/** Every exchange on the record that went on, and how many of them have their reply. */
async function recorded({ folder }: Pick<Gateway, 'folder'>): Promise<{ all: number; replied: number }> {
  let [all, replied, before] = [0, 0, '']
  do {
    const page = await new Promise<{ exchanges: Summary[]; next?: string }>((resolve, reject) => {
      const path = `/exchanges?limit=1000${before && `&before=${encodeURIComponent(before)}`}`
      request({ socketPath: join(folder, 'data/gatelog.sock'), path }, (answer) => {
        answer.toArray().then((chunks) => resolve(JSON.parse(Buffer.concat(chunks).toString())), reject)
      })
        .once('error', reject)
        .end()
    })
    all += page.exchanges.filter(({ kind }) => kind !== 'refused').length
    replied += page.exchanges.filter(({ kind }) => kind === 'replied').length
    before = page.next ?? ''
  } while (before)
  return { all, replied }
}

const RESULTS = join(import.meta.dirname, 'RESULTS.md')

/** The section of the forward door; undefined where the record does not hold what was sent. */
async function forward(): Promise<string | undefined> {
  const run = await forwarded(short ? 1 : 3, short ? 300 : 800)
  try {
    const { all, replied } = await recorded(run.gateway)
    process.stdout.write(`forward door: ${run.asked} requests and turns sent, ${all} exchanges, ${replied} replied\n`)
    return all === run.asked && replied === run.asked ? forwardPage(run.results) : undefined
  } finally {
    await run.end()
  }
}

async function onlyForward(): Promise<never> {
  process.stdout.write(`${machine()}\n`)
  const section = await forward()
  process.stdout.write(section ? `\n${section}` : '\nVOID: the record does not hold what was sent\n')
  if (section && !short) writeFileSync(RESULTS, withForward(readFileSync(RESULTS, 'utf8'), section))
  process.exit(section ? 0 : 1)
}

if (process.argv.join(' ').includes('--only forward')) await onlyForward()

const slow64 = (cut: Cut) => ({ wide: 64, seconds: short ? 4 : 10, cut })
const upstream = await start(process.execPath, [join(import.meta.dirname, 'upstream.ts')])
const load = openLoad()
const full = await gateway(upstream.port, 'before')
const during = await gateway(upstream.port, 'during')
const alone = await gateway(upstream.port, 'before')
const rested = { ...(await gateway(upstream.port, 'before')), name: FULL_RESTED }
const reference = await nginx(upstream.port)
const others = [await relay('bare', upstream.port), await relay('ours', upstream.port)]
const targets = [direct(upstream.port), ...(reference ? [reference] : []), ...others, full]
process.stdout.write(`${machine()}\neverything on: ${RULES.length} masking rules, index of words on\n${full.yaml}\n`)
let void_ = false
try {
  const sockets = await framesOf(SCALE.rounds, short ? 10 : 40)
  const onSockets = await recorded(sockets.gateway)
  process.stdout.write(`WebSockets: ${sockets.sent} handshakes and turns, ${onSockets.replied} exchanges recorded\n`)
  void_ ||= onSockets.all !== sockets.sent || onSockets.replied !== sockets.sent
  await sockets.end()
  const door = await forward()
  void_ ||= door === undefined
  const results = {
    framed: sockets.framed,
    small: await smallRequests(targets, load, SCALE),
    events: await streamedEvents(targets, load, SCALE),
    sessions: await growingSessions(targets, load, SCALE),
    first: await firstBytes([...targets, during], load, short ? 100 : 500),
    thought: await firstBytes([...targets, during], load, short ? 50 : 250, THINKING),
    slow64: await slowStreams([...(reference ? [reference] : []), ...others, full], load, slow64('words')),
    fours64: await slowStreams([full], load, slow64('fours')),
    slowMany: await slowStreams([rested], load, { wide: SCALE.slow, seconds: 4, cut: 'words' }),
    stored: await stored({ ...alone, name: 'gateway, for its storage' }, load),
    clean: waitedOnClean(true),
    words: waitedOnClean(false),
  }
  const counts = [full, during].map(async (each) => ({
    each,
    ...(await recorded(each)),
    sent: load.sent.get(each.name) ?? 0,
  }))
  for (const { each, all, replied, sent } of await Promise.all(counts)) {
    process.stdout.write(
      `${each.name}: ${sent} requests sent, ${all} exchanges recorded, ${replied} with their reply\n`,
    )
    void_ ||= all !== sent || replied !== sent
  }
  const page = report(results, { short, machine: machine(), many: SCALE.slow, thinking: THINKING })
  const text = door ? withForward(page, door) : page
  process.stdout.write(`\n${text}`)
  if (void_) process.stdout.write('\nVOID: the record does not hold what was sent\n')
  else if (!short) writeFileSync(RESULTS, text)
} finally {
  await Promise.all([
    load.end(),
    ...targets.map((target) => target.end()),
    during.end(),
    alone.end(),
    rested.end(),
    upstream.end(),
  ])
}
process.exitCode = void_ ? 1 : 0
