/** Evidence of a real gateway, taken out of it while it serves and checked by a verifier that stands alone in an empty folder. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import {
  copyFileSync,
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { git, NO_GIT, NO_OPENSSL, ORIGIN, timestamp, witness } from '../../src/export/anchors/outside.case.ts'
import { unzip } from '../../verifier/zip.ts'
import { folderFor, type Gateway, sealedUpTo, startGateway } from '../process.case.ts'

const SOURCE = join(import.meta.dirname, '../../verifier')
const rules = (name: string) => `connections: { demo: { kind: demo } }
rules: [{ name: ${name}, when: 'prompt.text.contains("payroll")', then: deny, reason: 'ask the works council' }]
`

async function ask(gateway: Gateway, key: string, content: string): Promise<string> {
  const answer = await fetch(`${gateway.url}/c/demo/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-gatelog-key': key },
    body: JSON.stringify({ model: 'demo', messages: [{ role: 'user', content }] }),
  })
  await answer.text()
  return answer.headers.get('x-gatelog-exchange') ?? ''
}

/** A verifier in a folder where nothing else is, with an environment in which nothing is. */
function verifierIn(folder: string) {
  const alone = join(folder, 'alone')
  mkdirSync(alone)
  for (const name of globSync('*.ts', { cwd: SOURCE }))
    if (!/\.(test|case)\./.test(name)) cpSync(join(SOURCE, name), join(alone, name))
  return (...args: string[]) => {
    const told = spawnSync(process.execPath, ['verify.ts', ...args], { cwd: alone, encoding: 'utf8', env: {} })
    return { code: told.status, told: told.stdout + told.stderr }
  }
}

/** A gateway that was asked by two people, whose head was kept between, and whose rules changed. */
async function stage(t: TestContext) {
  const gateway = await startGateway(t, rules('first'))
  const at = (name: string) => join(gateway.folder, name)
  const seal = at('gatelog-data/seal')
  const [ana, bea] = [await gateway.key('--user', 'ana'), await gateway.key('--user', 'bea')]
  const keep = async (name: string, exchange: string) => {
    await sealedUpTo(gateway, exchange)
    copyFileSync(join(seal, 'checkpoint'), at(name))
  }
  await keep('before.txt', await ask(gateway, ana, 'how tall is the lighthouse'))
  gateway.configure(rules('second'))
  gateway.child.kill('SIGHUP')
  await gateway.hears('in force')
  await ask(gateway, bea, 'what does the payroll say')
  const gone = await ask(gateway, ana, 'a word that will be erased')
  await keep('later.txt', gone)
  const run = async (...args: string[]) => {
    const told = await gateway.gatelog(...args)
    assert.equal(told.code, 0, told.stderr)
    return told.stderr
  }
  await run('erase', '--exchange', gone, '--why', 'she asked', '--basis', 'Art. 17', '--yes')
  const vkey = readFileSync(join(seal, 'vkey'), 'utf8').trim()
  return { gateway, at, run, gone, ana, vkey, check: verifierIn(gateway.folder) }
}

test('an auditor with a key and two checkpoints of his own checks what a running gateway gives him', async (t) => {
  const { at, run, gone, ana, gateway, vkey, check } = await stage(t)
  await run(
    'prove',
    '--bodies',
    '--checkpoint',
    at('before.txt'),
    '--checkpoint',
    at('later.txt'),
    '--output',
    at('between.zip'),
  )
  const kept = ['--checkpoint', at('before.txt'), '--checkpoint', at('later.txt')]
  const between = check(at('between.zip'), '--key', vkey, ...kept, '--html', at('report.html'))
  assert.equal(between.code, 0, between.told)
  for (const words of [
    /proven {6}Nothing is left out between the two checkpoints/,
    /proven {6}The log begins with the \d+ entries of the checkpoint that you kept/,
    /exception {3}erased, entries \d+–\d+: erased by \S+ \(\w+\): she asked \(Art\. 17\)/,
    /rules {7}rules, entries [\d–, ]+: version [0-9a-f]{64} \(entry \d+\)/,
    /\nintact\n$/,
  ])
    assert.match(between.told, words)
  assert.match(readFileSync(at('report.html'), 'utf8'), /ask the works council/)
  assert.doesNotMatch(readFileSync(at('report.html'), 'utf8'), /a word that will be erased/)

  await run('prove', 'after:1h', '--output', at('hour.zip'))
  const hour = check(at('hour.zip'), '--key', vkey)
  assert.match(hour.told, /proven {6}Nothing is left out of the period: every leaf of the log from the first/)
  assert.equal(hour.code, 0, hour.told)
  assert.equal(check(at('hour.zip'), '--key', vkey, ...kept).code, 5)

  const fresh = await ask(gateway, ana, 'asked a moment ago')
  assert.match(await run('prove', fresh, '--bodies', '--output', at('fresh.zip')), /^2 entries in /)
  assert.match(check(at('fresh.zip'), '--key', vkey).told, /\nentries {5}2: [\s\S]*\nintact\n$/)
  await run('prove', 'lighthouse user:ana', '--output', at('query.zip'))
  assert.equal(check(at('query.zip'), '--key', vkey).code, 0)
  await run('prove', 'user:nobody', '--output', at('none.zip'))
  assert.match(check(at('none.zip'), '--key', vkey).told, /\nentries {5}0: [\s\S]*\nintact\n$/)
  await run('prove', fresh, '--output', at('one.tlog-proof'))
  assert.equal(check(at('one.tlog-proof'), '--key', vkey).code, 0)

  await run('prove', gone, '--bodies', '--output', at('gone.zip'))
  const erased = check(at('gone.zip'), '--key', vkey)
  assert.match(
    erased.told,
    /exception {3}erased, entries [\s\S]*\nentries {5}2: 0 parts shown .* 2 with their place alone[\s\S]*\nintact\n$/,
  )
  const shown = await gateway.gatelog('show', gone)
  const [, number = ''] =
    /erased: by entry (\d+), 20\S+, by \S+ \(\w+\), on the basis of Art\. 17: she asked/.exec(shown.stderr) ?? []
  const entry = await gateway.gatelog('show', number)
  assert.match(
    entry.stdout,
    / {2}erase\n {2}entry +\d+\n[\s\S]* why +she asked\n {2}basis +Art\. 17\n[\s\S]* seal +verified\n/,
  )
  const [, took = ''] = /\n {2}entries +(\d+)–/.exec(entry.stdout) ?? []
  assert.match((await gateway.gatelog('show', took)).stderr, /erased: by entry \d+, .*she asked/)
  const [, id = ''] = /^(\S+) /.exec(entry.stdout) ?? []
  assert.equal((await gateway.gatelog('show', id)).stdout, entry.stdout)
  const log = (await gateway.gatelog('trail', 'log')).stdout
  assert.match(log, new RegExp(`\n${number} .* erase .* 1 exchange, Art\\. 17: she asked\n`))
  assert.equal(log.match(/ ruled /g)?.length, 2)
  assert.match((await gateway.gatelog('reads')).stdout, /listed: log/)
  const forged = at('ahead.txt')
  writeFileSync(forged, readFileSync(at('later.txt'), 'utf8').replace(/\n\d+\n/, '\n99999\n'))
  for (const [args, code] of [
    [['prove'], 'usage.option'],
    [['prove', '--checkpoint', at('between.zip')], 'usage.input'],
    [['prove', 'last', '--checkpoint', forged], 'usage.input'],
    [['verify', '--checkpoint', at('between.zip')], 'usage.input'],
    [['verify', '--head', at('between.zip')], 'usage.input'],
    [['verify', '--key', 'no key'], 'usage.input'],
    [['verify', at('nowhere')], 'usage.input'],
    [['prove', 'last', '--output', at('no/where.zip')], 'usage.output'],
    [['prove', 'no:key'], 'query.syntax'],
    [['prove', '01234567'], 'trail.absent'],
  ] as const) {
    const told = await gateway.gatelog(...args)
    assert.match(told.stderr, new RegExp(`\\[${code.replace('.', '\\.')}\\]`), args.join(' '))
  }
  assert.deepEqual(
    readdirSync(gateway.folder).filter((name) => name.startsWith('.evidence') || name.endsWith('.part')),
    [],
  )
  assert.ok(!existsSync(at('evidence.zip')))
})

test('a bundle of a gateway with a witness, a timestamp authority and a repository stands alone', {
  skip: NO_OPENSSL || NO_GIT,
}, async (t) => {
  const [wit, tsa, audit] = [await witness(t), await timestamp(t), await git(t)]
  const folder = folderFor(t)
  const { url = '', vkey: cosigner = '', ca = '' } = wit.settings as unknown as Record<string, string>
  const { url: stamps = '', tsa_ca = '', ca: other = '' } = tsa.settings as unknown as Record<string, string>
  for (const [name, pem] of [
    ['wit.pem', ca],
    ['tsa.pem', other],
    ['tsa-ca.pem', tsa_ca],
  ] as const)
    writeFileSync(join(folder, name), pem)
  const every = 'every_ms: 1000'
  const yaml = `trail: { seal: { origin: ${ORIGIN} } }
export:
  anchors:
    wit: { kind: witness, url: '${url}', vkey: '${cosigner}', ca: wit.pem, ${every} }
    tsa: { kind: timestamp, url: '${stamps}', tsa_ca: tsa-ca.pem, ca: tsa.pem, ${every} }
    audit: { kind: git, repository: '${audit.seen()}', ${every} }
`
  const gateway = await startGateway(t, yaml, folder)
  const at = (name: string) => join(folder, name)
  const asked = await ask(gateway, await gateway.key('--user', 'ana'), 'how tall is the lighthouse')
  const last = await sealedUpTo(gateway, asked)
  const anchored = async () => {
    const { anchors } = await gateway.api<{ anchors: { by: string; size: number }[] }>('/seal')
    return new Set(anchors.filter(({ size }) => size >= last).map(({ by }) => by))
  }
  for (let tries = 0; (await anchored()).size < 3; tries++) {
    assert.ok(tries < 600, `${[...(await anchored())]}: ${gateway.said()}`)
    await wait(100)
  }
  const made = await gateway.gatelog('prove', asked, '--bodies', '--output', at('all.zip'))
  assert.equal(made.code, 0, made.stderr)
  assert.match(made.stderr, /proofs of anchors are in it: audit, tsa, wit/)
  const vkey = readFileSync(at('gatelog-data/seal/vkey'), 'utf8').trim()
  const check = verifierIn(folder)
  const bare = check(at('all.zip'), '--key', vkey)
  assert.equal(bare.code, 0, bare.told)
  assert.match(bare.told, /\nstanding {4}internally consistent/)
  const commit = spawnSync('git', ['--git-dir', audit.seen(), 'log', '--format=%H', 'gatelog'], { encoding: 'utf8' })
  const commits = commit.stdout.trim().split('\n')
  const zip = readFileSync(at('all.zip'))
  const own = unzip(zip)
  const named = [...own].flatMap(([name, bytes]) =>
    /^anchors\/audit\/.*proof$/.test(name) ? [`${bytes}`.split('\n')[0] ?? ''] : [],
  )
  assert.ok(named.length > 0 && named.every((id) => commits.includes(id)), named.join())
  const given = ['--tsa-ca', at('tsa-ca.pem'), '--witness', cosigner, ...named.flatMap((id) => ['--commit', id])]
  const all = check(at('all.zip'), '--key', vkey, ...given, '--html', at('report.html'))
  assert.equal(all.code, 0, all.told)
  for (const name of ['audit \\(the time is the gateway’s own\\)', 'tsa', 'wit'])
    assert.match(
      all.told,
      new RegExp(`\\nproven {6}Anchored until \\S+Z by ${name}, \\d+ entries: all that was asked for`),
    )
  assert.match(readFileSync(at('report.html'), 'utf8'), /The log is anchored until 20/)
  const text = [...own.values()].map((bytes) => bytes.toString('latin1')).join('\n')
  for (const secret of [folder, audit.seen(), url, stamps]) assert.ok(!text.includes(secret), secret)
})
