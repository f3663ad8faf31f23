/** How much of an exchange goes on the record and for how long: settled once, applied to an entry as it is made. Writes nothing. */
import {
  type Body,
  type Edits,
  type Ending,
  type Finding,
  type Keep,
  lesser,
  type Measure,
  type Opening,
  type Recording,
  type RouteKind,
  settled,
  together,
} from '#exchange'
import { PROTOCOLS, promptIn, replyIn } from '#wire'
import type { Exchange } from './exchange.ts'
import type { Head } from './turn.ts'

/**
 * Settles what is kept, once `rules` have been asked. A session of which less was kept before is kept no better: its later
 * prompts resend what the earlier ones said.
 */
export function settle(exchange: Exchange<Head>, rules: Recording): void {
  const { house, session, at } = exchange
  const { keep, ...rest } = settled([rules, ...levelsOf(exchange)])
  const before = session === undefined ? undefined : house.memory.keeps.get(session, at)
  const least = before ? lesser(keep, before) : keep
  if (session !== undefined && least !== 'full') house.memory.keeps.set(session, least, at)
  exchange.recording = { keep: least, ...rest }
}

/** Group, connection, all; what is said of groups speaks as one. */
function levelsOf({ house, actor, turn }: Exchange<Head>): Recording[] {
  const groups = (actor?.groups ?? []).flatMap((group) => house.recording.groups.get(group) ?? [])
  const connection = house.connections.get(turn.address.connection)?.recording ?? {}
  return [together(groups), connection, house.recording.all]
}

/** What is kept. Of a prompt that was refused before the rules could be asked no text is, where a rule keeps less. */
export function recordingOf(exchange: Exchange<Head>): ReturnType<typeof settled> {
  if (exchange.recording) return exchange.recording
  const unasked = exchange.house.rules.some(({ keep }) => keep !== undefined && keep !== 'full')
  return settled([...(unasked ? [{ keep: 'metadata' } as const] : []), ...levelsOf(exchange)])
}

/** An opening as the record may hold it, or an ending, of which `route` says how its reply is read. */
export function reduced(entry: Opening, keep: Keep): Opening
export function reduced(entry: Ending, keep: Keep, route: RouteKind): Ending
export function reduced(entry: Opening | Ending, keep: Keep, route?: RouteKind): Opening | Ending {
  if (keep === 'full') return entry
  const opening = 'facts' in entry
  const of = opening ? entry.route : route
  const less = keep === 'metadata' ? (opening ? metadataOf(entry) : endedWithout(entry)) : entry
  const { body, ...rest } = withoutOffsets(less)
  if (!body) return rest
  const kept = keep === 'redacted' ? assembled(body, of, opening) : undefined
  return { ...rest, ...(kept ? { body: kept } : { measure: measureOf(body) }) }
}

const measureOf = ({ bytes, type, received, sent }: Body): Measure => ({ size: bytes.length, type, received, sent })

/** Without what counts bytes of a body that is no longer there. */
function withoutOffsets<Each extends Opening | Ending>(entry: Each): Each {
  const { like: _like, pace: _pace, ...rest } = entry as Each & { like?: unknown; pace?: unknown }
  return rest as unknown as Each
}

/** What a body says, as JSON; undefined where no protocol reads its route. */
function assembled(body: Body, route: RouteKind | undefined, prompt: boolean): Body | undefined {
  const text = Buffer.from(body.bytes).toString()
  const said = route && (prompt ? promptIn(route, text) : replyIn(route, text, body.type))
  const { sha256: _sha256, original: _original, unmaskable: _unmaskable, ...rest } = body
  return said && { ...rest, bytes: Buffer.from(JSON.stringify(said)), type: 'application/json', assembled: true }
}

/** Who, when and what, without a word: no text, names of tools, paths of files, branches; no reason, which may quote. */
function metadataOf(opening: Opening): Opening {
  const { text: _text, tools: _tools, reason: _reason, facts, findings, path, route, ...rest } = opening
  const { files: _files, branch: _branch, git_remote: _remote, ...kept } = facts
  const known = PROTOCOLS.some(({ name }) => name === route)
  const shown = known ? path : path.split('/').slice(0, 3).join('/')
  return { ...rest, route, path: shown, facts: kept, findings: findings.map(withoutWords) }
}

function endedWithout(ending: Ending): Ending {
  const { text: _text, reason: _reason, findings, edits, ...rest } = ending
  return { ...rest, findings: findings.map(withoutWords), ...(edits && { edits: unnamed(edits) }) }
}

/** Edits without what the model called them; the fingerprints of their lines stay. */
const unnamed = (edits: Edits): Edits => ({
  ...edits,
  units: edits.units.map(({ path: _path, language: _language, field: _field, ...rest }) => rest),
})

/** Names of fields that a provider's protocol has; any other may be text of whoever sent it. */
const FIELDS = new Set([
  ...['messages', 'content', 'text', 'input', 'output', 'instructions', 'system', 'prompt', 'suffix', 'raw', 'header'],
  ...['tool_calls', 'function', 'arguments', 'choices', 'delta', 'message', 'parts', 'part', 'tools', 'description'],
  ...['thinking', 'reasoning', 'summary', 'data', 'item', 'response', 'source', 'name', 'model', 'partial_json'],
])

const withoutWords = (finding: Finding): Finding => ({
  ...finding,
  lane: finding.lane.replace(/[^./[\]]+/g, (word) => (FIELDS.has(word) || /^\d+$/.test(word) ? word : '*')),
})
