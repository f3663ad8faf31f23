/** The backups at a place: which there are, taking one, removing old ones. One record a place. */
import { Fault } from '#exchange'
import { RECORD_FORMATS, type Wrapping } from '#trail'
import {
  type BackupKey,
  type FileRow,
  type Manifest,
  newKey,
  type Opened,
  printBackup,
  readBackup,
  readOuter,
} from './manifest.ts'
import { checkPart, idOf, PARTS, Sender } from './parts.ts'
import type { Place } from './place.ts'

const FOLDER = 'backups/'
const NAME = /^backups\/(\d{8}T\d{9}Z)\.json$/

/** Oldest first. `20261125T193000000Z`. @throws backup.place */
export async function namesAt(place: Place): Promise<string[]> {
  return (await place.list(FOLDER)).flatMap((name) => NAME.exec(name)?.[1] ?? [])
}

const pathOf = (name: string): string => `${FOLDER}${name}.json`

/** @throws backup.none, backup.damaged, backup.newer, backup.key, backup.place */
export async function openBackup(place: Place, name: string, wrapping: Wrapping): Promise<Opened> {
  return readBackup(name, await bytesOf(place, name), wrapping)
}

/** The record that a backup is of. @throws as `openBackup` */
export async function recordIn(place: Place, name: string): Promise<string> {
  return readOuter(name, await bytesOf(place, name)).record
}

async function bytesOf(place: Place, name: string): Promise<Buffer> {
  const bytes = await place.get(pathOf(name))
  if (!bytes) throw new Fault('backup.none', `${name} in ${place.told}`)
  return bytes
}

/** A backup that is being taken: files are sent, then it is finished; before that there is none. */
export class Taking {
  readonly #place: Place
  readonly #record: string
  readonly #key: BackupKey
  readonly #before: Opened | undefined
  readonly #rows = new Map<string, FileRow>()
  readonly #sender: Sender

  private constructor(place: Place, record: string, key: BackupKey, before: Opened | undefined) {
    this.#place = place
    this.#record = record
    this.#key = key
    this.#before = before
    this.#sender = new Sender(place, key.plain, before?.files.flatMap(({ parts }) => parts) ?? [])
  }

  /** Goes on from the newest one, where its key can be had. @throws backup.foreign, backup.place, trail.keyholder */
  static async begin(place: Place, record: string, wrapping: Wrapping): Promise<Taking> {
    const before = await newestAt(place, record, wrapping)
    if (!before) return new Taking(place, record, await newKey(wrapping), undefined)
    const key = before.key.by === wrapping.name ? before.key : await newKey(wrapping, before.key.plain)
    return new Taking(place, record, key, before)
  }

  /** Stamps of the files that are there, by path. */
  get known(): Record<string, string> {
    const rows = new Map([...(this.#before?.files ?? []).map((row) => [row.path, row] as const), ...this.#rows])
    return Object.fromEntries([...rows].flatMap(([path, { stamp }]) => (stamp === undefined ? [] : [[path, stamp]])))
  }

  /** Bytes that were sent. */
  get sent(): number {
    return this.#sender.sent
  }

  /** @throws backup.place, backup.damaged */
  async send(path: string, file: string, stamp?: string): Promise<void> {
    this.#rows.set(path, { ...(await this.#sender.send(path, file)), ...(stamp !== undefined && { stamp }) })
  }

  /**
   * Checks every part that was there before, and writes the list of files; then it is a backup.
   * @param paths all that belong to it @param whole read what was there before, or only its size
   * @throws backup.damaged, backup.place
   */
  async finish(
    told: Omit<Manifest, 'files' | 'formats'>,
    paths: readonly string[],
    whole: boolean,
  ): Promise<{ name: string; files: number; bytes: number }> {
    const files = paths.map((path) => this.#rowOf(path))
    const sent = new Set([...this.#rows.values()].flatMap(({ parts }) => parts.map(({ id }) => id)))
    const all = new Map(files.flatMap(({ parts }) => parts.map((part) => [part.id, part])))
    for (const part of all.values()) await checkPart(this.#place, part, whole && !sent.has(part.id))
    const name = new Date(told.at).toISOString().replace(/[-:.]/g, '')
    const bytes = printBackup(this.#record, { ...told, formats: RECORD_FORMATS, files }, this.#key)
    await this.#place.put(pathOf(name), bytes)
    const back = await this.#place.get(pathOf(name))
    if (!back?.equals(bytes)) throw new Fault('backup.damaged', name)
    return { name, files: files.length, bytes: files.reduce((sum, row) => sum + row.bytes, 0) }
  }

  #rowOf(path: string): FileRow {
    const row = this.#rows.get(path) ?? this.#before?.files.find((each) => each.path === path)
    if (!row) throw new Fault('gateway.internal', 'a file of a backup was not sent')
    return row
  }
}

/** The newest that can be read; a damaged one, or one whose key is gone, is not gone on from. */
async function newestAt(place: Place, record: string, wrapping: Wrapping): Promise<Opened | undefined> {
  for (const name of (await namesAt(place)).reverse())
    try {
      if ((await recordIn(place, name)) !== record) throw new Fault('backup.foreign', place.told)
      return await openBackup(place, name, wrapping)
    } catch (error) {
      if (!(error instanceof Fault) || !['backup.damaged', 'backup.key'].includes(error.code)) throw error
    }
  return undefined
}

/**
 * Removes all but the newest `keep` backups, the parts that none of those left has, and what was never whole. Where one that is left cannot be read,
 * no part is removed. How many backups went, and the names of the wrapping keys that those left are under. @throws backup.place
 */
export async function prune(
  place: Place,
  keep: number,
  wrapping: Wrapping,
): Promise<{ removed: number; under: string[] }> {
  await place.sweep()
  const names = await namesAt(place)
  const old = names.slice(0, Math.max(0, names.length - keep))
  for (const name of old) await place.remove(pathOf(name))
  const [used, under] = [new Set<string>(), new Set<string>()]
  let isWhole = true
  for (const name of names.slice(old.length))
    try {
      const bytes = await bytesOf(place, name)
      under.add(readOuter(name, bytes).by)
      const { files } = await readBackup(name, bytes, wrapping)
      for (const { parts } of files) for (const { id } of parts) used.add(id)
    } catch (error) {
      if (!(error instanceof Fault) || error.code === 'backup.place') throw error
      isWhole = false
    }
  if (isWhole) for (const part of await place.list(PARTS)) if (!used.has(idOf(part))) await place.remove(part)
  return { removed: old.length, under: [...under] }
}
