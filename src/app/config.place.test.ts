/** Files of a configuration are beside it; a reader of names looks at no secret and at no other file. */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { Fault } from '#exchange'
import { loadConfig } from './config.ts'
import { loadNames } from './config-names.ts'

function written(t: TestContext, text: string, more: Readonly<Record<string, string>> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'gatelog-place-'))
  t.after(() => rmSync(folder, { recursive: true }))
  mkdirSync(join(folder, 'conf'))
  for (const [name, content] of Object.entries({ ...more, 'gatelog.yaml': text }))
    writeFileSync(join(folder, 'conf', name), content)
  return { folder: join(folder, 'conf'), path: join(folder, 'conf', 'gatelog.yaml') }
}

const PATHS = `
data: '\${file:where}'
masking: { known: [{ id: k, file: known }], import: [rules.toml] }
`
const FILES = {
  where: './record\n',
  known: 'a known value\n',
  'rules.toml': '[[rules]]\nid = "a"\nregex = "abc_[0-9]{8}"\n',
}

test('every relative path begins where the configuration is', (t) => {
  const { folder, path } = written(t, PATHS, FILES)
  const { data, files, masking } = loadConfig(path)
  assert.equal(data, join(folder, 'record'))
  assert.deepEqual([...files].sort(), [join(folder, 'known'), join(folder, 'rules.toml')])
  assert.deepEqual(masking.known, [{ id: 'k', value: 'a known value' }])
})

test('a path from the root stays as it is', (t) => {
  const { path } = written(t, 'data: /somewhere/else\n')
  assert.equal(loadConfig(path).data, '/somewhere/else')
})

const SECRETS = `
data: ./record
listen: { gateway: '127.0.0.1:1234', tls: { cert: gone.pem, key: gone.key } }
masking: { secret_search: refuse, known: [{ id: k, file: gone }, { id: e, env: [GONE_GONE] }], import: [gone.toml] }
forward: { ca: { cert: gone.pem, key: '\${env:GONE_GONE}' } }
connections:
  a: { kind: openai, credentials: brokered, key: '\${env:GONE_GONE}', proxy: '\${env:GONE_GONE}', upstream_ca: gone.pem }
rules: [{ name: a, when: 'nonsense(', then: deny }]
`

test('names are read although every secret and every other file is elsewhere', (t) => {
  const { folder, path } = written(t, SECRETS)
  const names = loadNames(path)
  assert.equal(names.data, join(folder, 'record'))
  assert.equal(names.masking.secret_search, 'refuse')
  assert.ok(names.listen.tls)
  const connection = names.connections(undefined).get('a')
  assert.deepEqual([connection?.kind, connection?.credentials], ['openai', 'brokered'])
  assert.throws(() => names.forward, Fault)
  assert.throws(() => loadConfig(path), Fault)
})

test('what is needed of it and missing is told with its place', (t) => {
  const { path } = written(t, "data: '${env:GONE_GONE}'\n")
  assert.throws(() => loadNames(path), { code: 'config.missing', message: /:1:7 \$\{env:GONE_GONE\}/ })
  assert.throws(() => loadNames(written(t, 'dta: x\n').path), { code: 'config.invalid' })
})
