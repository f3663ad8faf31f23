/** The command line as what can be typed at each place of it: for every shell the same. Pure. */
import type { Command } from 'commander'

/** One word that may come next, and what it does. */
export interface Word {
  readonly word: string
  readonly told: string
}

/** What may follow a chain of commands. */
export interface Place {
  /** The commands so far, each with a slash before it: `` or `/keys/create`. */
  readonly at: string
  readonly words: readonly Word[]
}

/** Every place, the program itself first. */
export function placesOf(program: Command): Place[] {
  const walk = (command: Command, at: string): Place[] => [
    { at, words: wordsOf(program, command) },
    ...command.commands.flatMap((each) => walk(each, `${at}/${each.name()}`)),
  ]
  return walk(program, '')
}

/** Commands, the choices of an argument, and options, those of the program too. */
function wordsOf(program: Command, command: Command): Word[] {
  const options = new Set([...command.options, ...program.options])
  return [
    ...command.commands.map((each) => ({ word: each.name(), told: each.description() })),
    ...command.registeredArguments.flatMap(({ argChoices = [], description }) =>
      argChoices.map((word) => ({ word, told: description })),
    ),
    ...[...options].map((option) => ({ word: option.long ?? option.short ?? '', told: option.description })),
    { word: '--help', told: 'help' },
  ]
}

/** Options that take a value, in every spelling: the word after one is no command. */
export function valuedOf(program: Command): string[] {
  const every = (command: Command): Command[] => [command, ...command.commands.flatMap(every)]
  const options = every(program).flatMap(({ options }) => options.filter((option) => option.required))
  return [...new Set(options.flatMap(({ short, long }) => [short, long].filter((name) => name !== undefined)))]
}
