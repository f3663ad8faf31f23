/** The tool of each client that runs a command, found among those that it offers. Knows nothing of what the command does. */
import type { Json } from './mock.case.ts'
import type { Call } from './said/said.case.ts'

const NAMES = /^(bash|shell|shell_command|exec_command|local_shell)$/i

/** A call that runs `command`, or undefined where the prompt offers no such tool. */
export function callThatRuns(command: string, { tools }: Json): Call | undefined {
  for (const offered of Array.isArray(tools) ? (tools as Json[]) : []) {
    const described = (offered['function'] ?? offered) as Json
    const name = String(described['name'])
    if (!NAMES.test(name)) continue
    const schema = (described['parameters'] ?? described['input_schema']) as { properties?: Record<string, Json> }
    const field = schema.properties?.['cmd'] ? 'cmd' : 'command'
    const list = schema.properties?.[field]?.['type'] === 'array'
    const described2 = schema.properties?.['description'] ? { description: 'Keep the token' } : {}
    const value = list ? ['bash', '-c', command] : command
    return { name, arguments: JSON.stringify({ [field]: value, ...described2 }) }
  }
  return undefined
}
