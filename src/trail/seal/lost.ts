/**
 * Logs before this one of which nothing is here but that they were: a record that was put back without its log is sealed from its
 * first entry on, under another name. The largest head that is known of each lies in `former/<n>/known`. Never changes one.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Fault } from '#exchange'
import { writeDurably } from './durable.ts'
import { type Head, parseHead } from './files.ts'
import type { Begin, Covered } from './former.ts'
import { EMPTY_ROOT } from './hashes.ts'

const FORMER = 'former'
const KNOWN = 'known'

/** Their heads, the oldest log first. @throws seal.damaged */
export function lostIn(folder: string): Head[] {
  return numbersIn(folder).flatMap((nth) => {
    const path = join(folder, FORMER, String(nth), KNOWN)
    if (!existsSync(path)) return []
    const head = parseHead(readFileSync(path, 'utf8'))
    if (!head) throw new Fault('seal.damaged', `${FORMER}/${nth}/${KNOWN}`)
    return [head]
  })
}

function numbersIn(folder: string): number[] {
  const root = join(folder, FORMER)
  const names = existsSync(root) ? readdirSync(root).filter((name) => /^[1-9]\d*$/.test(name)) : []
  return names.map(Number).sort((one, other) => one - other)
}

/**
 * Lets a record without a log be sealed under the name `origin`, though another one is known: the largest of the heads `seen` is
 * kept. The log itself begins with the next one who seals.
 * @throws seal.named where no log is known, or one of this very name: that one is not signed beside
 */
export async function beginAnew(folder: string, origin: string, seen: readonly string[]): Promise<Begin> {
  const heads = seen.flatMap((note) => parseHead(note) ?? []).sort((one, other) => other.size - one.size)
  const [known] = heads
  if (!known) throw new Fault('seal.named', 'no log was begun here')
  const isTold = lostIn(folder).some((head) => head.origin === known.origin && head.size >= known.size)
  if (isTold || heads.some((head) => head.origin === origin)) throw new Fault('seal.named', origin)
  const nth = (numbersIn(folder).at(-1) ?? 0) + 1
  await writeDurably([{ path: join(folder, FORMER, String(nth), KNOWN), bytes: Buffer.from(known.printed) }])
  return beginAfter(origin, known)
}

/** What an entry says of such a log: nothing of it is here, and so much was signed. */
export function beginAfter(origin: string, { origin: name, size, root }: Head): Begin {
  const known = { origin: name, size, root: Buffer.from(root).toString('hex') }
  return { origin, former: { origin: name, size: 0, root: EMPTY_ROOT.toString('hex') }, known }
}

/** The heads that entries tell of so. */
export const lostBy = (notes: readonly Begin[]): Covered[] =>
  notes.flatMap(({ former, known }) => (former.size === 0 && known ? [known] : []))

/** Whether a head is of such a log, and not beyond what is told of it. */
export const isOfLost = (head: Pick<Head, 'origin' | 'size'>, lost: readonly Covered[]): boolean =>
  lost.some(({ origin, size }) => origin === head.origin && head.size <= size)
