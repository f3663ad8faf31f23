// What opens TLS between the same clients and the same provider: the gateway's forward door, squid with ssl-bump, mitmproxy.
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { AuthorityFiles } from '#relay'
import { end, start } from '../process.ts'
import { freePort, type Served, serve } from '../targets.ts'

export interface ProxyTarget {
  readonly name: string
  readonly port: number
  /** For `Proxy-Authorization`; empty where it wants none. */
  readonly authorization: string
  pids(): readonly number[]
  end(): Promise<void>
}

/** What all of them stand between, and by what their clients know them. */
export interface Stage {
  readonly folder: string
  /** Ports of the provider. */
  readonly whole: number
  readonly socket: number
  readonly unread: number
  /** PEM file of the provider's CA. */
  readonly ca: string
  /** PEM file that the clients trust; each target adds its own CA. */
  readonly trust: string
}

/** Everything on. `own`: the CA that it signs with. */
export async function forwardDoor(stage: Stage, own: AuthorityFiles): Promise<ProxyTarget & Served> {
  const [cert, key] = [join(stage.folder, 'own.pem'), join(stage.folder, 'own.key')]
  writeFileSync(cert, own.chain)
  writeFileSync(key, own.key, { mode: 0o600 })
  appendFileSync(stage.trust, own.chain)
  const trusted = `upstream_ca: '${stage.ca}'`
  const served = await serve(`forward: { ca: { cert: '${cert}', key: '${key}' } }
connections:
  up: { kind: openai, url: 'https://localhost:${stage.whole}', ${trusted} }
  sockets: { kind: openai, url: 'https://localhost:${stage.socket}', ${trusted} }
  github: { kind: copilot, hosts: { github: 'https://localhost:${stage.unread}' }, ${trusted} }
`)
  const basic = Buffer.from(`bench:${served.key}`).toString('base64')
  return {
    ...served,
    name: 'gateway, everything on',
    port: Number(new URL(served.url).port),
    authorization: `Basic ${basic}`,
  }
}

/** Node alone, which does nothing but open and close TLS. */
export async function bare(
  stage: Stage,
  { cert, key }: { readonly cert: string; readonly key: string },
): Promise<ProxyTarget> {
  const env = { BARE_CERT: cert, BARE_KEY: key, BARE_TRUST: readFileSync(stage.ca, 'utf8') }
  const running = await start(process.execPath, [join(import.meta.dirname, 'bare.ts')], env)
  return {
    ...{ name: 'node:tls + node:http + undici', port: running.port, authorization: '' },
    pids: () => [running.pid],
    end: running.end,
  }
}

const CERTGEN = '/usr/lib/squid/security_file_certgen'

/** squid with ssl-bump; undefined, and said so, where it is neither there nor to be had. */
export async function squid(stage: Stage): Promise<ProxyTarget | undefined> {
  const there = () => existsSync(CERTGEN) && spawnSync('squid', ['-v']).stdout?.includes('--with-openssl')
  if (!installed('squid-openssl', there)) return skipped('squid with ssl-bump')
  const folder = mkdtempSync(join(tmpdir(), 'gatelog-squid-'))
  const [cert, key, db, port] = [join(folder, 'ca.pem'), join(folder, 'ca.key'), join(folder, 'db'), await freePort()]
  selfSigned(cert, key)
  appendFileSync(stage.trust, readFileSync(cert))
  execFileSync(CERTGEN, ['-c', '-s', db, '-M', '4MB'], { stdio: 'ignore' })
  writeFileSync(join(folder, 'squid.conf'), squidConfig({ port, cert, key, db, folder, ca: stage.ca }))
  const [uid, gid] = ['-u', '-g'].map((flag) => Number(spawnSync('id', [flag, 'proxy']).stdout))
  if (process.getuid?.() === 0) spawnSync('chown', ['-R', `${uid}:${gid}`, folder])
  const child = spawn('squid', ['-N', '-f', join(folder, 'squid.conf')], { stdio: 'ignore' })
  await listens(port)
  return {
    ...{ name: 'squid, ssl-bump', port, authorization: '', pids: () => withChildren(child.pid ?? 0) },
    async end() {
      await end(child)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

interface SquidFiles {
  readonly port: number
  readonly cert: string
  readonly key: string
  readonly db: string
  readonly folder: string
  readonly ca: string
}

/** It writes a line of log for each request, as whoever audits with it would have it do; it keeps no body. */
const squidConfig = ({ port, cert, key, db, folder, ca }: SquidFiles): string => `
http_port 127.0.0.1:${port} ssl-bump generate-host-certificates=on dynamic_cert_mem_cache_size=4MB tls-cert=${cert} tls-key=${key}
sslcrtd_program ${CERTGEN} -s ${db} -M 4MB
sslcrtd_children 2 startup=1 idle=1
ssl_bump bump all
tls_outgoing_options cafile=${ca}
http_access allow all
server_pconn_for_nonretriable allow all
http_upgrade_request_protocols websocket allow all
cache deny all
cache_mem 8 MB
access_log stdio:${folder}/access.log
cache_log ${folder}/cache.log
cache_store_log none
pid_filename ${folder}/squid.pid
coredump_dir ${folder}
shutdown_lifetime 0 seconds
`

/** mitmproxy without its screen; undefined, and said so, where it is neither there nor to be had. */
export async function mitmproxy(stage: Stage): Promise<ProxyTarget | undefined> {
  if (!installed('mitmproxy', () => spawnSync('mitmdump', ['--version']).status === 0)) return skipped('mitmproxy')
  const folder = mkdtempSync(join(tmpdir(), 'gatelog-mitmproxy-'))
  const port = await freePort()
  const set = [
    `confdir=${folder}`,
    `ssl_verify_upstream_trusted_ca=${stage.ca}`,
    'connection_strategy=lazy',
    'http2=false',
  ]
  const args = [
    '-q',
    '--listen-host',
    '127.0.0.1',
    '--listen-port',
    String(port),
    ...set.flatMap((each) => ['--set', each]),
  ]
  const child = spawn('mitmdump', args, { stdio: 'ignore' })
  await listens(port)
  appendFileSync(stage.trust, readFileSync(join(folder, 'mitmproxy-ca-cert.pem')))
  return {
    ...{ name: 'mitmproxy', port, authorization: '', pids: () => withChildren(child.pid ?? 0) },
    async end() {
      await end(child)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function skipped(what: string): undefined {
  process.stdout.write(`${what} is not installed and could not be: its rows are skipped\n`)
  return undefined
}

/** From Debian's own packages, where the machine is ours. */
function installed(name: string, there: () => boolean | undefined): boolean {
  if (there() || process.getuid?.() !== 0) return there() === true
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  spawnSync('apt-get', ['update', '-qq'], { stdio: 'ignore', env })
  spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', name], { stdio: 'ignore', env })
  return there() === true
}

function selfSigned(cert: string, key: string): void {
  const subject = ['-subj', '/CN=squid of the bench', '-days', '2', '-addext', 'keyUsage=critical,keyCertSign,cRLSign']
  const made = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', key, '-out', cert]
  execFileSync('openssl', ['req', '-x509', ...made, ...subject], { stdio: 'ignore' })
}

/** A process and what it has started. */
function withChildren(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim()
  return [pid, ...(children ? children.split(' ').map(Number).flatMap(withChildren) : [])]
}

async function listens(port: number): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect({ port, host: '127.0.0.1' })
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
      socket.once('connect', () => socket.destroy())
    })
    if (open) return
    await wait(100)
  }
  throw new Error(`nothing listens on ${port}`)
}
