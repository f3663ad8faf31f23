/** Runs one command line to its end: reads it, runs the command, tells a fault, sets the exit code. Never throws. */
import { existsSync } from 'node:fs'
import { type Command, CommanderError } from 'commander'
import { Fault } from '#exchange'
import { carryOn, endQuietly, minding } from './ends.ts'
import { EXIT, fail } from './exit.ts'
import { withOperands } from './operands.ts'
import { gatelog } from './program.ts'

/** `args` without the program's own name. */
export async function main(args: readonly string[]): Promise<void> {
  minding()
  try {
    const program = gatelog()
    await program
      .hook('preAction', (_, command) => (SERVERS.has(command.name()) ? carryOn() : endQuietly()))
      .hook('preAction', (_, command) => configured(program, command))
      .parseAsync(withOperands(program, args), { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) fail(error)
    else if (error.exitCode !== 0) process.exitCode = EXIT.usage
  }
}

/** Those that go on where nobody reads what they say, and that end by their own signals. */
const SERVERS = new Set(['serve', 'agent'])

const NEEDS_NONE = new Set(['version', 'completion', 'install-help'])

/** A configuration that was named is there, or nothing is done: the defaults are not what was meant. @throws config.absent */
function configured(program: Command, command: Command): void {
  const { config } = program.opts<{ config: string }>()
  const named = program.getOptionValueSource('config') === 'cli' || Boolean(process.env['GATELOG_CONFIG'])
  if (named && !NEEDS_NONE.has(command.name()) && !existsSync(config)) throw new Fault('config.absent', config)
}
