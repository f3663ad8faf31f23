/** One exchange from end to end. Read this function to know what the gateway guarantees; everything else it calls. */
import { faultOf } from '#exchange'
import { readClient } from '#wire'
import { deny, refuse } from './answer.ts'
import { answer, close } from './ending.ts'
import { begin, elapsed } from './exchange.ts'
import type { House } from './house.ts'
import { outgoing } from './outgoing.ts'
import { open } from './record.ts'
import { scan } from './scan.ts'
import { decide, identify, read } from './steps.ts'
import type { Turn } from './turn.ts'
import { watch } from './watch.ts'

/**
 * Carries one turn. Resolves when the client has its answer and the record has both its entries: one opening (`asked`,
 * or `refused`, which is its own ending) and one ending. Never rejects: every fault becomes an entry and an answer.
 */
export async function carry(turn: Turn, house: House): Promise<void> {
  const exchange = begin(turn, house, readClient(turn.headers))
  let release: (() => void) | undefined
  try {
    const way = identify(exchange) // 1 who asks: an unknown or revoked key goes no further
    exchange.timings.identified = elapsed(exchange)
    release = house.limits.admit(way.caller.actor.id)
    using held = house.limits.hold(way.caller.actor.id) // what is in memory at a time, of one actor and of all
    const received = await read(exchange, way, held) // 2 what is asked: an unknown route goes no further
    house.limits.bytes(way.caller.actor.id, received.bytes.length)
    exchange.timings.read = elapsed(exchange)
    const scanned = await scan(exchange, way, received) // 3 secrets: from here on only the masked copy is kept
    const verdict = decide(exchange, way) // 4 what the rules say
    const out = outgoing(exchange, way, scanned)
    const durable = open(exchange) // 5 on the record before anything is sent
    if (way.connection.durable !== 'during' || verdict.kind === 'deny') await durable
    if (verdict.kind === 'deny') return await deny(exchange, way, verdict)
    using cut = watch(turn.gone, way.caller.revoked, way.connection.timeouts.total_ms, house.latched) // the client's abort goes upstream; a revoked key and a latched trail cut
    const sending = turn.send(way.connection, way.host, out, cut.signal) // 6 as it came, or masked
    const [reply] = await Promise.all([sending, durable]) // no byte of a reply before its prompt is durable
    exchange.timings.firstByte = elapsed(exchange)
    await answer(exchange, way, reply, cut) // 7 and 8: masked, journalled; the last event only once the ending is durable
  } catch (error) {
    const fault = faultOf(error)
    if (await exchange.opened) await close(exchange, fault)
    else await refuse(exchange, fault)
  } finally {
    release?.()
    turn.end()
  }
}
