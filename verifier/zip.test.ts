/** Zip files that somebody made to mislead or to choke whoever opens them are refused, with the reason, and soon. */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { crc32, deflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import { ZipFile } from '../src/cli/evidence/zip-file.ts'
import { openZip, unzip } from './zip.ts'

/** What the headers say in the place of what is so: bytes by their offsets in the local and in the central one, and what follows a name. */
interface Lie {
  readonly size?: number
  readonly local?: string
  readonly inLocal?: Readonly<Record<number, number>>
  readonly inCentral?: Readonly<Record<number, number>>
  readonly localExtra?: Buffer
  readonly centralExtra?: Buffer
  readonly comment?: string
}

interface File {
  readonly name: string
  readonly bytes: Buffer
  readonly lie?: Lie
}

const NONE = Buffer.alloc(0)

/** A zip file as this test wants it, lies and all. */
function zipOf(files: readonly File[], between = NONE): Buffer {
  const heads: Buffer[] = []
  let body: Buffer = NONE
  for (const { name, bytes, lie = {} } of files) {
    const packed = deflateRawSync(bytes)
    const sizes = [crc32(bytes), packed.length, lie.size ?? bytes.length]
    const told = Buffer.alloc(12)
    for (const [nth, value] of sizes.entries()) told.writeUInt32LE(value, 4 * nth)
    const central = Buffer.concat([Buffer.alloc(46), Buffer.from(name)])
    central.write('PK\x01\x02\x14\0\x14\0\x08\0\x08\0\0\0\x21\0', 'latin1')
    told.copy(central, 16)
    central.writeUInt16LE(Buffer.byteLength(name), 28)
    central.writeUInt16LE(lie.centralExtra?.length ?? 0, 30)
    central.writeUInt16LE(lie.comment?.length ?? 0, 32)
    central.writeUInt32LE(body.length, 42)
    for (const [at, byte] of Object.entries(lie.inCentral ?? {})) central[Number(at)] = byte
    heads.push(Buffer.concat([central, lie.centralExtra ?? NONE, Buffer.from(lie.comment ?? '')]))
    const local = Buffer.concat([Buffer.alloc(30), Buffer.from(lie.local ?? name)])
    local.write('PK\x03\x04\x14\0\x08\0\x08\0\0\0\x21\0', 'latin1')
    local.writeUInt16LE(local.length - 30, 26)
    local.writeUInt16LE(lie.localExtra?.length ?? 0, 28)
    for (const [at, byte] of Object.entries(lie.inLocal ?? {})) local[Number(at)] = byte
    body = Buffer.concat([body, local, lie.localExtra ?? NONE, packed, Buffer.from('PK\x07\x08', 'latin1'), told])
  }
  const directory = Buffer.concat(heads)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 'latin1')
  end.writeUInt16LE(files.length, 8)
  end.writeUInt16LE(files.length, 10)
  end.writeUInt32LE(directory.length, 12)
  end.writeUInt32LE(body.length + between.length, 16)
  return Buffer.concat([body, between, directory, end])
}

/** Info-ZIP's field 0x7075: another name for the file, by which `unzip` goes. */
function unicodePath(name: string, other: string): Buffer {
  const field = Buffer.concat([Buffer.alloc(9), Buffer.from(other)])
  field.writeUInt16LE(0x7075)
  field.writeUInt16LE(field.length - 4, 2)
  field[4] = 1
  field.writeUInt32LE(crc32(Buffer.from(name)), 5)
  return field
}

/** A field of Gatelog's own making, which nobody reads. */
const HIDDEN = Buffer.concat([Buffer.of(0xfe, 0xca, 8, 0), Buffer.from('hidden!!')])

const one = (name: string, text = 'text', lie?: Lie): File => ({
  name,
  bytes: Buffer.from(text),
  ...(lie && { lie }),
})

test('what this test makes is a zip file, byte by byte as the writer of bundles makes it', (t) => {
  const files = unzip(
    zipOf([one('checkpoint', 'a'), one('bodies/7', 'b'.repeat(5000)), one('anchors/tsa/12.proof', 'c')]),
  )
  assert.deepEqual(
    [...files].map(([name, bytes]) => [name, bytes.length]),
    [
      ['checkpoint', 1],
      ['bodies/7', 5000],
      ['anchors/tsa/12.proof', 1],
    ],
  )
  const folder = mkdtempSync(join(tmpdir(), 'gatelog-zip-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const zip = new ZipFile(join(folder, 'a.zip'))
  zip.file('vkey', 'text')
  zip.part('bodies/7', 'more')
  zip.end()
  zip.close()
  const made = readFileSync(join(folder, 'a.zip'))
  assert.deepEqual([...unzip(made)].map(String), ['vkey,text', 'bodies/7,more'])
  assert.ok(made.equals(zipOf([one('vkey', 'text'), one('bodies/7', 'more')])))
})

const exchanged = (name: string, other: string) => {
  const extra = unicodePath(name, other)
  return one(name, `of ${name}`, { localExtra: extra, centralExtra: extra })
}

const REFUSED: readonly [string, Buffer, RegExp][] = [
  ['nothing', Buffer.alloc(0), /no zip file/],
  ['two files of one name', zipOf([one('vkey', 'a'), one('vkey', 'b')]), /vkey is in the zip file twice/],
  ...[
    '../vkey',
    '/vkey',
    'bodies/../vkey',
    'a\\b',
    'C:x',
    '.hidden',
    'bodies/.',
    'a/b/c',
    'anchors/../1.proof',
    'anchors/tsa/../1.proof',
    'anchors/tsa/1.exe',
    'anchors/tsa/1.proof/x',
    'anchors/.tsa/1.proof',
    'anchors/TSA/1.proof',
    'anchors/tsa/01.proof',
    'bodies/tsa/1.proof',
    'vkey\0',
    'vkey\u202e',
    '',
  ].map((name): [string, Buffer, RegExp] => [
    `the name ${JSON.stringify(name)}`,
    zipOf([one(name)]),
    /no file of a bundle is named/,
  ]),
  ['another name in the file’s own header', zipOf([one('vkey', 'a', { local: 'vkex' })]), /told in two ways/],
  ['an encrypted file', zipOf([one('vkey', 'a', { inCentral: { 8: 9 }, inLocal: { 6: 9 } })]), /cannot be unpacked/],
  [
    'a method that is not known',
    zipOf([one('vkey', 'a', { inCentral: { 10: 12 }, inLocal: { 8: 12 } })]),
    /cannot be unpacked/,
  ],
  ['an extra field before a file', zipOf([one('vkey', 'a', { localExtra: HIDDEN })]), /an extra field/],
  ['an extra field in the directory', zipOf([one('vkey', 'a', { centralExtra: HIDDEN })]), /an extra field/],
  ['a comment on a file', zipOf([one('vkey', 'a', { comment: 'hidden' })]), /a comment/],
  [
    'another name for those who read it elsewhere',
    zipOf(['7', '8'].map((seq) => exchanged(`bodies/${seq}`, `bodies/${seq === '7' ? '8' : '7'}`))),
    /an extra field/,
  ],
  [
    'a symbolic link',
    zipOf([one('checkpoint', 'bodies/7', { inCentral: { 5: 3, 40: 0xff, 41: 0xa1 } })]),
    /another system that made it/,
  ],
  ['attributes', zipOf([one('vkey', 'a', { inCentral: { 38: 0x10 } })]), /attributes/],
  ['a text, as it is said of one', zipOf([one('vkey', 'a', { inCentral: { 36: 1 } })]), /attributes/],
  ['a part of another zip', zipOf([one('vkey', 'a', { inCentral: { 34: 1 } })]), /another part/],
  ['a version that makes it', zipOf([one('vkey', 'a', { inCentral: { 4: 63 } })]), /another system/],
  ['a version that reads it', zipOf([one('vkey', 'a', { inCentral: { 6: 45 } })]), /another version/],
  ['a version that reads it, in its own header', zipOf([one('vkey', 'a', { inLocal: { 4: 45 } })]), /another version/],
  ['other flags in its own header', zipOf([one('vkey', 'a', { inLocal: { 7: 8 } })]), /flags/],
  ['another method in its own header', zipOf([one('vkey', 'a', { inLocal: { 8: 0 } })]), /a method/],
  ['a time', zipOf([one('vkey', 'a', { inCentral: { 12: 1 } })]), /a time/],
  ['a time in its own header', zipOf([one('vkey', 'a', { inLocal: { 13: 0x22 } })]), /a time/],
  ['sizes in its own header', zipOf([one('vkey', 'a', { inLocal: { 18: 3 } })]), /its sizes before/],
  ['a size over the limit', zipOf([one('vkey', 'a', { size: 2 ** 31 })]), /says that it has 2147483648 bytes/],
  ['a proof of an anchor over its limit', zipOf([one('anchors/tsa/1.proof', 'a'.repeat(65_537))]), /more than 65536/],
  [
    'sizes that are too much together',
    zipOf(Array.from({ length: 9 }, (_, nth) => one(`bodies/${nth}`, 'a', { size: 2 ** 29 - 40 }))),
    /the files of the zip say/,
  ],
  ['more than it says', zipOf([one('vkey', 'a'.repeat(2 ** 24), { size: 10 })]), /vkey is damaged/],
  ['less than it says', zipOf([one('vkey', 'a', { size: 10 })]), /vkey is damaged/],
  ['bytes between files and directory', zipOf([one('vkey')], Buffer.from('more')), /between/],
  ['bytes behind the end', Buffer.concat([zipOf([one('vkey')]), Buffer.from('x')]), /behind its end/],
  [
    'bytes before the beginning',
    Buffer.concat([Buffer.from('x'), zipOf([one('vkey')])]),
    /directory of the zip file is damaged/,
  ],
]
for (const [name, zip, why] of REFUSED) test(`refused: ${name}`, () => assert.throws(() => unzip(zip), why))

test('files that lie over each other, as in a bomb, are refused before one is unpacked', () => {
  const zip = zipOf([one('bodies/1', 'x'.repeat(1e6)), one('bodies/2', 'x'.repeat(1e6))])
  const second = zip.lastIndexOf(Buffer.from('PK\x01\x02', 'latin1'))
  zip.writeUInt32LE(0, second + 42)
  assert.throws(() => openZip(zip), /does not stand behind the file before it/)
})

test('a zip file cut anywhere is refused; with any byte changed it is refused, or says what it said', () => {
  const files: [string, string][] = [
    ['checkpoint', 'some text'],
    ['bodies/7', 'more of it '.repeat(9)],
  ]
  const zip = zipOf(files.map(([name, text]) => one(name, text)))
  for (let cut = 0; cut < zip.length; cut++) assert.throws(() => unzip(zip.subarray(0, cut)), Error)
  let refused = 0
  for (let at = 0; at < zip.length; at++)
    for (const bits of [1, 0x20, 0xff]) {
      const bytes = Buffer.from(zip)
      bytes[at] = (bytes[at] ?? 0) ^ bits
      const told = quietly(bytes)
      if (told === undefined) refused += 1
      else assert.deepEqual(told, files, `byte ${at}`)
    }
  assert.ok(refused > zip.length, `${refused}`)
})

/** The files as texts; undefined where they are refused with a reason. */
function quietly(zip: Buffer): [string, string][] | undefined {
  try {
    return [...unzip(zip)].map(([name, bytes]) => [name, String(bytes)])
  } catch (error) {
    assert.ok(error instanceof Error && !(error instanceof RangeError) && !(error instanceof TypeError), String(error))
    return undefined
  }
}

test('no bytes whatever end otherwise than with a reason', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => quietly(Buffer.from(bytes)) === undefined))
})
