/** Whether a hold is about a line that belongs to no exchange, whoever asks: a purge or an erasure. Pure; reads no exchange. */
import type { Note, Scope } from '#exchange'
import { folded } from '../query.ts'
import { namesUser } from './naming.ts'
import { queryOf } from './scope.ts'

/** One of its time, one that names or is of its user, and the one of its id; a scope that says more is about exchanges alone. */
export function holdsLine(scope: Scope, line: Note): boolean {
  if (scope.exchange !== undefined) return scope.exchange === line.exchange
  const { where, except, text, without, finding, after = 0, before = Number.POSITIVE_INFINITY } = queryOf(scope)
  const { user: users, ...others } = where
  const parts = [Object.keys(others), Object.keys(except), text, without]
  const isOfLines = finding === undefined && parts.every((part) => part.length === 0)
  return isOfLines && line.at >= after && line.at < before && (users?.some((user) => names(line, user)) ?? true)
}

/** `user` as `folded` writes it. */
function names(line: Note, user: string): boolean {
  if (line.kind === 'bypass') return line.actor !== undefined && folded('user', line.actor) === user
  const of = line.kind === 'read' ? line.of : line.kind === 'searched' ? line.query : undefined
  return of !== undefined && namesUser(of, user)
}
