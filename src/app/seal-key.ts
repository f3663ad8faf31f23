/** Who signs the heads of the log: a key file that is made where there is none, a variable, or a command. No key is ever shown. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { Fault } from '#exchange'
import { defaultOrigin, printVerifier, type Signer, verifierOf, writeDurably } from '#trail'
import type { Seal } from './config-trail.ts'
import { printedBy } from './keyholder/command.ts'
import { variable } from './keyholder/variables.ts'

/** Longest time that a signing command may take, in ms. */
const COMMAND_MS = 10_000
/** Longest answer of one, in bytes. */
const MOST_ANSWER = 16_384

/** Opens the signer of a data folder. @throws seal.key */
export async function openSigner({ origin, key }: Seal, data: string): Promise<Signer> {
  if (key.kind === 'command') return { vkey: key.vkey, sign: (text) => signWith(key.argv, text) }
  if (key.kind === 'env') return signerOf(parsed(variable(key.name), `the variable ${key.name}`), origin)
  const path = key.path ?? join(data, 'seal.key')
  if (!existsSync(path)) await createKey(path)
  if (statSync(path).mode & 0o077) throw new Fault('seal.key', `${path} can be read by others: chmod 600`)
  return signerOf(parsed(readFileSync(path, 'utf8'), path), origin)
}

function parsed(text: string | undefined, where: string): KeyObject {
  try {
    const key = createPrivateKey(text ?? '')
    if (key.asymmetricKeyType === 'ed25519') return key
  } catch (cause) {
    throw new Fault('seal.key', `${where} holds no key`, { cause })
  }
  throw new Fault('seal.key', `${where} holds a key that is not Ed25519`)
}

function signerOf(key: KeyObject, origin: string | undefined): Signer {
  const raw = Buffer.from(createPublicKey(key).export({ format: 'jwk' }).x ?? '', 'base64url')
  const vkey = printVerifier(verifierOf(origin ?? defaultOrigin(raw), raw))
  return { vkey, sign: async (text) => sign(null, text, key) }
}

async function createKey(path: string): Promise<void> {
  const { privateKey } = generateKeyPairSync('ed25519')
  const bytes = Buffer.from(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())
  try {
    await writeDurably([{ path, bytes }])
  } catch (error) {
    rmSync(path, { force: true }) // half of it would be taken for one that is damaged
    throw error
  }
}

/** Whether a path lies outside of a data folder. */
export const isOutside = (path: string, data: string): boolean =>
  relative(resolve(data), resolve(path)).startsWith('..')

/** The key file, where it lies outside the data folder: beside it is kept what was signed. */
export const keyOutside = (seal: Seal | undefined, data: string): string | undefined => {
  const path = seal?.key.kind === 'file' ? seal.key.path : undefined
  return path !== undefined && isOutside(path, data) ? path : undefined
}

/** Where that is kept for a record: several may have one key, and none writes the file of another. */
export const headBeside = (key: string, record: string): string => `${key}.${record}.head`

/** Where an earlier version kept it for all records of a key. It is read alone, and only where a record has no file of its own. */
export const sharedHead = (key: string): string => `${key}.head`

/** The files of other records that lie beside a key, and whose they are. */
export function othersBeside(key: string, record: string): { readonly path: string; readonly record: string }[] {
  const [folder, start] = [dirname(key), `${basename(key)}.`]
  const rests = (existsSync(folder) ? readdirSync(folder) : []).filter((name) => name.startsWith(start))
  const ids = rests.flatMap((name) => /^([0-9a-f]{16})\.head$/.exec(name.slice(start.length))?.[1] ?? [])
  return ids.filter((id) => id !== record).map((id) => ({ path: headBeside(key, id), record: id }))
}

/** Where the head that was signed last may be kept, the best place first. `keys`: the folder of the wrapping keys. */
export function memoriesOf(seal: Seal | undefined, { data, keys, record }: RecordPlaces): string[] {
  const key = keyOutside(seal, data)
  const folders = [keys, data].filter((folder) => folder !== undefined)
  return [
    ...(key === undefined ? [] : [headBeside(key, record)]),
    ...folders.map((folder) => join(folder, 'seal.head')),
  ]
}

/** Where a record lies, and which one it is. */
export interface RecordPlaces {
  readonly data: string
  /** The folder of the wrapping keys. */
  readonly keys: string | undefined
  /** The id of the record. */
  readonly record: string
}

async function signWith(argv: readonly string[], text: Uint8Array): Promise<Uint8Array> {
  const printed = await printedBy(argv, { input: text, ms: COMMAND_MS, most: MOST_ANSWER }, 'seal.key')
  return Buffer.from(printed.toString().trim(), 'base64')
}
