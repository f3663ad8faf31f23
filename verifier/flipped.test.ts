/** Bundles of which a byte, a file or a value is another, wherever it stands: none is held to be intact, and every check ends. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { checkBundle } from './bundle.ts'
import { bundled, exchange, type Files, made, PERIOD, setUp, tearDown, vkey } from './evidence.case.ts'
import { unzip } from './zip.ts'

before(setUp)
after(tearDown)

const told = (files: Files): string => checkBundle(files, vkey).problems.join('\n')

test('every file that is left out is missed, of each kind of bundle', async () => {
  for (const what of [PERIOD, exchange(3), 'user:ana after:2026-11-24T12:02:20Z', [101, 201] as const]) {
    const files = await bundled(what, { kept: [101] })
    assert.equal(told(files), '')
    for (const name of files.keys()) {
      const less = new Map(files)
      less.delete(name)
      assert.notEqual(told(less), '', name)
    }
  }
})

test('no file of another bundle of the same log fits', async () => {
  const [one, other] = [await bundled(PERIOD), await bundled(PERIOD.replace(':20', ':25'))]
  for (const [name, bytes] of other) {
    if (one.get(name)?.equals(bytes)) continue
    assert.notEqual(told(new Map(one).set(name, bytes)), '', name)
  }
})

/** Positions of a file that are tried: all of a small one, so many of a larger one. */
const SMALL = 1200
const SAMPLES = 60

test('a byte that is another is found in every file, wherever it stands', async () => {
  const files = await bundled('after:2026-11-24T12:00:05Z before:2026-11-24T12:00:08Z', { kept: [101] })
  assert.equal(told(files), '')
  for (const [name, bytes] of files) {
    const step = bytes.length <= SMALL ? 1 : Math.floor(bytes.length / SAMPLES)
    const from = step === 1 ? 0 : name.length % step
    for (let at = from; at < bytes.length; at += step)
      for (const bits of [1, 0x20]) {
        const changed = Buffer.from(bytes)
        changed[at] = (changed[at] ?? 0) ^ bits
        assert.notEqual(told(new Map(files).set(name, changed)), '', `${name} ${at}`)
      }
  }
})

test('a zip of which a byte is another is refused, or holds what it held', async () => {
  const zip = readFileSync(await made(exchange(3)))
  const files = unzip(zip)
  const whole = [...files].map(([name, bytes]) => `${name} ${bytes.toString('hex')}`).join()
  let refused = 0
  for (let at = 0; at < zip.length; at += 7) {
    const changed = Buffer.from(zip)
    changed[at] = (changed[at] ?? 0) ^ 0x55
    try {
      const now = [...unzip(changed)].map(([name, bytes]) => `${name} ${bytes.toString('hex')}`).join()
      assert.equal(now, whole, `byte ${at}`)
    } catch (error) {
      assert.equal((error as Error).constructor, Error, `byte ${at}: ${String(error)}`)
      refused += 1
    }
  }
  assert.ok(refused > zip.length / 7 / 2, `${refused}`)
})

test('whatever stands in its files, a check ends with a reason', async () => {
  const files = await bundled(exchange(3))
  const name = fc.constantFrom(...files.keys())
  const text = fc.oneof(
    fc.string(),
    fc.json(),
    fc.json().map((json) => `${json}\n`),
    fc.uint8Array().map((bytes) => Buffer.from(bytes)),
  )
  fc.assert(
    fc.property(name, text, (file, contents) => {
      const bytes = Buffer.from(contents)
      return files.get(file)?.equals(bytes) || told(new Map(files).set(file, bytes)) !== ''
    }),
    { numRuns: 300 },
  )
})

test('whatever a value of the manifest or of a line is in the place of its own, it is found', async () => {
  const files = await bundled(PERIOD)
  const places = ['manifest.json', 'entries.jsonl', 'context.jsonl', 'leaves.jsonl'].flatMap((name) =>
    [...String(files.get(name)).matchAll(/:("(?:[^"\\]|\\.)*"|\d+|true|false|\[\]|\{\})/g)].map((match) => ({
      name,
      at: match.index + 1,
      old: match[1] ?? '',
    })),
  )
  fc.assert(
    fc.property(fc.constantFrom(...places), fc.jsonValue({ maxDepth: 2 }), ({ name, at, old }, value) => {
      const text = String(files.get(name))
      const now = JSON.stringify(value)
      const changed = text.slice(0, at) + now + text.slice(at + old.length)
      return now === old || told(new Map(files).set(name, Buffer.from(changed))) !== ''
    }),
    { numRuns: 300 },
  )
})
