/** The whole command line as one tree of commands. Runs nothing. */
import { readFileSync } from 'node:fs'
import { Command, Option } from 'commander'
import { addressOf, examples, optionText, type Register } from './command.ts'
import { agent } from './commands/agent.ts'
import { backup } from './commands/backup.ts'
import { ca } from './commands/ca.ts'
import { check } from './commands/check.ts'
import { completion } from './commands/completion.ts'
import { connect } from './commands/connect.ts'
import { connections } from './commands/connections.ts'
import { coverage } from './commands/coverage.ts'
import { doctor } from './commands/doctor.ts'
import { erase } from './commands/erase.ts'
import { exportCommand } from './commands/export.ts'
import { hold } from './commands/hold.ts'
import { keys } from './commands/keys.ts'
import { mask } from './commands/mask.ts'
import { migrate } from './commands/migrate.ts'
import { prove } from './commands/prove.ts'
import { purge } from './commands/purge.ts'
import { reads } from './commands/reads.ts'
import { replay } from './commands/replay.ts'
import { rescan } from './commands/rescan.ts'
import { restore } from './commands/restore.ts'
import { rules } from './commands/rules.ts'
import { scan } from './commands/scan.ts'
import { search } from './commands/search.ts'
import { serve } from './commands/serve.ts'
import { sessions } from './commands/sessions.ts'
import { show } from './commands/show.ts'
import { tail } from './commands/tail.ts'
import { trail } from './commands/trail.ts'
import { originals, unmask } from './commands/unmask.ts'
import { verify } from './commands/verify.ts'
import { version } from './commands/version.ts'
import { exitTable } from './exit.ts'
import { safe } from './terminal.ts'

/** A new command is a file and a line here; help lists them in this order. */
const COMMANDS: readonly Register[] = [
  ...[serve, check, keys, connections, connect, ca, agent],
  ...[search, show, replay, tail, sessions, reads, exportCommand],
  ...[purge, hold, erase, rescan],
  ...[scan, mask, rules],
  ...[trail, backup, restore, migrate, unmask, originals],
  ...[verify, prove, doctor, coverage, completion, version],
]

const { version: installed } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string
}

export function gatelog(): Command {
  const program = new Command('gatelog')
    .description('The audit gateway for AI coding assistants')
    .version(installed, '-V, --version')
    .option('--config <file>', 'the configuration', process.env['GATELOG_CONFIG'] || 'gatelog.yaml')
    .addOption(new Option('--url <url>', 'a server elsewhere, by its forwarded socket').argParser(addressOf))
    .option('--json', 'machine-readable output: docs/commands.md')
    .helpCommand(false)
    .configureHelp({ optionDescription: optionText })
    .configureOutput({ writeErr: (text) => void process.stderr.write(safe(text)) })
    .exitOverride()
  for (const register of COMMANDS) register(program)
  return program
    .addHelpText('after', examples('serve', 'show last', "search 'user:ana has:finding after:2d'", 'connect claude'))
    .addHelpText('after', `\nExit codes:\n${exitTable()}`)
}
