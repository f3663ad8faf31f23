// Secrets where no table of fields expects any: unknown fields, unknown events, lines beside the data. Opens no socket.
import { type Engine, maskText } from '#masking'
import { PROTOCOLS, type Protocol } from '#wire'
import { type Cut, cutOf } from '../../src/cli/scan/cuts.ts'
import { Reply } from '../../src/gateway/reply.ts'
import type { Row } from './corpus.ts'
import { isVisible } from './leaks.ts'
import type { Tally } from './quality.ts'
import { valuesOf } from './shapes.ts'

/** One event that bears a part of a secret. */
type Place = (part: string) => string

const event = (data: unknown, name?: string): string =>
  `${name ? `event: ${name}\n` : ''}data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`

const PLACES: Readonly<Record<string, Place>> = {
  'unknown field of a known event': (part) => event({ type: 'response.output_text.delta', choices: [], novel: part }),
  'unknown field of a choice': (part) => event({ choices: [{ index: 0, delta: { novel: { deep: part } } }] }),
  'unknown event': (part) => event({ type: 'brand.new', payload: { deep: [{ text: part }] } }, 'brand.new'),
  'array at the top': (part) => event([part]),
  'event that is no JSON': (part) => event(`plain ${part}`),
  comment: (part) => `: ${part}\n\n`,
  'field that SSE does not know': (part) => `novel: ${part}\ndata: {"type":"ping"}\n\n`,
}
/** Parts of these places do not continue one another. */
const ALONE = /^(comment|field|event that)/

function leaves(engine: Engine, protocol: Protocol, place: Place, parts: readonly string[]): string[] {
  const reply = new Reply({ protocol, engine, eventBytes: 1_000_000 })
  const out = parts.flatMap((part) => reply.push(Buffer.from(place(part))))
  return [...out, ...reply.end()].map((bytes) => Buffer.from(bytes).toString())
}

/** The parts of a secret as they left, put together. */
function joined(events: readonly string[], place: Place): string {
  const [before = '', after = ''] = place('\u0001').replace('\\u0001', '\u0001').split('\u0001')
  return events.map((text) => text.slice(before.length, text.length - after.length)).join('')
}

/** Secrets that came through, by place and over all protocols: whole in one event, or in parts. */
export function hidden(engine: Engine, rows: readonly Row[]): Tally[] {
  const values = valuesOf(rows).filter((value) => !/\n/.test(value) && isMaskedWhole(engine, value))
  const token = cutOf('token') as Cut
  const through = (place: Place, partsOf: Cut): number =>
    PROTOCOLS.flatMap((protocol) =>
      values.filter((value) => isVisible(value, joined(leaves(engine, protocol, place, partsOf(value)), place))),
    ).length
  const of = values.length * PROTOCOLS.length
  return Object.entries(PLACES).flatMap(([name, place]) => [
    { name: `${name}, whole`, found: through(place, (value) => [value]), of },
    ...(ALONE.test(name) ? [] : [{ name: `${name}, in parts`, found: through(place, token), of }]),
  ])
}

const isMaskedWhole = (engine: Engine, value: string): boolean =>
  !isVisible(value, maskText(engine, value, 'text').text)
