/** What a backup consists of, sealed under a key of its own that only the record's wrapping key opens. Touches no place. */
import { createSecretKey, randomBytes } from 'node:crypto'
import { z } from 'zod'
import { Fault } from '#exchange'
import { KEY_BYTES, openSealed, RECORD_FORMATS, sealUnder, type Wrapping } from '#trail'

const hex = z.string().regex(/^[0-9a-f]{64}$/)
const Part = z.strictObject({ plain: hex, id: hex, bytes: z.number() })
const FileRow = z.strictObject({
  path: z
    .string()
    .regex(/^((install|seal)\.key|(head|keys)\.db|seal\.pack|journal\.jsonl|gap\.mark|days\/[\w.-]+\.db|ca\/[\w.-]+)$/),
  bytes: z.number(),
  digest: hex,
  stamp: z.string().optional(),
  parts: z.array(Part),
})
const Manifest = z.strictObject({
  at: z.number(),
  last: z.number(),
  /** The head of its log as a signed note, how many entries that covers, and the verifier key. */
  head: z.string().optional(),
  sealed: z.number(),
  vkey: z.string().optional(),
  formats: z.strictObject({ day: z.number(), head: z.number(), keys: z.number() }),
  files: z.array(FileRow),
})

/** What stands open: whose it is, and its key, wrapped. */
const Outer = z.strictObject({
  gatelog: z.literal('backup'),
  v: z.number(),
  at: z.number(),
  record: z.string().regex(/^[0-9a-f]{16}$/),
  by: z.string(),
  key: z.base64(),
  sealed: z.base64(),
})

export type Part = z.infer<typeof Part>
export type FileRow = z.infer<typeof FileRow>
export type Manifest = z.infer<typeof Manifest>

/** A backup that was read. `key` seals its parts. */
export interface Opened extends Manifest {
  readonly name: string
  readonly record: string
  readonly key: BackupKey
}

/** A key, and itself as the wrapping key named `by` wrapped it. */
export interface BackupKey {
  readonly plain: Uint8Array
  readonly by: string
  readonly wrapped: Uint8Array
}

const VERSION = 1
const placeOf = (record: string, at: number) => `gatelog backup\n${record}\n${at}`

/** @throws trail.keyholder */
export async function newKey(wrapping: Wrapping, plain: Uint8Array = randomBytes(KEY_BYTES)): Promise<BackupKey> {
  const { by, wrapped } = await wrapping.wrap([plain])
  return { plain, by, wrapped: wrapped[0] as Uint8Array }
}

export function printBackup(record: string, manifest: Manifest, { plain, by, wrapped }: BackupKey): Buffer {
  const { at } = manifest
  const sealed = sealUnder(createSecretKey(plain), placeOf(record, at), Buffer.from(JSON.stringify(manifest)))
  const key = Buffer.from(wrapped).toString('base64')
  return Buffer.from(
    `${JSON.stringify({ gatelog: 'backup', v: VERSION, at, record, by, key, sealed: sealed.toString('base64') })}\n`,
  )
}

/** What it says without a key. @throws backup.damaged, backup.newer */
export function readOuter(name: string, bytes: Uint8Array): z.infer<typeof Outer> {
  const parsed = Outer.safeParse(jsonOf(bytes))
  if (!parsed.success) throw new Fault('backup.damaged', name)
  if (parsed.data.v > VERSION) throw new Fault('backup.newer', `${name}: version ${parsed.data.v}`)
  return parsed.data
}

/** @throws backup.damaged, backup.newer, backup.key where its wrapping key is not here */
export async function readBackup(name: string, bytes: Uint8Array, wrapping: Wrapping): Promise<Opened> {
  const { record, at, by, key, sealed } = readOuter(name, bytes)
  const wrapped = Buffer.from(key, 'base64')
  const [plain] = await wrapping.unwrap([{ by, bytes: wrapped }])
  if (!plain) throw new Fault('backup.key', `${name} is under the key ${by}`)
  const text = openSealed(createSecretKey(plain), placeOf(record, at), Buffer.from(sealed, 'base64'))
  const inner = text && jsonOf(text)
  if (Object(inner).formats !== undefined) refuseNewer(name, Object(inner).formats)
  const parsed = Manifest.safeParse(inner)
  if (!parsed.success) throw new Fault('backup.damaged', name)
  return { ...parsed.data, name, record, key: { plain, by, wrapped } }
}

function refuseNewer(name: string, formats: Readonly<Record<string, unknown>>): void {
  for (const [kind, version] of Object.entries(RECORD_FORMATS))
    if (Number(formats[kind]) > version) throw new Fault('backup.newer', `${name}: ${kind} has format ${formats[kind]}`)
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString())
  } catch {
    return undefined // what is no JSON is no backup
  }
}
