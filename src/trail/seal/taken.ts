/** Which seqs an entry says that it took: written short, since a day of many retention classes leaves many holes. Pure. */

/** In turn so many that were left out, from seq 1 on, and so many that were taken. `seqs` may be in any order, and twice. */
export function printTaken(seqs: Iterable<number>): number[] {
  const runs: number[] = []
  let next = 1
  for (const seq of [...new Set(seqs)].sort((a, b) => a - b)) {
    if (seq === next && runs.length > 0) runs[runs.length - 1]! += 1
    else if (seq >= next) runs.push(seq - next, 1)
    next = Math.max(next, seq + 1)
  }
  return runs
}

/** What `printTaken` wrote, to be asked. */
export class Taken {
  /** Where each run that was taken begins, and behind its end. */
  readonly #spans: (readonly [from: number, end: number])[] = []

  constructor(runs: readonly number[]) {
    let seq = 1
    for (let at = 0; at + 1 < runs.length; at += 2) {
      const from = seq + runs[at]!
      seq = from + runs[at + 1]!
      this.#spans.push([from, seq])
    }
  }

  has(seq: number): boolean {
    let [low, high] = [0, this.#spans.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#spans[middle]![1] <= seq) low = middle + 1
      else high = middle
    }
    return (this.#spans[low]?.[0] ?? Number.POSITIVE_INFINITY) <= seq
  }
}
