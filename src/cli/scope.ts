/** Which exchanges, as options of a command say it. Reads no record. */
import { type Command, InvalidArgumentError, Option } from 'commander'
import { Fault, type Scope, TIME_SHAPE, timeIn } from '#exchange'

const KEYS = ['user', 'session', 'exchange', 'connection', 'query', 'since', 'until'] as const

/** Adds the options. */
export const scopeOptions = (command: Command): Command =>
  command
    .option('--user <id>', 'whose: a person, a job, a service')
    .option('--session <id>', 'of one session')
    .option('--exchange <id>', 'one exchange, by its whole id')
    .option('--connection <name>', 'over one connection')
    .option('--query <query>', 'what a search for it finds')
    .addOption(timeOption('--since <time>', `from then on: ${TIME_SHAPE}`))
    .addOption(timeOption('--until <time>', 'until then, not included'))

/** An option that is a time. */
export const timeOption = (flags: string, told: string): Option => new Option(flags, told).argParser(timeOf)

/** @throws InvalidArgumentError for what is no time */
export function timeOf(text: string): number {
  const time = timeIn(text, Date.now())
  if (time === undefined) throw new InvalidArgumentError(`It is ${TIME_SHAPE}.`)
  return time
}

/** @throws usage.option */
export function checkPeriod({ since, until }: Pick<Scope, 'since' | 'until'>): void {
  if (since !== undefined && until !== undefined && since >= until)
    throw new Fault('usage.option', 'the period ends before it begins')
}

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
