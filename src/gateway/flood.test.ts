import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import type { Opening } from '#exchange'
import { ask, kinds, until, within } from './asking.case.ts'
import { chat, type Script } from './house.case.ts'

const silent: Script = (_request, _body, response) => void response.writeHead(200).flushHeaders()
const bomb = gzipSync(chat('a'.repeat(900_000)))
const limits = { openBytes: 2_500_000, openBytesInAll: 10_000_000, openStreams: 64, timeouts: { idle_ms: 2000 } }
const GZIP = { 'content-encoding': 'gzip' }
const fault = async (reply: Response) => [reply.status, /\[([a-z_.]+) /.exec(await reply.text())?.[1]]

test('what one actor holds in memory is limited by what it is decompressed', () =>
  within({ script: silent, ...limits }, async (house) => {
    const send = () =>
      fetch(`${house.url}/v1/chat/completions`, {
        method: 'POST',
        body: bomb,
        headers: { 'content-type': 'application/json', 'x-gatelog-key': house.key, ...GZIP },
      })
    const told = await Promise.all(Array.from({ length: 12 }, async () => fault(await send())))
    const refused = told.filter(([, code]) => code === 'limit.open_bytes')
    assert.equal(refused.length, 10)
    assert.ok(refused.every(([status]) => status === 400))
    assert.equal(house.seen.length, 2)
    assert.equal(kinds(house).filter((kind) => kind === 'refused').length, 10)
    const [later] = await fault(await send())
    assert.notEqual(later, 400, 'what ended gave its bytes back')
  }))

test('what all hold is limited too, and a small prompt is let in as soon as there is room', () =>
  within({ script: silent, ...limits, openBytes: 1e9, openBytesInAll: 1000 }, async (house) => {
    assert.deepEqual(await fault(await ask(house, chat('a'.repeat(2000)))), [400, 'limit.open_bytes'])
    assert.notEqual((await ask(house, chat('a'))).status, 400)
  }))

test('decompressed bytes count for the hour', () =>
  within({ script: silent, ...limits, openBytes: 1e9, bytesPerHour: 500_000 }, async (house) => {
    const more = { headers: GZIP }
    await (await ask(house, bomb as unknown as string, more)).text().catch(() => undefined)
    assert.deepEqual(await fault(await ask(house, chat('a'))), [400, 'limit.bytes'])
  }))

test('a body of very many values is refused before it is read', () =>
  within({ script: silent }, async (house) => {
    const body = gzipSync(`{"model":"m","messages":[${'1,'.repeat(900_000)}1]}`)
    const reply = await ask(house, body as unknown as string, { headers: GZIP })
    assert.deepEqual(await fault(reply), [400, 'limit.values'])
  }))

test('many refusals of one actor’s requests share a line', async () => {
  const held = Promise.withResolvers<void>()
  const script: Script = (_request, _body, response) => void held.promise.then(() => response.end('{}'))
  await within({ script, openStreams: 1 }, async (house) => {
    const first = ask(house, chat('one', false))
    await until(() => house.seen.length === 1)
    for (let nth = 0; nth < 20; nth++)
      assert.equal((await ask(house, chat('two', false))).headers.get('x-gatelog-error'), 'limit.requests')
    held.resolve()
    await (await first).text()
    house.house.strangers.flush(Number.POSITIVE_INFINITY)
    const refused = () => (house.watched.entries as Opening[]).filter(({ fault }) => fault === 'limit.requests')
    await until(() => refused().length === 2)
    assert.deepEqual(
      refused().map(({ actor, count }) => [actor?.id, count]),
      [
        ['ana', undefined],
        ['ana', 19],
      ],
    )
  })
})
