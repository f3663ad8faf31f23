/** The command line: one file per command, listed here. Data on stdout, messages on stderr. */
import { readFileSync } from 'node:fs'
import { Command, CommanderError } from 'commander'
import type { Register } from './command.ts'
import { check } from './commands/check.ts'
import { connections } from './commands/connections.ts'
import { keys } from './commands/keys.ts'
import { search } from './commands/search.ts'
import { serve } from './commands/serve.ts'
import { show } from './commands/show.ts'
import { EXIT, fail } from './exit.ts'

/** A new command is a file and a line here. */
const COMMANDS: readonly Register[] = [serve, check, keys, connections, search, show]

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string
}

const codes = Object.entries(EXIT).map(([name, code]) => `  ${String(code).padStart(3)} ${name}`)

const program = new Command('gatelog')
  .description('The audit gateway for AI coding assistants')
  .version(version, '-V, --version')
  .option('-c, --config <file>', 'the configuration', process.env['GATELOG_CONFIG'] ?? 'gatelog.yaml')
  .option('--url <url>', 'a remote Gatelog in place of the local one')
  .option('--json', 'machine-readable output')
  .addHelpText('after', `\nExit codes:\n${codes.join('\n')}\n`)
  .exitOverride()

program
  .command('version')
  .description('the version')
  .action(() => void process.stdout.write(`${version}\n`))
for (const register of COMMANDS) register(program)

try {
  await program.parseAsync()
} catch (error) {
  if (!(error instanceof CommanderError)) fail(error)
  else if (error.exitCode !== 0) process.exitCode = EXIT.usage
}
