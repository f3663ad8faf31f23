/** Runs one command line to its end: reads it, runs the command, tells a fault, sets the exit code. Never throws. */
import { CommanderError } from 'commander'
import { carryOn, endQuietly } from './ends.ts'
import { EXIT, fail } from './exit.ts'
import { gatelog } from './program.ts'

/** `args` without the program's own name. */
export async function main(args: readonly string[]): Promise<void> {
  try {
    await gatelog()
      .hook('preAction', (_, command) => (command.name() === 'serve' ? carryOn() : endQuietly()))
      .parseAsync(args, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) fail(error)
    else if (error.exitCode !== 0) process.exitCode = EXIT.usage
  }
}
