// The forward door's section of the results: what is wanted of it, then each measure by proxy. Pure.
import { median } from '../statistics.ts'
import type { Forwarded, Passed } from './scenario.ts'

const TITLE = '## Forward door, TLS on both sides'
const OWN = 'gateway, everything on'

/** How much less or more passes than through another, in the same run; by the medians of the rounds. */
const against = (rows: readonly Passed[], other: string): number => {
  const [own, theirs] = [OWN, other].map((wanted) => rows.find(({ name }) => name === wanted))
  return own && theirs ? median(own.pace) / median(theirs.pace) : Number.NaN
}

interface Goal {
  readonly what: string
  readonly got: number
  readonly must: number
  readonly aim: number
}

const verdict = ({ got, must, aim }: Goal): string =>
  Number.isNaN(got) ? 'not measured' : got >= aim ? 'aim met' : got >= must ? 'must met' : '**missed**'

const goalRow = (goal: Goal): string =>
  `| ${goal.what} | ${goal.got.toFixed(2)}× | ${goal.must} | ${goal.aim} | ${verdict(goal)} |`

function rows(passed: readonly Passed[], unit: string): string {
  const lines = passed.map(({ name, pace, cpu }) => {
    const range = `${Math.min(...pace).toFixed(0)}–${Math.max(...pace).toFixed(0)}`
    return `| ${name} | ${median(pace).toFixed(0)} | ${range} | ${median(cpu).toFixed(1)} |`
  })
  return [`| target | ${unit}s a second, median | range | CPU µs per ${unit} |`, '|---|---|---|---|', ...lines].join(
    '\n',
  )
}

/** The section, from its title to its last line. */
export function forwardPage({ requests, handshakes, frames }: Forwarded): string {
  const goals: readonly Goal[] = [
    { what: 'requests a second, against squid', got: against(requests, 'squid, ssl-bump'), must: 0.8, aim: 1.2 },
    { what: 'requests a second, against mitmproxy', got: against(requests, 'mitmproxy'), must: 10, aim: 10 },
  ]
  return `${TITLE}
The same clients and the same provider, all over TLS, through each proxy in turn: small prompts on 64 tunnels, tunnels that are
opened, shaken hands in and closed, four WebSockets. squid writes a line of log for each request, mitmproxy nothing; neither
looks into a body or a frame. The gateway reads, masks and records all of it, prompt and reply, durably before it goes on; a
host that is relayed unread has two lines on the record for each request, and Node alone none. The clients and the provider share
the machine's processors.

| goal | measured | must | aim | |
|---|---|---|---|---|
${goals.map(goalRow).join('\n')}

${rows(requests, 'request')}

${rows(handshakes, 'handshake')}

${rows(frames, 'frame')}
`
}

/** A page with this section in place of the one that it has, or at its end. */
export function withForward(page: string, section: string): string {
  const from = page.indexOf(TITLE)
  if (from < 0) return `${page.trimEnd()}\n\n${section}`
  const next = page.indexOf('\n## ', from + 1)
  return `${page.slice(0, from)}${section}${next < 0 ? '' : page.slice(next)}`
}
