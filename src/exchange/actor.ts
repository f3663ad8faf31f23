/** Who asks, and how far each fact about them can be trusted. Types only. */

/** A person at an editor, a CI job, or a service account. */
export type ActorKind = 'person' | 'job' | 'service'

/** Who made a request. `id` is unique in this installation. */
export interface Actor {
  readonly id: string
  readonly kind: ActorKind
  readonly name: string
  readonly groups: readonly string[]
}

/** Where a fact comes from: a verified credential, the wire as the gateway saw it, or the client's word. */
export type Source = 'attested' | 'observed' | 'declared'

/** One fact with its source. */
export interface Fact {
  readonly value: string
  readonly source: Source
}

/** The closed list of facts that an exchange can bear beside its own fields. */
export type FactName =
  | 'client' // copilot-cli | claude-code | codex | vscode | … and its version, from the user agent
  | 'user_agent'
  | 'client_session' // the client's own session id
  | 'initiator' // user | agent
  | 'interaction' // the client's own interaction id
  | 'github' // login at GitHub
  | 'github_organizations' // newline-separated logins
  | 'github_plan' // business | enterprise | individual | …
  | 'github_id' // the account's tracking id (`tid`)
  | 'repository' // owner/name
  | 'git_remote' // the remote's address
  | 'commit'
  | 'branch'
  | 'language'
  | 'files' // newline-separated paths
  | 'remote' // the caller's network address
  | 'upstream_request_id'

export type Facts = Readonly<Partial<Record<FactName, Fact>>>
