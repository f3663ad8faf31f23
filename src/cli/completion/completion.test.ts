import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { folderFor } from '../house.case.ts'
import { gatelog } from '../program.ts'
import { bash } from './bash.ts'
import { fish } from './fish.ts'
import { placesOf, valuedOf } from './tree.ts'
import { zsh } from './zsh.ts'

const program = gatelog()
const scripts = { bash, zsh, fish }
const script = (shell: keyof typeof scripts) => scripts[shell](placesOf(program), valuedOf(program))

const has = (shell: string) => spawnSync(shell, ['--version']).status === 0

/** What a line offers: every part of `some`, no part of `none`. */
const LINES: readonly { readonly typed: string; readonly some: readonly string[]; readonly none: readonly string[] }[] =
  [
    { typed: 'gatelog ', some: ['serve', 'keys', 'connect', '--json'], none: ['create', '--limit'] },
    { typed: 'gatelog se', some: ['serve', 'search', 'sessions'], none: ['keys', 'show'] },
    { typed: 'gatelog keys ', some: ['create', 'list', 'revoke'], none: ['serve'] },
    { typed: 'gatelog --config keys ', some: ['serve', 'keys'], none: ['create'] },
    { typed: 'gatelog --json keys create --', some: ['--user', '--days', '--config'], none: ['--why'] },
    { typed: 'gatelog keys create --user ana --co', some: ['--connection', '--config'], none: ['--user', '--days'] },
    { typed: 'gatelog connect c', some: ['copilot-cli', 'claude', 'codex'], none: ['openai', 'check'] },
    { typed: 'gatelog completion ', some: ['bash', 'zsh', 'fish'], none: ['claude'] },
  ]

function offers(words: readonly string[], { typed, some, none }: (typeof LINES)[number]): void {
  for (const word of some) assert.ok(words.includes(word), `${typed}: ${word} of ${words.join(' ')}`)
  for (const word of none) assert.ok(!words.includes(word), `${typed}: not ${word}`)
}

for (const line of LINES)
  test(`bash completes: ${line.typed}`, () => {
    const words = line.typed.split(' ')
    const array = words.map((word) => `'${word}'`).join(' ')
    const ask = `COMP_WORDS=(${array}); COMP_CWORD=${words.length - 1}; _gatelog; printf '%s\\n' "\${COMPREPLY[@]}"`
    const told = spawnSync('bash', ['--norc', '-c', `set -u\n${script('bash')}\n${ask}`], { encoding: 'utf8' })
    assert.equal(told.stderr, '')
    offers(told.stdout.split('\n'), line)
  })

for (const line of LINES)
  test(`fish completes: ${line.typed}`, { skip: !has('fish') && 'no fish' }, (t) => {
    const args = ['--no-config', '-c', `${script('fish')}\ncomplete -C '${line.typed}'`]
    const told = spawnSync('fish', args, { encoding: 'utf8', env: { PATH: process.env['PATH'], HOME: folderFor(t) } })
    assert.equal(told.stderr, '')
    const words = told.stdout.split('\n').map((each) => each.split('\t')[0] ?? '')
    const typed = line.typed.split(' ').at(-1) ?? ''
    const dashed = (word: string) => word.startsWith('-') === typed.startsWith('-')
    offers(words, { ...line, some: line.some.filter(dashed), none: line.none.filter(dashed) })
  })

test('zsh reads the script, and offers what it says', { skip: !has('zsh') && 'no zsh' }, () => {
  const stub = 'compdef() { :; }; _files() { :; }; _describe() { print -l -- ${(P)2}; }'
  for (const line of LINES) {
    const words = line.typed.split(' ')
    const ask = `words=(${words.map((word) => `'${word}'`).join(' ')}); CURRENT=${words.length}; _gatelog`
    const told = spawnSync('zsh', ['-f', '-c', `${stub}\n${script('zsh')}\n${ask}`], { encoding: 'utf8' })
    assert.equal(told.stderr, '')
    const typed = words.at(-1) ?? ''
    const offered = told.stdout.split('\n').map((each) => each.split(':')[0] ?? '')
    offers(
      offered.filter((word) => word.startsWith(typed)),
      line,
    )
  }
})
