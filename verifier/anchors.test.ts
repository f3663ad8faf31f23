/** Anchors in a bundle: what a witness, an authority and a repository gave counts where it was checked, and every forged one is told. */
import assert from 'node:assert/strict'
import { readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { folderFor, authority as newAuthority } from '../src/export/anchors/outside.case.ts'
import { keepAnchored } from '../src/trail/index.ts'
import {
  authority,
  caFile,
  commitId,
  LACKING,
  onAnchors,
  onProof,
  repository,
  rootOf,
  sealFolder,
  setUpAnchored,
  signed,
  tearDownAnchored,
  trusted,
} from './anchored.case.ts'
import type { Trusted } from './anchors.ts'
import { checkBundle } from './bundle.ts'
import type { Checked } from './checked.ts'
import {
  bundled,
  type Change,
  exchange,
  type Files,
  folder,
  heads,
  onManifest,
  PERIOD,
  remade,
  vkey,
} from './evidence.case.ts'
import { stampChecker } from './openssl.ts'

const told = (files: Files, given: Trusted = trusted()): string =>
  checkBundle(files, vkey, [], given).problems.join('\n')
const states = ({ vouched }: Checked) => vouched.map(({ name, size, state }) => `${name} ${size} ${state}`)
const flipped = (at: number) => (proof: Buffer) => {
  const changed = Buffer.from(proof)
  const place = at < 0 ? changed.length + at : at
  changed[place] = (changed[place] ?? 0) ^ 1
  return changed
}
const own = (of: string): Buffer => readFileSync(join(sealFolder(), 'anchors', of, 'proof'))

/** With the status of one that was refused (RFC 3161 §2.4.2). */
const refused = (proof: Buffer): Buffer => Buffer.concat([proof.subarray(0, 8), Buffer.of(2), proof.subarray(9)])
/** Another letter of base64 within the signature. */
const lettered = (proof: Buffer): Buffer => {
  const text = String(proof)
  return Buffer.from(`${text.slice(0, -10)}${text.at(-10) === 'A' ? 'B' : 'A'}${text.slice(-9)}`)
}

/** What is done to the bundle of a period, and what must be said of it by who has all keys. */
const CHANGES: readonly [string, RegExp, Change][] = [
  [
    'a timestamp of another head',
    /tsa, 101 entries: the timestamp is of something else/,
    onProof('tsa/101', () => own('tsa/305')),
  ],
  [
    'a byte of a timestamp’s signature',
    /tsa, 305 entries: the signature of the timestamp does not hold/,
    onProof('tsa/305', flipped(-3)),
  ],
  [
    'a byte of a proof',
    /tsa, 305 entries: its proof is not the one that the manifest names/,
    (files) => files.set('anchors/tsa/305.proof', flipped(-3)(own('tsa/305'))),
  ],
  [
    'a timestamp that is cut',
    /tsa, 305 entries: it is no timestamp in DER/,
    onProof('tsa/305', (proof) => proof.subarray(0, -1)),
  ],
  [
    'bytes behind a timestamp',
    /tsa, 305 entries: it is no timestamp in DER/,
    onProof('tsa/305', (proof) => Buffer.concat([proof, Buffer.of(5, 0)])),
  ],
  [
    'a refusal in the place of a timestamp',
    /tsa, 305 entries: the authority granted no timestamp/,
    onProof('tsa/305', refused),
  ],
  [
    'a timestamp that is too large',
    /tsa, 305 entries: anchors\/tsa\/305.proof is larger than 65536 bytes/,
    onProof('tsa/305', () => Buffer.alloc(65_537)),
  ],
  [
    'a cosignature of another head',
    /wit, 305 entries: the cosignature is of something else/,
    onProof('wit/305', () => own('wit/201')),
  ],
  [
    'a cosignature of another log',
    /wit, 305 entries: the cosignature is of something else/,
    onProof('wit/305', (proof) => Buffer.from(String(proof).replace('gatelog.example', 'other.example'))),
  ],
  [
    'a byte of a cosignature',
    /wit, 305 entries: the cosignature of witness.example\/w1 is false/,
    onProof('wit/305', lettered),
  ],
  [
    'a cosignature left out',
    /no checkpoint that was given is cosigned/,
    (files) => [1, 2].map((nth) => onProof(`wit/${nth === 1 ? 201 : 305}`, () => Buffer.from(heads[nth] ?? ''))(files)),
  ],
  [
    'a commit that is another',
    /audit, 201 entries: its commit is not the one of its id/,
    onProof('audit/201', flipped(60)),
  ],
  [
    'a commit of another head',
    /audit, 201 entries: its commit holds something else/,
    onProof('audit/201', () => own('audit/101')),
  ],
  ['no commit', /audit, 201 entries: it is no commit/, onProof('audit/201', () => Buffer.from('--help'))],
  [
    'a commit that is not the one given',
    /no anchor of this bundle is the commit/,
    (files) => {
      files.delete('anchors/audit/201.proof')
      files.delete('anchors/audit/201.checkpoint')
      onAnchors((rows) =>
        rows.splice(
          rows.findIndex(({ name, size }) => name === 'audit' && size === 201),
          1,
        ),
      )(files)
    },
  ],
  [
    'what was shown',
    /tsa, 101 entries: the checkpoint is not signed by this key/,
    (files) => files.set('anchors/tsa/101.checkpoint', Buffer.from((heads[0] ?? '').replace('101', '102'))),
  ],
  [
    'what was shown, of another size',
    /tsa, 101 entries: it was shown 201 entries/,
    (files) => files.set('anchors/tsa/101.checkpoint', Buffer.from(heads[1] ?? '')),
  ],
  [
    'a size',
    /anchors\/tsa\/100.checkpoint is missing|it was shown 101/,
    onAnchors((rows) =>
      Object.assign(rows.find(({ size, name }) => name === 'tsa' && size === 101) ?? {}, { size: 100 }),
    ),
  ],
  [
    'that the log goes on from it',
    /tsa, 101 entries: the bundle does not show that its log goes on/,
    onManifest((manifest) =>
      Object.assign(manifest, { kept: (manifest['kept'] as { size: number }[]).filter(({ size }) => size !== 101) }),
    ),
  ],
  [
    'a note that is no UTF-8',
    /wit, 305 entries: what should be a note is no UTF-8/,
    onProof('wit/305', (proof) => Buffer.concat([proof, Buffer.from('— x\xff AAAAAAAA\n', 'latin1')])),
  ],
  ['a proof left out', /anchors\/tsa\/101.proof is missing/, (files) => files.delete('anchors/tsa/101.proof')],
  [
    'a file more',
    /anchors\/tsa\/7.proof is no file of this bundle/,
    (files) => files.set('anchors/tsa/7.proof', Buffer.of(1)),
  ],
  [
    'an anchor of a name more',
    /anchors\/x\/101.proof is no file/,
    (files) => files.set('anchors/x/101.proof', own('tsa/101')),
  ],
  [
    'an anchor left out of the manifest',
    /anchors\/tsa\/101.checkpoint is no file/,
    onAnchors((rows) =>
      rows.splice(
        rows.findIndex(({ name }) => name === 'tsa'),
        1,
      ),
    ),
  ],
  ...[
    { name: '../tsa' },
    { name: 'TSA' },
    { kind: 'notary' },
    { kind: '__proto__' },
    { size: 0 },
    { size: '101' },
    { digest: '00' },
    { more: 1 },
    { size: 305 },
    { size: 306 },
  ].map((change): [string, RegExp, Change] => [
    `${JSON.stringify(change)} in the manifest`,
    /manifest.json says something that it cannot say/,
    onAnchors((rows) => Object.assign(rows.find(({ name }) => name === 'tsa') ?? {}, change)),
  ]),
  [
    'too many in the manifest',
    /manifest.json says something/,
    onAnchors((rows) => {
      for (let nth = 0; nth < 33; nth++) rows.push({ ...rows[0], name: `z${String(nth).padStart(3, '0')}` })
    }),
  ],
]

describe('anchors of a bundle', { skip: LACKING }, () => {
  let period: Files
  before(async () => {
    await setUpAnchored()
    period = await bundled(PERIOD)
  })
  after(tearDownAnchored)

  test('the first that covers what was asked for and the newest go along, with nothing private', () => {
    const names = [...period.keys()].filter((name) => name.startsWith('anchors/') && name.endsWith('.proof'))
    assert.deepEqual(
      names,
      ['audit/101', 'audit/201', 'tsa/101', 'tsa/305', 'wit/201', 'wit/305'].map((of) => `anchors/${of}.proof`),
    )
    const all = [...period.values()].map((bytes) => bytes.toString('latin1')).join('\n')
    for (const own of [folder, authority.seen(), repository.seen(), '127.0.0.1', 'https://'])
      assert.ok(!all.includes(own), own)
  })

  test('without anything given they are claims, told as that, and the bundle is intact', () => {
    const checked = checkBundle(period, vkey)
    assert.deepEqual([checked.problems, checked.unchecked], [[], 0])
    assert.ok(checked.vouched.every(({ state }) => state === 'claimed'))
    assert.match(checked.standing ?? '', /^internally consistent/)
    const open = checked.claims?.open.join('\n') ?? ''
    assert.match(
      open,
      /That tsa saw 101 entries .* claimed, not checked \(no CA .*--tsa-ca <file>; or openssl ts -verify -data anchors\/tsa\/101/,
    )
    assert.match(
      open,
      /That wit saw 305 entries .*the key of witness.example\/w1\+[0-9a-f]{8} was not given; give its key: --witness/,
    )
    assert.match(open, /That audit saw 201 entries .*only its repository tells; .*--commit <id>/)
    assert.doesNotMatch(`${checked.page?.()}${String(period.get('index.html'))}`, /Anchored until/i)
    assert.match(
      String(period.get('index.html')),
      /<th>tsa<\/th><td>That tsa saw 305 entries .*: claimed, not checked .*<\/td><td data-of="Entries">305<\/td><td data-of="Kind">timestamp<\/td>/,
    )
  })

  test('each is checked with what the auditor has, and only then it says a time', () => {
    const checked = checkBundle(period, vkey, [], trusted())
    assert.deepEqual(checked.problems, [])
    assert.deepEqual(states(checked), [
      'audit 101 claimed',
      'audit 201 checked',
      'tsa 101 checked',
      'tsa 305 checked',
      'wit 201 checked',
      'wit 305 checked',
    ])
    for (const one of checked.vouched)
      if (one.state === 'checked')
        assert.ok(Math.abs(one.at - Date.now()) < 120_000 && 'clock' in one === (one.name === 'audit'))
    assert.match(checked.standing ?? '', /^anchored until 20\d\d-\S+Z by (tsa|wit), \d+ entries$/)
    assert.match(
      checked.claims?.proven.join('\n') ?? '',
      /Anchored until \S+Z by tsa, 101 entries: all that was asked for is among them/,
    )
    assert.match(checked.claims?.open.join('\n') ?? '', /the only log past the 305 entries that others saw/)
    const page = checked.page?.() ?? ''
    assert.match(page, /The log is anchored until/)
    assert.match(
      page,
      /<td>Anchored until \S+ by audit \(the time is the gateway’s own\), 201 entries.*<\/td><td data-of="Entries">201<\/td><td data-of="Kind">git<\/td>/,
    )
  })

  test('an anchor that does not reach the last entry says so; of what is behind it none is told', async () => {
    const checked = checkBundle(await bundled(exchange(120)), vkey, [], trusted())
    assert.deepEqual(states(checked), ['audit 201 checked', 'tsa 305 checked', 'wit 305 checked'])
    assert.match(
      checked.claims?.proven.join('\n') ?? '',
      /by audit .*201 entries: number 241, the last that was asked for, is not among them/,
    )
    assert.deepEqual(checkBundle(await bundled('user:nobody'), vkey, [], trusted()).problems, [])
    assert.deepEqual(
      checkBundle(await bundled([101, 201], { kept: [101, 201] }), vkey, [heads[0] ?? ''], trusted()).problems,
      [],
    )
  })

  for (const [name, why, change] of CHANGES)
    test(`changed: ${name}`, () => {
      const files = new Map(period)
      change(files)
      assert.match(told(files), why)
    })

  test('a changed anchor is a problem without keys too, wherever a byte is another', () => {
    for (const [name, bytes] of period) {
      if (!name.startsWith('anchors/')) continue
      for (let at = 0; at < bytes.length; at += 1 + Math.floor(bytes.length / 15))
        assert.notEqual(told(new Map(period).set(name, flipped(at)(bytes)), {}), '', `${name} ${at}`)
    }
  })

  test('an authority and a witness that are not known prove nothing, and that they were given is told', (t) => {
    const other = folderFor(t)
    newAuthority(other)
    const pem = readFileSync(join(other, 'ca.pem'), 'utf8')
    const strange = checkBundle(period, vkey, [], { stamp: stampChecker(pem) })
    assert.deepEqual(strange.problems, ['no CA that was given vouches for a timestamp in this bundle'])
    assert.match(strange.claims?.open.join('\n') ?? '', /That tsa saw .*no CA that was given vouches for who signed it/)
    assert.match(strange.page?.() ?? '', /Not intact: 1 problem/)
    const both = checkBundle(period, vkey, [], { stamp: stampChecker(`${pem}${readFileSync(caFile(), 'utf8')}`) })
    assert.deepEqual([both.problems, both.unchecked], [[], 0])
    for (const junk of ['', 'junk', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'])
      assert.throws(() => stampChecker(junk), /the file of --tsa-ca holds/)
  })

  test('two logs of one name and key are told, and one that is behind what was anchored', async () => {
    const split = new Map(period)
    split.set('anchors/tsa/101.checkpoint', Buffer.from(await signed(101, Buffer.alloc(32, 7))))
    assert.match(told(split, {}), /tsa, 101 entries: it was shown 101 other entries: two logs were signed/)
    const stranger = new Map(period)
    stranger.set('anchors/tsa/101.checkpoint', Buffer.from(await signed(101, rootOf(0), 2)))
    assert.match(told(stranger, {}), /tsa, 101 entries: the checkpoint is not signed by this key/)
    const ahead = new Map(period)
    ahead.set('anchors/wit/400.checkpoint', Buffer.from(await signed(400, rootOf(2))))
    onAnchors((rows) => rows.push({ ...rows.at(-1), size: 400 }))(ahead)
    ahead.set('anchors/wit/400.proof', ahead.get('anchors/wit/305.proof')!)
    remade(ahead)
    assert.match(told(ahead, {}), /wit, 400 entries: it was shown 400 entries, .* over 305: the log was rolled back/)
  })

  test('a commit that does not go along whole is a claim, also where it is given', () => {
    const files = new Map(period)
    onProof('audit/201', () => Buffer.from(`${commitId()}\n`))(files)
    remade(files)
    const checked = checkBundle(files, vkey, [], trusted())
    assert.deepEqual([checked.problems, checked.unchecked], [[], 1])
    assert.match(checked.claims?.open.join('\n') ?? '', /audit saw 201 .*what the commit \w{12} holds is not here/)
  })

  test('whoever makes a bundle is told at once of an anchor that contradicts, and of one that is left out', async () => {
    const { trail } = await import('./evidence.case.ts')
    const { Bundle } = await import('../src/cli/evidence/bundle.ts')
    const note = await signed(150, Buffer.alloc(32, 7))
    const anchored = { at: Date.now(), proof: Buffer.of(1) }
    await keepAnchored(sealFolder(), { name: 'bad', kind: 'git' }, note, anchored)
    await keepAnchored(sealFolder(), { name: 'far', kind: 'git' }, await signed(999, rootOf(2)), anchored)
    await keepAnchored(sealFolder(), { name: 'odd', kind: 'notary' }, heads[0] ?? '', anchored)
    await keepAnchored(sealFolder(), { name: 'big', kind: 'git' }, heads[0] ?? '', {
      at: 1,
      proof: Buffer.alloc(70_000),
    })
    await keepAnchored(sealFolder(), { name: 'alien', kind: 'git' }, await signed(9, rootOf(0), 2), anchored)
    writeFileSync(join(sealFolder(), 'anchors', 'file'), 'no folder')
    await keepAnchored(sealFolder(), { name: 'sly', kind: 'git' }, heads[0] ?? '', anchored)
    const link = join(sealFolder(), 'anchors/sly/101/proof')
    rmSync(link)
    writeFileSync(join(folder, 'secret'), 'a secret of this machine')
    symlinkSync(join(folder, 'secret'), link)
    const bundle = new Bundle(join(folder, 'told.zip'), { question: exchange(3), made: 1, version: '0', bodies: false })
    for await (const line of trail.prove({ exchange: exchange(3) }, { bodies: false })) bundle.take(line)
    bundle.finish()
    bundle.close()
    const open = bundle.open.join('\n')
    for (const why of [
      /the verifier will refuse it: the anchor bad: it was shown 150 other entries/,
      /the verifier will refuse it: the anchor far: it was shown 999 entries, and 305 are here/,
      /not in it: a proof of the anchor odd: its kind is not known/,
      /not in it: a proof of the anchor big: its proof over 101 entries is larger than 65536 bytes/,
      /not in it: a proof of the anchor alien: what it was shown over 9 entries is no head of this log/,
    ])
      assert.match(open, why)
    const files = await bundled(exchange(3))
    assert.ok(![...files.keys()].some((name) => name.startsWith('anchors/sly')))
    const all = told(files, {})
    assert.match(all, /bad, 150 entries: it was shown 150 other entries: two logs were signed/)
    assert.match(all, /far, 999 entries: .*the log was rolled back/)
  })
})
