/** `gatelog check`: reads the configuration as the server would, and says what is wrong. */
import { loadConfig } from '#app'
import type { Common, Register } from '../command.ts'
import { out } from '../terminal.ts'

export const check: Register = (program) => {
  program
    .command('check')
    .description('check the configuration; nothing is started')
    .action((_options, command) => {
      const { config: path, json } = command.optsWithGlobals() as Common
      const config = loadConfig(path)
      const connections = [...config.connections(new URL('http://127.0.0.1')).keys()]
      if (json) return out(JSON.stringify({ ok: true, connections, rules: config.rules.map((rule) => rule.name) }))
      out(`${path} is valid: ${connections.length} connection(s), ${config.rules.length} rule(s)`)
    })
}
