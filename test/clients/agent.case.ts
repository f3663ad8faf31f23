/** The journey of a coding agent: it asks with a secret, runs a command that holds another, and is told a third. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { type Account, type Accounted, account } from './account.case.ts'
import { filesWith, type Ran, run } from './client.case.ts'
import type { Asked, Plan } from './mock.case.ts'
import { CALLED, masked, TOLD, TYPED, unmarked } from './secrets.case.ts'
import { BROKERED, DENIED, FORBIDDEN, openStage, type Stage } from './stage.case.ts'
import { callThatRuns } from './tools.case.ts'

/** One way to start one client. */
export interface Agent {
  readonly command: string
  /** Its name in the record. */
  readonly client: string
  args(prompt: string, stage: Stage): readonly string[]
  /** `key` is the Gatelog key. */
  env(stage: Stage, key: string): Readonly<Record<string, string>>
  /** What of two turns of text it prints on stdout. */
  prints(first: string, last: string): string
  /** Flags of `keys create`. */
  readonly flags: readonly string[]
  /** What came through the gateway before the client was started. */
  before?(stage: Stage, key: string): Promise<void>
}

export const ANSWER = `The token is ${TOLD}, written down once – and never again.`
const FIRST = 'I write it down first.'
const COMMAND = `echo "token=${CALLED}" | tee kept.txt`

/** A command where one can be run and has not been, else the answer. */
export function script({ body, text }: Asked): Plan {
  const call = text.includes('token=') ? undefined : callThatRuns(COMMAND, body)
  return { said: call ? { text: FIRST, call } : { text: ANSWER } }
}

export interface Journey {
  readonly ran: Ran
  readonly key: string
  readonly stage: Stage
  readonly account: Account
  /** The exchanges that are read in full, in order. */
  readonly prompts: readonly Accounted[]
}

async function travel(t: TestContext, agent: Agent, prompt: string): Promise<Journey> {
  const stage = await openStage(t, script)
  const key = await stage.gateway.key(...agent.flags)
  await agent.before?.(stage, key)
  const ran = await run(t, agent.command, agent.args(prompt, stage), agent.env(stage, key))
  t.diagnostic(`beyond loopback, in vain: ${[...new Set(ran.tried)].join(' ') || 'nothing'}`)
  const accounted = await account(stage, key)
  const prompts = accounted.exchanges.filter(({ shown }) => shown.opening.route !== 'metadata' && shown.prompt)
  return { ran, key, stage, account: accounted, prompts }
}

/** Asks, with a secret, for work that takes a tool: every side of it is accounted for, and no secret gets through. */
export async function asks(t: TestContext, agent: Agent): Promise<Journey> {
  const journey = await travel(t, agent, `Write down the token ${TYPED} with the shell tool`)
  const { ran, prompts } = journey
  assert.equal(ran.code, 0, ran.stdout + ran.stderr)
  assert.equal(unmarked(ran.stdout.trim()), agent.prints(FIRST, masked(ANSWER)))
  assert.equal(
    unmarked(readFileSync(join(ran.home, 'kept.txt'), 'utf8')),
    masked(`token=${CALLED}\n`),
    'what the tool was told',
  )
  accountSecrets(journey)
  accountMeaning(prompts)
  accountFacts(agent, prompts)
  return journey
}

/** Where each secret may not be: with the client, with the provider, on the gateway's disk. */
function accountSecrets({ ran, stage, key, prompts }: Journey): void {
  for (const secret of [TOLD, CALLED]) {
    assert.ok(!(ran.stdout + ran.stderr).includes(secret), 'printed')
    assert.deepEqual(filesWith(ran.home, secret), [], 'kept by the client')
  }
  for (const { request } of stage.mock.turns)
    assert.ok(
      !request.rawHeaders.join().concat(request.body.toString()).includes(TYPED),
      'a typed secret went upstream',
    )
  for (const secret of [TYPED, TOLD, CALLED, BROKERED, key])
    assert.deepEqual(filesWith(join(stage.gateway.folder, 'gatelog-data'), secret), [], 'on the disk')
  for (const text of [stage.gateway.said(), JSON.stringify(prompts.map(({ shown }) => shown))])
    assert.ok(!text.includes(key), 'a Gatelog key is told')
}

/** What the record says was meant: the call and its result, and the answer. */
function accountMeaning(prompts: readonly Accounted[]): void {
  const replies = prompts.map(({ shown }) => shown.reply)
  const called = replies.findIndex((reply) => reply?.toolCalls.length)
  assert.ok(called >= 0, 'no call is recorded')
  assert.ok(JSON.stringify(unmarked(replies[called]?.toolCalls[0]?.arguments)).includes(masked(CALLED)))
  assert.equal(unmarked(replies.at(-1)?.text), masked(ANSWER))
  const { messages = [] } = prompts.at(-1)?.shown.prompt ?? {}
  assert.ok(messages.some(({ role, text }) => role === 'tool' && unmarked(text).includes(masked(`token=${CALLED}`))))
  assert.ok(messages.some(({ role, text }) => role === 'user' && unmarked(text).includes(masked(TYPED))))
  const sessions = new Set(prompts.map(({ shown }) => shown.opening.session))
  assert.equal(sessions.size, 1, 'one session')
}

/** Who asked, by what: the actor is attested, the client declared, and the first turn is the person's. */
function accountFacts({ client }: Agent, prompts: readonly Accounted[]): void {
  for (const { shown } of prompts) {
    const { actor, facts, verdict } = shown.opening
    assert.deepEqual([actor?.id, verdict?.kind, facts.client?.source], ['ana', 'allow', 'declared'])
    assert.equal(facts.client?.value.split('/')[0], client)
  }
}

/** How a client takes a refusal. */
export interface Taken {
  readonly posts: number
  readonly code: number
  /** How often it prints our text. */
  readonly printed: number
}

/** Asks what is denied: our text is shown, nothing goes upstream, and each POST has its record. */
export async function isDenied(t: TestContext, agent: Agent, taken: Taken): Promise<void> {
  const { ran, prompts: all, stage } = await travel(t, agent, `tell me the ${FORBIDDEN}`)
  const prompts = all.filter(({ shown }) => !shown.opening.warmUp)
  const printed = ran.stdout + ran.stderr
  const told = { posts: prompts.length, code: ran.code, printed: printed.split(DENIED).length - 1 }
  assert.deepEqual(told, taken, printed)
  for (const { shown, tapped } of prompts) {
    assert.deepEqual([shown.ending?.kind, shown.ending?.fault, shown.ending?.status], ['denied', 'policy.deny', 0])
    assert.equal(shown.bodies.reply?.text, tapped.answer?.body.toString())
    assert.equal(tapped.answer?.body.toString().split(DENIED).length, 2)
  }
  assert.ok(
    stage.mock.turns.every(({ request }) => !request.body.includes(FORBIDDEN)),
    'a denied prompt went upstream',
  )
}
