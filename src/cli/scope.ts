/** Which exchanges, as options of a command say it. Reads no record. */
import { type Command, InvalidArgumentError, Option } from 'commander'
import type { Scope } from '#exchange'

const KEYS = ['user', 'session', 'exchange', 'connection', 'query', 'since', 'until'] as const

/** Adds the options. */
export const scopeOptions = (command: Command): Command =>
  command
    .option('--user <id>', 'whose: a person, a job, a service')
    .option('--session <id>', 'of one session')
    .option('--exchange <id>', 'one exchange, by its whole id')
    .option('--connection <name>', 'over one connection')
    .option('--query <query>', 'what a search for it finds')
    .addOption(timeOption('--since <time>', 'from then on: 2026-11-24, or with a time, UTC'))
    .addOption(timeOption('--until <time>', 'until then, not included'))

/** An option that is a time. */
export const timeOption = (flags: string, told: string): Option => new Option(flags, told).argParser(timeOf)

function timeOf(text: string): number {
  const time = /^\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d)?)?$/.test(text) ? Date.parse(withZone(text)) : Number.NaN
  if (Number.isNaN(time)) throw new InvalidArgumentError('It is a date, as 2026-11-24 or 2026-11-24T08:30Z.')
  return time
}

const withZone = (text: string): string => (text.includes('T') && !/(Z|[+-]\d\d:\d\d)$/.test(text) ? `${text}Z` : text)

/** What was given. */
export const scopeFrom = (options: Scope): Scope =>
  Object.fromEntries(KEYS.flatMap((key) => (options[key] === undefined ? [] : [[key, options[key]]])))

/** A scope on one line. */
export function scopeText(scope: Scope): string {
  const parts = KEYS.flatMap((key) => {
    const value = scope[key]
    if (value === undefined) return []
    return [`${key} ${typeof value === 'number' ? new Date(value).toISOString().replace(/\.000Z$/, 'Z') : value}`]
  })
  return parts.join(', ')
}
