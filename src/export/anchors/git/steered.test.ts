/** Nothing in the data folder steers git: no hook, no address put in the place of another, no program that a configuration names. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { test } from 'node:test'
import { parseCheckpoint, parseNote } from '#trail'
import { AnchorForm, openAnchor } from '../index.ts'
import { folderFor, git, grown, NO_GIT, ORIGIN } from '../outside.case.ts'
import { withGit } from './run.ts'

const soon = () => AbortSignal.timeout(20_000)
const sizeOf = (note: string | undefined) => parseCheckpoint(parseNote(note ?? '')?.text ?? '')?.size
const HOOKS = ['pre-push', 'reference-transaction', 'post-index-change', 'pre-auto-gc', 'post-rewrite']

/** Writes whatever makes git run a program or ask another repository, wherever an anchor may keep one of its own. */
function plant(folder: string, { outside, evil, ran }: { outside: string; evil: string; ran: string }): void {
  const program = join(folder, 'program')
  writeFileSync(program, `#!/bin/sh\necho "$0" >> ${ran}\n`, { mode: 0o755 })
  for (const bare of [
    join(folder, 'git'),
    folder,
    ...readdirSync(join(folder, 'git')).map((one) => join(folder, 'git', one)),
  ]) {
    const set = (key: string, value: string) => execFileSync('git', ['config', '-f', join(bare, 'config'), key, value])
    set(`url.${evil}.insteadOf`, outside)
    set(`url.${evil}.pushInsteadOf`, outside)
    for (const key of [
      'core.fsmonitor',
      'core.sshCommand',
      'credential.helper',
      'remote.origin.uploadpack',
      'core.pager',
    ])
      set(key, program)
    mkdirSync(join(bare, 'hooks'), { recursive: true })
    for (const hook of HOOKS) cpSync(program, join(bare, 'hooks', hook))
  }
}

test('what lies in the data folder is neither run nor asked in the place of the anchor', {
  skip: NO_GIT,
}, async (t) => {
  const outside = await git(t)
  const [data, evil, ran] = [folderFor(t), join(folderFor(t), 'evil.git'), join(folderFor(t), 'ran')]
  const folder = join(data, 'seal')
  const first = openAnchor(outside.settings, { folder, origin: ORIGIN })
  await first.anchor(await grown(folder, 5), soon())
  cpSync(outside.seen(), evil, { recursive: true })
  await first.anchor(await grown(folder, 9), soon())
  // As an earlier version laid it down, by the address that is configured.
  for (const name of ['0123456789abcdef', '.git']) {
    mkdirSync(join(folder, 'git', name), { recursive: true })
    execFileSync('git', ['init', '--quiet', '--bare', join(folder, 'git', name)])
  }
  plant(folder, { outside: outside.seen(), evil, ran })
  const again = openAnchor(outside.settings, { folder, origin: ORIGIN })
  assert.equal(sizeOf(await again.known?.(soon())), 9, 'the anchor itself is asked')
  await again.anchor(await grown(folder, 12), soon())
  const headOf = (bare: string) =>
    sizeOf(
      execFileSync('git', ['--git-dir', bare, 'show', `gatelog:gatelog.example_log/checkpoint`], { encoding: 'utf8' }),
    )
  assert.deepEqual([headOf(outside.seen()), headOf(evil)], [12, 5])
  assert.equal(existsSync(ran), false, 'no program that was planted ran')
})

test('a hook or an address in git’s own repository would be found by these cases', { skip: NO_GIT }, async (t) => {
  const outside = await git(t)
  const [data, evil, ran] = [folderFor(t), join(folderFor(t), 'evil.git'), join(folderFor(t), 'ran')]
  mkdirSync(join(data, 'git', 'own'), { recursive: true })
  const own = join(data, 'git', 'own')
  execFileSync('git', ['init', '--quiet', '--bare', own])
  execFileSync('git', ['init', '--quiet', '--bare', evil])
  plant(data, { outside: outside.seen(), evil, ran })
  const tree = execFileSync('git', ['--git-dir', own, 'mktree'], { input: '', encoding: 'utf8' }).trim()
  const who = { GIT_AUTHOR_NAME: 'a', GIT_AUTHOR_EMAIL: 'a@b', GIT_COMMITTER_NAME: 'a', GIT_COMMITTER_EMAIL: 'a@b' }
  const env = { ...process.env, ...who }
  const commit = execFileSync('git', ['--git-dir', own, 'commit-tree', tree, '-m', 'x'], {
    encoding: 'utf8',
    env,
  }).trim()
  execFileSync('git', ['--git-dir', own, 'push', '--quiet', outside.seen(), `${commit}:refs/heads/gatelog`], {
    env,
    stdio: 'pipe',
  })
  assert.ok(existsSync(ran), 'the hook ran')
  assert.match(
    execFileSync('git', ['--git-dir', evil, 'branch'], { encoding: 'utf8' }),
    /gatelog/,
    'the other one was asked',
  )
})

test('a repository in the data folder, or a home there, is refused by name; nothing runs', {
  skip: NO_GIT,
}, async (t) => {
  const [data, elsewhere] = [folderFor(t), folderFor(t)]
  const ran: string[] = []
  const look = (repository: string) =>
    withGit({ repository, branch: 'gatelog' }, data, async () => ran.push(repository))
  await assert.rejects(look(join(data, 'audit.git')), /the repository lies in the data folder/)
  symlinkSync(data, join(elsewhere, 'link'))
  await assert.rejects(look(join(elsewhere, 'link')), /the repository lies in the data folder/)
  const { HOME, XDG_CONFIG_HOME } = process.env
  t.after(() => Object.assign(process.env, { ...(HOME && { HOME }) }))
  process.env['HOME'] = data
  await assert.rejects(look(elsewhere), /HOME lies in the data folder/)
  const settings = AnchorForm.parse({ kind: 'git', repository: elsewhere })
  const seal = join(data, 'seal')
  await assert.rejects(
    openAnchor(settings, { folder: seal, origin: ORIGIN }).anchor(await grown(seal, 2), soon()),
    /HOME lies/,
  )
  Object.assign(process.env, { HOME })
  process.env['XDG_CONFIG_HOME'] = join(data, '..hidden')
  await assert.rejects(look(elsewhere), /XDG_CONFIG_HOME lies in the data folder/)
  if (XDG_CONFIG_HOME === undefined) delete process.env['XDG_CONFIG_HOME']
  else process.env['XDG_CONFIG_HOME'] = XDG_CONFIG_HOME
  assert.deepEqual(ran, [])
  await look(elsewhere)
  assert.deepEqual(ran, [elsewhere])
})

test('a path of a repository is one from where the gateway runs', { skip: NO_GIT }, async (t) => {
  const outside = await git(t)
  const folder = folderFor(t)
  const settings = AnchorForm.parse({ kind: 'git', repository: relative(process.cwd(), outside.seen()) })
  const anchor = openAnchor(settings, { folder, origin: ORIGIN })
  await anchor.anchor(await grown(folder, 3), soon())
  assert.equal(sizeOf(await openAnchor(outside.settings, { folder, origin: ORIGIN }).known?.(soon())), 3)
})

test('why git cannot be asked is told whole, in one line and bounded, and no password is', {
  skip: NO_GIT,
}, async (t) => {
  const asked = (repository: string) =>
    withGit({ repository, branch: 'gatelog' }, undefined, (git) => git.fetch(soon())).then(
      () => assert.fail(repository),
      ({ code, detail }: { code: string; detail: string }) => ({ code, detail }),
    )
  const none = join(folderFor(t), 'no\u001b[31mne')
  const { code, detail } = await asked(none)
  assert.equal(code, 'export.unreachable')
  assert.match(detail, /^git: fatal: .*does not (appear to be|exist).* Could not read from remote repository/)
  assert.doesNotMatch(detail, /\p{Cc}/u)
  assert.ok((await asked(join(folderFor(t), 'n/'.repeat(900)))).detail.length <= 405)
  const { detail: other } = await asked('https://user:never-shown@127.0.0.1:1/x.git')
  assert.match(other, /127\.0\.0\.1/)
  assert.doesNotMatch(other, /never-shown/)
})
