/** What tests of the log are made of: keys, signers, logs. Never used by the product. */
import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { headIn, LogFiles, sealIn } from './files.ts'
import { commitmentsOf, parseLeaf, parseSalts, printLeaf } from './leaf.ts'
import { printVerifier, verifierOf } from './note.ts'
import type { Signer } from './signer.ts'
import { LogWriter } from './writer.ts'

/** The ASN.1 that stands before the 32 bytes of an Ed25519 key in PKCS #8 (RFC 8410 §7). */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex')

/** A key that is always the same for the same number. */
export const keyOf = (seed: number): KeyObject =>
  createPrivateKey({ key: Buffer.concat([PKCS8, Buffer.alloc(32, seed)]), format: 'der', type: 'pkcs8' })

export function signerOf(seed = 1, origin = 'gatelog.example/log'): Signer {
  const key = keyOf(seed)
  const raw = Buffer.from(createPublicKey(key).export({ format: 'jwk' }).x ?? '', 'base64url')
  return { vkey: printVerifier(verifierOf(origin, raw)), sign: async (text) => sign(null, text, key) }
}

export const leafOf = (at: number): Buffer => Buffer.from(`{"leaf":${at},"${'x'.repeat(at % 97)}":1}`)

/**
 * Seals the entries of one day file up to `until` as version 1 did, in the place of the log that is there: a record that was
 * upgraded. What of it is proven is told by the log alone then.
 */
export async function age(folder: string, day: string, until: number, signer = signerOf()): Promise<void> {
  const files = new LogFiles(sealIn(folder), headIn(sealIn(folder))?.size ?? 0)
  const leaves = Array.from({ length: files.size }, (_, at) => files.leaf(at))
  const db = new DatabaseSync(join(folder, 'days', day))
  for (const { seq, json, salt } of db.prepare('SELECT seq, json, salt FROM entries WHERE seq <= ?').all(until)) {
    const at = Number(seq) - 1
    const entry = JSON.parse(String(json)) as Record<string, unknown>
    const { body } = parseLeaf(String(leaves[at]))?.fields ?? {}
    const made = commitmentsOf(entry, parseSalts(salt as Uint8Array), undefined, 1)
    leaves[at] = Buffer.from(printLeaf(at + 1, entry, { ...made, body }, 1))
  }
  db.close()
  const head = new DatabaseSync(join(folder, 'head.db'))
  head.exec("DELETE FROM documents WHERE kind = 'proof'; DELETE FROM macs")
  head.close()
  const origin = headIn(sealIn(folder))?.origin ?? ''
  rmSync(sealIn(folder), { recursive: true })
  const log = await LogWriter.open({ folder: sealIn(folder), origin, signer })
  for (const leaf of leaves) log.add(leaf)
  await log.publish()
}
