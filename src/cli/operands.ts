/** Queries on the command line: a part that begins with a dash is negated, not an option. Runs nothing. */
import type { Command } from 'commander'

/**
 * The arguments, so that parts of a query that begin with one dash are read as what they are: they go last, behind `--`.
 * Commands that take a query have no short options but `-h` and `-V`.
 */
export function withOperands(program: Command, args: readonly string[]): string[] {
  const end = args.includes('--') ? args.indexOf('--') : args.length
  const [mine, rest] = [args.slice(0, end), args.slice(end + 1)]
  const at = mine.findIndex((arg, nth) => !arg.startsWith('-') && !isValue(program, mine, nth))
  const command = program.commands.find((each) => each.name() === mine[at])
  if (!command?.registeredArguments.some((argument) => argument.name() === 'query')) return [...args]
  const negated = (arg: string, nth: number) =>
    nth > at && /^-[^-]/.test(arg) && !/^-[hV]$/.test(arg) && !isValue(command, mine, nth)
  const parts = [...mine.filter(negated), ...rest]
  return [...mine.filter((arg, nth) => !negated(arg, nth)), ...(parts.length ? ['--', ...parts] : [])]
}

/** Whether an argument is the value of the option before it. */
function isValue(command: Command, args: readonly string[], nth: number): boolean {
  const options = [...command.options, ...(command.parent?.options ?? [])]
  return options.some((option) => option.required && option.long === args[nth - 1])
}
