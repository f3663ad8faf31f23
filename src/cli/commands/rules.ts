/** `gatelog rules list|import`: the masking rules in force, and what a rule file becomes. Changes nothing. */
import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { Command } from 'commander'
import { loadConfig } from '#app'
import { Fault } from '#exchange'
import type { Imported } from '#masking'
import { commonOf, examples, type Register } from '../command.ts'
import { table } from '../table.ts'
import { json, out, safe, say } from '../terminal.ts'

export const rules: Register = (program) => {
  const group = program
    .command('rules')
    .description('the masking rules')
    .addHelpText('after', examples('rules list', 'rules import gitleaks.toml'))
  group
    .command('list')
    .description('every masking rule in force')
    .addHelpText('after', examples('rules list', 'rules list --json'))
    .action(list)
  group
    .command('import <file>')
    .description('what a rule file of gitleaks becomes, and what of it does not; says how to put it in force')
    .addHelpText('after', examples('rules import gitleaks.toml', 'rules import betterleaks.toml --json'))
    .action(importFile)
}

async function list(_options: unknown, command: Command): Promise<void> {
  const { config, json: asJson } = commonOf(command)
  const { masking } = await loadConfig(config)
  const yours = new Map(masking.foreign.map((rule) => [rule.id, rule]))
  const rows = [
    ...masking.rules.map(({ id, description }) => ({ rule: id, description, from: 'built-in' })),
    ...[...yours.values()].map(({ id, description }) => ({ rule: id, description, from: 'yours' })),
  ]
  if (asJson) out(json(rows))
  else
    out(
      table(
        ['rule', 'from', 'description'],
        rows.map(({ rule, from, description }) => [rule, from, description]),
      ),
    )
}

async function importFile(file: string, _options: unknown, command: Command): Promise<void> {
  const { rules, disabled, notes, problems } = await read(file)
  const told = ({ file, line, message }: Imported['notes'][number]) => `${file}:${line} ${message}`
  if (problems.length) throw new Fault('config.invalid', problems.map(told).join('\n'))
  const ids = [...new Set(rules.map(({ id }) => id))]
  if (commonOf(command).json) {
    out(json({ file, rules: ids, disabled, notes }))
    return
  }
  for (const note of notes) say(safe(told(note)))
  const count = `${ids.length} rule${ids.length === 1 ? '' : 's'}`
  out(safe(`${file}: ${count} can be used, ${notes.length} notes`))
  out(safe(`In force once gatelog.yaml says:\n  masking:\n    import: [${JSON.stringify(file)}]`))
}

/** The rules are read by what reads them at start; other commands need not load it. */
async function read(file: string): Promise<Imported> {
  const { importGitleaks } = await import('#masking')
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    throw new Fault('config.invalid', `${file} cannot be read`, { cause })
  }
  return importGitleaks(text, file, (beside) => readFileSync(resolve(dirname(file), beside), 'utf8'))
}
