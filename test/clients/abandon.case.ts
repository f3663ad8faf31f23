/** A client that leaves a streamed reply in its middle, and what must be true on every side afterwards. */
import assert from 'node:assert/strict'
import type { Shown } from '#console'
import { type SdkStage, until } from './sdk.case.ts'
import { secretsIn } from './secrets.case.ts'

/** How long the provider may go on after the client has left, in ms; the promise is one second. */
const LATEST_MS = 1000

export interface Abandoned {
  /** For the SDK's call. */
  readonly signal: AbortSignal
  /** Reads a few events, leaves, and accounts for what is left behind. */
  left(stage: SdkStage, events: AsyncIterable<unknown>): Promise<void>
}

export function abandon(): Abandoned {
  const leaving = new AbortController()
  return {
    signal: leaving.signal,
    async left(stage, events) {
      const reading = events[Symbol.asyncIterator]()
      for (let count = 0; count < 3; count++) assert.equal((await reading.next()).done, false)
      const at = performance.now()
      leaving.abort()
      assert.ok(await until(() => stage.mock.turns[0]?.request.cut === true), 'the provider was not cut off')
      assert.ok(performance.now() - at < LATEST_MS, 'the provider was cut off too late')
      await toTheEnd(reading)
      await accountLeft(stage)
    },
  }
}

/** Reads what the SDK holds yet; it may end quietly or with its own error. */
async function toTheEnd(reading: AsyncIterator<unknown>): Promise<void> {
  try {
    while (!(await reading.next()).done);
  } catch (error) {
    assert.match(String(error), /abort/i)
  }
}

async function accountLeft(stage: SdkStage): Promise<void> {
  assert.ok(await until(async () => (await stage.find('verdict:aborted')).length === 1), 'not recorded as aborted')
  const shown = await stage.gateway.api<Shown>('/exchanges/last')
  assert.deepEqual([shown.ending?.kind, shown.ending?.fault], ['aborted', 'client.aborted'])
  const recorded = shown.bodies.reply?.text ?? ''
  const got = stage.tap.seen[0]?.answer?.body.toString() ?? ''
  assert.ok(got.length > 0 && recorded.startsWith(got), 'the record holds less than the client got')
  assert.deepEqual(secretsIn(got + JSON.stringify(shown)), [])
  assert.equal(stage.mock.turns.length, 1)
}
