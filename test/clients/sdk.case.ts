/** What the journeys of the SDKs share: a stage whose script is chosen by a word of the prompt. */
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { ANSWER } from './agent.case.ts'
import type { Asked, Failure, Plan } from './mock.case.ts'
import { CALLED } from './secrets.case.ts'
import { openStage, type Stage } from './stage.case.ts'
import { callThatRuns } from './tools.case.ts'

export const COMMAND = `echo "token=${CALLED}"`
/** The developer's own credential towards the provider; it goes on as it is. */
export const OWN = 'the-developers-own-credential'

/** A prompt with one of these words is answered so. */
export const FAILURES: Readonly<Record<string, Failure>> = {
  'too-many': {
    status: 429,
    headers: { 'retry-after': '7', 'x-should-retry': 'false', 'x-ratelimit-remaining-requests': '0' },
    body: '{"error": {"message":"slow  down \\u2013 please","type":"rate_limit_error"}, "type":"error"}\n',
  },
  broken: { status: 500, headers: { 'retry-after-ms': '10' }, body: '{"error":{"message":"no luck"}}' },
  refused: {
    status: 400,
    headers: {},
    body: '{"type":"error","error":{"type":"invalid_request_error","message":"no"}}',
  },
}
export const STALL = 'stall-here'

function script({ body, text }: Asked): Plan | Failure {
  const failure = Object.entries(FAILURES).find(([word]) => text.includes(word))
  if (failure) return failure[1]
  const call = callThatRuns(COMMAND, body)
  return { said: call ? { text: ANSWER, call } : { text: ANSWER }, stall: text.includes(STALL) }
}

export interface SdkStage extends Stage {
  readonly key: string
}

export async function openSdkStage(t: TestContext): Promise<SdkStage> {
  const stage = await openStage(t, script)
  return { ...stage, key: await stage.gateway.key() }
}

/** Waits until something holds, at most twenty seconds unless told. */
export async function until(holds: () => boolean | Promise<boolean>, longest = 20_000): Promise<boolean> {
  for (let waited = 0; waited < longest; waited += 20) {
    if (await holds()) return true
    await wait(20)
  }
  return false
}

/** What both SDKs tell of an error. */
export interface SdkError {
  readonly status?: number
  readonly message: string
  readonly headers?: Headers
}

/** The error that a call of an SDK ends with, which must be one of its own kind. */
export async function errorOf(
  kind: abstract new (...given: never[]) => Error,
  call: Promise<unknown>,
): Promise<SdkError> {
  const [ended] = await Promise.allSettled([call])
  assert.ok(ended.status === 'rejected', 'the call was answered')
  assert.ok(ended.reason instanceof kind, String(ended.reason))
  return ended.reason
}
