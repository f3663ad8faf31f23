/** The ending of an exchange whose process died: what the journal holds, and no word more. Pure but for the clock given. */
import type { Body, Ending, Keyring } from '#exchange'
import type { Unfinished } from './store.ts'

/**
 * The `interrupted` ending of an exchange. Its body is the masked bytes that the journal holds; the digest of the bytes
 * as received died with the process and is empty, and so is the type; status and times are 0 for the same reason.
 */
export function interrupted(
  { opening, bytes }: Unfinished,
  { keyring, now }: { readonly keyring: Keyring; readonly now: () => number },
): Ending {
  const body = (): Body => ({
    bytes,
    type: '',
    received: '',
    sent: keyring.digest('body', bytes).toString('hex'),
  })
  return {
    kind: 'interrupted',
    exchange: opening.exchange,
    at: now(),
    status: 0,
    delivered: 0,
    findings: [],
    fault: 'gateway.stopped',
    timings: { end: 0 },
    ...(bytes.byteLength > 0 && { body: body() }),
  }
}
