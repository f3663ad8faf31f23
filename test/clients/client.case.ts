/** Runs a real client once, in a home of its own behind the wall, and searches what it left there. Installs nothing. */
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { TestContext } from 'node:test'
import { filesIn, folderFor } from '../process.case.ts'
import { startWall } from './wall.case.ts'

const INSTALLED = join(import.meta.dirname, '../../.clients')
const BIN = join(INSTALLED, 'node_modules/.bin')
const LONGEST_MS = 90_000

export interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
  /** Its home and working folder; goes with its test. */
  readonly home: string
  /** Hosts beyond loopback that it tried to reach, in vain. */
  readonly tried: readonly string[]
}

/**
 * For a test's `skip`: false where a client is installed, else the reason why not. In CI never a reason: there the test
 * runs, and fails.
 */
export const absent = (command: string): string | false =>
  existsSync(join(BIN, command)) || process.env['CI'] ? false : `${command} is not installed: npm run clients`

/** Runs it to its end. `env` is all that it has beside PATH, HOME and the wall. */
export async function run(
  t: TestContext,
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Ran> {
  if (!existsSync(join(BIN, command))) throw new Error(`${command} is not installed: npm run clients`)
  const wall = await startWall(t)
  const home = mkdtempSync(join(folderFor(t), 'home-'))
  mkdirSync(join(home, 'tmp'))
  const own = { HOME: home, TMPDIR: join(home, 'tmp'), COPILOT_PKG_CACHE_HOME: join(INSTALLED, 'cache') }
  const all = { PATH: `${BIN}:${process.env['PATH']}`, ...own, ...wall.env, ...env }
  return new Promise((resolve) => {
    const options = { env: all, cwd: home, timeout: LONGEST_MS, maxBuffer: 1 << 26 }
    const child = execFile(join(BIN, command), [...args], options, (error, stdout, stderr) => {
      const code = error ? (typeof error.code === 'number' ? error.code : -1) : 0
      resolve({ code, stdout, stderr, home, tried: wall.asked })
    })
    child.stdin?.end()
  })
}

/** Files under a folder that hold a text, by path. */
export function filesWith(folder: string, wanted: string | RegExp): string[] {
  const holds = (bytes: Buffer) =>
    typeof wanted === 'string' ? bytes.includes(wanted) : wanted.test(bytes.toString('latin1'))
  return [...filesIn(folder)].filter(([, bytes]) => holds(bytes)).map(([path]) => relative(folder, path))
}
