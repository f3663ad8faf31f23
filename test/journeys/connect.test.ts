/** `gatelog connect` on a laptop with an agent, and beside a gateway: the CA comes with the settings, and goes with them. */
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type Ends, folderFor, type Gateway, gatelog, startGateway } from '../process.case.ts'

const BIN = join(import.meta.dirname, '../../bin/gatelog.mjs')
const NO_OPENSSL = spawnSync('openssl', ['version']).status !== 0 && 'no openssl'
const ends: (() => unknown)[] = []
const FILE: Ends = { after: (end) => void ends.unshift(end) }
after(async () => {
  for (const end of ends) await end()
})

let gateway: Gateway
let agent: string
let ca: string

before(async () => {
  if (NO_OPENSSL) return
  const folder = folderFor(FILE)
  const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')]
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  spawnSync('openssl', ['req', '-x509', ...curve, ...files, '-subj', '/CN=g', '-addext', 'subjectAltName=IP:127.0.0.1'])
  const tls = 'tls: { cert: cert.pem, key: key.pem }'
  const listen = `listen: { gateway: '127.0.0.1:0', health: '127.0.0.1:0', ${tls} }`
  gateway = await startGateway(FILE, `${listen}\nconnections: { copilot: { kind: copilot } }\n`, folder)
  writeFileSync(join(folder, 'key'), await gateway.key('--user', 'ana'), { mode: 0o600 })
  ca = `${(await gateway.gatelog('ca', 'export')).stdout.trimEnd()}\n`
  const flags = ['--gateway', gateway.url, '--ca', 'cert.pem', '--key-file', 'key', '--port', '0']
  const child = spawn(process.execPath, [BIN, 'agent', ...flags], { cwd: folder })
  const ended = once(child, 'exit')
  FILE.after(() => child.kill('SIGKILL') && ended)
  const said = new Promise<string>((resolve) => {
    let text = ''
    child.stdout.on('data', (part) => {
      text += part
      const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(text) ?? []
      if (url) resolve(url)
    })
  })
  agent = await Promise.race([said, ended.then(() => assert.fail('the agent did not start'))])
})

/** A home without configuration or record: `connect` there, by way of the agent. */
const onLaptop = (home: string, client: string, ...more: string[]) =>
  gatelog(home, [
    'connect',
    client,
    ...(more.includes('--undo') ? [] : ['--agent', '--gateway', agent]),
    '--yes',
    ...more,
  ])

test('a laptop gets the CA by its agent, whole; it stays while a client refers to it', {
  skip: NO_OPENSSL,
}, async (t) => {
  const home = folderFor(t)
  const own = join(home, '.config', 'gatelog')
  const first = await onLaptop(home, 'copilot-language-server', '--write')
  assert.equal(first.code, 0, first.stderr)
  assert.equal(readFileSync(join(own, 'ca.pem'), 'utf8'), ca)
  const env = readFileSync(join(own, 'copilot-language-server.env'), 'utf8')
  assert.match(env, new RegExp(`^export HTTPS_PROXY='${agent}'$`, 'm'))
  assert.match(env, new RegExp(`^export NODE_EXTRA_CA_CERTS='${join(own, 'ca.pem')}'$`, 'm'))
  assert.match(first.stderr, /\+ .*Gatelog root.*\n\+ +SHA-256 ([0-9A-F]{2}:){31}/, 'a person can compare it')
  assert.ok(!first.stderr.includes('BEGIN CERTIFICATE') && !first.stderr.includes('ca export'))
  const second = await onLaptop(home, 'neovim', '--write', '--json')
  assert.equal(JSON.parse(second.stdout).ca, join(own, 'ca.pem'))
  assert.equal((await onLaptop(home, 'copilot-language-server', '--undo')).code, 0)
  assert.equal(readFileSync(join(own, 'ca.pem'), 'utf8'), ca)
  const last = await onLaptop(home, 'neovim', '--undo')
  assert.match(last.stdout, /gatelog\.vim is removed\n.*ca\.pem too\n/)
  assert.deepEqual([readdirSync(own), readdirSync(join(own, 'undo'))], [['undo'], []])
})

test('what somebody else has put there is theirs, before and after', { skip: NO_OPENSSL }, async (t) => {
  const home = folderFor(t)
  const path = join(home, '.config', 'gatelog', 'ca.pem')
  mkdirSync(join(home, '.config', 'gatelog'), { recursive: true })
  writeFileSync(path, ca)
  await onLaptop(home, 'neovim', '--write')
  await onLaptop(home, 'neovim', '--undo')
  assert.equal(readFileSync(path, 'utf8'), ca, 'it was there already')
  writeFileSync(path, 'an older one')
  await onLaptop(home, 'neovim', '--write')
  assert.equal(readFileSync(path, 'utf8'), ca)
  await onLaptop(home, 'neovim', '--undo')
  assert.equal(readFileSync(path, 'utf8'), 'an older one')
  await onLaptop(home, 'neovim', '--write')
  writeFileSync(path, 'a newer one')
  assert.equal((await onLaptop(home, 'neovim', '--undo')).code, 0)
  assert.equal(readFileSync(path, 'utf8'), 'a newer one')
  assert.deepEqual(readdirSync(join(home, '.config', 'gatelog', 'undo')), [])
})

test('where nobody gives the CA nothing is written that refers to it, and what to do is told', async (t) => {
  const home = folderFor(t)
  for (const gateway of ['http://127.0.0.1:1', 'http://gateway.example:8484']) {
    const { code, stderr } = await gatelog(home, ['connect', 'neovim', '--gateway', gateway, '--write', '--yes'])
    assert.equal(code, 1)
    assert.match(stderr, /\[client\.ca\]\n.*`gatelog ca export > gatelog-ca\.pem`.*--ca/)
    assert.match(stderr, gateway.includes('example') ? /plain text beyond this machine/ : /does not answer/)
  }
  assert.deepEqual(readdirSync(home), [])
  writeFileSync(join(home, 'mine.pem'), 'no certificate')
  const named = [
    'connect',
    'neovim',
    '--gateway',
    'http://gateway.example:8484',
    '--ca',
    'mine.pem',
    '--write',
    '--yes',
  ]
  assert.match((await gatelog(home, named)).stderr, /mine\.pem holds no certificate \[client\.ca\]/)
  const { code, stderr } = await gatelog(home, [
    'connect',
    'vscode',
    '--agent',
    '--gateway',
    'http://127.0.0.1:1',
    '--write',
    '--yes',
  ])
  assert.equal(code, 0, 'VS Code’s settings name no file')
  assert.match(stderr, /CA could not be had: http:\/\/127\.0\.0\.1:1 does not answer/)
})

test('a job’s files lie side by side, name nothing of this machine, and go together', {
  skip: NO_OPENSSL,
}, async (t) => {
  const home = folderFor(t)
  mkdirSync(join(home, 'repo'))
  const args = ['--config', join(gateway.folder, 'gatelog.yaml'), '--gateway', 'http://gateway.example:8484']
  const file = ['--file', 'repo/gatelog-ci.env']
  const { code, stderr } = await gatelog(home, ['connect', 'ci', ...args, ...file, '--write', '--yes'])
  assert.equal(code, 0, stderr)
  const text = readFileSync(join(home, 'repo', 'gatelog-ci.env'), 'utf8')
  assert.ok(!text.includes(home) && !text.includes('gtl_'))
  assert.equal(readFileSync(join(home, 'repo', 'gatelog-ca.pem'), 'utf8'), ca)
  const shell = ['-c', '. ./gatelog-ci.env && test -s "$NODE_EXTRA_CA_CERTS" && printf %s "$HTTPS_PROXY"']
  const ran = spawnSync('sh', shell, { cwd: join(home, 'repo'), env: { GATELOG_KEY: 'k' }, encoding: 'utf8' })
  assert.equal(ran.stdout, 'http://gatelog:k@gateway.example:8484')
  assert.doesNotMatch(stderr, /own machine/)
  const here = await gatelog(home, ['connect', 'ci', '--gateway', 'http://127.0.0.1:8484'])
  assert.match(here.stderr, /127\.0\.0\.1:8484 is each job’s own machine: --gateway/)
  writeFileSync(join(home, 'key'), await gateway.key())
  const keyed = await gatelog(home, ['connect', 'ci', ...args, ...file, '--key-file', 'key', '--write', '--yes'])
  assert.match(keyed.stderr, /bears no key.*GATELOG_KEY \[usage\.option\]/)
  assert.equal((await gatelog(home, ['connect', 'ci', ...file, '--undo', '--yes'])).code, 0)
  assert.deepEqual(readdirSync(join(home, 'repo')), [])
})

test('a record that no server holds gives the CA too; a client that no longer needs it lets it go', async (t) => {
  const home = folderFor(t)
  writeFileSync(
    join(home, 'gatelog.yaml'),
    "listen: { gateway: '127.0.0.1:1' }\nconnections: { copilot: { kind: copilot } }\n",
  )
  const copilot = (...more: string[]) => gatelog(home, ['connect', 'copilot-cli', '--write', '--yes', ...more])
  assert.match((await copilot('--forward')).stderr, /does not answer .*There is no record yet.*\[client\.ca\]/)
  await gatelog(home, ['keys', 'create', '--user', 'ana'])
  const path = join(home, '.config', 'gatelog', 'ca.pem')
  const { code, stderr } = await copilot('--forward')
  assert.equal(code, 0, stderr)
  assert.equal(readFileSync(path, 'utf8'), `${(await gatelog(home, ['ca', 'export'])).stdout.trimEnd()}\n`)
  rmSync(join(home, 'gatelog-data'), { recursive: true })
  assert.equal((await copilot('--agent')).code, 0)
  assert.equal(existsSync(path), false)
  assert.equal((await gatelog(home, ['connect', 'copilot-cli', '--undo', '--yes'])).code, 0)
})

/** What `doctor` says at a laptop, with these variables and no others that matter. */
function doctorAt(home: string, variables: Readonly<Record<string, string>>) {
  const env = { PATH: process.env['PATH'], HOME: home, NO_COLOR: '1', ...variables }
  const { stdout, status } = spawnSync(process.execPath, [BIN, 'doctor'], { cwd: home, env, encoding: 'utf8' })
  return { rows: stdout.split('\n').filter((each) => /^(ok|warn|fail) /.test(each)), status }
}

test('doctor at a laptop: what connect wrote works, and what is then broken is found', {
  skip: NO_OPENSSL,
}, async (t) => {
  const home = folderFor(t)
  await onLaptop(home, 'copilot-cli', '--forward', '--write')
  const file = join(home, '.config', 'gatelog', 'ca.pem')
  const good = { HTTPS_PROXY: agent, NODE_EXTRA_CA_CERTS: file }
  const { rows, status } = doctorAt(home, good)
  const host = agent.slice('http://'.length)
  assert.deepEqual(
    rows.map((each) => each.replaceAll(realpathSync(home), '~')).toSorted(),
    [
      'warn record       There is no record yet: ./gatelog-data',
      `ok   proxy        HTTPS_PROXY leads to ${host}, where an agent answers`,
      'ok   ca file      NODE_EXTRA_CA_CERTS names the CA of this gateway',
      'ok   ca file      ~/.config/gatelog/ca.pem holds the CA of this gateway',
      'ok   settings     ~/.config/gatelog/copilot-cli.env is as connect wrote it',
    ].toSorted(),
  )
  assert.equal(status, 0)
  const other = join(gateway.folder, 'cert.pem')
  const wrong = doctorAt(home, { ...good, NODE_EXTRA_CA_CERTS: other, NO_PROXY: '*githubcopilot.com' }).rows
  assert.ok(wrong.some((each) => /^warn no_proxy .*api\.githubcopilot\.com/.test(each)))
  assert.ok(wrong.some((each) => /^warn ca file .*CA of this gateway is not among them/.test(each)))
  const direct = doctorAt(home, { ...good, HTTPS_PROXY: agent.replace(/:\d+$/, ':1') })
  assert.ok(direct.rows.some((each) => /^fail proxy .*nobody answers/.test(each)))
  assert.equal(direct.status, 1)
})
