/**
 * JetBrains IDEs: the proxy of the newest one that has been started. The password is not in the file: the IDE asks for it and
 * keeps it in its own safe. Source: the file that IDEs of 2025 and 2026 write (not run here).
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { Fault } from '#exchange'
import type { Client, Target, Where } from './client.ts'
import { OPENED, proxyOf } from './proxied.ts'
import { componentOf, emptyOf, withComponent, withOptions } from './xml.ts'

const NAME = 'HttpConfigurable'

/** @throws client.file where no IDE has made its folder yet */
function file({ home, env }: Where): string {
  const support = join(home, 'Library', 'Application Support')
  const own =
    process.platform === 'darwin' ? support : env(process.platform === 'win32' ? 'APPDATA' : 'XDG_CONFIG_HOME')
  const folder = join(own || join(home, '.config'), 'JetBrains')
  const newest = newestIn(folder)
  if (!newest)
    throw new Fault('client.file', `no JetBrains IDE has been started here (${folder} has none): name --file`)
  return join(folder, newest, 'options', 'proxy.settings.xml')
}

/** The folder of the IDE with the highest version: `GoLand2026.2`. */
function newestIn(folder: string): string | undefined {
  try {
    const versions = readdirSync(folder).filter((name) => /^[A-Z][A-Za-z]+20\d\d\.\d$/.test(name))
    return versions.toSorted((a, b) => a.slice(-6).localeCompare(b.slice(-6))).at(-1)
  } catch {
    return undefined
  }
}

/** What becomes of each option of the component; undefined takes it out, so that the IDE's default holds. */
function optionsOf(target: Target): Readonly<Record<string, string | undefined>> {
  const { hostname, port } = new URL(proxyOf(target))
  return {
    USE_HTTP_PROXY: 'true',
    PROXY_HOST: hostname,
    PROXY_PORT: port || '80',
    PROXY_AUTHENTICATION: target.agent && !target.secret ? undefined : 'true',
    USE_PROXY_PAC: undefined,
    USE_PAC_URL: undefined,
    PROXY_TYPE_IS_SOCKS: undefined,
  }
}

const password = ({ agent, secret }: Target): string[] => {
  if (!agent) return ['The IDE asks for the proxy’s password: any name, and your key.']
  return secret ? [`The IDE asks for the proxy’s password: any name, and ${secret}`] : []
}

export const jetbrains: Client = {
  ...{ name: 'jetbrains', kinds: OPENED, reads: true, forward: 'only', file },
  settings(target) {
    const options = optionsOf(target)
    const write = (text: string) => withComponent(text, NAME, withOptions(componentOf(text, NAME), NAME, options))
    return {
      text: write(''),
      write,
      remove(text, former) {
        const rest = withComponent(text, NAME, componentOf(former, NAME))
        return former === '' && emptyOf(rest) ? '' : rest
      },
      notes: [
        'Close the IDE first, or it writes its own settings over these.',
        ...password(target),
        'Its list “No proxy for” must not hold the hosts of providers.',
      ],
      trusts: 'system',
    }
  },
}
