/** Where a key of the configuration comes from: a file, a variable, a command that prints it. Keeps nothing, shows nothing. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { Fault } from '#exchange'
import { variable } from './variables.ts'

/** One of the three. */
export interface KeySource {
  readonly file?: string | undefined
  readonly env?: string | undefined
  /** A program and its arguments; a KMS is asked so. It prints the key and ends with 0. */
  readonly command?: readonly string[] | undefined
}

/** How long a command may take, in ms. */
const COMMAND_MS = 30_000
const LONGEST = 4096
const KEY_BYTES = 32

/** A key of 32 bytes, written as 64 hexadecimal digits or as base64. @throws trail.key naming the source, never what it held */
export function keyFrom(source: KeySource): Buffer {
  const key = parseKey(textOf(source))
  if (key) return key
  throw new Fault('trail.key', `${nameOf(source)} does not hold 32 bytes in hex or base64`)
}

/** Undefined where it is none. */
export function parseKey(text: string): Buffer | undefined {
  const plain = text.trim()
  if (/^[0-9a-f]{64}$/i.test(plain)) return Buffer.from(plain, 'hex')
  if (!/^[A-Za-z0-9+/_-]{43}=?$/.test(plain)) return undefined
  const key = Buffer.from(plain, 'base64')
  return key.length === KEY_BYTES ? key : undefined
}

const nameOf = ({ file, env, command = [] }: KeySource): string =>
  file ?? (env ? `the variable ${env}` : `${command[0]}`)

function textOf(source: KeySource): string {
  const { file, env, command } = source
  if (file !== undefined) return readText(file)
  if (env !== undefined) {
    const text = variable(env)
    if (text !== undefined) return text
    throw new Fault('trail.key', `the variable ${env} is not set`)
  }
  const [program = '', ...args] = command ?? []
  const { stdout, status, error } = spawnSync(program, args, {
    ...{ timeout: COMMAND_MS, killSignal: 'SIGKILL', maxBuffer: LONGEST },
    ...{ encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
  })
  if (error || status !== 0) throw new Fault('trail.key', `${program} ended with ${error?.message ?? status}`)
  return stdout
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new Fault('trail.key', `${path} cannot be read (${(cause as NodeJS.ErrnoException).code})`, { cause })
  }
}
