/** What is said of entries that were acknowledged and are gone: at a start, by `/readyz`, and in `doctor`. Finds none itself. */
import type { CheckRow } from '#console'
import type { Trail } from '#trail'
import type { AckedFile } from './acked-mark.ts'

/** So long it is an alarm, ms; it stays on the record for ever. */
const LATELY_MS = 7 * 86_400_000

type Told = Awaited<ReturnType<Trail['vanished']>>

const isRecent = ({ vanished }: Told[number], now: number): boolean => vanished.at > now - LATELY_MS

/** How many vanished of late. */
export const vanishedLately = (told: Told, now: number): number =>
  told.reduce((sum, one) => (isRecent(one, now) ? sum + one.vanished.to - one.vanished.from + 1 : sum), 0)

/** A sentence of each time that it was found of late. */
export const toldLately = (told: Told, now: number): string[] =>
  told
    .filter((one) => isRecent(one, now))
    .map((one) => `${toldOf(one)}. Who else writes in the data folder? (gatelog verify)`)

const toldOf = ({ seq, vanished: { from, to, at } }: Told[number]): string =>
  `entries ${from} to ${to} had been acknowledged and were gone on ${new Date(at).toISOString()}, says entry ${seq}`

/** Rows of what vanished, and one of whether it would be noticed. */
export async function vanishedChecks(
  trail: Trail,
  acked: Pick<AckedFile, 'path' | 'fault'> | undefined,
  now: number,
): Promise<CheckRow[]> {
  const remedy =
    'Cut off, or lost by the disk (gatelog verify: whether they had been sealed): keep the data folder as it is, and look who writes in it.'
  const found = (await trail.vanished()).map(
    (one): CheckRow => ({ check: 'entries', state: isRecent(one, now) ? 'fail' : 'warn', told: toldOf(one), remedy }),
  )
  return acked ? [...found, keptRow(acked)] : found
}

function keptRow({ path, fault }: Pick<AckedFile, 'path' | 'fault'>): CheckRow {
  const check = 'last entries'
  if (path !== undefined && fault === undefined)
    return { check, state: 'ok', told: `${path} tells how far entries were acknowledged` }
  const told =
    fault ??
    'nothing outside of the data folder tells how far entries were acknowledged: who cuts off the last is not noticed'
  const remedy = 'A place elsewhere that can be written: encryption.keys, trail.seal.key.file, or backup.journal.'
  return { check, state: 'warn', told, remedy }
}
