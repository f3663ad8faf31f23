/** Edit units as bytes and back: one byte for each run of new lines is most of it. Pure; part of the format. */
import type { EditOrigin, Edits, EditUnit, KeptEdits } from '#exchange'
import { Numbers, printNumber } from './recipe.ts'

/** Numbers are part of the format: new ones go to the end. */
const ORIGINS: readonly EditOrigin[] = ['fence', 'completion', 'edit', 'patch', 'shell']
const CUT = 1

/** Writes units: whether they were cut, their count, then each one's origin, names, place, first line, length and runs. */
export function packUnits({ units, cut }: Pick<Edits, 'units' | 'cut'>): Uint8Array {
  const out: number[] = [cut ? CUT : 0]
  printNumber(out, units.length)
  for (const { from, path = '', language = '', call, field = '', lines, fresh } of units) {
    out.push(ORIGINS.indexOf(from))
    for (const text of [path, language, field]) printText(out, text)
    const runs = runsOf(fresh, lines[0])
    for (const value of [call === undefined ? 0 : call + 1, lines[0], lines[1] - lines[0], runs.length / 2, ...runs])
      printNumber(out, value)
  }
  return Uint8Array.from(out)
}

function printText(out: number[], text: string): void {
  const bytes = Buffer.from(text)
  printNumber(out, bytes.length)
  for (const byte of bytes) out.push(byte)
}

/** How many lines are passed over and how many are taken, by turns. */
function runsOf(fresh: readonly number[], first: number): number[] {
  const runs: number[] = []
  let next = first
  for (const line of fresh) {
    if (line === next && runs.length > 0) runs[runs.length - 1] = (runs.at(-1) ?? 0) + 1
    else runs.push(line - next, 1)
    next = line + 1
  }
  return runs
}

/** Reads what `packUnits` wrote. @throws RangeError where it is cut short or holds what no version wrote */
export function unpackUnits(bytes: Uint8Array): Pick<KeptEdits, 'units' | 'cut'> {
  const numbers = new Numbers(bytes)
  const cut = numbers.next() === CUT
  const count = numbers.next()
  const units: EditUnit[] = []
  for (let at = 0; at < count; at++) units.push(unitFrom(numbers, bytes))
  return { units, ...(cut && { cut }) }
}

function unitFrom(numbers: Numbers, bytes: Uint8Array): EditUnit {
  const from = ORIGINS[numbers.next()]
  if (from === undefined) throw new RangeError('an edit of unknown origin')
  const text = (): string => {
    const length = numbers.next()
    if (numbers.at + length > bytes.length) throw new RangeError('a text is cut short')
    numbers.at += length
    return Buffer.from(bytes.subarray(numbers.at - length, numbers.at)).toString()
  }
  const [path, language, field] = [text(), text(), text()]
  const call = numbers.next()
  const first = numbers.next()
  const last = first + numbers.next()
  const fresh: number[] = []
  let next = first
  for (let runs = numbers.next(); runs > 0; runs--) {
    next += numbers.next()
    for (let length = numbers.next(); length > 0; length--) fresh.push(next++)
    if (fresh.length > MOST_FRESH) throw new RangeError('more lines than are ever kept')
  }
  return {
    from,
    ...(path && { path }),
    ...(language && { language }),
    ...(call > 0 && { call: call - 1 }),
    ...(field && { field }),
    lines: [first, last],
    fresh,
  }
}

/** Far beyond what is derived, so that damaged bytes take no memory without bound. */
const MOST_FRESH = 1_000_000
