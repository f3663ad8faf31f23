/** A real gateway process on free loopback ports, in a folder of its own, for journeys. Ends with its test. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Shown } from '#console'

const BIN = join(import.meta.dirname, '../bin/gatelog.mjs')
const START_MS = 100_000

/** Whose end ends what it started: a test, or a file of tests. */
export interface Ends {
  after(end: () => unknown): void
}

export interface Told {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface Gateway {
  readonly url: string
  readonly health: string
  readonly folder: string
  readonly child: ChildProcess
  /** What the process has said on stderr so far. */
  said(): string
  /** Resolves once stderr holds a text: what it said before it answered, or ended, may come later than that. */
  hears(text: string | RegExp): Promise<void>
  /** Replaces gatelog.yaml; the process does not know before a SIGHUP. */
  configure(yaml: string): void
  /** Asks the admin API on the socket. */
  api<Answer>(path: string): Promise<Answer>
  /** Runs another command of the same installation. */
  gatelog(...args: string[]): Promise<Told>
  /** A fresh key; `flags` as for `keys create`. */
  key(...flags: string[]): Promise<string>
  /** Ends it with a signal; its exit code, or the signal's name. */
  end(signal: NodeJS.Signals): Promise<number | string>
}

/** Runs the command line. It never inherits a configuration from the environment. */
export function gatelog(folder: string, args: readonly string[]): Promise<Told> {
  return new Promise((resolve) => {
    const options = { env: environment(folder), cwd: folder, timeout: START_MS }
    execFile(process.execPath, [BIN, ...args], options, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code ?? -1) : 0, stdout, stderr }),
    )
  })
}

const environment = (folder: string): NodeJS.ProcessEnv => {
  const { GATELOG_CONFIG: _config, NODE_OPTIONS: _options, ...rest } = process.env
  return { ...rest, HOME: folder, NO_COLOR: '1' }
}

/** A folder that goes with its test. */
export function folderFor(t: Ends): string {
  const folder = mkdtempSync(join(tmpdir(), 'gatelog-journey-'))
  t.after(() => removed(folder))
  return folder
}

const removed = (folder: string): void => rmSync(folder, { recursive: true, force: true, maxRetries: 5 })

/** All files below a folder, by path. Where one is gone, or has another name, before it was read, all are read once more. */
export function filesIn(folder: string, tries = 20): Map<string, Buffer> {
  try {
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((each) => each.isFile())
    const paths = files.map(({ parentPath, name }) => join(parentPath, name))
    return new Map(paths.map((path) => [path, readFileSync(path)]))
  } catch (error) {
    if (tries === 0 || !(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
    return filesIn(folder, tries - 1)
  }
}

const LISTEN = "listen: { gateway: '127.0.0.1:0', health: '127.0.0.1:0' }\n"

/** How a process is started beside what is usual. */
export interface Launch {
  /** Flags for Node. */
  readonly node?: readonly string[]
  readonly env?: NodeJS.ProcessEnv
}

/** Starts `gatelog serve`; `yaml` is what its configuration says beside the listeners, unless it names its own. */
export async function startGateway(
  t: Ends,
  yaml: string,
  folder = folderFor(t),
  { node = [], env = {} }: Launch = {},
): Promise<Gateway> {
  const configure = (text: string) =>
    writeFileSync(join(folder, 'gatelog.yaml'), /^listen:/m.test(text) ? text : LISTEN + text)
  configure(yaml)
  const child = spawn(process.execPath, [...node, BIN, 'serve'], {
    ...{ cwd: folder, env: { ...environment(folder), ...env } },
  })
  const ended = once(child, 'exit')
  t.after(async () => {
    if (child.kill('SIGKILL')) await ended
    removed(folder) // it may have written since the folder went
  })
  const [out, said] = [textOf(child.stdout), textOf(child.stderr)]
  await Promise.race([heard(out, /Next:|Then see/), ended])
  const url = (name: string) => new RegExp(`${name}\\s+(https?://\\S+)`).exec(out.text)?.[1]
  const [gateway, health] = [url('gateway'), url('health')]
  if (!gateway || !health) throw new Error(`the gateway did not start: ${out.text}${said.text}`)
  const run = (...args: string[]) => gatelog(folder, args)
  return {
    ...{ url: gateway, health, folder, child, configure },
    said: () => said.text,
    hears: (text) => heard(said, text),
    gatelog: run,
    api: (path) => askApi(join(folder, 'gatelog-data/gatelog.sock'), path),
    async key(...flags) {
      const told = await run('keys', 'create', '--json', ...(flags.length ? flags : ['--user', 'ana']))
      if (told.code !== 0) throw new Error(told.stderr)
      return (JSON.parse(told.stdout) as { key: string }).key
    },
    async end(signal) {
      child.kill(signal)
      const [code, by] = (await ended) as [number | null, string]
      return code ?? by
    },
  }
}

/** Asks the demo something, and waits for all of its reply. */
export async function askDemo({ url }: Pick<Gateway, 'url'>, key: string, content: string): Promise<void> {
  const answer = await fetch(`${url}/c/demo/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-gatelog-key': key },
    body: JSON.stringify({ model: 'demo', messages: [{ role: 'user', content }] }),
  })
  await answer.text()
}

/** The newest exchange, once its ending is on the record, where one is to come: that may be after its client has gone. */
export async function lastOf({ api }: Pick<Gateway, 'api'>): Promise<Shown> {
  for (let tries = 0; ; tries++) {
    const shown = await api<Shown>('/exchanges/last')
    if (shown.ending || shown.opening?.kind === 'refused' || tries === 1000) return shown
    await wait(20)
  }
}

/** Resolves with the number of an exchange's last entry, once all of them are sealed. */
export async function sealedUpTo({ api }: Pick<Gateway, 'api'>, exchange: string): Promise<number> {
  for (;;) {
    const { seal = [] } = await api<Shown>(`/exchanges/${exchange}`)
    if (seal.length > 0 && seal.every(({ state }) => state === 'verified'))
      return Math.max(...seal.map(({ seq }) => seq))
    await wait(50)
  }
}

/**
 * Resolves once all that clients have got so far is on the disk: each commit takes the bytes of open streams along, and what is
 * refused is refused once it is on the record.
 */
export async function journalled({ url }: Pick<Gateway, 'url'>, key: string): Promise<void> {
  const answer = await fetch(`${url}/c/up/none`, { headers: { 'x-gatelog-key': key } })
  await answer.text()
  if (answer.headers.get('x-gatelog-error') !== 'request.route') throw new Error(`it was not refused: ${answer.status}`)
}

function askApi<Answer>(socketPath: string, path: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    request({ socketPath, path, agent: false }, (answer) => {
      answer.toArray().then((chunks) => resolve(JSON.parse(Buffer.concat(chunks).toString()) as Answer), reject)
    })
      .once('error', reject)
      .end()
  })
}

interface Text {
  text: string
  readonly stream: NodeJS.ReadableStream | null
}

function textOf(stream: NodeJS.ReadableStream | null): Text {
  const told: Text = { text: '', stream }
  stream?.on('data', (part: Buffer) => {
    told.text += part.toString()
  })
  return told
}

async function heard(told: Text, wanted: string | RegExp): Promise<void> {
  const signal = AbortSignal.timeout(START_MS)
  const there = () => (typeof wanted === 'string' ? told.text.includes(wanted) : wanted.test(told.text))
  while (!there()) await once(told.stream as NodeJS.EventEmitter, 'data', { signal })
}
