/** Where a prompt came from, as the client says: repository, commit, branch, files, session. Pure; all of it is declared. */
import type { Message, Prompt } from '#exchange'
import { given, type Json, object, parsedOr, present, string } from './json.ts'
import type { Headers } from './protocol.ts'

type Declared = Partial<Pick<Prompt, 'repository' | 'commit' | 'branch' | 'remote' | 'files' | 'session'>>

/** Looks in the body, the headers, the first messages and the newest. Sources: real clients, 2026-11. */
export function declaredIn(body: Json, headers: Headers, messages: readonly Message[]): Declared {
  const codex = codexWorkspace(body, headers)
  const told = toldIn(messages)
  const user = string(object(body['metadata'])['user_id'])
  const header = given(headers['x-github-repository-nwo'])
  const remote = codex.remote ?? told.remote
  const files = filesIn(messages)
  return present({
    repository:
      given(body['nwo']) ??
      (header && !header.startsWith('__') ? header : undefined) ??
      repositoryOf(remote ?? '') ??
      told.repository,
    commit: codex.commit ?? told.commit,
    branch: told.branch,
    remote,
    files: files.length ? files : undefined,
    session: sessionIn(user),
  })
}

/** Claude Code: the session in its `user_id`, which is JSON or ends in `_session_<id>`. */
const sessionIn = (user: string): string | undefined =>
  (user.startsWith('{') ? given(object(parsedOr(user))['session_id']) : undefined) ??
  /_session_([\w-]{1,100})$/.exec(user)?.[1]

/** Codex: `x-codex-turn-metadata`, as a header or in `client_metadata`. */
function codexWorkspace(body: Json, headers: Headers): { remote?: string; commit?: string } {
  const metadata = object(body['client_metadata'])
  const text = given(headers['x-codex-turn-metadata']) ?? given(metadata['x-codex-turn-metadata'])
  const turn = text ? object(parsedOr(text)) : metadata
  const [workspace] = Object.values(object(turn['workspaces'])).map(object)
  if (!workspace) return {}
  const remote = given(object(workspace['associated_remote_urls'])['origin'])
  return present({ remote: remote && plainRemote(remote), commit: given(workspace['latest_git_commit_hash']) })
}

/** A remote's address without a user's name and password in it. */
const plainRemote = (remote: string): string => remote.replace(/^(\w+:\/\/)[^@/\s]*@/, '$1')

/** owner/name of a git remote's URL. */
const repositoryOf = (remote: string): string | undefined => /[/:]([^/:\s]+\/[^/\s]+?)(?:\.git)?\/?$/.exec(remote)?.[1]

/** Where agents say it: their reminders stand in the first messages, results of tools in the newest. */
const [FIRST, NEWEST] = [4, 8]
/** Of one message so much is looked at, in UTF-16 units. */
const LONGEST_LOOK = 16_384

interface Told {
  readonly repository?: string
  readonly commit?: string
  readonly branch?: string
  readonly remote?: string
}

/** What stands in messages. The newest result of a tool is believed before an older one, and before a reminder. */
function toldIn(messages: readonly Message[]): Told {
  const reminders = messages.slice(0, FIRST).filter(({ role }) => role !== 'tool' && role !== 'assistant')
  const results = messages.slice(-NEWEST).filter(({ role }) => role === 'tool')
  let told: Told = {}
  for (const { text } of reminders) told = { ...remindedIn(text.slice(0, LONGEST_LOOK)), ...told }
  for (const { text } of results) told = { ...told, ...printedIn(text.slice(0, LONGEST_LOOK)) }
  return told
}

/** Claude Code: `Current branch: x`, `Recent commits:`. Copilot Chat: `Repository name:`, `Owner:`, `Current branch:`. */
function remindedIn(text: string): Told {
  const [owner, name] = ['Owner', 'Repository name'].map(
    (key) => new RegExp(`^${key}: (\\S{1,200})$`, 'm').exec(text)?.[1],
  )
  return present({
    branch: /^Current branch: (\S{1,200})$/m.exec(text)?.[1],
    commit: /^Recent commits:\s{1,4}([0-9a-f]{7,40}) /m.exec(text)?.[1],
    repository: owner && name ? `${owner}/${name}` : undefined,
  })
}

/** `git remote -v`: origin, a tab, its address; `git rev-parse HEAD`: a whole commit alone on its line. */
function printedIn(text: string): Told {
  const remote = /^origin\t(\S{1,300}) \((?:fetch|push)\)$/m.exec(text)?.[1]
  return present({
    commit: /^([0-9a-f]{40})\r?$/m.exec(text)?.[1],
    remote: remote && plainRemote(remote),
  })
}

/** The names under which tools are given a file. Sources: Claude Code, Copilot, opencode, 2026-11. */
const FILE_KEYS = ['file_path', 'filePath', 'notebook_path', 'target_file', 'path']
const MOST_FILES = 32
const LONGEST_PATH = 512

/** Files that the newest calls of tools name, and the one that a next edit is asked for. */
function filesIn(messages: readonly Message[]): string[] {
  const newest = messages.slice(-NEWEST)
  const edited = newest.flatMap(({ role, text }) =>
    role === 'user' ? (/^current_file_path: (\S[^\n]{0,511})$/m.exec(text.slice(0, LONGEST_LOOK))?.[1] ?? []) : [],
  )
  const called = newest.flatMap(({ toolCalls = [] }) =>
    toolCalls.flatMap(({ arguments: args }) => fileOf(object(args)) ?? []),
  )
  return [...new Set([...edited, ...called])].slice(0, MOST_FILES)
}

function fileOf(args: Json): string | undefined {
  const path = FILE_KEYS.map((key) => given(args[key])).find((value) => value && /[./\\]/.test(value))
  return path && path.length <= LONGEST_PATH && !path.includes('\n') ? path : undefined
}
