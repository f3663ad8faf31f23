/** Neovim with copilot.vim: a plugin file of our own that sets the proxy. Source: copilot.vim's help, g:copilot_proxy, 2026-11. */
import { join } from 'node:path'
import { type Client, KEY_VARIABLE, type Target } from './client.ts'
import { ownFile } from './own-file.ts'
import { NOTES, OPENED, proxyOf } from './proxied.ts'

const MARK = '" written by gatelog connect neovim, taken out by --undo'

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`

function linesOf(target: Target): string[] {
  const proxy = quoted(proxyOf(target)).replace(`$${KEY_VARIABLE}`, `' . $${KEY_VARIABLE} . '`)
  return [MARK, `let g:copilot_proxy = ${proxy}`, `let $NODE_EXTRA_CA_CERTS = ${quoted(target.ca)}`, '']
}

export const neovim: Client = {
  ...{ name: 'neovim', kinds: OPENED, reads: true, forward: 'only' },
  file: ({ home, env }) => join(env('XDG_CONFIG_HOME') || join(home, '.config'), 'nvim', 'plugin', 'gatelog.vim'),
  settings: (target) =>
    ownFile(MARK, linesOf(target).join('\n'), {
      trusts: 'file',
      notes: [
        NOTES[1] ?? '',
        'For copilot.vim; other plugins take what `gatelog connect copilot-language-server` shows.',
      ],
    }),
}
