/** `gatelog replay <session|last>`: prompts and replies in the terminal, at the pace that they had. */
import { Option } from 'commander'
import { commonOf, examples, numberOf, type Register, withRecord } from '../command.ts'
import type { Pace } from '../shown/play.ts'

export const replay: Register = (program) => {
  program
    .command('replay <session>')
    .description('a session by its id, or the last exchange ("last"), at its original pace')
    .addOption(new Option('--speed <n>', 'times as fast').default(1).argParser(numberOf(0.01, 1_000_000, false)))
    .option('--skip-idle', 'no pause longer than a second')
    .addHelpText('after', examples('replay last', 'replay EKOgwlVu-duKiNLMhEggOm --speed 4 --skip-idle'))
    .action(async (id: string, pace: Pace, command) => {
      const { replayed } = await import('../shown/play.ts')
      await withRecord(command, (record) => replayed(record, id, pace, commonOf(command).json ?? false))
    })
}
