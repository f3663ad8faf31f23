/**
 * Has `openssl ts -verify` check the signature of a timestamp. No shell; names of our own in a private folder, which is removed
 * again; nothing that it prints is shown, for a token may say anything.
 */
import { spawnSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** `stranger`: none of the CAs vouches for who signed it. `absent`: nobody looked, and why. */
export type Signed = 'holds' | 'false' | 'stranger' | { readonly absent: string }

/** Checks a token over a note, as of a time in ms since the Unix epoch. */
export type CheckStamp = (note: Buffer, token: Buffer, at: number) => Signed

const MOST_MS = 20_000
const MOST_BYTES = 1_048_576

/** @param pem the CAs that whoever checks trusts. @throws Error for what holds no certificate */
export function stampChecker(pem: string): CheckStamp {
  const found = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? []
  const cas = found.map(certificate).join('')
  if (cas === '') throw new Error('the file of --tsa-ca holds no certificate')
  return (note, token, at) => checked({ checkpoint: note, token, 'ca.pem': cas, 'openssl.cnf': '' }, at)
}

/** As it is written anew, without what stands beside it. @throws Error */
function certificate(pem: string): string {
  try {
    return new X509Certificate(pem).toString()
  } catch (cause) {
    throw new Error('the file of --tsa-ca holds a certificate that cannot be read', { cause })
  }
}

type Inputs = Readonly<Record<'checkpoint' | 'token' | 'ca.pem' | 'openssl.cnf', string | Buffer>>

function checked(inputs: Inputs, at: number): Signed {
  let folder: string | undefined
  try {
    folder = mkdtempSync(join(tmpdir(), 'gatelog-verify-'))
    for (const [name, bytes] of Object.entries(inputs))
      writeFileSync(join(folder, name), bytes, { flag: 'wx', mode: 0o600 })
    return verified(folder, at)
  } catch {
    return { absent: 'the folder for temporary files cannot be written' }
  } finally {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
  }
}

const ARGUMENTS = ['ts', '-verify', '-data', 'checkpoint', '-in', 'token', '-CAfile', 'ca.pem']

/**
 * A certificate has to have been valid then, not now, and each that was given may vouch, whether somebody vouches for it or not. An
 * openssl that cannot be told so holds it to now, and up to a root.
 */
function verified(folder: string, at: number): Signed {
  const then = run(folder, [...ARGUMENTS, '-partial_chain', '-attime', String(Math.floor(at / 1000))])
  const told = then === undefined ? run(folder, ARGUMENTS) : then
  return told ?? { absent: 'this openssl cannot check timestamps' }
}

/** undefined where it did not come to a verdict. */
function run(cwd: string, args: readonly string[]): Signed | undefined {
  const { PATH, SystemRoot } = process.env
  const env = {
    ...{ LC_ALL: 'C', OPENSSL_CONF: 'openssl.cnf' },
    ...(PATH !== undefined && { PATH }),
    ...(SystemRoot !== undefined && { SystemRoot }),
  }
  const { error, status, stdout, stderr } = spawnSync('openssl', args, {
    ...{ cwd, env, shell: false, encoding: 'latin1', stdio: ['ignore', 'pipe', 'pipe'] },
    ...{ timeout: MOST_MS, killSignal: 'SIGKILL', maxBuffer: MOST_BYTES },
  })
  if (error)
    return { absent: 'code' in error && error.code === 'ENOENT' ? 'openssl is not here' : 'openssl did not answer' }
  if (status === 0 && /^Verification: OK\r?$/m.test(stdout)) return 'holds'
  if (status === 0 || !/^Verification: FAILED\r?$/m.test(stdout)) return undefined
  return /:ts_verify_cert:|:certificate verify error:/i.test(stderr) ? 'stranger' : 'false'
}
