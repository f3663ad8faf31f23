/** The ending of an exchange whose process died: what the journal holds, and no word more. Pure but for the clock given. */
import { type Body, digestsOf, type Edits, type Ending, type Keyring, type Opening } from '#exchange'
import type { Unfinished } from './store.ts'

/** What a reply that broke off brought; undefined where it is nothing, or its route is not read. */
export type EditsOf = (opening: Opening, bytes: Uint8Array) => Edits | undefined

/** The words of a reply that broke off, for the full-text index; undefined where its route is not read. */
export type Words = (opening: Opening, bytes: Uint8Array) => string | undefined

/**
 * The `interrupted` ending of an exchange. Its body is the masked bytes that the journal holds. What died with the process
 * is absent: status, what was delivered beyond the journal, and when it ended; the body's type and the digest of the bytes
 * as received are empty.
 */
export function interrupted(
  { opening, bytes, lost = 0 }: Unfinished,
  { keyring, now, words }: { readonly keyring: Keyring; readonly now: () => number; readonly words?: Words },
): Ending {
  const text = bytes.byteLength > 0 ? words?.(opening, bytes) : undefined
  const body = (): Body => ({
    bytes,
    type: '',
    received: '',
    sent: digestsOf(keyring, bytes).keyed,
  })
  return {
    kind: 'interrupted',
    exchange: opening.exchange,
    at: now(),
    findings: [],
    fault: 'gateway.stopped',
    timings: {},
    ...(lost > 0 && { reason: `${lost} stretches of its reply in flight could not be read` }),
    ...(bytes.byteLength > 0 && { body: body() }),
    ...(text && { text }),
  }
}
