/** Who signs the heads of the log: a key file that is made where there is none, a variable, or a command. No key is ever shown. */
import { spawn } from 'node:child_process'
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { Fault } from '#exchange'
import { defaultOrigin, printVerifier, type Signer, verifierOf, writeDurably } from '#trail'
import type { Seal } from './config-trail.ts'

/** Longest time that a signing command may take, in ms. */
const COMMAND_MS = 10_000
/** Longest answer of one, in bytes. */
const MOST_ANSWER = 16_384

/** Opens the signer of a data folder. @throws seal.key */
export async function openSigner({ origin, key }: Seal, data: string): Promise<Signer> {
  if (key.kind === 'command') return { vkey: key.vkey, sign: (text) => signWith(key.argv, text) }
  if (key.kind === 'env') return signerOf(parsed(process.env[key.name], `the variable ${key.name}`), origin)
  const path = key.path ?? join(data, 'seal.key')
  if (!existsSync(path)) await createKey(path)
  if (statSync(path).mode & 0o077) throw new Fault('seal.key', `${path} can be read by others: chmod 600`)
  const signer = signerOf(parsed(readFileSync(path, 'utf8'), path), origin)
  return isOutside(path, data) ? { ...signer, ...keeping(`${path}.head`) } : signer
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
  await writeDurably([{ path, bytes }])
}

const isOutside = (path: string, data: string): boolean => relative(resolve(data), resolve(path)).startsWith('..')

/** What was signed last, beside a key that lies outside the data folder: a folder that was rolled back is then noticed. */
const keeping = (path: string): Pick<Signer, 'last' | 'keep'> => ({
  last: async () => (existsSync(path) ? await readFile(path, 'utf8') : undefined),
  keep: (note) => writeDurably([{ path, bytes: Buffer.from(note) }]),
})

function signWith([program = '', ...args]: readonly string[], text: Uint8Array): Promise<Uint8Array> {
  const { promise, resolve: done, reject } = Promise.withResolvers<Uint8Array>()
  const failed = (why: string, cause?: unknown) => reject(new Fault('seal.key', `${program}: ${why}`, { cause }))
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'ignore'], timeout: COMMAND_MS })
  const answer: Buffer[] = []
  let length = 0
  child.stdout.on('data', (chunk: Buffer) => {
    length += chunk.length
    if (length > MOST_ANSWER) child.kill()
    else answer.push(chunk)
  })
  child.once('error', (cause) => failed('cannot be run', cause))
  child.stdin.once('error', (cause) => failed('does not read', cause))
  child.once('close', (code) => {
    if (code === 0) done(Buffer.from(Buffer.concat(answer).toString().trim(), 'base64'))
    else failed(`ended with ${code ?? 'a signal'}`)
  })
  child.stdin.end(text)
  return promise
}
