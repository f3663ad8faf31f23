/** Who took part in an exchange, as OCSF objects: actor, endpoints. Source: OCSF 1.8.0. Pure. */
import { isIP } from 'node:net'
import type { ActorKind, Fact } from '#exchange'
import type { Row } from '../../row.ts'

/** OCSF knows no kind for a job of a pipeline. */
const USER_TYPES: Readonly<Record<ActorKind, object>> = {
  person: { type_id: 1, type: 'User' },
  service: { type_id: 4, type: 'Service' },
  job: { type_id: 99, type: 'Job' },
}

/** Somebody must be named: where nobody is known, the program that asked, or the gateway itself. */
export function actorOf({ opening, note }: Row): object {
  const { actor, session, facts } = opening ?? {}
  const program = facts?.client?.value ?? (note ? 'gatelog' : 'unknown')
  return {
    ...(actor && {
      user: {
        uid: actor.id,
        name: actor.name,
        ...USER_TYPES[actor.kind],
        ...(actor.groups.length > 0 && { groups: actor.groups.map((name) => ({ name })) }),
      },
    }),
    ...(session !== undefined && { session: { uid: session } }),
    app_name: program,
  }
}

/** Whom the request came from. */
export const sourceOf = ({ opening, note }: Row): object =>
  addressOf(opening?.facts.remote, note ? 'gatelog' : 'unknown')

/** Where it was to go. */
export function destinationOf({ opening }: Row): object | undefined {
  const { connection, host } = opening ?? {}
  if (connection === undefined && host === undefined) return undefined
  return { ...(connection !== undefined && { svc_name: connection }), ...(host !== undefined && { name: host }) }
}

function addressOf(remote: Fact | undefined, otherwise: string): object {
  if (remote === undefined) return { name: otherwise }
  return isIP(remote.value) ? { ip: remote.value } : { name: remote.value }
}
