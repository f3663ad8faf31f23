/** `gatelog replay <session|last>`: prompts and replies in the terminal, at the pace that they had. */
import { setTimeout as wait } from 'node:timers/promises'
import { Option } from 'commander'
import type { Shown } from '#console'
import { Fault } from '#exchange'
import type { Summary } from '#trail'
import { commonOf, examples, numberOf, type Register, withRecord } from '../command.ts'
import type { Record } from '../record.ts'
import { messageText, newFrom } from '../shown/messages.ts'
import { type Step, stepsOf } from '../shown/steps.ts'
import { heading } from '../shown/told.ts'
import { json, out, safe } from '../terminal.ts'

interface Pace {
  readonly speed: number
  readonly skipIdle?: true
}

export const replay: Register = (program) => {
  program
    .command('replay <session>')
    .description('a session by its id, or the last exchange ("last"), at its original pace')
    .addOption(new Option('--speed <n>', 'times as fast').default(1).argParser(numberOf(0.01, 1_000_000, false)))
    .option('--skip-idle', 'no pause longer than a second')
    .addHelpText('after', examples('replay last', 'replay EKOgwlVu-duKiNLMhEggOm --speed 4 --skip-idle'))
    .action(async (id: string, pace: Pace, command) => {
      await withRecord(command, async (record) => {
        let before: Shown | undefined
        for (const exchange of await exchangesOf(record, id)) {
          const found = await record.get<Shown>(`/exchanges/${exchange}`)
          if (commonOf(command).json)
            out(json({ exchange: found.opening.exchange, at: found.opening.at, steps: stepsOf(found) }))
          else await play(found, before, pace)
          before = found
        }
      })
    })
}

/** @throws trail.absent */
async function exchangesOf(record: Record, id: string): Promise<string[]> {
  if (id === 'last') return ['last']
  const found = await record.get<Summary[]>(`/sessions/${encodeURIComponent(id)}`)
  if (found.length === 0) throw new Fault('trail.absent', `no session ${id.slice(0, 64)}`)
  return found.map(({ exchange }) => exchange)
}

async function play(found: Shown, before: Shown | undefined, pace: Pace): Promise<void> {
  if (before) await wait(paused(found.opening.at - before.opening.at - (before.ending?.timings.end ?? 0), pace))
  out(`${heading(found)}\n`)
  for (const message of found.prompt?.messages.slice(newFrom(found.prompt)) ?? [])
    if (message.role !== 'system') out(`${safe(messageText(message))}\n`)
  await speak(stepsOf(found), pace)
  out('\n')
}

async function speak(steps: readonly Step[], pace: Pace): Promise<void> {
  let [now, due] = [0, performance.now()]
  for (const { ms, text } of steps) {
    due += paused(ms - now, pace)
    now = ms
    if (due - performance.now() >= 1) await wait(due - performance.now())
    process.stdout.write(safe(text))
  }
}

const LONGEST_IDLE_MS = 1000
/** What setTimeout takes. */
const LONGEST_WAIT_MS = 2_147_483_647

/** A recorded pause as it is to be kept, in ms; a clock that jumped back makes none. */
const paused = (ms: number, { speed, skipIdle }: Pace): number =>
  Math.max(0, Math.min(ms / speed, skipIdle ? LONGEST_IDLE_MS : LONGEST_WAIT_MS))
