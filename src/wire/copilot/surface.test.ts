/** The table of Copilot's routes is what docs/copilot.md says, and no spelling of a path gets past it. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { routeFor } from '../routes.ts'
import { SURFACE, surfaceOf } from './surface.ts'

const SAID = {
  model: 'read in full',
  content: 'as `copilot.content` says',
  metadata: 'metadata',
  account: 'metadata; its reply is learnt from',
  telemetry: 'metadata; read for outcomes',
}

test('docs/copilot.md has every route, and no other', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/copilot.md'), 'utf8')
  const told = [...page.matchAll(/^\| (`\w+` .*) \|$/gm)].map(([, cells = '']) =>
    cells.split('|').map((cell) => cell.trim()),
  )
  const rows = SURFACE.map(({ host, methods, path, name, what, protocol }) => [
    ...[`\`${host}\``, methods, `\`${path}\``, name, SAID[what], protocol ?? ''],
  ])
  assert.deepEqual(told, rows)
})

test('every row is reached by its own path, and model traffic has a protocol', () => {
  for (const surface of SURFACE) {
    const path = surface.path.replace(/\{\w+\}/g, 'x-1').replace('**', 'a/b')
    for (const method of surface.methods.split(' ')) {
      const found = surfaceOf(method, path, surface.host)
      assert.ok(found !== undefined && found !== 'unread', `${method} ${path}`)
      assert.equal(found.name, surface.name, `${method} ${path}`)
      assert.equal(routeFor(method, path, surface.host)?.kind, surface.what === 'model' ? 'exchange' : surface.what)
    }
  }
})

const FOUND: readonly (readonly [method: string, host: string, path: string, name: string | undefined])[] = [
  ['GET', 'github', '/user', 'unread'],
  ['POST', 'github', '/graphql', 'unread'],
  ['GET', 'github', '/repos/acme/shop/contents/.env', 'unread'],
  ['POST', 'github', '/copilot_internal/user', 'unread'],
  ['GET', 'github', '/copilot_internal/user/x', 'unread'],
  ['POST', 'github', '/chat/completions', 'unread'],
  ['POST', 'uploads', '/repos/acme/shop/releases/1/assets', 'unread'],
  ['GET', 'github', '/copilot_internal/%75ser', 'user'],
  ['GET', 'github', '//copilot_internal//user/', 'user'],
  ['GET', 'github', '/x/../copilot_internal/./user', 'user'],
  ['GET', 'github', '/Copilot_Internal/User', 'user'],
  ['POST', 'github', '/%65mbeddings', 'embeddings'],
  ['POST', 'proxy', '/v1/engines/gpt-41-copilot/completions', 'ghost text'],
  ['POST', 'proxy', '/v1/engines/a/b/completions', undefined],
  ['POST', 'api', '/telemetry', undefined],
  ['POST', 'nowhere', '/chat/completions', undefined],
]

for (const [method, host, path, name] of FOUND)
  test(`${method} ${host}${path} is ${name ?? 'unknown'}`, () => {
    const found = surfaceOf(method, path, host)
    assert.equal(typeof found === 'object' ? found.name : found, name)
  })

test('on hosts of Copilot alone a protocol owns its paths wherever they stand', () => {
  assert.equal(routeFor('POST', '/v2/chat/completions', 'api')?.kind, 'exchange')
  assert.equal(routeFor('POST', '/v2/chat/completions', 'github')?.kind, 'unread')
  for (const [method, path] of [
    ['POST', '/v1/embeddings'],
    ['GET', '/v2/models'],
    ['HEAD', '/'],
  ] as const)
    assert.deepEqual([routeFor(method, path, 'api'), routeFor(method, path)?.kind], [undefined, 'metadata'])
})
