/** A reply that is relayed as it comes: nothing of it is read, masked, digested or kept. */
import type { Incoming } from '#relay'
import { type Exchange, ended } from '../exchange.ts'
import { end } from '../record.ts'

/** Sends the reply on; its last bytes leave once the ending is durable. @throws upstream.*, client.aborted, trail.* */
export async function relayUnread(exchange: Exchange, { status, headers, body }: Incoming): Promise<void> {
  const { turn, id } = exchange
  turn.head(status, [...headers, ['x-gatelog-exchange', id]])
  let held: Uint8Array | undefined
  for await (const bytes of body) {
    if (held) await turn.deliver(held)
    held = bytes
  }
  await end(exchange, ended(exchange, { kind: 'replied', status, delivered: status }))
  if (held) await turn.deliver(held)
}
