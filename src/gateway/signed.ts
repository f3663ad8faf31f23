/** Reasoning that a model signed and a rule masked: put back when the client resends it. In memory only. */
import { splice } from '#wire'
import type { Exchange } from './exchange.ts'
import type { Way } from './steps.ts'

/** A text as the model signed it. */
export interface Signed {
  readonly signature: string
  readonly original: string
}

const keyOf = (exchange: Exchange, way: Way, signature: string): string =>
  exchange.house.keyring
    .digest('prompt', `${exchange.actor?.id}\0${way.connection.name}\0${signature}`)
    .toString('base64')

/** Remembers signed texts for the same actor and connection. */
export function rememberSigned(exchange: Exchange, way: Way, signed: readonly Signed[]): void {
  const { house, at } = exchange
  for (const { signature, original } of signed) house.memory.signed.set(keyOf(exchange, way, signature), original, at)
}

/** The signed texts of a whole reply that masking changed. */
export function signedIn(way: Way, original: string, masked: string): Signed[] {
  if (original === masked) return []
  const kept = new Map(
    way.protocol?.readSigned?.(masked, 'reply').map(({ signature, piece }) => [signature, piece.value]),
  )
  const signed = way.protocol?.readSigned?.(original, 'reply') ?? []
  return signed
    .filter(({ signature, piece }) => kept.get(signature) !== piece.value)
    .map(({ signature, piece }) => ({ signature, original: piece.value }))
}

/** Whether a prompt may hold reasoning that must be put back. */
export const signs = ({ house }: Exchange, way: Way): boolean =>
  way.protocol?.readSigned !== undefined && house.memory.signed.size > 0

/** The prompt's JSON text with the reasoning as the model signed it, or the very same text. */
export function resignReasoning(exchange: Exchange, way: Way, text: string): string {
  if (!signs(exchange, way)) return text
  const edits = (way.protocol?.readSigned?.(text, 'prompt') ?? []).flatMap(({ signature, piece }) => {
    const original = exchange.house.memory.signed.get(keyOf(exchange, way, signature), exchange.at)
    return original === undefined || original === piece.value
      ? []
      : [{ start: piece.start, end: piece.end, value: original }]
  })
  return edits.length ? splice(text, edits) : text
}
