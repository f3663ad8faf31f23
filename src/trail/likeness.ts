/** Where two bodies are the same: how many bytes from the front, how many from the end. Pure; compares by memory, not by sign. */

/** Both counts are of bytes, and never overlap in the shorter body. */
export interface Likeness {
  readonly prefix: number
  readonly suffix: number
}

/** What two bodies have in common at both ends. */
export function likeness(one: Uint8Array, other: Uint8Array): Likeness {
  const [a, b] = [bufferOf(one), bufferOf(other)]
  const most = Math.min(a.length, b.length)
  const prefix = longest(most, (from, to) => a.compare(b, from, to, from, to) === 0)
  const same = (from: number, to: number) =>
    a.compare(b, b.length - to, b.length - from, a.length - to, a.length - from) === 0
  return { prefix, suffix: longest(most - prefix, same) }
}

const bufferOf = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** The highest `end` up to `most` with `same(0, end)`: by steps that double while they hold, then by halves. */
function longest(most: number, same: (from: number, to: number) => boolean): number {
  let [held, step] = [0, 4096]
  while (held < most && same(held, Math.min(most, held + step))) {
    held = Math.min(most, held + step)
    step *= 2
  }
  let broken = Math.min(most, held + step) + (held === most ? 1 : 0)
  while (broken - held > 1) {
    const middle = held + ((broken - held) >> 1)
    if (same(held, middle)) held = middle
    else broken = middle
  }
  return held
}
