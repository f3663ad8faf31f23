/** A recorded reply as the texts that the client got, each with its time. Pure; waits for nothing. */
import type { Shown } from '#console'
import { EVENTS, Framer, formOfText, PROTOCOLS } from '#wire'
import { callText } from './messages.ts'

export interface Step {
  /** Milliseconds since the request. */
  readonly ms: number
  readonly text: string
}

/** The texts of a stream's deltas at the times at which their events left; else the whole reply at its end. */
export function stepsOf(shown: Shown): Step[] {
  const { text: body = '', type = '' } = shown.bodies.reply ?? {}
  const streamed = /^text\/event-stream/i.test(type) || formOfText(body) === EVENTS
  const steps = streamed ? streamedSteps(shown) : []
  if (steps.length) return steps
  const { text: said = '', toolCalls = [], error = '' } = shown.reply ?? {}
  const text = [said, ...toolCalls.map(callText), error].filter(Boolean).join('\n') || (shown.bodies.reply?.text ?? '')
  return text ? [{ ms: shown.ending?.timings.end ?? 0, text }] : []
}

function streamedSteps({ opening, ending, bodies }: Shown): Step[] {
  const protocol = PROTOCOLS.find((each) => each.name === opening.route)
  const at = clock(ending?.pace ?? [])
  const steps: Step[] = []
  let lane: string | undefined
  let offset = 0
  for (const { raw, data } of framesOf(bodies.reply?.text ?? '')) {
    const ms = at(offset)
    offset += raw.length
    for (const piece of data && protocol ? deltas(() => protocol.readEvent(data).pieces) : []) {
      const heading = lane === undefined || lane === piece.lane ? '' : `\n[${piece.lane}]\n`
      lane = piece.lane
      steps.push({ ms, text: heading + piece.value })
    }
  }
  return steps
}

/** The time at which the byte at an offset left; offsets may only grow. */
function clock(pace: readonly (readonly [number, number])[]): (offset: number) => number {
  let nth = 0
  return (offset) => {
    while (nth + 1 < pace.length && (pace[nth + 1]?.[1] ?? 0) <= offset) nth += 1
    return pace[nth]?.[0] ?? 0
  }
}

function framesOf(text: string) {
  const framer = new Framer({ limit: Number.POSITIVE_INFINITY })
  const frames = framer.push(Buffer.from(text))
  const rest = framer.end()
  return rest ? [...frames, rest] : frames
}

interface Delta {
  readonly lane: string
  readonly how: 'delta' | 'whole'
  readonly value: string
}

/** What a person reads of an event: lanes that the protocol knows. An event that is no JSON has none. */
function deltas(read: () => readonly Delta[]): readonly Delta[] {
  try {
    return read().filter(({ lane, how, value }) => how === 'delta' && value !== '' && !lane.includes(':'))
  } catch {
    return []
  }
}
