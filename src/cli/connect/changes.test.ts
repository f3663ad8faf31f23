import assert from 'node:assert/strict'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { isAbsolute, join, relative } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { Fault } from '#exchange'
import { folderFor } from '../house.case.ts'
import { apply, undoing, writing } from './changes.ts'
import { claude } from './claude.ts'
import type { Client, Target } from './client.ts'
import { CLIENTS } from './clients.ts'
import { codex } from './codex.ts'
import { copilot } from './copilot.ts'
import { statementsOf } from './toml.ts'

const target = (key: string, kind = 'demo'): Target => ({
  ...{ connection: 'demo', kind, own: false, base: 'http://127.0.0.1:8484/c/demo', version: '/v1', key },
  model: undefined,
  ...{ gateway: 'http://g.example', agent: false, secret: undefined, forward: false, ca: 'ca.pem' },
})

function placeFor(t: TestContext, name = 'settings') {
  const home = folderFor(t)
  return { folder: join(home, 'undo'), path: join(home, name) }
}
type Place = ReturnType<typeof placeFor>

const write = (place: Place, client: Client, key = 'k1') => apply(writing(place, client.settings(target(key))))
const read = ({ path }: Place) => readFileSync(path, 'utf8')
const refused = (detail: RegExp) => (fault: Fault) => /^client\./.test(fault.code) && detail.test(fault.detail ?? '')

const FILES: readonly (readonly [Client, string])[] = [
  [claude, '{"model":"opus",\n   "env": {"A":"b" , "ANTHROPIC_BASE_URL": "http://mine"}}'],
  [codex, '# mine\nmodel_provider = "mine" # why\n\n[model_providers.mine]\nname = "m"'],
  [copilot, 'export MINE=1'],
]
for (const [client, text] of FILES) {
  test(`${client.name}: written, written again with another key, and back byte for byte`, (t) => {
    const place = placeFor(t)
    writeFileSync(place.path, text, { mode: 0o640 })
    write(place, client)
    const first = read(place)
    assert.match(first, /k1/)
    write(place, client, 'k2')
    assert.equal(read(place), first.replaceAll('k1', 'k2'))
    assert.equal(statSync(place.path).mode & 0o777, 0o640)
    const change = undoing(place)
    assert.equal(change.changed, false)
    apply(change)
    assert.equal(read(place), text)
    assert.deepEqual(readdirSync(place.folder), [])
  })

  test(`${client.name}: a file that was not there is private, and goes again`, (t) => {
    const place = placeFor(t, 'new/folder/settings')
    write(place, client)
    assert.equal(statSync(place.path).mode & 0o777, 0o600)
    apply(undoing(place))
    assert.equal(existsSync(place.path), false)
  })

  test(`${client.name}: what another hand changed since is kept by a further write, and not undone over`, (t) => {
    const place = placeFor(t)
    writeFileSync(place.path, text)
    write(place, client)
    const theirs = client === claude ? read(place).replace('"opus"', '"haiku"') : `${read(place)}# theirs\n`
    writeFileSync(place.path, theirs)
    assert.equal(undoing(place).changed, true)
    write(place, client, 'k2')
    assert.match(read(place), client === claude ? /haiku/ : /# theirs/)
    assert.match(read(place), /k2/)
    apply(undoing(place))
    assert.doesNotMatch(read(place), /k1|k2|127\.0\.0\.1|# gatelog keeps/)
    assert.match(read(place), client === claude ? /haiku.*http:\/\/mine/s : /# theirs/)
  })
}

test('codex: one provider is in force, the user’s own is kept as a comment', (t) => {
  const place = placeFor(t)
  writeFileSync(place.path, FILES[1]?.[1] ?? '')
  write(place, codex)
  const roots = statementsOf(read(place)).filter(({ path }) => path.join('.') === 'model_provider')
  assert.deepEqual(
    roots.map(({ line }) => line),
    [2],
  )
  assert.match(read(place), /^# gatelog keeps: model_provider = "mine" # why$/m)
})

for (const [text, detail] of [
  ['[model_providers.gatelog]\nname = "x"', /line 1: model_providers\.gatelog is there already/],
  ['model_providers = { a = {} }', /line 1: model_providers is written as one value/],
  ['# >>> gatelog\nx = 1', /line 1: a block of Gatelog that does not end/],
] as const)
  test(`codex: what would not hold is refused: ${JSON.stringify(text)}`, (t) => {
    const place = placeFor(t)
    writeFileSync(place.path, text)
    assert.throws(() => write(place, codex), refused(detail))
    assert.equal(read(place), text)
  })

test('a crash between memo and file leaves nothing to undo, and undoing says so', (t) => {
  const place = placeFor(t)
  writeFileSync(place.path, '{}')
  write(place, claude)
  writeFileSync(place.path, '{}')
  const change = undoing(place)
  assert.equal(change.changed, false)
  apply(change)
  assert.equal(read(place), '{}')
  assert.throws(() => undoing(place), refused(/has written nothing/))
})

test('a link stays a link, and its target is changed', (t) => {
  const place = placeFor(t)
  const real = join(folderFor(t), 'real.json')
  writeFileSync(real, '{}')
  symlinkSync(real, place.path)
  write(place, claude)
  assert.ok(lstatSync(place.path).isSymbolicLink())
  assert.match(readFileSync(real, 'utf8'), /ANTHROPIC_BASE_URL/)
  apply(undoing(place))
  assert.equal(readFileSync(real, 'utf8'), '{}')
})

for (const client of CLIENTS)
  test(`${client.name}: undone as it was written, in a folder that is a link, and by a relative path`, (t) => {
    const { folder } = placeFor(t)
    const real = realpathSync(folderFor(t))
    const home = join(folderFor(t), 'home')
    symlinkSync(real, home)
    const settings = client.settings(target('k1', client.kinds.at(-1)))
    mkdirSync(join(real, '.config', 'JetBrains', 'GoLand2026.2'), { recursive: true })
    const usual = client.file({ home, env: () => undefined })
    for (const path of [isAbsolute(usual) ? usual : join(home, usual), relative('.', join(home, 'new', 'rel'))]) {
      apply(writing({ folder, path }, settings))
      assert.match(readFileSync(path, 'utf8'), /g\.example|k1/)
      apply(writing({ folder, path }, settings))
      const change = undoing({ folder, path })
      assert.equal(change.changed, false)
      apply(change)
      assert.equal(existsSync(path), false)
      assert.deepEqual(readdirSync(folder), [])
    }
  })

test('a change that comes between showing and writing is not written over', (t) => {
  const place = placeFor(t)
  writeFileSync(place.path, '{}')
  const change = writing(place, claude.settings(target('k1')))
  writeFileSync(place.path, '{"new": 1}')
  assert.throws(() => apply(change), refused(/has just been changed/))
  assert.equal(read(place), '{"new": 1}')
})

const BAD: readonly (readonly [string, RegExp, (path: string) => void])[] = [
  ['a folder', /is no file/, (path) => mkdirSync(path)],
  ['a link to nothing', /a link to nothing/, (path) => symlinkSync(`${path}.none`, path)],
  ['a link to itself', /round in a circle/, (path) => symlinkSync(path, path)],
  ['no UTF-8', /is no UTF-8/, (path) => writeFileSync(path, Buffer.from([0x7b, 0xff, 0x7d]))],
  ['too large', /more than 4194304 bytes/, (path) => writeFileSync(path, ' '.repeat(4_194_305))],
  ['a read-only file', /is read-only/, (path) => writeFileSync(path, '{}', { mode: 0o444 })],
  ['broken JSON', /settings: line 1, column 2 is no JSON/, (path) => writeFileSync(path, '{')],
]
for (const [name, detail, make] of BAD)
  test(`${name} is refused, and left as it is`, (t) => {
    const place = placeFor(t)
    make(place.path)
    assert.throws(() => write(place, claude), refused(detail))
    assert.deepEqual(
      readdirSync(join(place.path, '..')).filter((each) => each.includes('.gatelog')),
      [],
    )
  })

test('a folder that cannot be written leaves the file whole', { skip: process.getuid?.() === 0 && 'root may' }, (t) => {
  const place = placeFor(t)
  writeFileSync(place.path, '{}')
  mkdirSync(place.folder)
  chmodSync(join(place.path, '..'), 0o500)
  t.after(() => chmodSync(join(place.path, '..'), 0o700))
  assert.throws(() => write(place, claude), refused(/no permission/))
  assert.equal(read(place), '{}')
})
