/** The Copilot language server behind the gateway as its proxy, led by GitHub’s own replies: all but GitHub is plain reverse traffic. */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { ANSWER, script as working } from './agent.case.ts'
import { absent, filesWith, run } from './client.case.ts'
import { FILE, openEditor, SERVER } from './editor.case.ts'
import { type ForwardStage, openForwardStage } from './forward.case.ts'
import type { Script } from './mock.case.ts'
import { COPILOT_TOKEN } from './models.case.ts'
import { masked, TOLD, TYPED, unmarked } from './secrets.case.ts'
import { eventually, OAUTH, recordOf } from './server.case.ts'
import { accepts, accountPlaces, GHOST } from './suggestion.case.ts'

const skip = existsSync(SERVER) || process.env['CI'] ? false : 'the language server is not installed: npm run clients'

const script: Script = ({ text }) => ({ said: { text: text.includes('"messages"') ? ANSWER : GHOST } })

/** What no reply leads: it is asked before there is one, or at Copilot’s host of no plan whatever GitHub has said. */
const UNLED = /^(github |telemetry (GET|POST) \/telemetry|api (GET|POST) \/mcp\/)/

/** GitHub is reached by the forward door, all that it leads to by the reverse one, and nothing is refused. */
async function accountDoors(stage: ForwardStage): Promise<void> {
  const all = (await stage.all()).map(({ opening }) => opening).filter(({ connection }) => connection === 'copilot')
  const nameOf = ({ host, method, path }: (typeof all)[number]) => `${host} ${method} ${path}`
  const by = (door: string) => all.filter((each) => each.door === door)
  assert.ok(all.every(({ actor, kind }) => actor?.id === 'ana' && kind !== 'refused'))
  assert.deepEqual(
    by('forward')
      .map(nameOf)
      .filter((each) => !UNLED.test(each)),
    [],
  )
  assert.ok(by('forward').some(({ surface }) => surface === 'token'))
  for (const surface of ['ghost text', 'panel', 'chat', 'models', 'telemetry'])
    assert.ok(
      by('reverse').some((each) => each.surface === surface),
      surface,
    )
  assert.equal(by('reverse').length + by('forward').length, all.length)
}

test('language server through the proxy, led: completion, accept, panel and chat come by the reverse door with the proxy’s key', {
  skip,
}, async (t) => {
  const stage = await openForwardStage(t, script, 'copilot: { rewrite_endpoints: true }\n')
  const { HTTPS_PROXY: proxy, NODE_EXTRA_CA_CERTS = '' } = stage.env
  const settings = { http: { proxy, proxyStrictSSL: true }, telemetry: { telemetryLevel: 'all' } }
  const env = { GH_COPILOT_TOKEN: OAUTH, NODE_EXTRA_CA_CERTS, NO_PROXY: '', no_proxy: '' }
  const editor = await openEditor(t, { env, settings, signedIn: true })
  const record = recordOf(stage.gateway)
  await accepts(editor)
  assert.equal(unmarked(await editor.chat(`keep the token ${TYPED} in mind`)), masked(ANSWER))
  await editor.close()

  const [accepted] = await eventually(record, 'accepted:yes')
  const { opening } = await record.whole(accepted)
  assert.deepEqual([opening.facts.files?.value, opening.door, opening.host], [FILE, 'reverse', 'proxy'])
  await accountPlaces(record)
  const [chat] = await eventually(record, 'keep the token in mind')
  const asked = (await record.whole(chat)).opening
  assert.deepEqual([asked.door, asked.host, asked.facts.github?.value], ['reverse', 'api', 'mona'])
  assert.ok(asked.session)
  await accountDoors(stage)
  assert.deepEqual(editor.tried, [], 'something went past the gateway')
  for (const { body, rawHeaders } of stage.world.asked)
    for (const secret of [TYPED, stage.key]) assert.ok(!(body + rawHeaders.join()).includes(secret))
  for (const secret of [TYPED, TOLD, OAUTH, COPILOT_TOKEN, stage.key])
    assert.deepEqual(filesWith(join(stage.gateway.folder, 'gatelog-data'), secret), [], 'on the disk')
})

test('Copilot CLI through the proxy, led: its prompts come by the reverse door, their session and account on the record', {
  skip: absent('copilot'),
}, async (t) => {
  const stage = await openForwardStage(t, working, 'copilot: { rewrite_endpoints: true }\n')
  const args = [
    '-p',
    `Write down the token ${TYPED} with the shell tool`,
    '-s',
    '--no-auto-update',
    '--allow-all-tools',
  ]
  const env = { ...stage.env, GH_TOKEN: OAUTH }
  const ran = await run(t, 'copilot', [...args, '--model', 'claude-sonnet-4.6'], env)
  assert.equal(ran.code, 0, ran.stdout + ran.stderr + stage.gateway.said())
  assert.ok(unmarked(ran.stdout).includes(masked(ANSWER)))
  assert.deepEqual(ran.tried, [], 'something went past the gateway')
  const prompts = (await stage.all()).filter(({ prompt }) => prompt !== undefined)
  assert.ok(prompts.length >= 2)
  for (const { opening, ending } of prompts) {
    const { door, connection, host, actor, facts } = opening
    assert.deepEqual([door, connection, host, actor?.id], ['reverse', 'copilot', 'api', 'ana'])
    assert.deepEqual([facts.github?.value, facts.github?.source, ending?.kind], ['mona', 'observed', 'replied'])
  }
  assert.equal(new Set(prompts.map(({ opening }) => opening.session)).size, 1)
  assert.ok(prompts[0]?.opening.session)
})
