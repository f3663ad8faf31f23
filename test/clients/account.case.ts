/** Accounts for every difference between what a client sent and got, what the mock got and sent, and what the record says. */
import assert from 'node:assert/strict'
import type { Shown } from '#console'
import { accountReply, accountRequest, accountShake } from './headers.case.ts'
import type { Turn } from './mock.case.ts'
import { masked, secretsIn, unmarked } from './secrets.case.ts'
import type { Stage } from './stage.case.ts'
import { accountStream } from './streams.case.ts'
import type { Answered, Tapped } from './tap.case.ts'

/** One request, from all sides. `turn` is absent where nothing went upstream. */
export interface Accounted {
  readonly tapped: Tapped
  readonly turn?: Turn
  readonly shown: Shown
}

/** All that has passed; each request is in one of the three. */
export interface Account {
  readonly exchanges: readonly Accounted[]
  /** WebSocket handshakes that were refused and recorded: nothing of them goes upstream. */
  readonly upgrades: readonly Tapped[]
  /** Requests beside the door, `METHOD path`: answered with a fault, nothing of them goes upstream. */
  readonly strays: readonly string[]
}

const DOOR = /^(?:\/k\/[^/]+)?\/c\//

/**
 * Accounts for all that has passed the stage so far. Each request has one record; each that was not refused reached the
 * mock once; nothing else reached it; every field that differs is one that may.
 * @param key the Gatelog key of all of them
 */
export async function account(stage: Stage, key: string): Promise<Account> {
  const left = new Set(stage.mock.turns)
  const exchanges: Accounted[] = []
  const strays = stage.tap.seen.filter(({ path }) => !DOOR.test(path))
  const upgrades = stage.tap.seen.filter(({ upgrade, answer }) => upgrade && answer?.status !== 101)
  for (const { answer, path } of strays) assert.deepEqual([answer?.status, path.includes('/c/')], [404, false])
  for (const { answer } of upgrades) assert.equal(answer?.status, 426)
  const known = new Set<string>()
  for (const tapped of stage.tap.seen.filter((each) => !upgrades.includes(each) && !strays.includes(each))) {
    const shown =
      tapped.method === 'MESSAGE' ? await recordOfMessage(stage, tapped, known) : await recordOf(stage, tapped)
    known.add(shown.opening.exchange)
    const refused = shown.opening.kind === 'refused' || shown.ending?.kind === 'denied'
    const turn = refused ? undefined : claim(left, tapped)
    if (turn) accountPair(stage, key, { tapped, turn, shown })
    exchanges.push({ tapped, shown, ...(turn && { turn }) })
  }
  assert.deepEqual(
    [...left].map(({ request }) => `${request.method} ${request.path}`),
    [],
    'nobody sent this',
  )
  await everyRecord(stage, exchanges, { strays: strays.length, upgrades: upgrades.length })
  return { exchanges, upgrades, strays: strays.map(({ method, path }) => `${method} ${path}`) }
}

/** The record of one request; the command line says the same as the socket. */
async function recordOf(stage: Stage, { answer, method, path }: Tapped): Promise<Shown> {
  const at = answer?.headers.findIndex((name) => name.toLowerCase() === 'x-gatelog-exchange') ?? -1
  const id = answer?.headers[at + 1]
  assert.ok(at >= 0 && id, `no exchange for ${method} ${path}`)
  return stage.gateway.api<Shown>(`/exchanges/${id}`)
}

/** A message bears no id of its exchange: it is the first one with this prompt that no other message claims. */
async function recordOfMessage(stage: Stage, { body }: Tapped, claimed: ReadonlySet<string>): Promise<Shown> {
  const wanted = unmarked(masked(body.toString()))
  for (const { exchange, door } of (await stage.find('')).toReversed()) {
    if (door !== 'websocket' || claimed.has(exchange)) continue
    const shown = await stage.gateway.api<Shown>(`/exchanges/${exchange}`)
    if (shown.opening.method === 'MESSAGE' && unmarked(shown.bodies.prompt?.text ?? '') === wanted) return shown
  }
  return assert.fail('a message is not on the record')
}

/** The record holds these exchanges, lines for what was refused before it was carried, and no other. */
async function everyRecord(
  stage: Stage,
  exchanges: readonly Accounted[],
  refused: { readonly strays: number; readonly upgrades: number },
): Promise<void> {
  const recorded = await stage.find('')
  const upgrades = recorded.filter(({ fault }) => fault === 'request.upgrade')
  const beside = recorded.filter(({ kind, connection }) => kind === 'refused' && connection === undefined)
  assert.deepEqual(
    recorded
      .filter((each) => !beside.includes(each) && !upgrades.includes(each))
      .map(({ exchange }) => exchange)
      .toSorted(),
    exchanges.map(({ shown }) => shown.opening.exchange).toSorted(),
  )
  told(beside.length, refused.strays)
  told(upgrades.length, refused.upgrades)
  for (const { actor, door } of upgrades) assert.deepEqual([actor?.id, door], ['ana', 'websocket'])
  const last = exchanges.at(-1)?.shown
  if (!last) return
  const shown = await stage.show(last.opening.exchange)
  assert.deepEqual(unsealed(shown), unsealed(last), 'the command line tells something else')
}

/** An entry is sealed within a second of its writing: between two looks its standing may change, and nothing else. */
const unsealed = ({ seal: _, ...rest }: Shown): Omit<Shown, 'seal'> => rest

/** Refusals share lines: there are some where there were refusals, and never more than those. */
const told = (lines: number, refusals: number): void =>
  assert.ok(lines <= refusals && lines > 0 === refusals > 0, `${lines} records of ${refusals} refusals`)

/** The path that the mock must have seen: the copilot connection's `api` host has no base, its `github` one is `/github`. */
const pathUpstream = (path: string): string =>
  path.replace(/^(?:\/k\/[^/]+)?\/c\/(?:copilot(?:-posts)?(?:\/api(?=\/))?|[\w-]+)/, '')

function claim(left: Set<Turn>, { method, path, body, upgrade }: Tapped): Turn {
  const wanted = unmarked(masked(body.toString()))
  const turn = [...left].find(
    ({ request }) =>
      request.method === verbOf(method, upgrade) &&
      request.path === pathUpstream(path) &&
      unmarked(request.body.toString()) === wanted,
  )
  assert.ok(turn, `${method} ${pathUpstream(path)} did not arrive as it was sent`)
  left.delete(turn)
  return turn
}

/** What stands for the method of a handshake. */
const verbOf = (method: string, upgrade: boolean): string => (upgrade ? 'UPGRADE' : method)

function accountPair(stage: Stage, key: string, { tapped, turn, shown }: Required<Accounted>): void {
  const { request } = turn
  const { opening, ending, bodies } = shown
  const host = new URL(stage.mock.url).host
  const bodyBytes = tapped.method === 'MESSAGE' ? 0 : request.body.length
  accountRequest({ sent: tapped.headers, received: request.rawHeaders, key, host, bodyBytes })
  assert.deepEqual(opening.findings.length, occurrences(tapped.body.toString()), 'findings in the prompt')
  assert.ok(tapped.answer && ending, 'no answer or no ending')
  const reply = { sent: turn.headers, received: tapped.answer.headers, exchange: opening.exchange }
  if (tapped.upgrade) accountShake(reply)
  else if (tapped.method !== 'MESSAGE') accountReply(reply)
  const found = accountBody(turn, tapped.answer, /^\/(?:k\/[^/]+\/)?c\/[\w-]*posts\//.test(tapped.path))
  assert.equal(ending.findings.length, found, 'findings in the reply')
  const told = [opening.kind, opening.method, ending.kind, ending.status, ending.delivered]
  assert.deepEqual(told, ['asked', verbOf(tapped.method, tapped.upgrade), 'replied', turn.status, tapped.answer.status])
  assert.equal(tapped.answer.status, turn.status)
  assert.equal(ending.requestId, turn.headers['x-request-id'])
  assert.equal(
    tapped.path.replace(/^\/k\/[^/]+/, '').replace(/=[^&]*/g, '=…'),
    `/c/${opening.connection}${opening.path}`,
  )
  if (opening.route === 'metadata') assert.deepEqual(bodies, {})
  else accountBodies(shown, request.body, tapped.answer.body)
  accountDigests(shown)
}

function accountBodies({ bodies }: Shown, prompt: Buffer, reply: Buffer): void {
  if (prompt.length) assert.equal(bodies.prompt?.text, prompt.toString(), 'the recorded prompt')
  if (reply.length) assert.equal(bodies.reply?.text, reply.toString(), 'the recorded reply')
}

/** The two digests of a body differ exactly where it was masked. */
function accountDigests({ opening, ending, bodies }: Shown): void {
  const changed = (body: Shown['bodies']['prompt']) => body && body.received !== body.sent
  if (bodies.prompt) assert.equal(changed(bodies.prompt), opening.findings.length > 0)
  if (bodies.reply) assert.equal(changed(bodies.reply), (ending?.findings.length ?? 0) > 0)
}

/**
 * Holds what the client got to be the masked form of what the mock sent; a connection that refuses WebSockets (`posts`)
 * offers none. Returns how many secrets were masked.
 */
function accountBody(turn: Turn, answer: Answered, posts: boolean): number {
  const [said, after] = [Buffer.concat(turn.sent).toString(), answer.body.toString()]
  const before = posts ? said.replace(',"ws:/responses"', '') : said
  assert.deepEqual(secretsIn(after), [], 'a secret reached the client')
  if (/^text\/event-stream/.test(turn.headers['content-type'] ?? '')) return accountStream(before, after)
  assert.equal(unmarked(after), masked(before))
  return occurrences(before)
}

const occurrences = (text: string): number =>
  secretsIn(text).reduce((count, secret) => count + text.split(secret).length - 1, 0)
