/** What GitHub tells of Copilot's use: the streamed usage records of the audit log, and the list of seats. Reads no body. */
import { Fault } from '#exchange'
import { given, list, number, object, string } from './json.ts'
import type { Sighting } from './otlp.ts'

/** A call, and whose it was as GitHub says: a login, or `id <number>`. */
export interface Reported extends Sighting {
  readonly github: string
  /** GitHub's id of the request, which its reply bore too. */
  readonly request?: string
}

/**
 * Usage records of the audit log's stream, one JSON object a line; responses are let go, for each has its request.
 * Source: docs.github.com, "Audit log events for agents", streamed events, 2026-11: type, user_id, endpoint, body,
 * @timestamp (ms), event_id, github_request_id. @throws usage.input with the line
 */
export function readAudit(text: string): Reported[] {
  return text.split('\n').flatMap((line, at) => {
    if (line.trim() === '') return []
    const record = object(parsed(line, `line ${at + 1}`))
    if (record['type'] === 'response') return []
    const [from, request] = [number(record['@timestamp']), given(record['github_request_id'])]
    const user = record['user_id']
    if (from === undefined || (typeof user !== 'number' && typeof user !== 'string'))
      throw new Fault('usage.input', `line ${at + 1}: no @timestamp or no user_id`)
    const endpoint = given(record['endpoint'])
    return [
      { from, to: from, github: `id ${user}`, ...(request && { request }), ...(endpoint && { client: endpoint }) },
    ]
  })
}

/**
 * Seats with the last activity of each. Source: docs.github.com, REST, Copilot user management, 2026-11: seats[] with
 * assignee.login, last_activity_at, last_activity_editor. @throws usage.input
 */
export function readSeats(text: string): Reported[] {
  const document = object(parsed(text, 'the file'))
  if (!Array.isArray(document['seats'])) throw new Fault('usage.input', 'it has no "seats"')
  return list(document['seats']).flatMap((each) => {
    const { assignee, last_activity_at: last, last_activity_editor: editor } = object(each)
    const [login, from] = [given(object(assignee)['login']), Date.parse(string(last))]
    if (login === undefined || Number.isNaN(from)) return []
    return [{ from, to: from, github: login, ...(given(editor) && { client: string(editor) }) }]
  })
}

function parsed(text: string, place: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new Fault('usage.input', `${place}: no JSON`, { cause })
  }
}
