/** `gatelog scan`: secrets in files, by the gateway's own rules. */
import type { Command } from 'commander'
import { commonOf, examples, type Register } from '../command.ts'
import type { Options } from '../scan/run.ts'

export const scan: Register = (program) => {
  program
    .command('scan [files...]')
    .description('find secrets in files')
    .option('--sarif', 'SARIF 2.1.0 on stdout')
    .option('--jsonl <file>', 'lines {id,text}, - for stdin; writes {id,findings}, ends with 0')
    .addHelpText('after', '\n- is stdin. Ends with 5 where a secret was found, with 1 where a file could not be read.')
    .addHelpText('after', examples('scan .env src/config.ts', 'scan dist.log --sarif', 'scan --jsonl rows.jsonl'))
    .action(async (files: string[], options: Options, command: Command) => {
      const { run } = await import('../scan/run.ts')
      await run(files, options, commonOf(command), program.version() ?? '')
    })
}
