/** The events of a recorded stream as parsed JSON. Pure; what is not JSON is left out. */
import { type Json, object, parsedOr } from './json.ts'
import { Habit, type Shape } from './shape.ts'
import type { Shapes } from './shapes.ts'
import { Framer, readFrame } from './sse.ts'

/** Every event of a stream's text whose data is a JSON object. */
export function eventsOf(body: string): Json[] {
  const framer = new Framer({ limit: Number.POSITIVE_INFINITY })
  const frames = framer.push(Buffer.from(body))
  const rest = framer.end()
  const all = rest ? [...frames, rest] : frames
  return all.flatMap(({ data }) => jsonOf(data))
}

const jsonOf = (data: string | undefined): Json[] => (data?.trimStart().startsWith('{') ? [object(parsedOr(data))] : [])

/** Events of one shape in a row: the last one's place, where its text stands in it, and the text of them all. */
interface Run {
  readonly shape: Shape
  readonly at: number
  readonly start: number
  readonly end: number
  readonly text: string
}

/**
 * The same, but events of one shape in a row that joins are one: their texts joined, all else as in the last of them.
 * `Protocol.readEvents` makes the same of them.
 */
export function joinedEvents(body: Buffer, shapes: Shapes): Json[] {
  const text = body.toString('latin1')
  const framer = new Framer({ limit: Number.POSITIVE_INFINITY })
  const habit = new Habit()
  const events: Json[] = []
  let run: Run | undefined
  for (let [at, fresh] = [0, true]; at < body.length; ) {
    const shape = framer.clear ? shapes.find(text, body, at, habit) : undefined
    if (run && run.shape !== shape) events.push(...jsonOf(dataOf(run, body)))
    if (shape?.joins) {
      run = grown(run?.shape === shape ? run.text : '', shape, shapes, at)
      at = shapes.fit.end
    } else {
      run = undefined
      const raw = framer.cut(body, at, fresh)
      ;[at, fresh] = [framer.at, false]
      if (raw) events.push(...jsonOf(readFrame(raw).data))
    }
  }
  if (run) events.push(...jsonOf(dataOf(run, body)))
  return [...events, ...jsonOf(framer.end()?.data)]
}

function grown(before: string, shape: Shape, { fit }: Shapes, at: number): Run {
  return { shape, at, start: fit.deltaStart, end: fit.deltaEnd, text: before + (fit.values[0] ?? '') }
}

function dataOf({ shape, at, start, end, text }: Run, body: Buffer): string {
  const before = body.toString('utf8', at + shape.data, start)
  return before + JSON.stringify(text).slice(1, -1) + body.toString('utf8', end, body.indexOf('\n', end))
}

/** One event as it is sent. */
export const sse = (data: unknown, event?: string): string =>
  `${event ? `event: ${event}\n` : ''}data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`
