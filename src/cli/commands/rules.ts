/** `gatelog rules list|test|import`: the masking rules in force, and what a rule file becomes. Changes nothing. */
import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { Command } from 'commander'
import { actionsIn, type Config, engineOf, loadConfig } from '#app'
import { Fault } from '#exchange'
import type { Imported } from '#masking'
import { commonOf, examples, type Register } from '../command.ts'
import { counted } from '../count.ts'
import { EXIT } from '../exit.ts'
import { table } from '../table.ts'
import { json, out, safe, say } from '../terminal.ts'

export const rules: Register = (program) => {
  const group = program
    .command('rules')
    .description('the masking rules')
    .addHelpText('after', examples('rules list', 'rules test', 'rules import gitleaks.toml'))
  group
    .command('list')
    .description('every masking rule in force')
    .addHelpText('after', examples('rules list', 'rules list --json'))
    .action(list)
  group
    .command('test')
    .description('hold every rule in force to its own examples')
    .addHelpText('after', examples('rules test', 'rules test --json'))
    .action(tryAll)
  group
    .command('import <file>')
    .description('what a rule file of gitleaks becomes, and what of it does not; says how to put it in force')
    .addHelpText('after', examples('rules import gitleaks.toml', 'rules import betterleaks.toml --json'))
    .action(importFile)
}

async function list(_options: unknown, command: Command): Promise<void> {
  const { config: path, json: asJson } = commonOf(command)
  const config = await loadConfig(path)
  const { FAMILIES, isInForce } = await import('#masking')
  const { profile } = config.masking
  const families = new Map(Object.entries(FAMILIES).flatMap(([family, all]) => all.map(({ id }) => [id, family])))
  const yours = new Map(config.masking.foreign.map((rule) => [rule.id, rule]))
  const done = await actionsOf(config)
  const rows = [
    ...config.masking.rules
      .filter((rule) => isInForce(rule, profile))
      .map(({ id, description }) => ({ rule: id, description, from: 'built-in' })),
    ...[...yours.values()].map(({ id, description }) => ({ rule: id, description, from: 'yours' })),
  ].map((row) => ({ ...row, ...set('family', families.get(row.rule)), ...done(row.rule) }))
  if (asJson) out(json(rows))
  else
    out(
      table(
        ['rule', 'family', 'prompt', 'reply', 'description'],
        rows.map(({ rule, family, from, prompt, reply, description }) => [
          rule,
          family ?? from,
          prompt,
          reply,
          description,
        ]),
      ),
    )
  const idle = config.masking.rules.filter((rule) => !isInForce(rule, profile)).map(({ id }) => id)
  if (idle.length && !asJson)
    say(`${rows.length} rules in force. ${idle.length} more are, with masking.profile: thorough: ${idle.join(', ')}`)
}

const set = (name: 'family', value: string | undefined) => (value === undefined ? {} : { [name]: value })

/** What becomes of a rule's secrets; where connections differ, `by connection`. */
async function actionsOf(config: Config) {
  const actions = await actionsIn(config)
  const connections = [...config.connections(new URL('http://127.0.0.1')).keys()]
  const one = (rule: string, direction: 'prompt' | 'reply'): string => {
    const all = new Set(connections.map((connection) => actions(connection, direction).of(rule)))
    return all.size === 1 ? ([...all][0] ?? 'mask') : 'by connection'
  }
  return (rule: string) => ({ prompt: one(rule, 'prompt'), reply: one(rule, 'reply') })
}

/** The rules in force against their examples, as they are in force: those of another profile are told, not tried. */
async function tryAll(_options: unknown, command: Command): Promise<void> {
  const { config: path, json: asJson } = commonOf(command)
  const config = await loadConfig(path)
  const { masking } = config
  const { isInForce, tryExamples } = await import('#masking')
  const rules = masking.rules.filter((rule) => isInForce(rule, masking.profile))
  const tried = [...rules, ...masking.tried]
  const failures = tryExamples(await engineOf(config), tried)
  const count = tried.reduce((sum, { examples: { match, miss } }) => sum + match.length + miss.length, 0)
  if (asJson) out(json({ profile: masking.profile, rules: tried.length, examples: count, failures }))
  else {
    for (const { rule, kind, nth, told } of failures) out(safe(`${rule}: ${kind} ${nth}: ${told}`))
    const idle = masking.rules.length - rules.length
    say(`${tried.length} rules, ${count} examples, ${failures.length} of them do not hold`)
    if (idle) say(`${idle} more rules are in force with masking.profile: thorough only, and were not tried`)
  }
  if (failures.length) process.exitCode = EXIT.error
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
  out(safe(`${file}: ${counted(ids.length, 'rule')} can be used, ${counted(notes.length, 'note')}`))
  out(safe(`In force once gatelog.yaml says:\n  masking:\n    import: [${JSON.stringify(file)}]`))
}

/** The rules are read by what reads them at start; other commands need not load it. */
async function read(file: string): Promise<Imported> {
  const { importGitleaks } = await import('#masking')
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    throw new Fault('usage.input', `${file}: ${(cause as NodeJS.ErrnoException).code}`, { cause })
  }
  return importGitleaks(text, file, (beside) => readFileSync(resolve(dirname(file), beside), 'utf8'))
}
