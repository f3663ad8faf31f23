/** `carry()`: trails, clients, keys and upstreams that fail on the way. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { digestsOf } from '#exchange'
import { answer, ask, kinds, type Open, stream, until, within } from './asking.case.ts'
import { chat, chunk, DONE, Fault, type Script } from './house.case.ts'

/** An upstream that begins its answer and says no more. */
const begun: Script = (_request, _body, response) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.write(chunk('hello'))
}

test('a trail that cannot be written stops the traffic', () =>
  within({ script: answer }, async (house) => {
    house.watched.fail = new Fault('trail.unavailable')
    const reply = await ask(house, chat('hi'))
    assert.deepEqual([reply.status, reply.headers.get('x-should-retry'), house.seen.length], [503, 'false', 0])
    house.watched.fail = undefined
    assert.equal((await ask(house, chat('hi'))).status, 200)
  }))

test('a trail that fails before the end stops the stream with a notice, and the ending follows when it can', () => {
  const said = chunk('hello') + chunk(' there')
  let finish = (): void => assert.fail('nothing was asked')
  return within(
    {
      script: (_request, _body, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        response.write(said)
        finish = () => void response.end(DONE)
      },
    },
    async (house) => {
      const reply = await ask(house, chat('hi'))
      house.watched.fail = new Fault('trail.unavailable')
      finish()
      const text = await reply.text()
      assert.match(text, /Gatelog: The audit trail cannot be written/)
      house.watched.fail = undefined
      await until(() => kinds(house).length === 2)
      assert.deepEqual(kinds(house), ['asked', 'failed'])
      const ending = house.watched.entries[1]
      const digest = (bytes: string) => digestsOf(house.house.keyring, Buffer.from(bytes)).keyed
      assert.ok(ending?.kind === 'failed' && ending.body)
      assert.equal(Buffer.from(ending.body.bytes).toString(), text, 'the record is what the client got')
      assert.deepEqual([ending.body.received, ending.body.sent], [digest(said + DONE), digest(text)])
    },
  )
})

for (const durable of ['each-event', 'during'] as const)
  test(`an exchange whose trail fails lets go of its upstream: ${durable}`, () =>
    within(
      {
        durable,
        script: (_request, _body, response) => {
          response.writeHead(200, { 'content-type': 'text/event-stream' })
          const timer = setInterval(() => response.write(chunk('on and on')), 20)
          response.on('close', () => clearInterval(timer))
        },
      },
      async (house) => {
        if (durable === 'during') failWhenAsked(house)
        const reply = await ask(house, chat('hi'))
        house.watched.fail = new Fault('trail.unavailable')
        assert.match(await reply.text(), /Gatelog: The audit trail cannot be written/)
        await until(() => house.seen[0]?.aborted === true)
      },
    ))

/** Nothing is written from when upstream has been asked. */
function failWhenAsked({ seen, watched }: Open): void {
  watched.hold = until(() => seen.length > 0).then(() => {
    watched.fail = new Fault('trail.unavailable')
  })
}

test('an exchange whose opening cannot be written lets go of an upstream that has not answered', () =>
  within({ durable: 'during', script: () => undefined }, async (house) => {
    failWhenAsked(house)
    assert.equal((await ask(house, chat('hi'))).status, 503)
    await until(() => house.seen[0]?.aborted === true)
  }))

test('the client’s abort reaches upstream and is recorded', () =>
  within(
    {
      script: begun,
    },
    async (house) => {
      const controller = new AbortController()
      const reply = await fetch(`${house.url}/v1/chat/completions`, {
        method: 'POST',
        body: chat('hi'),
        headers: { 'content-type': 'application/json', 'x-gatelog-key': house.key },
        signal: controller.signal,
      })
      await reply.body!.getReader().read()
      controller.abort()
      await until(() => house.seen[0]?.aborted === true && kinds(house).length === 2)
      assert.deepEqual(kinds(house), ['asked', 'aborted'])
    },
  ))

test('a revoked key cuts its open stream with a notice', () =>
  within(
    {
      script: begun,
    },
    async (house) => {
      const reply = await ask(house, chat('hi'))
      await house.identity.revoke(house.record.id)
      assert.match(await reply.text(), /Gatelog: This Gatelog key was revoked/)
      const ending = house.watched.entries[1]
      assert.ok(ending?.kind === 'aborted' && ending.fault === 'identity.revoked' && ending.authored)
    },
  ))

const TROUBLE: [string, Script, number, string][] = [
  ['resets', (_request, _body, response) => response.destroy(), 502, 'upstream.reset'],
  ['stalls', () => undefined, 504, 'upstream.timeout'],
]
for (const [name, script, status, fault] of TROUBLE)
  test(`an upstream that ${name}`, () =>
    within({ script, timeouts: { first_byte_ms: 100 } }, async (house) => {
      const reply = await ask(house, chat('hi'))
      assert.deepEqual(
        [reply.status, reply.headers.get('x-gatelog-error'), kinds(house)],
        [status, fault, ['asked', 'failed']],
      )
    }))

test('a stream that ends too early fails with a notice', () =>
  within({ script: stream(chunk('hello')) }, async (house) => {
    assert.match(await (await ask(house, chat('hi'))).text(), /ended before its last event/)
    assert.deepEqual(kinds(house), ['asked', 'failed'])
  }))
