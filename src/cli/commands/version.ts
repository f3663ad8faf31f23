/** `gatelog version`: what is installed. */
import { commonOf, examples, type Register } from '../command.ts'
import { json, out } from '../terminal.ts'

export const version: Register = (program) => {
  program
    .command('version')
    .description('the version')
    .addHelpText('after', examples('version', 'version --json'))
    .action((_options, command) => {
      const installed = program.version() ?? ''
      out(commonOf(command).json ? json({ version: installed, node: process.versions.node }) : installed)
    })
}
