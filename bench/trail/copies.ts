/** Day files that stand for days that nobody recorded: copies of others, with their times moved. Of bodies their keys are not here. */
import { copyFileSync, existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { DAY } from '../../src/trail/stores/made.ts'

/** Copies the days behind the first, over and over, until each of `days` (UTC, oldest first) is there. */
export function copied(folder: string, days: readonly string[]): void {
  const place = (day: string) => join(folder, 'days', `${day}.default.db`)
  const there = days.filter((day) => existsSync(place(day))).slice(1)
  if (readdirSync(join(folder, 'days')).some((name) => name.endsWith('-wal'))) throw new Error('the record is open')
  for (const [at, day] of days.filter((day) => !existsSync(place(day))).entries()) {
    const from = there[at % there.length] ?? ''
    copyFileSync(place(from), place(day))
    const file = new DatabaseSync(place(day))
    file.exec(`PRAGMA synchronous=OFF; UPDATE exchanges SET at = at + ${Date.parse(day) - Date.parse(from)}`)
    file.close()
  }
}

/** So many days from `first` on (ms since the epoch). */
export const daysFrom = (first: number, count: number): string[] =>
  Array.from({ length: count }, (_, at) => new Date(first + at * DAY).toISOString().slice(0, 10))
