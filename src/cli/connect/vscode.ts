/** Visual Studio Code: `http.proxy` of its settings.json, comments and all else left as they are. Source: VS Code docs, 2026-11. */
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type * as Jsonc from 'jsonc-parser'
import { Fault } from '#exchange'
import type { Client, Where } from './client.ts'
import { OPENED, proxyOf } from './proxied.ts'

const NAME = 'http.proxy'
const SYNCED = 'The key stands in settings.json, which Settings Sync may carry on; with `gatelog agent` none does.'

/** Loaded when a file is read: the command line starts without it. */
const jsonc = (): typeof Jsonc => createRequire(import.meta.url)('jsonc-parser')

function file({ home, env }: Where): string {
  if (process.platform === 'darwin')
    return join(home, 'Library', 'Application Support', 'Code', 'User', 'settings.json')
  const own = process.platform === 'win32' ? env('APPDATA') : env('XDG_CONFIG_HOME')
  return join(own || join(home, '.config'), 'Code', 'User', 'settings.json')
}

/** @throws client.settings */
function valueIn(text: string): string | undefined {
  const errors: Jsonc.ParseError[] = []
  const found: unknown = jsonc().parse(text.trim() === '' ? '{}' : text, errors, { allowTrailingComma: true })
  const [first] = errors
  if (first) throw new Fault('client.settings', `line ${text.slice(0, first.offset).split('\n').length} is no JSON`)
  if (typeof found !== 'object' || found === null || Array.isArray(found))
    throw new Fault('client.settings', 'it holds no JSON object')
  const value = (found as Record<string, unknown>)[NAME]
  return typeof value === 'string' ? value : undefined
}

function withValue(text: string, value: string | undefined): string {
  valueIn(text)
  const blanks = /^( {1,8}|\t)\S/m.exec(text)?.[1] ?? '    '
  const eol = text.includes('\r\n') ? '\r\n' : '\n'
  const formattingOptions = { tabSize: blanks.length, insertSpaces: blanks !== '\t', eol }
  const whole = text.trim() === '' ? `{${eol}}${eol}` : text
  const { applyEdits, modify } = jsonc()
  return applyEdits(whole, modify(whole, [NAME], value, { formattingOptions }))
}

export const vscode: Client = {
  ...{ name: 'vscode', kinds: OPENED, reads: false, forward: 'only', file },
  settings(target) {
    const proxy = proxyOf(target)
    return {
      text: `${JSON.stringify({ [NAME]: proxy }, undefined, 4)}\n`,
      write: (text) => withValue(text, proxy),
      remove: (text, former) => withValue(text, former === '' ? undefined : valueIn(former)),
      notes: [
        'Its http.noProxy, and NO_PROXY, must not hold the hosts of providers.',
        ...(target.agent ? [] : [SYNCED]),
      ],
      trusts: 'system',
    }
  },
}
