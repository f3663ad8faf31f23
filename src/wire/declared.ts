/** Where a prompt came from, as the client says: repository, commit, branch, session. Pure; all of it is declared. */
import type { Message, Prompt } from '#exchange'
import { given, type Json, object, parsedOr, present, string } from './json.ts'
import type { Headers } from './protocol.ts'

type Declared = Partial<Pick<Prompt, 'repository' | 'commit' | 'branch' | 'session'>>

/** Looks in the body, the headers and the first messages. Sources: real clients, 2026-11. */
export function declaredIn(body: Json, headers: Headers, messages: readonly Message[]): Declared {
  const codex = codexWorkspace(body, headers)
  const claude = claudeReminder(messages)
  const user = string(object(body['metadata'])['user_id'])
  const header = given(headers['x-github-repository-nwo'])
  return present({
    repository: given(body['nwo']) ?? (header && !header.startsWith('__') ? header : undefined) ?? codex.repository,
    commit: codex.commit,
    branch: claude,
    session: sessionIn(user),
  })
}

/** Claude Code: the session in its `user_id`, which is JSON or ends in `_session_<id>`. */
const sessionIn = (user: string): string | undefined =>
  (user.startsWith('{') ? given(object(parsedOr(user))['session_id']) : undefined) ??
  /_session_([\w-]{1,100})$/.exec(user)?.[1]

/** Codex: `x-codex-turn-metadata`, as a header or in `client_metadata`. */
function codexWorkspace(body: Json, headers: Headers): { repository?: string; commit?: string } {
  const metadata = object(body['client_metadata'])
  const text = given(headers['x-codex-turn-metadata']) ?? given(metadata['x-codex-turn-metadata'])
  const turn = text ? object(parsedOr(text)) : metadata
  const [workspace] = Object.values(object(turn['workspaces'])).map(object)
  if (!workspace) return {}
  const origin = string(object(workspace['associated_remote_urls'])['origin'])
  return present({ repository: repositoryOf(origin), commit: given(workspace['latest_git_commit_hash']) })
}

/** owner/name of a git remote's URL. */
const repositoryOf = (remote: string): string | undefined => /[/:]([^/:\s]+\/[^/\s]+?)(?:\.git)?\/?$/.exec(remote)?.[1]

/** Claude Code: the branch in its first system reminder. */
function claudeReminder(messages: readonly Message[]): string | undefined {
  for (const { text } of messages.slice(0, 4)) {
    const branch = /^Current branch: (\S{1,200})$/m.exec(text)?.[1]
    if (branch) return branch
  }
  return undefined
}
