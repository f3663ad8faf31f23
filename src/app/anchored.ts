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

/** `folder`: the log's. Nothing outside is reached before something is to be signed or a head is there. */
export function anchoring(folder: string, settings: AnchorsSettings, tell: (line: string) => void): Anchoring {
  let anchors: Anchors | undefined
  let origin: string | undefined
  return {
    guard(signer) {
      const [name = ''] = signer.vkey.split('+')
      const opened = new Anchors({ log: { folder, origin: name }, now: Date.now, tell })
      opened.set(settings)
      anchors = opened
      origin = name
      return guarded(signer, { folder, known: () => opened.known(), tell })
    },
    get anchors() {
      return anchors
    },
    get origin() {
      return origin
    },
  }
}
