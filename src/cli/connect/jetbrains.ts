/**
 * JetBrains IDEs: the proxy of the newest one that is installed. The password is not in the file: the IDE asks for it and
 * keeps it in its own safe. Source: the file that IDEs of 2025 and 2026 write (not run here).
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Client, Target, Where } from './client.ts'
import { ownFile } from './own-file.ts'
import { notesOf, OPENED, proxyOf } from './proxied.ts'

const MARK = '<!-- written by gatelog connect jetbrains, taken out by --undo -->'

function file({ home, env }: Where): string {
  const support = join(home, 'Library', 'Application Support')
  const own =
    process.platform === 'darwin' ? support : env(process.platform === 'win32' ? 'APPDATA' : 'XDG_CONFIG_HOME')
  const folder = join(own || join(home, '.config'), 'JetBrains')
  return join(folder, newestIn(folder) ?? 'IntelliJIdea', 'options', 'proxy.settings.xml')
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

function xmlOf(target: Target): string {
  const { hostname, port } = new URL(proxyOf(target))
  const options = {
    USE_HTTP_PROXY: 'true',
    PROXY_HOST: hostname,
    PROXY_PORT: port || '80',
    ...(target.agent ? {} : { PROXY_AUTHENTICATION: 'true' }),
  }
  const lines = Object.entries(options).map(([name, value]) => `    <option name="${name}" value="${value}" />`)
  return [
    '<application>',
    MARK,
    '  <component name="HttpConfigurable">',
    ...lines,
    '  </component>',
    '</application>',
    '',
  ].join('\n')
}

export const jetbrains: Client = {
  ...{ name: 'jetbrains', kinds: OPENED, reads: true, file },
  settings: (target) =>
    ownFile(MARK, xmlOf(target), [
      `The CA: gatelog ca export > ${target.ca}, then Settings › Tools › Server Certificates`,
      ...(target.agent ? [] : ['The IDE asks for the proxy’s password: any name, and your key.']),
      'Close the IDE first, or it writes its own settings over these.',
      ...notesOf(target).slice(-1),
    ]),
}
