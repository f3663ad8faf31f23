/** The strings of a large body, masked ahead in slices, so that whoever asks for them has them at once. Keeps them for one exchange. */
import { type MaskedText, maskSlowly } from '#masking'
import type { Piece } from '#wire'
import type { Breath } from './breath.ts'
import type { Masker } from './masker.ts'

/** A body of fewer bytes is masked in one go: that takes some ten milliseconds. */
const LARGE = 256 * 1024

export const isLarge = (body: { readonly length: number }): boolean => body.length >= LARGE

export class Ahead {
  readonly #text = new Map<string, MaskedText>()
  readonly #json = new Map<string, MaskedText>()

  /** What became of a string; undefined where it was not masked ahead. */
  of(value: string, mode: Piece['mode']): MaskedText | undefined {
    return this.#of(mode).get(value)
  }

  /** Masks these strings; the same one once. */
  async mask(pieces: readonly Piece[], { engine, lanes }: Masker, breath: Breath): Promise<void> {
    for (const { value, mode } of pieces) {
      const known = this.#of(mode)
      if (known.has(value)) continue
      known.set(value, await maskSlowly(engine, value, mode, lanes, () => breath.pause()))
    }
  }

  #of(mode: Piece['mode']): Map<string, MaskedText> {
    return mode === 'json' ? this.#json : this.#text
  }
}
