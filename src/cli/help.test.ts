/** What the help of every command has, and what it must not say. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Command } from 'commander'
import { gatelog } from './program.ts'

const all = (command: Command): Command[] => [command, ...command.commands.flatMap(all)]

const nameOf = (command: Command): string =>
  [command.parent && nameOf(command.parent), command.name()].filter(Boolean).join(' ')

function helpOf(command: Command): string {
  const parts: string[] = []
  command.configureOutput({ writeOut: (part) => void parts.push(part) })
  command.outputHelp()
  return parts.join('')
}

for (const command of all(gatelog()))
  test(`${nameOf(command)} --help`, () => {
    const help = helpOf(command)
    assert.match(help, /\n\nExamples:\n {2}gatelog \S.*\n/)
    assert.doesNotMatch(help, /\n\n\n/)
    assert.doesNotMatch(help.replace(/\s+/g, ' '), /default: \[\]/)
    for (const { long, mandatory } of command.options.filter((option) => option.mandatory))
      assert.ok(mandatory && help.replace(/\s+/g, ' ').match(new RegExp(`${long} <\\w+> [^<]*\\(required\\)`)), help)
  })
