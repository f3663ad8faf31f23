/** `gatelog check`: reads the configuration as the server would, and says what is wrong. */
import { existsSync } from 'node:fs'
import { loadConfig } from '#app'
import { commonOf, examples, type Register } from '../command.ts'
import { counted } from '../count.ts'
import { json, out, safe, say } from '../terminal.ts'

export const check: Register = (program) => {
  program
    .command('check')
    .description('check the configuration; nothing is started')
    .addHelpText('after', examples('check', 'check --config /etc/gatelog.yaml'))
    .action(async (_options, command) => {
      const { config: path, json: asJson } = commonOf(command)
      const config = await loadConfig(path)
      const connections = [...config.connections(new URL('http://127.0.0.1')).keys()]
      if (!existsSync(path)) say(safe(`${path} does not exist: these are the defaults`))
      const { notes } = config.masking
      if (asJson) return out(json({ ok: true, connections, rules: config.rules.map((rule) => rule.name), notes }))
      for (const note of notes) say(safe(note))
      out(
        safe(`${path} is valid: ${counted(connections.length, 'connection')}, ${counted(config.rules.length, 'rule')}`),
      )
    })
}
