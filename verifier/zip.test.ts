/** Zip files that somebody made to mislead or to choke whoever opens them are refused, with the reason, and soon. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { crc32, deflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import { zipSync } from 'fflate'
import { openZip, unzip } from './zip.ts'

interface File {
  readonly name: string
  readonly bytes: Buffer
  /** What the headers say in the place of what is so. */
  readonly lie?: { readonly size?: number; readonly local?: string; readonly flags?: number; readonly method?: number }
}

/** A zip file as this test wants it, lies and all. */
function zipOf(files: readonly File[], between = Buffer.alloc(0)): Buffer {
  const heads: Buffer[] = []
  let body = Buffer.alloc(0)
  for (const { name, bytes, lie = {} } of files) {
    const packed = deflateRawSync(bytes)
    const told = Buffer.alloc(24)
    told.writeUInt16LE(20)
    told.writeUInt16LE(lie.flags ?? 0, 2)
    told.writeUInt16LE(lie.method ?? 8, 4)
    told.writeUInt32LE(crc32(bytes), 10)
    told.writeUInt32LE(packed.length, 14)
    told.writeUInt32LE(lie.size ?? bytes.length, 18)
    const named = (text: string, signature: string, rest: number) => {
      const length = Buffer.alloc(4 + rest)
      length.writeUInt16LE(Buffer.byteLength(text))
      return [Buffer.from(signature, 'latin1'), ...(rest > 0 ? [Buffer.of(20, 0)] : []), told.subarray(0, 22), length]
    }
    const central = Buffer.concat([...named(name, 'PK\x01\x02', 14), Buffer.from(name)])
    central.writeUInt32LE(body.length, 42)
    heads.push(central)
    const local = lie.local ?? name
    body = Buffer.concat([body, ...named(local, 'PK\x03\x04', 0), Buffer.from(local), packed])
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

const one = (name: string, text = 'text', lie?: File['lie']): File => ({
  name,
  bytes: Buffer.from(text),
  ...(lie && { lie }),
})

test('what this test makes is a zip file, and so is what the library makes', () => {
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
  assert.equal(String(unzip(Buffer.from(zipSync({ a: Buffer.from('text') }))).get('a')), 'text')
})

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
  ['an encrypted file', zipOf([one('vkey', 'a', { flags: 1 })]), /cannot be unpacked/],
  ['a method that is not known', zipOf([one('vkey', 'a', { method: 12 })]), /cannot be unpacked/],
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
  const zip = Buffer.from(zipSync(Object.fromEntries(files.map(([name, text]) => [name, Buffer.from(text)]))))
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
