/** What GitHub tells of Copilot's use: the streamed usage records of the audit log, and the list of seats. Reads no body. */
import { Fault } from '#exchange'
import { given, isMoment, list, number, object, string } from './json.ts'
import type { Sighting } from './otlp.ts'

/** A call, and whose it was as GitHub says: a login, or `id <number>`. */
export interface Reported extends Sighting {
  readonly github: string
  /** GitHub's id of the request, which its reply bore too. */
  readonly request?: string
}

const LONGEST = 256

/** Usage records of the audit log's stream, one JSON object a line. @throws usage.input with the line */
export function readAudit(text: string): Reported[] {
  return text.split('\n').flatMap((line, at) => {
    if (line.trim() === '') return []
    return readUsage(parsed(line, `line ${at + 1}`), `line ${at + 1}`) ?? []
  })
}

/**
 * One record of the stream; undefined where it tells of no call: a response, for each has its request, or an entry of the
 * audit log about something else, which has an `action`.
 * Source: docs.github.com, "Audit log events for agents", streamed events, 2026-11: type, user_id, endpoint, body,
 * @timestamp (ms), event_id, github_request_id. @throws usage.input with its place
 */
export function readUsage(value: unknown, place: string): Reported | undefined {
  const record = object(value)
  if (record['type'] === 'response' || given(record['action'])) return undefined
  const [from, user] = [number(record['@timestamp']), record['user_id']]
  if (!isMoment(from) || (typeof user !== 'number' && typeof user !== 'string'))
    throw new Fault('usage.input', `${place}: no @timestamp or no user_id`)
  const [request, endpoint] = ['github_request_id', 'endpoint'].map((name) => given(record[name])?.slice(0, LONGEST))
  const github = `id ${user}`.slice(0, LONGEST)
  return { from, to: from, github, ...(request && { request }), ...(endpoint && { client: endpoint }) }
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
    if (login === undefined || !isMoment(from)) return []
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
