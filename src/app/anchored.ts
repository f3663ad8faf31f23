/** The anchors of a house that seals: opened with the key that signs, which they keep from signing behind what they know. */
import { Anchors, type AnchorsSettings, guarded } from '#export'
import type { Signer } from '#trail'

export interface Anchoring {
  /** Opens the anchors, and gives back the signer that asks them first. */
  guard(signer: Signer): Signer
  /** undefined until something is sealed with a key. */
  readonly anchors: Anchors | undefined
  /** Of the log that the key seals. */
  readonly origin: string | undefined
}

export interface AnchoringOptions {
  /** The log's. */
  readonly folder: string
  readonly settings: AnchorsSettings
  readonly graceMs: number
  tell(line: string): void
  /** Told once, where something is to be signed and none of these has told what it has seen. */
  waits?(names: readonly string[]): void
}

/** Nothing outside is reached before there is a key that seals. */
export function anchoring({ folder, settings, graceMs, tell, waits }: AnchoringOptions): Anchoring {
  let anchors: Anchors | undefined
  let origin: string | undefined
  return {
    guard(signer) {
      const [name = ''] = signer.vkey.split('+')
      const opened = new Anchors({ log: { folder, origin: name }, now: Date.now, tell })
      opened.set(settings)
      anchors = opened
      origin = name
      const known = () => opened.known()
      const own = guarded(signer, {
        ...{ folder, known, graceMs, clock: () => performance.now(), tell },
        waits: () => waits?.(opened.knowing),
      })
      void own.look()
      return own
    },
    get anchors() {
      return anchors
    },
    get origin() {
      return origin
    },
  }
}
