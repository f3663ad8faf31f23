/** Cosignatures of kept checkpoints: true ones, false ones, of somebody else; both kinds; and what the command does with them. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { folder, heads, made, PERIOD, setUp, tearDown, vkey } from './evidence.case.ts'
import { witnessed } from './witness.ts'

before(setUp)
after(tearDown)

const SECONDS = 1_800_000_000n
const ROOT = createHash('sha256').update('root').digest()
const NOTE = `log.example/x\n7\n${ROOT.toString('base64')}\n\n— log.example/x AAAAAAAA\n`

function u64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(value)
  return bytes
}

interface Cosigner {
  readonly vkey: string
  line(note: string, seconds?: bigint): string
}

function cosigner(
  name: string,
  type: number,
  keys: { publicKey: KeyObject; privateKey: KeyObject },
  raw: number,
): Cosigner {
  const key = keys.publicKey.export({ format: 'der', type: 'spki' }).subarray(-raw)
  const material = Buffer.concat([Buffer.of(type), key])
  const id = createHash('sha256').update(`${name}\n`).update(material).digest().subarray(0, 4)
  const message = (note: string, seconds: bigint) => {
    const text = note.slice(0, note.indexOf('\n\n') + 1)
    if (type === 4) return Buffer.from(`cosignature/v1\ntime ${seconds}\n${text}`)
    const [origin = '', size = '', root = ''] = text.split('\n')
    const named = [
      Buffer.of(name.length),
      Buffer.from(name),
      u64(seconds),
      Buffer.of(origin.length),
      Buffer.from(origin),
    ]
    const span = [u64(0n), u64(BigInt(size)), Buffer.from(root, 'base64')]
    return Buffer.concat([Buffer.from('subtree/v1\n\0'), ...named, ...span])
  }
  return {
    vkey: `${name}+${id.toString('hex')}+${material.toString('base64')}`,
    line(note, seconds = SECONDS) {
      const signature = sign(null, message(note, seconds), keys.privateKey)
      return `— ${name} ${Buffer.concat([id, u64(seconds), signature]).toString('base64')}\n`
    },
  }
}

const ed = (name: string) => cosigner(name, 4, generateKeyPairSync('ed25519'), 32)
const pq = (name: string) => cosigner(name, 6, generateKeyPairSync('ml-dsa-44'), 1312)

test('a cosignature counts where it is over this checkpoint, of this key, with a time', () => {
  for (const make of [ed, pq]) {
    const [one, other] = [make('w.example/a'), make('w.example/b')]
    const good = `${NOTE}${other.line(NOTE)}${one.line(NOTE)}`
    assert.deepEqual(witnessed([NOTE, good], [one.vkey]), {
      also: ['w.example/a cosigned the checkpoint over 7 entries at 2027-01-15T08:00:00.000Z, by its own clock.'],
      problems: [],
    })
    assert.match(
      witnessed([good], [make('w.example/a').vkey]).problems.join(),
      /no checkpoint .* cosigned by w.example\/a/,
    )
    assert.match(witnessed([NOTE], [one.vkey]).problems.join(), /no checkpoint/)
    assert.match(witnessed([], [one.vkey]).problems.join(), /no checkpoint/)
    const moved = good.replace('\n7\n', '\n8\n')
    assert.match(witnessed([moved], [one.vkey]).problems.join(), /the cosignature of w.example\/a is false/)
    const timeless = `${NOTE}${one.line(NOTE, 0n)}`
    assert.match(witnessed([timeless], [one.vkey]).problems.join(), /is false/)
    const cut = `${NOTE}— w.example/a ${Buffer.from(one.line(NOTE).split(' ')[2] ?? '', 'base64')
      .subarray(0, 40)
      .toString('base64')}\n`
    assert.match(witnessed([cut], [one.vkey]).problems.join(), /is false/)
    const renamed = one.vkey.replace(/\+[0-9a-f]{8}\+/, '+00000000+')
    assert.match(witnessed([good], [renamed]).problems.join(), /id .* is wrong/)
    assert.match(witnessed([good], [one.vkey.slice(0, -8)]).problems.join(), /none of type 4 or 6/)
    for (const junk of ['junk', '', '\n', '\n\n—'])
      assert.match(witnessed([junk], [one.vkey]).problems.join(), /no signed note/)
  }
})

test('the command takes the note of a witness as a kept checkpoint, and checks both', async () => {
  const zip = await made(PERIOD, { kept: [101] })
  const own = ed('w.example/a')
  const note = heads[0] ?? assert.fail()
  const run = (text: string, ...more: string[]) => {
    const file = join(folder, 'cosigned')
    writeFileSync(file, text)
    return spawnSync(process.execPath, ['verifier/verify.ts', zip, '--key', vkey, '--checkpoint', file, ...more], {
      encoding: 'utf8',
    })
  }
  const good = run(`${note}${own.line(note)}`, '--witness', own.vkey)
  assert.equal(good.status, 0, good.stdout + good.stderr)
  assert.match(good.stdout, /proven +w\.example\/a cosigned the checkpoint over \d+ entries at 2027/)
  const stranger = run(`${note}${own.line(note)}`, '--witness', ed('w.example/a').vkey)
  assert.equal(stranger.status, 5)
  assert.match(stranger.stdout, /problem +no checkpoint that was given is cosigned by w\.example\/a/)
})
