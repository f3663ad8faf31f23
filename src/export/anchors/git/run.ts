/** Runs `git` in a bare repository of our own beside the log. Asks nobody for a password; no shell, no hook of ours. */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { Fault } from '#exchange'

/** What git may print, bytes. */
const MOST = 1_048_576

export interface Git {
  /** What a command prints, without the line end. @throws export.refused with what it says */
  run(args: readonly string[], signal: AbortSignal, input?: string): Promise<string>
  /** The commit at the branch's head outside, fetched; undefined where there is no such branch. @throws export.unreachable */
  fetch(signal: AbortSignal): Promise<string | undefined>
  /** All that is below it too. */
  fetchAll(signal: AbortSignal): Promise<unknown>
}

export function openGit(folder: string, repository: string, branch: string): Git {
  const name = createHash('sha256').update(`${repository}\n${branch}`).digest('hex').slice(0, 16)
  const own = join(folder, 'git', name)
  const run = async (args: readonly string[], signal: AbortSignal, input?: string) => {
    if (!existsSync(join(own, 'HEAD'))) {
      mkdirSync(own, { recursive: true, mode: 0o700 })
      await exec(['init', '--quiet', '--bare', own], signal, undefined)
    }
    return exec(['--git-dir', own, ...args], signal, input)
  }
  return {
    run,
    async fetch(signal) {
      const there = await run(['ls-remote', repository, `refs/heads/${branch}`], signal).catch((error) => {
        throw new Fault('export.unreachable', (error as Fault).detail, { cause: error })
      })
      if (there === '') return undefined
      await run(['fetch', '--quiet', '--depth', '1', '--no-tags', repository, `refs/heads/${branch}`], signal)
      return there.split(/\s/)[0]
    },
    fetchAll: (signal) =>
      run(['fetch', '--quiet', '--unshallow', '--no-tags', repository, `refs/heads/${branch}`], signal),
  }
}

const WHO = { name: 'Gatelog', email: 'gatelog@localhost' }

const ENVIRONMENT = {
  ...{ GIT_TERMINAL_PROMPT: '0', GIT_ALLOW_PROTOCOL: 'file:https:ssh', LC_ALL: 'C' },
  ...{
    GIT_AUTHOR_NAME: WHO.name,
    GIT_AUTHOR_EMAIL: WHO.email,
    GIT_COMMITTER_NAME: WHO.name,
    GIT_COMMITTER_EMAIL: WHO.email,
  },
}

function exec(args: readonly string[], signal: AbortSignal, input: string | undefined): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const options = { env: { ...process.env, ...ENVIRONMENT }, maxBuffer: MOST, signal, killSignal: 'SIGKILL' } as const
  const child = execFile('git', args, options, (error, out, err) => {
    if (!error) return resolve(out.replace(/\n$/, ''))
    const why = signal.aborted ? 'no answer in time' : error.code === 'ENOENT' ? 'git is not installed' : told(err)
    reject(new Fault('export.refused', `git: ${why || error.message}`, { cause: error }))
  })
  child.stdin?.on('error', () => undefined).end(input ?? '')
  return promise
}

/** The last line that git says, without what an address may hold of a password. */
const told = (text: string): string =>
  (text.trim().split('\n').at(-1) ?? '').replace(/\/\/[^/@\s]*@/g, '//').slice(0, 200)
