// The results as a page of Markdown, beside what DESIGN wants held. Pure.
import type { Waited } from './clean.ts'
import type { Costs, Slow } from './scenarios.ts'
import { median } from './statistics.ts'
import type { Framed } from './websocket.ts'

export interface Results {
  readonly framed: readonly Framed[]
  readonly small: Costs
  readonly events: Costs
  readonly sessions: Costs
  readonly first: ReadonlyMap<string, number>
  /** The same from an upstream that thinks before its first byte. */
  readonly thought: ReadonlyMap<string, number>
  readonly slow64: ReadonlyMap<string, Slow>
  /** The same with text cut every four characters. */
  readonly fours64: ReadonlyMap<string, Slow>
  readonly slowMany: ReadonlyMap<string, Slow>
  readonly stored: { readonly share: number; readonly traffic: number }
  readonly clean: Waited
  readonly words: Waited
}

const FULL = 'gateway, everything on'
/** A gateway that has served nothing before its memory is measured. */
export const FULL_RESTED = 'gateway, everything on, rested'
const DURING = `${FULL}, durable: during`

const costRows = (costs: Costs, unit: string): string => {
  const base = costs.get('nginx')
  const rows = [...costs].map(([name, values]) => {
    const against = over(values, base)
    const ratio = Number.isNaN(against) ? '–' : `${against.toFixed(1)}×`
    const range = `${Math.min(...values).toFixed(0)}–${Math.max(...values).toFixed(0)}`
    return `| ${name} | ${median(values).toFixed(1)} | ${range} | ${ratio} |`
  })
  return [`| target | CPU µs per ${unit}, median | range | against nginx |`, '|---|---|---|---|', ...rows].join('\n')
}

const ratio = (costs: Costs, name: string): number => over(costs.get(name), costs.get('nginx'))

/** NaN where either was not measured: in a short run a few requests may cost less than the system counts, which is nothing. */
function over(own: readonly number[] | undefined, base: readonly number[] | undefined): number {
  return own && base && median(base) > 0 ? median(own) / median(base) : Number.NaN
}

interface Goal {
  readonly what: string
  readonly got: number
  readonly must: number
  readonly aim: number
  readonly unit: string
}

function goals({ small, events, sessions, thought, slow64, slowMany, stored, clean }: Results, many: number): Goal[] {
  const added = (thought.get(DURING) ?? Number.NaN) - (thought.get('direct') ?? Number.NaN)
  const nginx = slow64.get('nginx')?.p99 ?? Number.NaN
  const { p99: all, free } = own(slow64)
  return [
    { what: 'small request, relay only', got: ratio(small, 'gateway, relay only'), must: 3, aim: 2, unit: '× nginx' },
    { what: 'small request, everything on', got: ratio(small, FULL), must: 8, aim: 5, unit: '× nginx' },
    { what: 'streamed event with masking', got: ratio(events, FULL), must: 2.5, aim: 1.5, unit: '× nginx' },
    { what: '150 kB prompt of a growing session', got: ratio(sessions, FULL), must: 9, aim: 6, unit: '× nginx' },
    { what: 'added time to first byte, `durable: during`', got: added, must: 0.5, aim: 0.3, unit: ' ms' },
    { what: 'event delay p99, 64 slow streams', got: all, must: 4, aim: nginx + 1, unit: ' ms' },
    { what: 'the same, of events that do not wait', got: free, must: 4, aim: nginx + 1, unit: ' ms' },
    {
      what: `memory at ${many} slow streams`,
      got: slowMany.get(FULL_RESTED)?.resident ?? Number.NaN,
      must: 200,
      aim: 110,
      unit: ' MB',
    },
    { what: 'clean text: events that wait, mean', got: clean.mean, must: 1, aim: 0, unit: '' },
    { what: 'clean text: events that wait, p99', got: clean.p99, must: 1, aim: 0, unit: '' },
    { what: 'stored bytes per byte of a 40-turn session', got: stored.share * 100, must: 10, aim: 3, unit: ' %' },
  ]
}

const verdict = ({ got, must, aim }: Goal): string =>
  Number.isNaN(got) ? 'not measured' : got <= aim ? 'aim met' : got <= must ? 'must met' : '**missed**'

const goalRow = (goal: Goal): string =>
  `| ${goal.what} | ${Number.isNaN(goal.got) ? '–' : `${goal.got.toFixed(2)}${goal.unit}`} | ${goal.must} | ${goal.aim.toFixed(1)} | ${verdict(goal)} |`

const slowRows = (slow: ReadonlyMap<string, Slow>): string =>
  [...slow]
    .map(
      ([name, { p99, free, before, resident }]) =>
        `| ${name} | ${p99.toFixed(1)} | ${free.toFixed(1)} | ${before.toFixed(0)} | ${resident.toFixed(0)} |`,
    )
    .join('\n')

const NOTHING: Slow = {
  p99: Number.NaN,
  free: Number.NaN,
  waiting: Number.NaN,
  resident: Number.NaN,
  before: Number.NaN,
}
const own = (slow: ReadonlyMap<string, Slow>): Slow => slow.get(FULL) ?? NOTHING
const share = (slow: ReadonlyMap<string, Slow>): string => `${(own(slow).waiting * 100).toFixed(1)} %`

function frameRows(framed: readonly Framed[]): string {
  const [bare] = framed
  const rows = framed.map(({ name, cpu, pace }) => {
    const against = bare ? (median(cpu) / median(bare.cpu)).toFixed(1) : '–'
    return `| ${name} | ${median(cpu).toFixed(1)} | ${median(pace).toFixed(0)} | ${against}× |`
  })
  return [
    '| target | CPU µs per frame, median | frames per second | against `ws` alone |',
    '|---|---|---|---|',
    ...rows,
  ].join('\n')
}

/** The whole page. */
export function report(
  results: Results,
  o: { short: boolean; machine: string; many: number; thinking: number },
): string {
  const thought = (name: string) => (results.thought.get(name) ?? Number.NaN).toFixed(2)
  const first = [...results.first].map(([name, ms]) => `| ${name} | ${ms.toFixed(2)} | ${thought(name)} |`).join('\n')
  return `# Measured by \`npm run bench${o.short ? ' -- --short' : ''}\`

${o.machine}. All targets in one run, taking turns; load and upstream are processes of their own; CPU is user and system
time of every thread of the target, from /proc. Figures of one machine: only the ratios mean something elsewhere.

| goal | measured | must | aim | |
|---|---|---|---|---|
${goals(results, o.many).map(goalRow).join('\n')}

## Small request, answered whole
${costRows(results.small, 'request')}

## Streamed event
${costRows(results.events, 'event')}

## WebSocket frame, of replies as fast as they come on four sockets
${frameRows(results.framed)}

## 150 kB prompt of a session that grows by 2 kB a turn
${costRows(results.sessions, 'request')}

## Time to first byte, one request at a time
| target | ms, median | where upstream thinks ${o.thinking} ms |
|---|---|---|
${first}

Where upstream answers at once no setting can hide the group commit, which is what the gateway with everything on takes
beyond the relay; \`durable: during\` hides it behind an upstream that thinks.

## Slow streams, an event every 50 ms on each
An answer of prose and code in the word pieces that tokenizers make. An event **waits** where its text may begin a secret,
or one before it may: decided by the masker alone, in a process of its own, over the same text. What waits leaves with the
next event, 50 ms later; the others show what the gateway itself takes.

| target | delay p99, ms | of events that do not wait | MB before | MB with 64 |
|---|---|---|---|---|
${slowRows(results.slow64)}

Of these events ${share(results.slow64)} wait. Cut every four characters instead, as no model does, ${share(results.fours64)} wait:
delay p99 ${own(results.fours64).p99.toFixed(1)} ms, ${own(results.fours64).free.toFixed(1)} ms of those that do not.

With ${o.many}: ${[...results.slowMany.values()].map(({ p99, free, resident }) => `${resident.toFixed(0)} MB, p99 ${p99.toFixed(1)} ms, ${free.toFixed(1)} ms of events that do not wait`).join('')}.

## Clean text and storage
${results.clean.events} events of four characters of source code: ${(results.clean.share * 100).toFixed(1)} % left later than they came; cut as a tokenizer
would, ${(results.words.share * 100).toFixed(1)} % of ${results.words.events}.
A session of 40 turns, ${(results.stored.traffic / 1e6).toFixed(1)} MB of prompts, took ${(results.stored.share * 100).toFixed(1)} % of that on disk.
`
}
