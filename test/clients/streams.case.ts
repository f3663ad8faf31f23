/** Compares a stream before and after the gateway, without the product's own readers: event by event, lane by lane. */
import assert from 'node:assert/strict'
import { masked, secretsIn, unmarked } from './secrets.case.ts'

interface Event {
  readonly name: string
  readonly data: unknown
}

/** Numbers that say where in a reply a string belongs. */
const POSITIONS = ['index', 'output_index', 'content_index']

/** The events of a stream; throws where one is not whole. */
function eventsOf(stream: string): Event[] {
  assert.ok(stream.endsWith('\n\n'), 'the last event is not whole')
  return stream
    .split('\n\n')
    .slice(0, -1)
    .map((text) => {
      const match = /^(?:event: (.*)\n)?data: (.*)$/.exec(text)
      assert.ok(match, `not an event: ${text}`)
      const [, name = '', data = ''] = match
      return { name, data: data === '[DONE]' ? data : JSON.parse(data) }
    })
}

type Lanes = Map<string, [before: string, after: string]>

/**
 * Holds two streams to be the same but for masking: as many events, in order, each with the same names, fields and
 * values; every string, joined over the events in which it continues, is the masked form of what it was.
 * Returns how many secrets were masked.
 */
export function accountStream(before: string, after: string): number {
  const [sent, received] = [eventsOf(before), eventsOf(after)]
  assert.equal(received.length, sent.length, 'the number of events changed')
  const lanes: Lanes = new Map()
  sent.forEach((event, at) => {
    const other = received[at] as Event
    assert.equal(other.name, event.name)
    const positions = POSITIONS.map((name) => numberAt(event.data, name)).join()
    compare(event.data, other.data, `${event.name} ${positions}`, lanes)
  })
  let count = 0
  for (const [lane, [was, is]] of lanes) {
    assert.equal(unmarked(is), masked(was), lane)
    count += secretsIn(was).length
  }
  return count
}

function compare(one: unknown, other: unknown, lane: string, lanes: Lanes): void {
  if (typeof one === 'string' && typeof other === 'string') {
    const [was, is] = lanes.get(lane) ?? ['', '']
    lanes.set(lane, [was + one, is + other])
  } else if (typeof one === 'object' && one && typeof other === 'object' && other) {
    assert.deepEqual(Object.keys(other), Object.keys(one), lane)
    for (const [key, value] of Object.entries(one)) compare(value, (other as never)[key], `${lane}/${key}`, lanes)
  } else {
    assert.deepEqual(other, one, lane)
  }
}

/** The number of that name, wherever it stands in the event. */
function numberAt(data: unknown, name: string): number | undefined {
  if (typeof data !== 'object' || data === null) return undefined
  for (const [key, value] of Object.entries(data)) {
    if (key === name && typeof value === 'number') return value
    const found = numberAt(value, name)
    if (found !== undefined) return found
  }
  return undefined
}
