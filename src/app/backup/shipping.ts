/** Backups of an open record, one at a time: when they are asked for, and by themselves as often as is configured. Stops no traffic. */
import type { BackupHouse, BackupRow, CheckRow } from '#console'
import { Fault, faultOf } from '#exchange'
import { openFolder, openS3, type Place } from '#export'
import { type BackupSettings, overlap, type WhereForm } from '../config-backup.ts'
import type { JournalFile } from './journal-file.ts'
import { type BackedUp, LAST, takeBackup } from './take.ts'

export interface ShippingOptions extends BackedUp {
  settings(): BackupSettings
  /** A line for whoever runs the gateway. */
  tell(line: string): void
}

export const openPlace = (where: WhereForm): Place => (typeof where === 'string' ? openFolder(where) : openS3(where))

export class Shipping implements BackupHouse {
  readonly #o: ShippingOptions
  #timer: NodeJS.Timeout | undefined
  #running: Promise<unknown> = Promise.resolve()
  #fault: Fault | undefined
  #closed = false

  constructor(options: ShippingOptions) {
    this.#o = options
  }

  /** A backup to where it is told, or else where the configuration says. @throws backup.*, usage.option, seal.*, trail.* */
  take({ to, keys, quick }: { to?: string; keys?: string; quick?: boolean }): Promise<BackupRow> {
    const taken = this.#running.then(() => this.#take({ to, keys, whole: quick !== true }))
    this.#running = taken.catch(() => undefined)
    return taken
  }

  async #take(asked: { to: string | undefined; keys: string | undefined; whole: boolean }): Promise<BackupRow> {
    const settings = this.#o.settings()
    const to = asked.to ?? settings.to
    const keys = asked.keys ?? (asked.to === undefined ? settings.keys : undefined)
    if (to === undefined) throw new Fault('usage.option', 'say where to: a folder here, or backup.to in gatelog.yaml')
    if (keys !== undefined && overlap(to, keys))
      throw new Fault('usage.option', 'keys lie apart from what they open: name another place')
    for (const where of [to, keys]) if (where !== undefined && overlap(this.#o.data, where)) throw within()
    const [place, apart] = [openPlace(to), keys === undefined ? undefined : openPlace(keys)]
    try {
      return await takeBackup(this.#o, { to: place, keys: apart, keep: settings.keep, whole: asked.whole })
    } finally {
      await Promise.all([place.close(), apart?.close()])
    }
  }

  /** Begins, or goes on in another rhythm: the first one at once where none was taken for so long. */
  async start(): Promise<void> {
    clearTimeout(this.#timer)
    const { everyMs } = this.#o.settings()
    if (everyMs === undefined || this.#closed) return
    const since = this.#o.now() - ((await this.last())?.at ?? 0)
    this.#timer = setTimeout(() => void this.#round(), Math.max(0, everyMs - since)).unref()
  }

  /** Never rejects: what fails is told once, shown by `doctor`, and tried again when its time comes. */
  async #round(): Promise<void> {
    const { settings, tell } = this.#o
    try {
      await this.take({ quick: true })
      if (this.#fault) tell('backup: it works again')
      this.#fault = undefined
    } catch (error) {
      const fault = faultOf(error)
      if (!this.#fault && !this.#closed) tell(`backup: ${fault.message}. ${fault.remedy}`)
      this.#fault = fault
    }
    if (this.#closed) return
    this.#timer = setTimeout(() => void this.#round(), settings().everyMs ?? 0).unref()
    if (settings().everyMs === undefined) clearTimeout(this.#timer)
  }

  async last(): Promise<BackupRow | undefined> {
    return (await this.#o.trail.documents.get(...LAST)) as BackupRow | undefined
  }

  /** How far the newest backup is behind, and whether what must outlive it has a place. */
  async checks(): Promise<CheckRow[]> {
    const { journal, now, trail } = this.#o
    const { everyMs } = this.#o.settings()
    const last = await this.last()
    const without: CheckRow = {
      ...{ check: 'journal', state: 'warn' },
      told: 'nothing outside the data folder tells of erasures and revocations: a restored backup would not know them',
      remedy: 'Set backup.journal to a file elsewhere.',
    }
    const rows = journal ? begunAnew(journal, last) : [without]
    if (!last && everyMs === undefined) return rows
    const behind = (await trail.highest()) - (last?.last ?? 0)
    const age = now() - (last?.at ?? 0)
    const lag = last ? `the newest is ${minutes(age)} old, ${behind} entries came since` : 'none was taken yet'
    const late = everyMs !== undefined && age > 2 * everyMs
    const told = this.#fault ? `${this.#fault.message}; ${lag}` : lag
    const state = this.#fault ? 'fail' : late ? 'warn' : 'ok'
    const remedy =
      this.#fault?.remedy ?? 'No server ran, or one takes longer than backup.every: take one now, `gatelog backup`.'
    return [...rows, { check: 'backup', state, told, ...(state !== 'ok' && { remedy }) }]
  }

  /** Ends with the one that runs. */
  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    await this.#running
  }
}

/** Until a backup was taken since: what the lost one alone told, an earlier backup’s journal may still tell. */
function begunAnew(journal: JournalFile, last: BackupRow | undefined): CheckRow[] {
  const mark = journal.lines().findLast((line) => line.kind === 'mark' && line.after !== undefined)
  if (mark?.kind !== 'mark' || (last?.at ?? 0) > mark.at) return []
  const told = `it was not there on ${new Date(mark.at).toISOString()}, and was begun anew from the record and its ${mark.after} entries`
  const remedy =
    'Put the old one back if there was one (early versions kept none); else take a backup now: `gatelog backup`.'
  return [{ check: 'journal', state: 'warn', told, remedy }]
}

const within = () => new Fault('usage.option', 'a backup in the data folder, or around it, is none')

const minutes = (ms: number): string => (ms < 120_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`)
