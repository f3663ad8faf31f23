/**
 * The wrapping keys of a record: those of the configuration, or a folder of its own outside the data folder, where the
 * first is made at the first start. Never makes one for a record that has another.
 */

import { randomBytes } from 'node:crypto'
import { closeSync, existsSync, fsyncSync, openSync, readdirSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { Fault } from '#exchange'
import { KEY_BYTES, makeFolders, nameOfKey } from '#trail'
import { type KeySource, keyFrom, parseKey } from './sources.ts'

/** What of it the configuration says. */
export interface WrappingForm {
  /** The folder of all records' wrapping keys. */
  readonly folder?: string | undefined
  readonly key?: KeySource | undefined
  /** Keys that wrapped before, for as long as something is under them. */
  readonly former: readonly KeySource[]
}

export interface WrappingOptions {
  readonly form: WrappingForm
  /** The data folder. */
  readonly data: string
  /** Names the record's own folder among those of other records: 16 hexadecimal digits. */
  readonly id: string
  /** Whether nothing is under any key yet. */
  readonly fresh: boolean
}

/** Keys that are here, the one that wraps first; where that is missing, only those that wrapped before. */
export interface WrappingKeys {
  readonly keys: readonly Buffer[]
  /** Why the key that wraps is not among them: which file is gone, or damaged. */
  readonly missing?: string
  /** Files of keys of which the same is to be said, that key's included. */
  readonly damaged?: readonly string[]
  /** The folder that they lie in; absent where the configuration says them. */
  readonly place?: string
  /** Whether the first was made now. */
  readonly made?: true
}

const CURRENT = 'current'
const FILE = /^[0-9a-f]{16}\.key$/

/** @throws trail.key where the configuration names a key that cannot be read */
export function openWrappingKeys(options: WrappingOptions): WrappingKeys {
  const { key, former } = options.form
  if (key) return { keys: [keyFrom(key), ...former.map(keyFrom)] }
  const places = placesOf(options)
  const place = places.find(isPlace)
  if (place) {
    const found = keysIn(place)
    return { ...found, keys: [...found.keys, ...former.map(keyFrom)] }
  }
  if (!options.fresh) {
    const [first = ''] = places
    const keys = former.map(keyFrom)
    return { keys, place: first, ...(keys.length === 0 && { missing: `there is none in ${first}` }) }
  }
  return makeWrappingKey(options)
}

/** A new key that wraps from now on; those before it stay where they are. @throws trail.key where it cannot be kept */
export function makeWrappingKey(options: WrappingOptions): WrappingKeys {
  const places = placesOf(options)
  const known = places.find(isPlace)
  const tried: string[] = []
  for (const place of known ? [known] : places)
    try {
      keep(place, randomBytes(KEY_BYTES))
      return { ...keysIn(place), made: true }
    } catch (error) {
      tried.push(`${place} (${(error as NodeJS.ErrnoException).code ?? String(error)})`)
    }
  throw new Fault('trail.key', `no wrapping key can be kept in ${tried.join(', ')}`)
}

/** Where the record's folder may be, in the order in which it is sought; inside the data folder only where nothing else will do. */
function placesOf({ form, data, id }: WrappingOptions): string[] {
  const folder = form.folder ?? process.env['GATELOG_KEYS']
  if (folder) return [join(folder, id)]
  const own = process.env['XDG_CONFIG_HOME'] || (home() && join(home(), '.config'))
  return [...(own ? [join(own, 'gatelog', 'keys', id)] : []), join(data, 'wrapping')]
}

function home(): string {
  try {
    return homedir()
  } catch {
    return '' // a user whom the system does not know has none
  }
}

/** Whether keys of the record lie there, one of which wraps or did. */
const isPlace = (place: string): boolean =>
  existsSync(place) && [CURRENT, ...namesIn(place)].some((name) => existsSync(join(place, name)))

const namesIn = (place: string): string[] => readdirSync(place).filter((name) => FILE.test(name))

/** All that can be read: a file of one is not what opens another. */
function keysIn(place: string): WrappingKeys {
  const read = (name: string) => keyIn(place, name)
  const found = namesIn(place).map(read)
  const damaged = found.filter((each) => typeof each === 'string')
  const keys = found.filter((each) => typeof each !== 'string')
  const current = textIn(place, CURRENT)?.trim() ?? ''
  keys.sort((a, b) => Number(nameOfKey(b) === current) - Number(nameOfKey(a) === current))
  const told = { keys, place, ...(damaged.length > 0 && { damaged }) }
  if (keys[0] && nameOfKey(keys[0]) === current) return told
  const name = `${current}.key`
  if (!FILE.test(name)) return { ...told, missing: `${join(place, CURRENT)} names no key` }
  const why = existsSync(join(place, name)) ? read(name) : `${join(place, name)} is gone`
  return { ...told, missing: String(why) }
}

/** A key by the name of its file, or what is wrong with that. */
function keyIn(place: string, name: string): Buffer | string {
  const text = textIn(place, name)
  if (text === undefined) return `${join(place, name)} cannot be read`
  const key = parseKey(text)
  return key && `${nameOfKey(key)}.key` === name ? key : `${join(place, name)} is damaged`
}

function textIn(place: string, name: string): string | undefined {
  try {
    return readFileSync(join(place, name), 'utf8')
  } catch {
    return undefined // gone, a folder, or another user's: told by its name
  }
}

function keep(place: string, key: Buffer): void {
  makeFolders(place)
  const name = nameOfKey(key)
  write(place, `${name}.key`, key.toString('hex'))
  write(place, CURRENT, name)
}

/** Whole or not there, and on the disk. */
function write(place: string, name: string, text: string): void {
  const half = join(place, `${name}.${randomBytes(4).toString('hex')}.new`)
  const open = openSync(half, 'wx', 0o600)
  writeSync(open, `${text}\n`)
  fsyncSync(open)
  closeSync(open)
  renameSync(half, join(place, name))
  const folder = openSync(place, 'r')
  fsyncSync(folder)
  closeSync(folder)
}
