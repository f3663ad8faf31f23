/** What a record is opened as whose files are damaged, gone or somebody else's: told by name, never written over, and whole once they are back. */
import assert from 'node:assert/strict'
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, test } from 'node:test'
import { Fault } from '#exchange'
import { bodyOf, DOER, exchange, ground, sealed, unsealed } from '../../src/app/backup/ground.case.ts'
import { lookAt, type OpenRecord } from '../../src/app/record.ts'
import { FILES, type FileCase, type Outcome, type Rest } from './files.case.ts'

/** How many places of a file are cut: `CUTS=100` for more. */
const CUTS = Number(process.env['CUTS'] ?? 3)

/** A record that is closed, with all that a server writes; what it holds. */
async function closed() {
  const { folder, config, open } = ground({ after: (end) => ends.push(end) })
  const record = await open()
  const ids: string[] = []
  for (const nth of [1, 2, 3]) ids.push(await exchange(record, `user${nth}`, `said ${nth}`))
  await record.custody.holds.add({ user: 'user1' }, DOER)
  await record.trail.documents.put('key', 'one', { id: 'one', revoked: 1 })
  await sealed(record)
  await record.close()
  const whole = join(folder, 'whole')
  for (const name of ['data', 'keys']) cpSync(join(folder, name), join(whole, name), { recursive: true })
  const putBack = () => {
    for (const name of ['data', 'keys']) {
      rmSync(join(folder, name), { recursive: true })
      cpSync(join(whole, name), join(folder, name), { recursive: true })
    }
  }
  return { folder, config, open, ids, putBack }
}

type Ground = Awaited<ReturnType<typeof closed>>

/** Everything that was acknowledged is there, and fits the log. */
async function isWhole({ open, ids }: Ground): Promise<void> {
  const record = await open()
  for (const [at, id] of ids.entries())
    assert.equal(await bodyOf(record, id), JSON.stringify({ said: `said ${at + 1}` }))
  assert.equal((await record.custody.holds.list()).length, 1)
  assert.equal((await record.trail.documents.list('key')).length, 1)
  await sealed(record)
  const report = await record.trail.verify({ known: (await record.signed()).notes })
  assert.deepEqual([report?.ok, report?.alarms], [true, []])
  await record.close()
}

/** Each way to do that to a file; the last one undoes what outlasts the file. */
function waysOf(rest: Rest, path: string): (() => () => void)[] {
  const nothing = () => undefined
  const write = (bytes: Uint8Array | string) => () => {
    writeFileSync(path, bytes)
    return nothing
  }
  if (rest === 'missing')
    return [
      () => {
        rmSync(path)
        return nothing
      },
    ]
  if (rest === 'empty') return [write('')]
  if (rest === 'garbage') return [write('no such thing '.repeat(500)), write(Buffer.alloc(4096, 0xa5))]
  if (rest === 'lent')
    return [
      () => {
        const other = new DatabaseSync(path)
        other.exec('PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE')
        return () => other.close()
      },
    ]
  const size = readFileSync(path).length
  const places = Array.from({ length: CUTS }, (_, at) => Math.max(1, Math.floor((size * (at + 1)) / (CUTS + 1))))
  return [...new Set([...places, size - 1])].map((size) => () => {
    truncateSync(path, size)
    return nothing
  })
}

const ends: (() => unknown)[] = []
after(async () => {
  for (const end of ends.toReversed()) await end()
})

let house: Ground
before(async () => {
  house = await closed()
})

for (const file of FILES) {
  for (const [rest, outcome] of Object.entries(file.rest) as [Rest, Outcome][])
    test(`${file.name}, ${rest}: ${outcome.kind}`, async () => {
      house.putBack()
      const path = file.find(house.folder)
      assert.ok(path, 'the file is there')
      for (const befall of waysOf(rest, path)) {
        const undo = befall()
        await expected(house, outcome, file, path)
        undo()
        house.putBack()
      }
    })
  test(`${file.name}, back in its place: nothing is lost`, () => isWhole(house))
}

for (const names of [['head.db'], ['keys.db'], ['head.db', 'keys.db']])
  test(`a record that is only looked at without ${names.join(', ')} is refused by name, and nothing is made in its folder`, async () => {
    for (const befall of [(path: string) => rmSync(path), (path: string) => writeFileSync(path, '')]) {
      house.putBack()
      const { data } = house.config
      for (const name of names) befall(join(data, name))
      const list = () => readdirSync(data, { recursive: true }).map(String).sort()
      const sizes = () => list().map((name) => [name, statSync(join(data, name)).size])
      const found = sizes()
      for (const _ of [1, 2])
        await assert.rejects(lookAt(house.config), (fault: Fault) => {
          assert.equal(fault.code, 'trail.damaged')
          for (const name of names) assert.match(fault.detail ?? '', new RegExp(`${name} is gone or empty`))
          return true
        })
      assert.deepEqual(sizes(), found)
    }
    house.putBack()
    const record = await lookAt(house.config)
    const report = await record.trail.verify({})
    await record.close()
    assert.deepEqual(report?.alarms, [])
  })

for (const name of ['head.db', 'keys.db'])
  test(`a record that is only looked at with a ${name} that is damaged is refused by name, and nothing is made in its folder`, async () => {
    for (const rest of ['garbage', 'cut'] as const) {
      house.putBack()
      const { data } = house.config
      for (const befall of waysOf(rest, join(data, name))) {
        const undo = befall()
        const list = readdirSync(data, { recursive: true }).sort()
        const told = { code: 'trail.damaged', message: new RegExp(name.replace('.', '\\.')) }
        await assert.rejects(lookAt(house.config), told)
        assert.deepEqual(readdirSync(data, { recursive: true }).sort(), list)
        undo()
      }
    }
    house.putBack()
  })

test('a head.db that was made anew is no head.db for who only looks at the record either', async () => {
  house.putBack()
  const head = new DatabaseSync(join(house.config.data, 'head.db'))
  head.exec('DELETE FROM marks; DELETE FROM documents')
  head.close()
  await assert.rejects(lookAt(house.config), { code: 'trail.damaged', message: /head\.db is gone or empty/ })
  house.putBack()
})

async function expected(house: Ground, outcome: Outcome, file: FileCase, path: string): Promise<void> {
  if (outcome.kind === 'refused') return refusedTwice(house, outcome, path)
  const record = await house.open()
  try {
    await opened(record, outcome, file)
  } finally {
    await record.close()
  }
}

async function opened(record: OpenRecord, outcome: Outcome, file: FileCase): Promise<void> {
  assert.ok(record.begunAfter > 0 === (outcome.kind === 'begun anew'), `${record.begunAfter}`)
  const id = await exchange(record, 'later', 'said later')
  if (outcome.kind === 'unsealed') {
    assert.match(await unsealed(record), outcome.told)
  } else {
    await sealed(record)
    const report = await record.trail.verify({ known: (await record.signed()).notes })
    assert.deepEqual([report?.ok, report?.alarms], [true, []], file.name)
  }
  assert.equal(await bodyOf(record, id), JSON.stringify({ said: 'said later' }))
}

/** Told by name, with a remedy; what lies there is left as it is, so that a second start finds no other thing. */
async function refusedTwice({ open }: Ground, { code, told }: Outcome & { kind: 'refused' }, path: string) {
  const found = existsSync(path) ? readFileSync(path) : Buffer.alloc(0)
  for (const _ of [1, 2])
    await assert.rejects(open(), (fault: Fault) => {
      assert.ok(fault instanceof Fault, String(fault))
      assert.equal(fault.code, code)
      assert.match(fault.detail ?? '', told)
      return fault.remedy !== ''
    })
  if (found.length > 0) assert.ok(readFileSync(path).equals(found), 'it was written to')
}
