/** What goes no further and is not carried: on the record all the same, with whose it was. Sends nothing upstream. */
import { Fault, faultOf } from '#exchange'
import { readClient } from '#wire'
import { recordRefusal, refuse } from './answer.ts'
import { begin, type Exchange } from './exchange.ts'
import type { House } from './house.ts'
import { identify } from './steps.ts'
import type { Head, Turn } from './turn.ts'

/** Refuses what came too late; nothing of it goes upstream. */
export async function turnAway(turn: Turn, house: House): Promise<void> {
  const exchange = begin(turn, house, readClient(turn.headers))
  recogniseIn(exchange)
  await refuse(exchange, new Fault('gateway.draining'))
  turn.end()
}

/** Puts a refusal on the record that is told in another way, or by nothing. */
export async function recordFor(head: Head, house: House, fault: Fault): Promise<void> {
  const exchange = begin(head, house, readClient(head.headers))
  recogniseIn(exchange)
  await recordRefusal(exchange, fault)
}

/** Fills in whose request it is and where it goes; why not, where its key is not let in. */
export function recogniseIn(exchange: Exchange<Head>): string | undefined {
  try {
    identify(exchange)
    return undefined
  } catch (error) {
    return faultOf(error).code
  }
}
