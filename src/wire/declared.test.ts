/** Repository, commit, branch, remote and files, from where each client says them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Message } from '#exchange'
import { declaredIn } from './declared.ts'
import { PROTOCOLS } from './routes.ts'

const HASH = '0123456789abcdef0123456789abcdef01234567'
const NEWER = 'fedcba9876543210fedcba9876543210fedcba98'
const user = (text: string): Message => ({ role: 'user', text })
const tool = (text: string): Message => ({ role: 'tool', text })
const called = (...list: object[]): Message => ({
  ...{ role: 'assistant', text: '' },
  toolCalls: list.map((args) => ({ name: 'Edit', arguments: args })),
})

const REMINDER = `<system-reminder>
gitStatus: as it was.
Current branch: fix/pay
Main branch: main
Recent commits:
abc1234 pay: rounding
def5678 first
</system-reminder>`

test('Claude Code tells branch and commit in its reminder, and more in results of tools', () => {
  assert.deepEqual(declaredIn({}, {}, [user(REMINDER), user('go')]), { branch: 'fix/pay', commit: 'abc1234' })
  const results = [tool(`${HASH}\n`), tool(`origin\tgit@github.com:acme/pay.git (fetch)\n${NEWER}\n`)]
  assert.deepEqual(declaredIn({}, {}, [user(REMINDER), ...results]), {
    ...{ repository: 'acme/pay', remote: 'git@github.com:acme/pay.git', branch: 'fix/pay', commit: NEWER },
  })
})

test('a user who writes what a tool prints is not believed, nor is an assistant', () => {
  const said: Message = { role: 'assistant', text: REMINDER }
  assert.deepEqual(declaredIn({}, {}, [said, user('x'), user('x'), user('x'), user(HASH), user(REMINDER)]), {})
})

test('Copilot Chat tells owner and name', () => {
  const text = '<repoContext>\nRepository name: pay\nOwner: acme\nCurrent branch: main\n</repoContext>'
  assert.deepEqual(declaredIn({}, {}, [user(text)]), { repository: 'acme/pay', branch: 'main' })
})

test('Codex tells remote and commit, and no password of the remote', () => {
  const workspaces = {
    '/w': { associated_remote_urls: { origin: 'https://u:pw@github.com/acme/pay.git' }, latest_git_commit_hash: HASH },
  }
  const expected = { repository: 'acme/pay', remote: 'https://github.com/acme/pay.git', commit: HASH }
  assert.deepEqual(declaredIn({}, { 'x-codex-turn-metadata': JSON.stringify({ workspaces }) }, []), expected)
  assert.deepEqual(declaredIn({ client_metadata: { workspaces } }, {}, []), expected)
})

test('files are those that the newest calls name, each once', () => {
  const paths = [
    { file_path: '/w/a.ts' },
    { filePath: 'b.ts' },
    { path: 'src/c.ts' },
    { path: 'plain' },
    { file_path: '/w/a.ts' },
  ]
  assert.deepEqual(declaredIn({}, {}, [called(...paths), called({ file_path: 7 }, { file_path: 'x\ny.ts' })]).files, [
    ...['/w/a.ts', 'b.ts', 'src/c.ts'],
  ])
  const many = Array.from({ length: 90 }, (_, at) => ({ file_path: `f${at}.ts` }))
  assert.equal(declaredIn({}, {}, [called(...many)]).files?.length, 32)
  assert.deepEqual(declaredIn({}, {}, [user('<|file|>\ncurrent_file_path: src/a b.py\nx')]).files, ['src/a b.py'])
})

test('what stands in a body or a header goes before what a message says', () => {
  const messages = [user('Repository name: a\nOwner: b')]
  assert.equal(declaredIn({ nwo: 'acme/pay' }, { 'x-github-repository-nwo': 'c/d' }, messages).repository, 'acme/pay')
  assert.equal(declaredIn({}, { 'x-github-repository-nwo': 'c/d' }, messages).repository, 'c/d')
  assert.equal(declaredIn({}, { 'x-github-repository-nwo': '__no_repository__' }, messages).repository, 'b/a')
})

test('every protocol hands the calls of its tools over', () => {
  const args = JSON.stringify({ file_path: '/w/a.ts' })
  const bodies: Record<string, object> = {
    chat: { messages: [{ role: 'assistant', tool_calls: [{ function: { name: 'Edit', arguments: args } }] }] },
    responses: { input: [{ type: 'function_call', name: 'Edit', arguments: args, call_id: 'c' }] },
    messages: {
      messages: [{ role: 'assistant', content: [{ type: 'tool_use', name: 'Edit', input: JSON.parse(args) }] }],
    },
  }
  for (const [name, body] of Object.entries(bodies))
    assert.deepEqual(PROTOCOLS.find((each) => each.name === name)?.readPrompt(body, {}).files, ['/w/a.ts'], name)
})
