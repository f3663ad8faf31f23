/** Which header fields may differ between the two sides of the gateway, by name; all others must be the same, in order. */
import assert from 'node:assert/strict'
import { BROKERED } from './stage.case.ts'

type Field = readonly [name: string, value: string]

/** Fields of one hop, and those by which the client speaks to the gateway alone. */
const CLIENT_SIDE = ['host', 'connection', 'keep-alive', 'transfer-encoding', 'content-length', 'accept-encoding']
/** Fields of a WebSocket handshake: each hop has its own, and no extension crosses. */
const HANDSHAKE = ['upgrade', 'sec-websocket-key', 'sec-websocket-version', 'sec-websocket-extensions']
/** Fields that the gateway writes towards upstream. */
const GATEWAY_SIDE = ['host', 'connection', 'transfer-encoding', 'content-length', 'accept-encoding']
const REPLY_SIDE = ['connection', 'keep-alive', 'transfer-encoding', 'content-length', 'x-gatelog-exchange']

const fields = (raw: readonly string[]): Field[] =>
  raw.flatMap((name, at) => (at % 2 ? [] : [[name, raw[at + 1] as string] as const]))

const without = (all: readonly Field[], names: readonly string[]): Field[] =>
  all.filter(([name]) => !names.includes(name.toLowerCase()))

const valuesOf = (all: readonly Field[], name: string): string[] =>
  all.filter(([each]) => each.toLowerCase() === name).map(([, value]) => value)

/** A request's fields before and after the gateway. `key` is the Gatelog key that it bears. */
export function accountRequest(o: {
  readonly sent: readonly string[]
  readonly received: readonly string[]
  readonly key: string
  readonly host: string
  readonly bodyBytes: number
}): void {
  const [sent, received] = [fields(o.sent), fields(o.received)]
  const crossed = without(sent, [...CLIENT_SIDE, ...HANDSHAKE]).filter(([, value]) => !value.includes(o.key))
  const brokered = ([, value]: Field) => value === BROKERED || value === `Bearer ${BROKERED}`
  const arrived = without(received, [...GATEWAY_SIDE, ...HANDSHAKE]).filter((field) => !brokered(field))
  assert.deepEqual(arrived, crossed, 'a header changed on its way')
  assert.deepEqual(valuesOf(received, 'host'), [o.host])
  assert.deepEqual(valuesOf(received, 'accept-encoding'), ['identity'])
  assert.deepEqual(valuesOf(received, 'transfer-encoding'), [])
  assert.deepEqual(valuesOf(received, 'sec-websocket-extensions'), [])
  if (o.bodyBytes) assert.deepEqual(valuesOf(received, 'content-length'), [String(o.bodyBytes)])
  assert.ok(!JSON.stringify(o.received).includes(o.key), 'a Gatelog key went upstream')
  assert.ok(received.filter(brokered).length <= 1)
}

/** The fields of a handshake's answer before and after the gateway. */
export function accountShake(o: Parameters<typeof accountReply>[0]): void {
  const received = fields(o.received)
  const shake = [...REPLY_SIDE, 'upgrade', 'sec-websocket-accept']
  assert.deepEqual(
    without(received, shake),
    without(Object.entries(o.sent), shake),
    'a header of the handshake changed',
  )
  assert.deepEqual(valuesOf(received, 'x-gatelog-exchange'), [o.exchange])
}

/** A reply's fields before and after the gateway. */
export function accountReply(o: {
  readonly sent: Readonly<Record<string, string>>
  readonly received: readonly string[]
  readonly exchange: string
}): void {
  const received = fields(o.received)
  const arrived = without(received, [...REPLY_SIDE, 'date'])
  assert.deepEqual(arrived, without(Object.entries(o.sent), REPLY_SIDE), 'a header of the reply changed')
  assert.deepEqual(valuesOf(received, 'x-gatelog-exchange'), [o.exchange])
  assert.equal(valuesOf(received, 'date').length, 1)
}
