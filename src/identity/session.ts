/** The id of a session: never the client's own id alone, so that nobody can join another's. Pure. */
import { hash } from 'node:crypto'
import type { Keyring } from '#exchange'

export interface SessionOf {
  readonly actor: string
  /** The client's kind: copilot-cli, codex, … */
  readonly client: string
  /** The client's own session id, where it sends one. */
  readonly own: string | undefined
  /** The first user message, which stands for the session where there is no id. */
  readonly first: string
  /** UTC day, for inline completions: one session per editor session, day and file. */
  readonly day?: string
  /** The file that is written in, for inline completions. */
  readonly file?: string
}

/** 22 characters, base64url: HMAC over actor, client kind, and own id or hash of the first user message. */
export function sessionId(keyring: Keyring, of: SessionOf): string {
  const own = of.own ?? hash('sha256', of.first)
  const parts = [
    of.actor,
    of.client,
    of.own === undefined ? 'first' : 'own',
    own,
    of.day ?? '',
    ...(of.file === undefined ? [] : [of.file]),
  ]
  return keyring.digest('session', JSON.stringify(parts)).toString('base64url').slice(0, 22)
}
