/** What the gateway remembers between exchanges, in memory only and bounded: retries, signed reasoning, what was sent. */
import type { Keep } from '#exchange'
import type { Before } from './follows.ts'
import { Recent } from './recent.ts'
import { Resent } from './resent.ts'
import type { Given } from './restore/given.ts'
import { Numbers, type Taken } from './restore/placeholders.ts'
import { Strands } from './strands.ts'

const MINUTE = 60_000

/** Everything that outlives one exchange. */
export interface Memory {
  /** Fingerprint of actor, connection and prompt → the exchange that asked it last. */
  readonly retries: Recent<string>
  /** Fingerprint of actor, connection and signature → the reasoning text as the model signed it. */
  readonly signed: Recent<string>
  /** Actor and connection → the notices that ended its replies. */
  readonly notices: Recent<readonly string[]>
  /** What each session has sent before. */
  readonly resent: Resent
  /** The bodies that each caller sent of late. */
  readonly strands: Strands
  /** What `mask: restore` numbers values with. */
  readonly numbers: Numbers
  /** Fingerprint of actor, connection and a provider's id of a reply → what the prompts of its chain had taken out. */
  readonly taken: Recent<Taken>
  /** Actor and connection → what came back to it. */
  readonly given: Recent<Given>
  /** Fingerprint of actor, connection and a provider's id of a reply → its exchange, with all that led to it. */
  readonly replies: Recent<Before>
  /** Session → the least that was kept of one of its exchanges: what it resends is kept no better. */
  readonly keeps: Recent<Keep>
  /** Forgets all that anybody said: something of it was erased. */
  forget(): void
}

export function openMemory(): Memory {
  const memory = {
    retries: new Recent<string>(20_000, 10 * MINUTE),
    signed: new Recent<string>(2_000, 24 * 60 * MINUTE),
    notices: new Recent<readonly string[]>(2 ** 20, 24 * 60 * MINUTE),
    resent: new Resent(),
    strands: new Strands(),
    numbers: new Numbers(),
    taken: new Recent<Taken>(4 * 2 ** 20, 60 * MINUTE),
    given: new Recent<Given>(4 * 2 ** 20, 24 * 60 * MINUTE),
    replies: new Recent<Before>(64 * 2 ** 20, 60 * MINUTE),
    keeps: new Recent<Keep>(100_000, 7 * 24 * 60 * MINUTE),
  }
  const { signed, resent, strands, taken, given, replies } = memory
  return {
    ...memory,
    forget() {
      for (const each of [signed, resent, strands, taken, given, replies]) each.clear()
    },
  }
}
