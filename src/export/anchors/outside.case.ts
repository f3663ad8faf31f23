/** The outside of each kind of anchor, on this machine: a witness, a timestamp authority, a repository. Tests only. */
import { execFileSync, spawnSync } from 'node:child_process'
import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { consistent, LogWriter, parseCheckpoint, parseNote, printVerifier, type Signer, verifierOf } from '#trail'
import { certificate } from '../sinks/certificate.case.ts'
import { AnchorForm, type AnchorSettings } from './index.ts'

export const ORIGIN = 'gatelog.example/log'

/** The ASN.1 that stands before the 32 bytes of an Ed25519 key in PKCS #8 (RFC 8410 §7). */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex')

function keyOf(seed: number) {
  const key = createPrivateKey({ key: Buffer.concat([PKCS8, Buffer.alloc(32, seed)]), format: 'der', type: 'pkcs8' })
  return { key, raw: Buffer.from(createPublicKey(key).export({ format: 'jwk' }).x ?? '', 'base64url') }
}

export function signerOf(seed = 1): Signer {
  const { key, raw } = keyOf(seed)
  return { vkey: printVerifier(verifierOf(ORIGIN, raw)), sign: async (text) => sign(null, text, key) }
}

export function folderFor(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'gatelog-anchors-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Makes the log in a folder grow to a size; its newest note. */
export async function grown(folder: string, size: number, signer: Signer = signerOf(), salt = ''): Promise<string> {
  const log = await LogWriter.open({ folder, origin: ORIGIN, signer })
  while (log.size < size) log.add(Buffer.from(`{"leaf":${log.size}${salt}}`))
  await log.publish()
  return log.head?.printed ?? ''
}

export type Mode = 'take' | 'hang' | 'refuse' | 'garbage'

export interface Outside {
  readonly settings: AnchorSettings
  readonly modes: readonly Mode[]
  mode: Mode
  /** What it has seen, for whoever checks it by itself. */
  seen(): string
}

type Open = (t: TestContext) => Promise<Outside>

/** An HTTPS service; `answer` gives status and body. */
async function service(
  t: TestContext,
  settings: (url: string, ca: string) => object,
  answer: (path: string, body: Buffer) => readonly [status: number, body: string | Buffer],
  seen: () => string,
): Promise<Outside> {
  const { cert, key } = await certificate()
  const server = createServer({ cert, key }, async (asked, reply) => {
    const body = Buffer.concat(await asked.toArray().catch(() => []))
    if (outside.mode === 'hang' || !asked.complete) return // its time may have been up before it was sent
    if (outside.mode === 'refuse') return void reply.writeHead(500).end('no')
    if (outside.mode === 'garbage') return void reply.writeHead(200).end('<html>')
    const [status, told] = answer(asked.url ?? '', body)
    reply.writeHead(status).end(told)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const own = settings(`https://127.0.0.1:${(server.address() as AddressInfo).port}`, cert)
  const all = ['hang', 'refuse', 'garbage'] as const
  const outside: Outside = {
    settings: AnchorForm.parse({ timeout_ms: 20_000, ...own }),
    modes: all,
    mode: 'take',
    seen,
  }
  return outside
}

/** As c2sp.org/tlog-witness says: what does not go on from the last head is not cosigned. */
export const witness: Open = async (t) => {
  const { key, raw } = keyOf(9)
  const [name, type] = ['witness.example/w1', Buffer.from([4])]
  const id = createHash('sha256').update(`${name}\n`).update(type).update(raw).digest().subarray(0, 4)
  const vkey = `${name}+${id.toString('hex')}+${Buffer.concat([type, raw]).toString('base64')}`
  let last: { size: number; root: Buffer; note: string } = { size: 0, root: createHash('sha256').digest(), note: '' }
  const add = (body: string): readonly [number, string] => {
    const [proof = '', ...rest] = body.split('\n\n')
    const note = rest.join('\n\n')
    const [first = '', ...hashes] = proof.split('\n')
    const parsed = parseNote(note)
    const head = parsed && parseCheckpoint(parsed.text)
    if (!head || head.origin !== ORIGIN) return [404, '']
    if (first !== `old ${last.size}`) return [409, `${last.size}\n`]
    const path = hashes.filter(Boolean).map((each) => Buffer.from(each, 'base64'))
    const holds = last.size === 0 ? path.length === 0 : consistent(last, head, path)
    if (!holds) return [422, 'inconsistent']
    const time = Buffer.alloc(8)
    time.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 1000)))
    const message = `cosignature/v1\ntime ${time.readBigUInt64BE()}\n${parsed.text}`
    const line = `— ${name} ${Buffer.concat([id, time, sign(null, Buffer.from(message), key)]).toString('base64')}\n`
    last = { size: head.size, root: head.root, note: `${note}${line}` }
    return [200, line]
  }
  return service(
    t,
    (url, ca) => ({ kind: 'witness', url: `${url}/w/`, vkey, ca }),
    (path, body) => {
      if (path === '/w/add-checkpoint') return add(body.toString())
      const place = `/w/${createHash('sha256').update(ORIGIN).digest('hex')}/checkpoint`
      return path === place && last.note ? [200, last.note] : [404, '']
    },
    () => last.note,
  )
}

/** Why the authority's cases are skipped, or `false`. */
export const NO_OPENSSL = spawnSync('openssl', ['version']).error ? 'openssl is not installed' : false
export const NO_GIT = spawnSync('git', ['--version']).error ? 'git is not installed' : false

/** Files of an authority: ca.pem, tsa.pem, tsa.key, openssl.cnf. */
export function authority(folder: string): void {
  const run = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' })
  const config = `
[tsa]
default_tsa = own
[own]
serial = ./serial
signer_cert = ./tsa.pem
signer_key = ./tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_alg = sha256
[v3]
extendedKeyUsage = critical,timeStamping
basicConstraints = CA:false
`
  writeFileSync(join(folder, 'openssl.cnf'), config)
  writeFileSync(join(folder, 'serial'), '01\n')
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  run('req', '-x509', ...curve, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '2', '-subj', '/CN=Root')
  run('req', ...curve, '-keyout', 'tsa.key', '-out', 'tsa.csr', '-subj', '/CN=TSA')
  const by = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-set_serial', '7', '-days', '1']
  run('x509', '-req', '-in', 'tsa.csr', ...by, '-out', 'tsa.pem', '-extfile', 'openssl.cnf', '-extensions', 'v3')
}

export const timestamp: Open = async (t) => {
  const folder = folderFor(t)
  authority(folder)
  return service(
    t,
    (url, ca) => ({ kind: 'timestamp', url: `${url}/tsr`, tsa_ca: readFileSync(join(folder, 'ca.pem'), 'utf8'), ca }),
    (_, body) => {
      writeFileSync(join(folder, 'query.tsq'), body)
      const how = ['-config', 'openssl.cnf', '-section', 'own', '-queryfile', 'query.tsq', '-out', 'answer.tsr']
      execFileSync('openssl', ['ts', '-reply', ...how], { cwd: folder, stdio: 'pipe' })
      return [200, readFileSync(join(folder, 'answer.tsr'))]
    },
    () => folder,
  )
}

export const git: Open = async (t) => {
  const folder = folderFor(t)
  const bare = join(folder, 'audit.git')
  execFileSync('git', ['init', '--quiet', '--bare', bare])
  let mode: Mode = 'take'
  const hook = join(bare, 'hooks', 'pre-receive')
  return {
    settings: AnchorForm.parse({ kind: 'git', repository: bare, timeout_ms: 5000 }),
    modes: ['refuse'],
    get mode() {
      return mode
    },
    set mode(next) {
      mode = next
      mkdirSync(join(bare, 'hooks'), { recursive: true })
      if (mode === 'refuse') writeFileSync(hook, '#!/bin/sh\necho protected >&2\nexit 1\n', { mode: 0o755 })
      else rmSync(hook)
    },
    seen: () => bare,
  }
}
