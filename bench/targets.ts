// What is measured: the same upstream reached directly, through nginx, a bare relay, our relay, and the whole gateway.
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import { end, start } from './process.ts'

const HERE = import.meta.dirname
const BIN = join(HERE, '../bin/gatelog.mjs')

export interface Target {
  readonly name: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** The processes whose CPU counts; none for `direct`. */
  pids(): readonly number[]
  end(): Promise<void>
}

export interface Gateway extends Target {
  readonly folder: string
  /** What it was told. */
  readonly yaml: string
  /** Ends the process and leaves its folder. */
  stop(): Promise<void>
}

const PATH = '/v1/chat/completions'

export const direct = (port: number): Target => ({
  name: 'direct',
  url: `http://127.0.0.1:${port}${PATH}`,
  headers: {},
  pids: () => [],
  end: async () => undefined,
})

/** `bare` or `ours`, see relay.ts. */
export async function relay(kind: 'bare' | 'ours', port: number): Promise<Target> {
  const running = await start(process.execPath, [join(HERE, 'relay.ts'), kind, `http://127.0.0.1:${port}`])
  return {
    name: kind === 'bare' ? 'node:http + undici' : 'gateway, relay only',
    url: `http://127.0.0.1:${running.port}${PATH}`,
    headers: {},
    pids: () => [running.pid],
    end: running.end,
  }
}

/** A gateway that runs. */
export interface Served {
  readonly url: string
  readonly key: string
  readonly folder: string
  readonly yaml: string
  pids(): readonly number[]
  /** Ends the process and leaves its folder. */
  stop(): Promise<void>
  end(): Promise<void>
}

/** Starts one, with a key. `more` is what it is told beside where it listens, where it writes, and limits that nothing here meets. */
export async function serve(more: string): Promise<Served> {
  const folder = mkdtempSync(join(tmpdir(), 'gatelog-bench-'))
  const yaml = `listen: { gateway: '127.0.0.1:0', health: '127.0.0.1:0' }
data: ${folder}/data
limits: { actor: { open_streams: 10000, bytes_per_hour: 1000000000000 } }
${more}rules:
  - { name: dumps, when: 'prompt.text.contains("pg_dump") && actor.kind == "job"', then: deny, reason: Ask the data team }
  - { name: secrets, when: 'findings.exists(f, f.rule == "github-pat")', then: alert, reason: A token }
`
  const config = join(folder, 'gatelog.yaml')
  writeFileSync(config, yaml)
  const env = { ...process.env, GATELOG_KEYS: join(folder, 'keys') }
  const child = spawn(process.execPath, [BIN, '--config', config, 'serve'], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let url = ''
  for await (const line of createInterface({ input: child.stdout })) {
    url = /gateway\s+(http\S+)/.exec(line)?.[1] ?? url
    if (/Next:/.test(line)) break
  }
  child.stdout.resume()
  const made = execFileSync(process.execPath, [BIN, '--config', config, '--json', 'keys', 'create', '--user', 'bench'])
  const { key } = JSON.parse(made.toString()) as { key: string }
  return {
    ...{ url, key, folder, yaml },
    pids: () => [child.pid ?? 0],
    stop: () => end(child),
    async end() {
      await end(child)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Everything on: identity, masking, rules, the durable trail with its index of words. */
export async function gateway(port: number, durable: 'before' | 'during'): Promise<Gateway> {
  const served = await serve(`durable: ${durable}
connections: { up: { kind: openai, url: 'http://127.0.0.1:${port}' } }
`)
  return {
    ...served,
    name: `gateway, everything on${durable === 'during' ? ', durable: during' : ''}`,
    url: `${served.url}/c/up${PATH}`,
    headers: { 'x-gatelog-key': served.key },
  }
}

/** nginx with one worker; undefined, and said so, where it is neither there nor to be had. */
export async function nginx(port: number): Promise<Target | undefined> {
  if (!installed()) {
    process.stdout.write('nginx is not installed and could not be: its rows are skipped\n')
    return undefined
  }
  const folder = mkdtempSync(join(tmpdir(), 'gatelog-nginx-'))
  mkdirSync(join(folder, 'logs'))
  const own = await freePort()
  writeFileSync(join(folder, 'nginx.conf'), configOf(own, port, folder))
  const child = spawn('nginx', ['-p', folder, '-c', join(folder, 'nginx.conf'), '-g', 'daemon off;'], {
    stdio: 'ignore',
  })
  await wait(500)
  const workers = () =>
    readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim().split(' ').map(Number)
  return {
    name: 'nginx',
    url: `http://127.0.0.1:${own}${PATH}`,
    headers: {},
    pids: () => [child.pid ?? 0, ...workers()],
    async end() {
      await end(child)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function installed(): boolean {
  const there = () => spawnSync('nginx', ['-v']).status === 0
  if (there() || process.getuid?.() !== 0) return there()
  spawnSync('apt-get', ['update', '-qq'], { stdio: 'ignore' })
  spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'nginx-light'], { stdio: 'ignore' })
  return there()
}

/** For a program that must be told one: below those that the system gives out by itself, so that nobody else is given it. */
export async function freePort(): Promise<number> {
  const port = 20_000 + Math.floor(Math.random() * 12_000)
  const probe = createServer()
  const isFree = await new Promise<boolean>((resolve) =>
    probe.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true)),
  )
  if (!isFree) return freePort()
  await new Promise((resolve) => probe.close(resolve))
  return port
}

const configOf = (own: number, port: number, folder: string): string => `worker_processes 1;
pid ${folder}/nginx.pid;
error_log ${folder}/logs/error.log crit;
events { worker_connections 20000; }
http {
  access_log off;
  client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/a; uwsgi_temp_path ${folder}/b; scgi_temp_path ${folder}/c;
  client_max_body_size 40m; client_body_buffer_size 1m; keepalive_requests 1000000; keepalive_timeout 120s;
  upstream provider { server 127.0.0.1:${port}; keepalive 512; keepalive_requests 1000000; }
  server {
    listen 127.0.0.1:${own} backlog=4096;
    location / { proxy_pass http://provider; proxy_http_version 1.1; proxy_set_header Connection ''; proxy_buffering off; }
  }
}
`

/** The machine, for the report. */
export const machine = (): string => `${cpus().length} × ${cpus()[0]?.model ?? 'CPU'}, Node ${process.version}`
