/** `gatelog show <id|last>` and `replay`: one exchange, whole; its reply at the pace it had. */
import { setTimeout as wait } from 'node:timers/promises'
import type { Shown } from '#console'
import type { Finding, Message, ToolCall } from '#exchange'
import type { Summary } from '#trail'
import { type Common, type Register, withRecord } from '../command.ts'
import { line, moment, out, paint, safe } from '../terminal.ts'

const MOST_PROMPT = 4000

export const show: Register = (program) => {
  program
    .command('show <exchange>')
    .description('one exchange: an id, the beginning of one, or "last"')
    .option('--raw', 'the recorded reply byte for byte')
    .addHelpText('after', '\nExamples:\n  gatelog show last\n  gatelog show 0199f2c4-7 --json\n')
    .action(async (id: string, options: { raw?: true }, command) => {
      const common = command.optsWithGlobals() as Common
      const found = await withRecord(common, (record) => record.get<Shown>(`/exchanges/${encodeURIComponent(id)}`))
      if (common.json) return out(JSON.stringify(found))
      if (options.raw) return out(safe(found.bodies.reply?.text ?? ''))
      out(told(found))
    })
  program
    .command('replay <session>')
    .description('a session, or the last exchange ("last"), at its original pace')
    .option('--speed <n>', 'times as fast', '1')
    .option('--skip-idle', 'no pause longer than a second')
    .action(async (id: string, options: Pace, command) => {
      const common = command.optsWithGlobals() as Common
      await withRecord(common, async (record) => {
        const ids =
          id === 'last'
            ? ['last']
            : (await record.get<Summary[]>(`/sessions/${encodeURIComponent(id)}`)).map((each) => each.exchange)
        for (const each of ids) await replay(await record.get<Shown>(`/exchanges/${each}`), options)
      })
    })
}

/** The exchange as a person reads it. */
export function told(found: Shown): string {
  const { opening, ending, prompt, reply } = found
  const parts = [
    heading(found),
    ...facts(found).map(([name, value]) => `  ${paint('dim', name.padEnd(11))} ${value}`),
    section(
      'prompt',
      prompt?.messages
        .filter((message) => message.role !== 'system')
        .slice(-6)
        .map(messageText)
        .join('\n') ?? '',
    ),
    section('reasoning', reply?.reasoning ?? ''),
    section(
      'reply',
      [reply?.text ?? '', ...(reply?.toolCalls ?? []).map(callText)].filter(Boolean).join('\n') ||
        (found.bodies.reply?.text ?? ''),
    ),
    section('findings', [...opening.findings, ...(ending?.findings ?? [])].map(findingText).join('\n')),
  ]
  return parts.filter(Boolean).join('\n')
}

function heading({ opening, ending }: Shown): string {
  const kind = opening.kind === 'refused' ? 'refused' : (ending?.kind ?? 'open')
  const colour = kind === 'replied' ? 'green' : kind === 'open' ? 'cyan' : 'red'
  return `${paint('bold', opening.exchange)}  ${paint(colour, kind)}`
}

function facts({ opening, ending, reply }: Shown): [string, string][] {
  const { actor, timings } = { actor: opening.actor, timings: ending?.timings }
  const verdict = opening.verdict
  const usage = ending?.usage ?? reply?.usage
  const rows: [string, string | undefined][] = [
    ['who', actor && `${line(actor.name)} (${actor.kind}, key ${opening.key}, attested)`],
    ['when', moment(opening.at)],
    ['client', opening.facts.client && `${line(opening.facts.client.value)} (${opening.facts.client.source})`],
    ['connection', opening.connection && line(`${opening.connection}${opening.host ? `/${opening.host}` : ''}`)],
    ['request', line(`${opening.method} ${opening.path}`)],
    ['model', (ending?.model ?? opening.model) && line(ending?.model ?? opening.model ?? '')],
    ['session', opening.session],
    [
      'repository',
      opening.facts.repository && `${line(opening.facts.repository.value)} (${opening.facts.repository.source})`,
    ],
    [
      'verdict',
      verdict && (verdict.kind === 'allow' ? 'allow' : line(`${verdict.kind} by ${verdict.rule}: ${verdict.reason}`)),
    ],
    [
      'fault',
      (ending?.fault ?? opening.fault) &&
        line(`${ending?.fault ?? opening.fault} ${ending?.reason ?? opening.reason ?? ''}`),
    ],
    [
      'status',
      ending &&
        `${ending.status} upstream, ${ending.delivered} to the client${ending.authored ? ', written by Gatelog' : ''}`,
    ],
    ['tokens', usage && `${usage.input ?? '?'} in, ${usage.output ?? '?'} out`],
    [
      'timings',
      timings &&
        `durable ${timings.durable ?? '–'} ms, first byte ${timings.firstByte ?? '–'} ms, end ${timings.end} ms`,
    ],
  ]
  return rows.flatMap(([name, value]) => (value ? [[name, value] as [string, string]] : []))
}

const section = (name: string, text: string): string => (text ? `\n${paint('cyan', `── ${name}`)}\n${safe(text)}` : '')

function messageText({ role, text, toolCalls = [] }: Message): string {
  const cut =
    text.length > MOST_PROMPT ? `${text.slice(0, MOST_PROMPT)}… (${text.length} characters; --json shows all)` : text
  return [`[${role}] ${cut}`, ...toolCalls.map(callText)].join('\n')
}

const callText = (call: ToolCall): string => `→ ${call.name}(${JSON.stringify(call.arguments)})`

const findingText = ({ rule, direction, lane, masked }: Finding): string =>
  `${rule} in the ${direction}, ${lane}${masked ? ', masked' : ', passed on'}`

interface Pace {
  readonly speed: string
  readonly skipIdle?: true
}

const LONGEST_IDLE = 1000

/** Prints the reply's recorded bytes part by part, at the times they left. */
async function replay(found: Shown, { speed, skipIdle }: Pace): Promise<void> {
  out(`${heading(found)}\n`)
  const last = found.prompt?.messages.findLast((message) => message.role === 'user')
  if (last) out(`${messageText(last)}\n`)
  const body = Buffer.from(found.bodies.reply?.text ?? '')
  const pace = found.ending?.pace ?? [[0, 0]]
  let before = 0
  for (const [at, [ms, from]] of pace.entries()) {
    const pause = (ms - before) / (Number(speed) || 1)
    await wait(skipIdle ? Math.min(pause, LONGEST_IDLE) : pause)
    before = ms
    process.stdout.write(safe(body.subarray(from, pace[at + 1]?.[1] ?? body.length).toString()))
  }
  out('')
}
