/** The installation's secret, in a 0600 file, and the keyed digests that are made with it. The secret is never shown. */
import { createHash, hkdfSync, randomBytes } from 'node:crypto'
import { chmodSync, closeSync, fsyncSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { Fault, type Hmac, hmacWith, type Keyring, type Purpose } from '#exchange'
import { makeFolders } from '#trail'
import { isThere } from './there.ts'

const SECRET_BYTES = 32

/** Opens the keyring of a data folder, making the secret on first use, never beside what was made with another. @throws trail.damaged, disk.* */
export function openKeyring(folder: string): Keyring {
  const path = join(folder, 'install.key')
  if (!isThere(folder)) create(folder, path)
  const secret = Buffer.from(readFileSync(path, 'utf8').trim(), 'hex')
  if (secret.length !== SECRET_BYTES) throw new Fault('trail.damaged', 'install.key is damaged')
  return keyringOf(secret)
}

function create(folder: string, path: string): void {
  makeFolders(folder)
  const file = openSync(path, 'wx', 0o600)
  try {
    writeSync(file, `${randomBytes(SECRET_BYTES).toString('hex')}\n`)
    fsyncSync(file)
  } catch (error) {
    rmSync(path) // half of it would be taken for one that is damaged
    throw error
  } finally {
    closeSync(file)
  }
  chmodSync(path, 0o600)
}

/** A keyring over a given secret; each purpose gets a key of its own by HKDF-SHA-256 (RFC 5869). */
export function keyringOf(secret: Uint8Array): Keyring {
  const keys = new Map<Purpose, { readonly key: Buffer; readonly digest: Hmac }>()
  const of = (purpose: Purpose) => {
    const known = keys.get(purpose)
    if (known) return known
    const key = Buffer.from(hkdfSync('sha256', secret, '', `gatelog ${purpose}`, 32))
    const made = { key, digest: hmacWith(key) }
    keys.set(purpose, made)
    return made
  }
  return {
    key: (purpose) => of(purpose).key,
    digest: (purpose, data) => of(purpose).digest(data),
    hash(purpose) {
      const sha = createHash('sha256')
      return {
        update: (data) => sha.update(data),
        digest: (encoding) => of(purpose).digest(sha.digest()).toString(encoding),
      }
    },
  }
}
