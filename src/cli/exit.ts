/** Exit codes and how a fault is told: message and remedy on stderr, never a stack. */
import { type Fault, faultOf } from '#exchange'
import { safe, say } from './terminal.ts'

/** Shown by `gatelog --help` and in docs/commands.md; a test holds the three together. */
export const EXIT = {
  ok: 0,
  error: 1,
  usage: 2,
  config: 3,
  auth: 4,
  evidence: 5,
  unreachable: 6,
  locked: 7,
  interrupted: 130,
} as const

/** What each code says to a script. */
export const MEANINGS: Readonly<Record<keyof typeof EXIT, string>> = {
  ok: 'done',
  error: 'it failed; the fault is told on stderr',
  usage: 'the command line or the query cannot be read',
  config: 'the configuration is not valid',
  auth: 'the key is unknown, revoked, expired or does not reach',
  evidence: 'evidence did not hold: the record was changed, or a secret was found',
  unreachable: 'the server, or an upstream that was tested, does not answer',
  locked:
    'all that could be looked at holds, and something could not: a key is not here, or nothing came of what was given',
  interrupted: 'ended by Ctrl-C',
}

/** The table of exit codes, as help shows it. */
export const exitTable = (): string =>
  Object.entries(EXIT)
    .map(([name, code]) => `  ${String(code).padStart(3)}  ${MEANINGS[name as keyof typeof EXIT]}`)
    .join('\n')

export function exitOf({ code }: Fault): number {
  if (code.startsWith('config.')) return EXIT.config
  if (code.startsWith('identity.')) return EXIT.auth
  if (code === 'trail.damaged') return EXIT.evidence
  if (/^(query|usage)\.|^client\.consent$/.test(code)) return EXIT.usage
  return code === 'server.unreachable' ? EXIT.unreachable : EXIT.error
}

/** Tells a fault and sets the exit code. */
export function fail(error: unknown): void {
  const fault = faultOf(error)
  say(safe(`gatelog: ${fault.message} [${fault.code}]`))
  say(safe(`  ${fault.remedy}`))
  process.exitCode = exitOf(fault)
}
