/** Files of one user alone: the key, and the installation's secret. Believes none that another could have read or written. */
import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { Fault } from '#exchange'

/** Characters of a secret that nobody guesses; one that is made has 24. */
const SHORTEST = 20

/**
 * The text of a file that only its user may read and write, without space at its ends.
 * @param remedy what to do where others may
 * @throws usage.input naming the file
 */
export function readPrivate(file: string, remedy: string): string {
  try {
    const { mode, uid } = statSync(file)
    const own = process.getuid?.()
    if (own !== undefined && uid !== own && own !== 0) throw new Fault('usage.input', `${file}: it is another user’s`)
    if (process.platform !== 'win32' && mode & 0o077)
      throw new Fault('usage.input', `${file}: others may read it; ${remedy}`)
    return readFileSync(file, 'utf8').trim()
  } catch (cause) {
    if (cause instanceof Fault) throw cause
    throw new Fault('usage.input', `${file}: ${(cause as NodeJS.ErrnoException).code}`, { cause })
  }
}

/** The installation's secret, made where there is none or one that could be guessed. `made`: it is new. @throws usage.input */
export function openSecret(file: string): { readonly secret: string; readonly made: boolean } {
  const known = statSync(file, { throwIfNoEntry: false }) ? readPrivate(file, 'delete it, and it is made anew') : ''
  if (known.length >= SHORTEST) return { secret: known, made: false }
  const secret = randomBytes(18).toString('base64url')
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    rmSync(file, { force: true })
    writeFileSync(file, `${secret}\n`, { mode: 0o600, flag: 'wx' })
  } catch (cause) {
    throw new Fault('usage.input', `${file}: ${(cause as NodeJS.ErrnoException).code}`, { cause })
  }
  return { secret, made: true }
}
