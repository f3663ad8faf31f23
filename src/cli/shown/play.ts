/** Recorded exchanges in the terminal, at the pace that they had. Reads the record; asks no upstream. */

import { setTimeout as wait } from 'node:timers/promises'
import type { Shown } from '#console'
import { Fault } from '#exchange'
import type { Summary } from '#trail'
import { named } from '../command.ts'
import type { Record } from '../remote.ts'
import { json, out, safe } from '../terminal.ts'
import { messageText, newFrom } from './messages.ts'
import { type Step, stepsOf } from './steps.ts'
import { heading } from './told.ts'

export interface Pace {
  readonly speed: number
  readonly skipIdle?: true
}

/** Plays a session, or the last exchange; as JSON, says what it would play. @throws trail.absent */
export async function replayed(record: Record, id: string, pace: Pace, asJson: boolean): Promise<void> {
  let before: Shown | undefined
  for (const exchange of await exchangesOf(record, id)) {
    const found = await record.get<Shown>(`/exchanges/${exchange}`)
    if (asJson) out(json({ exchange: found.opening.exchange, at: found.opening.at, steps: stepsOf(found) }))
    else await play(found, before, pace)
    before = found
  }
}

async function exchangesOf(record: Record, id: string): Promise<string[]> {
  if (id === 'last') return ['last']
  const found = await record.get<Summary[]>(`/sessions/${encodeURIComponent(named(id, 'a session: its id, or last'))}`)
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
