/** What `npm run receivers` and the system have installed, and why a case is skipped where it is not there. Starts nothing. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, globSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { TestContext } from 'node:test'
import { rowsOfEveryKind } from '../../src/export/rows.case.ts'

const FOLDER = join(import.meta.dirname, '../../.receivers')

const PYTHON = join(FOLDER, 'python')

const HOSTILE = '\u001b]0;x\u0007\u202e]; drop\r\n<34>1 - é€🙂'

/** Every kind of row, with plain texts and with hostile ones. */
export const ROWS = [...rowsOfEveryKind('plain'), ...rowsOfEveryKind(HOSTILE)]

const lacks = (path: string): string | false => (existsSync(path) ? false : 'not installed: npm run receivers')
export const NO_S3 = lacks(join(PYTHON, 'moto'))
export const NO_OCSF = lacks(join(PYTHON, 'ocsf_json_schema'))
export const NO_OTLP = lacks(join(PYTHON, 'opentelemetry/proto'))
/** TLS is a package of its own: rsyslog may be there without. */
const GNUTLS = globSync(
  ['/usr/lib/rsyslog', '/usr/lib64/rsyslog', '/usr/lib/*/rsyslog'].map((at) => `${at}/lmnsd_gtls.so`),
)
export const NO_RSYSLOG =
  spawnSync('rsyslogd', ['-v']).error || GNUTLS.length === 0
    ? 'rsyslogd is not installed, or not with TLS (Debian: rsyslog, rsyslog-gnutls)'
    : false

const ENVIRONMENT = { ...process.env, PYTHONPATH: PYTHON, PYTHONDONTWRITEBYTECODE: '1' }

/** A script beside this file that goes on until its stdin ends; the first line that it says. */
export async function serving(t: TestContext, script: string): Promise<string> {
  const child = spawn('python3', [join(import.meta.dirname, script)], {
    env: ENVIRONMENT,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const said: string[] = []
  child.stderr.setEncoding('utf8').on('data', (text: string) => said.push(text))
  const ended = once(child, 'exit')
  t.after(async () => {
    child.stdin.end()
    await ended
  })
  for await (const line of createInterface({ input: child.stdout })) return line
  throw new Error(said.join(''))
}

/** What a script beside this file says of its input: on stdout, a fault a line. */
export function checked(script: string, input: string): { readonly faults: readonly string[]; readonly told: string } {
  const { status, stdout, stderr } = spawnSync('python3', [join(import.meta.dirname, script)], {
    ...{ input, env: ENVIRONMENT, encoding: 'utf8', maxBuffer: 67_108_864 },
  })
  if (status !== 0) throw new Error(stderr)
  return { faults: stdout.split('\n').filter(Boolean), told: stderr }
}

export function folderFor(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'gatelog-receivers-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
