/**
 * Runs `git` in a bare repository of our own, made anew each time and thrown away: nothing that lies in the data folder steers it.
 * Asks nobody for a password; no shell, no hook of ours.
 */
import { execFile } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { resolve } from 'node:path'
import { Fault } from '#exchange'
import { scratchIn } from '../../scratch.ts'
import { checkApart } from './apart.ts'

/** What git may print, bytes. */
const MOST = 1_048_576

export interface Git {
  /** A folder by its whole path. */
  readonly place: Place
  /** What a command prints, without the line end. @throws export.refused with what it says */
  run(args: readonly string[], signal: AbortSignal, input?: string): Promise<string>
  /** The commit at the branch's head outside, fetched; undefined where there is no such branch. @throws export.unreachable */
  fetch(signal: AbortSignal): Promise<string | undefined>
  /** All that is below it too. */
  fetchAll(signal: AbortSignal): Promise<unknown>
}

/** Where heads are pushed to. */
export interface Place {
  readonly repository: string
  readonly branch: string
}

/**
 * Gives a fresh repository to `use`, and removes it afterwards.
 * @param data the data folder, where there is one: neither the repository nor git's configuration may lie in it
 * @throws export.refused where one does, and what `use` throws
 */
export async function withGit<Got>(place: Place, data: string | undefined, use: (git: Git) => Promise<Got>) {
  // git runs in its own folder: a path is one from where the gateway runs.
  const repository = isFolder(place.repository) ? resolve(place.repository) : place.repository
  if (data !== undefined) await checkApart(data, repository)
  const folder = scratchIn(tmpdir(), 'gatelog-git')
  try {
    await exec(folder, ['init', '--quiet', '--bare', '--template=', folder], AbortSignal.timeout(INIT_MS), undefined)
    return await use(gitIn(folder, { ...place, repository }))
  } finally {
    // What a killed command had started may write a moment longer.
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 })
  }
}

/** Neither an address nor `host:path`. */
const isFolder = (text: string): boolean => !/^[a-z+]+:\/\/|^[^/]+:/.test(text)

const INIT_MS = 30_000

function gitIn(folder: string, place: Place): Git {
  const { repository, branch } = place
  const ref = `refs/heads/${branch}`
  const run = (args: readonly string[], signal: AbortSignal, input?: string) =>
    exec(folder, ['--git-dir', folder, ...OURS, ...args], signal, input)
  return {
    place,
    run,
    async fetch(signal) {
      const there = await run(['ls-remote', repository, ref], signal).catch((error) => {
        throw new Fault('export.unreachable', (error as Fault).detail, { cause: error })
      })
      if (there === '') return undefined
      await run(['fetch', '--quiet', '--depth', '1', '--no-tags', repository, ref], signal)
      return there.split(/\s/)[0]
    },
    fetchAll: (signal) => run(['fetch', '--quiet', '--unshallow', '--no-tags', repository, ref], signal),
  }
}

/** Whatever else is configured: no hook runs, no file system is watched, nothing is cleaned up behind our back. */
const OURS = [
  ...['core.hooksPath=/dev/null', 'core.fsmonitor=false', 'gc.auto=0', 'maintenance.auto=false'],
  ...['fetch.recurseSubmodules=false', 'push.recurseSubmodules=no', 'push.gpgSign=false'],
].flatMap((each) => ['-c', each])

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

/** Variables that name another repository than the one given: where the gateway was started by a hook, git has set them. */
const ELSEWHERE = /^GIT_(DIR|WORK_TREE|INDEX_FILE|COMMON_DIR|NAMESPACE|OBJECT_DIRECTORY|ALTERNATE_OBJECT_DIRECTORIES)$/

const environment = () => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !ELSEWHERE.test(name))),
  ...ENVIRONMENT,
})

function exec(cwd: string, args: readonly string[], signal: AbortSignal, input: string | undefined): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const options = { cwd, env: environment(), maxBuffer: MOST, signal, killSignal: 'SIGKILL' } as const
  const child = execFile('git', args, options, (error, out, err) => {
    if (!error) return resolve(out.replace(/\n$/, ''))
    const why = signal.aborted ? 'no answer in time' : error.code === 'ENOENT' ? 'git is not installed' : told(err)
    reject(new Fault('export.refused', `git: ${why || error.message}`, { cause: error }))
  })
  child.stdin?.on('error', () => undefined).end(input ?? '')
  return promise
}

/** UTF-16 units of what git says that are told. */
const MOST_TOLD = 400

/** All that git says in one line, the reason first, without what an address may hold of a password, and bounded. */
const told = (text: string): string =>
  text
    .replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ')
    .replace(/\/\/[^/@\s]*@/g, '//')
    .trim()
    .slice(0, MOST_TOLD)
