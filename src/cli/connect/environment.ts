/** Clients that are set by environment variables: a file of exports, for a shell to source. Pure. */
import { join } from 'node:path'
import { appended, block, withoutBlocks } from './block.ts'
import { type Client, KEY_VARIABLE, type Settings, type Target, type Where } from './client.ts'

export type Variables = Readonly<Record<string, string>>

/** The header that bears the key, as the custom-header variables of clients want it. */
export const header = (key: string): string => `x-gatelog-key: ${key}`

export function fileOf(client: string, { home, env }: Where): string {
  return join(env('XDG_CONFIG_HOME') || join(home, '.config'), 'gatelog', `${client}.env`)
}

/** Settings that are exports, in a block of their own. */
export function exported(
  client: string,
  variables: Variables,
  { notes = [], ...more }: Partial<Pick<Settings, 'notes' | 'trusts'>> = {},
): Settings {
  const lines = Object.entries(variables).map(([name, value]) => `export ${name}=${quoted(value)}`)
  return {
    text: `${lines.join('\n')}\n`,
    write: (text) => appended(withoutBlocks(text), block(client, lines)),
    remove: withoutBlocks,
    notes,
    ...more,
  }
}

/** For sh, bash, zsh and fish alike. A reference to the key, or to where the shell is, is left for it; nothing else is. */
function quoted(value: string): string {
  if (value.includes(`$${KEY_VARIABLE}`) || HERE.test(value)) return `"${value}"`
  return `'${value.replaceAll("'", `'\\''`)}'`
}

const HERE = /^\$PWD\/[\w.-]+$/

/** A client whose variables are all that it needs. */
export function environmentClient(
  name: string,
  kinds: Client['kinds'],
  variables: (target: Target) => Variables,
  more: (target: Target) => Partial<Pick<Settings, 'notes' | 'trusts'>> = () => ({}),
): Client {
  return {
    ...{ name, kinds, reads: true },
    file: (where) => fileOf(name, where),
    settings: (target) => exported(name, variables(target), more(target)),
  }
}
