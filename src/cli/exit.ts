/** Exit codes and how a fault is told: message and remedy on stderr, never a stack. */
import { type Fault, faultOf } from '#exchange'
import { safe, say } from './terminal.ts'

/** Shown by `gatelog --help`, and held to it by a test. */
export const EXIT = {
  ok: 0,
  error: 1,
  usage: 2,
  config: 3,
  auth: 4,
  evidence: 5,
  unreachable: 6,
  interrupted: 130,
} as const

export function exitOf(fault: Fault): number {
  if (fault.code.startsWith('config.')) return EXIT.config
  if (fault.code.startsWith('identity.')) return EXIT.auth
  if (fault.code.startsWith('query.')) return EXIT.usage
  return fault.code === 'server.unreachable' ? EXIT.unreachable : EXIT.error
}

/** Tells a fault and sets the exit code. */
export function fail(error: unknown): void {
  const fault = faultOf(error)
  say(safe(`gatelog: ${fault.message} [${fault.code}]`))
  say(safe(`  ${fault.remedy}`))
  process.exitCode = exitOf(fault)
}
