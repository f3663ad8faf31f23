/** `gatelog mask`: texts through the streaming masker, cut as a stream would cut them. Sends nothing anywhere. */
import { InvalidArgumentError, Option } from 'commander'
import { engineWith, loadConfig } from '#app'
import { commonOf, examples, type Register } from '../command.ts'
import { type Cut, cutOf } from '../scan/cuts.ts'
import { rowsOf } from '../scan/lines.ts'
import { json, out } from '../terminal.ts'

interface Options {
  readonly jsonl: string
  readonly cuts: Cut
}

export const mask: Register = (program) => {
  program
    .command('mask')
    .description('mask texts as a streamed reply is masked')
    .requiredOption('--jsonl <file>', 'lines {id,text}, - for stdin; writes {id,masked}')
    .addOption(
      new Option('--cuts <how>', 'how each text comes: whole, char, token or random:SEED')
        .default(wanted('whole'), 'whole')
        .argParser(wanted),
    )
    .addHelpText('after', examples('mask --jsonl rows.jsonl', 'mask --jsonl rows.jsonl --cuts random:7'))
    .action(async ({ jsonl, cuts }: Options, command) => {
      const { modeOf, streamed } = await import('../scan/streamed.ts')
      const engine = await engineWith(await loadConfig(commonOf(command).config))
      for await (const { id, text } of rowsOf(jsonl))
        out(json({ id, masked: streamed(engine, cuts(text), modeOf(text)) }))
    })
}

function wanted(name: string): Cut {
  const cut = cutOf(name)
  if (cut) return cut
  throw new InvalidArgumentError('It is whole, char, token or random:SEED, with a whole number as SEED.')
}
