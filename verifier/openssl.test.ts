/** How the command checks timestamps by openssl: what it is given, what is left of it, and what is said where it is not there. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import fc from 'fast-check'
import {
  authority,
  caFile,
  commitId,
  LACKING,
  sealFolder,
  setUpAnchored,
  tearDownAnchored,
  witnessKey,
} from './anchored.case.ts'
import { exchange, folder, heads, made, PERIOD, vkey } from './evidence.case.ts'
import { stampOf } from './token.ts'

const USUAL = process.env['PATH'] ?? ''

describe('timestamps by openssl', { skip: LACKING }, () => {
  let zip = ''
  before(async () => {
    await setUpAnchored()
    zip = await made(PERIOD)
    mkdirSync(join(folder, 'tmp'))
    mkdirSync(join(folder, 'none'))
  })
  after(tearDownAnchored)

  /** Runs the command with these programs, in a folder for temporary files that must be empty afterwards. */
  const run = (path: string, ...more: string[]) => {
    const told = spawnSync(process.execPath, ['verifier/verify.ts', zip, '--key', vkey, ...more], {
      encoding: 'utf8',
      env: { PATH: path, TMPDIR: join(folder, 'tmp'), OPENSSL_CONF: '/no/such/file', SSL_CERT_FILE: caFile() },
    })
    assert.deepEqual(readdirSync(join(folder, 'tmp')), [])
    return { code: told.status, text: told.stdout + told.stderr }
  }
  /** An openssl that does what a script says; `$REAL` is the true one. */
  const fake = (name: string, script: string): string => {
    const place = join(folder, name)
    mkdirSync(place)
    const own = USUAL.split(':').find((each) => readdirOf(each).includes('openssl'))
    writeFileSync(join(place, 'openssl'), `#!/bin/sh\nREAL='${own}/openssl'\n${script}\n`)
    chmodSync(join(place, 'openssl'), 0o755)
    return `${place}:${USUAL}`
  }
  const readdirOf = (place: string): string[] => {
    try {
      return readdirSync(place)
    } catch {
      return []
    }
  }

  test('it is intact with a time where openssl says so, and the page says the same', () => {
    const html = join(folder, 'out.html')
    const { code, text } = run(
      USUAL,
      '--tsa-ca',
      caFile(),
      '--witness',
      witnessKey(),
      '--commit',
      commitId(),
      '--html',
      html,
    )
    assert.equal(code, 0, text)
    assert.match(text, /\nstanding {4}anchored until 20\d\d-\S+Z by (tsa|wit), \d+ entries\n/)
    assert.match(text, /\nproven {6}Anchored until \S+Z by tsa, 305 entries: all that was asked for is among them\.\n/)
    assert.match(text, /\nnot proven {2}That audit saw 101 entries/)
    assert.match(readFileSync(html, 'utf8'), /The log is anchored until [\s\S]*<td>Anchored until \S+ by tsa/)
    const json = JSON.parse(run(USUAL, '--tsa-ca', caFile(), '--json').text)
    assert.deepEqual(
      json.vouched.map(({ name, size, state }: Record<string, unknown>) => [name, size, state]),
      [
        ['audit', 101, 'claimed'],
        ['audit', 201, 'claimed'],
        ['tsa', 101, 'checked'],
        ['tsa', 305, 'checked'],
        ['wit', 201, 'claimed'],
        ['wit', 305, 'claimed'],
      ],
    )
    assert.match(json.standing, /^anchored until \S+ by tsa, 305 entries$/)
  })

  test('where openssl is not there, or no use, it is not checked, and the command does not end as if it were', () => {
    const none = run(join(folder, 'none'), '--tsa-ca', caFile())
    assert.equal(none.code, 7, none.text)
    assert.match(
      none.text,
      /not proven {2}That tsa saw 305 entries of this log: claimed, not checked \(openssl is not here;/,
    )
    assert.match(none.text, /\nstanding {4}internally consistent/)
    assert.match(none.text, /\nintact, and UNCHECKED: 2 anchors that could not be looked at\n$/)
    const loud = run(
      fake('loud', 'printf "\\033]0;Verification: OK\\007\\n"; printf "\\033[31mno\\n" >&2; exit 3'),
      '--tsa-ca',
      caFile(),
    )
    assert.equal(loud.code, 7, loud.text)
    assert.match(loud.text, /this openssl cannot check timestamps/)
    assert.doesNotMatch(loud.text, /\u001b|\u0007/)
    assert.equal(run(fake('bare', 'exit 0'), '--tsa-ca', caFile()).code, 7)
    assert.equal(run(join(folder, 'none')).code, 0)
  })

  test('one that cannot be told a time is asked without it', () => {
    const old = fake('old', 'case "$*" in *-attime*) echo "unknown option" >&2; exit 1;; esac; exec "$REAL" "$@"')
    const { code, text } = run(old, '--tsa-ca', caFile())
    assert.equal(code, 0, text)
    assert.match(text, /Anchored until \S+ by tsa/)
  })

  test('it gets names of ours alone, in a folder that only we can read, and nothing of the environment', () => {
    const spy = fake('spy', `{ echo "$*"; pwd; ls -ld . | cut -c1-10; env; } > '${folder}/seen'; exec "$REAL" "$@"`)
    assert.equal(run(spy, '--tsa-ca', caFile()).code, 0)
    const seen = readFileSync(join(folder, 'seen'), 'utf8')
    const [args = '', place = '', mode] = seen.split('\n')
    const { at } = stampOf(readFileSync(join(sealFolder(), 'anchors/tsa/305/proof')))
    const own = `-partial_chain -attime ${at / 1000}`
    assert.equal(args, `ts -verify -data checkpoint -in token -CAfile ca.pem ${own}`)
    assert.ok(place.startsWith(join(folder, 'tmp', 'gatelog-verify-')))
    assert.equal(mode, 'drwx------')
    assert.doesNotMatch(seen, /SSL_CERT_FILE|no\/such\/file/)
  })

  test('a certificate that was given vouches, whether somebody vouches for it or not', () => {
    const { code, text } = run(USUAL, '--tsa-ca', join(authority.seen(), 'tsa.pem'))
    assert.equal(code, 0, text)
    assert.match(text, /Anchored until \S+ by tsa/)
  })

  test('what is no certificate, no whole commit or no bundle with anchors is told before anything', async () => {
    const junk = join(folder, 'junk.pem')
    writeFileSync(junk, 'junk')
    assert.deepEqual([run(USUAL, '--tsa-ca', junk).code, run(USUAL, '--tsa-ca', '/no/file').code], [2, 2])
    assert.deepEqual([run(USUAL, '--commit', 'abc').code, run(USUAL, '--commit', '--help').code], [2, 2])
    const proof = join(folder, 'x.tlog-proof')
    const { bundled } = await import('./evidence.case.ts')
    writeFileSync(proof, (await bundled(exchange(3))).get('proofs/5.tlog-proof') ?? '')
    const one = spawnSync(process.execPath, ['verifier/verify.ts', proof, '--key', vkey, '--tsa-ca', caFile()], {
      encoding: 'utf8',
    })
    assert.equal(one.status, 5)
    assert.match(one.stdout, /has no anchor/)
  })

  test('a token is read in one way or refused, wherever it is cut or changed', () => {
    const token = readFileSync(join(sealFolder(), 'anchors/tsa/101/proof'))
    const { at, algorithm } = stampOf(token)
    assert.ok(Math.abs(at - Date.now()) < 120_000 && algorithm === 'sha256' && (heads[0] ?? '') !== '')
    const told = (bytes: Buffer): number | undefined => {
      try {
        return stampOf(bytes).at
      } catch (error) {
        assert.equal((error as Error).constructor, Error, String(error))
        return undefined
      }
    }
    for (let cut = 0; cut < token.length; cut++) assert.equal(told(token.subarray(0, cut)), undefined, `${cut}`)
    for (let at = 0; at < token.length; at++)
      for (const bits of [1, 0x20, 0x80, 0xff]) {
        const changed = Buffer.from(token)
        changed[at] = (changed[at] ?? 0) ^ bits
        told(changed)
      }
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => told(Buffer.from(bytes)) === undefined))
  })

  test('a length that is longer than it need be, or without an end, is refused: another reader could find another time', () => {
    const token = readFileSync(join(sealFolder(), 'anchors/tsa/101/proof'))
    const long = Buffer.concat([Buffer.of(0x30, 0x83, 0), token.subarray(2)])
    const endless = Buffer.concat([Buffer.of(0x30, 0x80), token.subarray(4), Buffer.of(0, 0)])
    for (const bytes of [long, endless]) assert.throws(() => stampOf(bytes), /no timestamp in DER/)
  })
})
