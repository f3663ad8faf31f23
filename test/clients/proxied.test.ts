/** The Copilot language server behind the gateway as its proxy: it knows GitHub's own addresses, a proxy and a CA, and nothing of Gatelog. */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { ANSWER } from './agent.case.ts'
import { filesWith } from './client.case.ts'
import { type Editor, FILE, openEditor, SERVER } from './editor.case.ts'
import { type ForwardStage, HOSTS, openForwardStage } from './forward.case.ts'
import type { Script } from './mock.case.ts'
import { COPILOT_TOKEN } from './models.case.ts'
import { masked, TOLD, TYPED, unmarked } from './secrets.case.ts'
import { eventually, OAUTH, type OnRecord, recordOf } from './server.case.ts'
import { accepts, accountPlaces, GHOST } from './suggestion.case.ts'

const skip = existsSync(SERVER) || process.env['CI'] ? false : 'the language server is not installed: npm run clients'

const script: Script = ({ text }) => ({ said: { text: text.includes('"messages"') ? ANSWER : GHOST } })

interface Proxied extends ForwardStage, OnRecord {
  readonly editor: Editor
}

/** As docs/forward.md says it is set: the proxy by the editor's own setting, the CA by Node's variable. */
async function open(t: TestContext): Promise<Proxied> {
  const stage = await openForwardStage(t, script)
  const { HTTPS_PROXY: proxy, NODE_EXTRA_CA_CERTS = '' } = stage.env
  const settings = { http: { proxy, proxyStrictSSL: true }, telemetry: { telemetryLevel: 'all' } }
  const env = { GH_COPILOT_TOKEN: OAUTH, NODE_EXTRA_CA_CERTS }
  const editor = await openEditor(t, { env, settings, signedIn: true })
  return { ...stage, editor, ...recordOf(stage.gateway) }
}

/** What left for GitHub: to its hosts alone, by the proxy alone, without what is secret and without what is Gatelog's. */
function accountWorld({ world, editor, key }: Proxied): void {
  assert.deepEqual(editor.tried, [], 'something went past the gateway')
  const expected = HOSTS.map((host) => `${host}:443`)
  assert.deepEqual(
    world.targets.filter((target) => !expected.includes(target)),
    [],
    'a host that was not expected',
  )
  for (const host of [
    'api.github.com',
    ...['api', 'proxy', 'telemetry'].map((part) => `${part}.business.githubcopilot.com`),
  ])
    assert.ok(world.targets.includes(`${host}:443`), host)
  for (const { body, rawHeaders } of world.asked)
    for (const secret of [TYPED, key]) assert.ok(!(body + rawHeaders.join()).includes(secret))
}

/** What was refused is on the record, and was not asked of anybody. */
async function accountRefused(t: TestContext, { all, world }: Proxied): Promise<void> {
  const refused = (await all()).filter(({ opening }) => opening.kind === 'refused')
  for (const { opening } of refused) {
    assert.equal(opening.fault, 'forward.host', JSON.stringify(opening))
    assert.ok(!world.targets.includes(opening.path))
  }
  t.diagnostic(`refused: ${[...new Set(refused.map(({ opening }) => opening.path))].join(' ') || 'nothing'}`)
}

function accountSecrets({ gateway, editor, key }: Proxied): void {
  assert.ok(!JSON.stringify(editor.lsp.heard).includes(TOLD), 'told to the editor')
  for (const secret of [TYPED, TOLD, OAUTH, COPILOT_TOKEN, key])
    assert.deepEqual(filesWith(join(gateway.folder, 'gatelog-data'), secret), [], 'on the disk')
}

test('language server through the proxy: completion, show, accept, panel and chat are on the record', {
  skip,
}, async (t) => {
  const stage = await open(t)
  const { editor } = stage
  await accepts(editor)
  assert.equal(unmarked(await editor.chat(`keep the token ${TYPED} in mind`)), masked(ANSWER))
  await editor.close()

  const [accepted] = await eventually(stage, 'accepted:yes')
  const { opening, outcomes = [] } = await stage.whole(accepted)
  assert.deepEqual(
    outcomes.map(({ outcome, source }) => [outcome, source]),
    [
      ['shown', 'declared'],
      ['accepted', 'declared'],
    ],
  )
  assert.deepEqual([opening.facts.files?.value, opening.door, opening.host], [FILE, 'forward', 'proxy'])
  await accountPlaces(stage)
  await accountChat(stage)
  await accountRefused(t, stage)
  accountWorld(stage)
  accountSecrets(stage)
})

/**
 * A client that has read how the reply ends may go before its last event, which the record calls aborted; and what it asks
 * besides, for a title, may go unanswered.
 */
async function accountChat(stage: Proxied): Promise<void> {
  const chats = await Promise.all((await eventually(stage, 'keep the token in mind')).map((each) => stage.whole(each)))
  const chat =
    chats.find(({ reply }) => unmarked(reply?.text ?? '') === masked(ANSWER)) ?? assert.fail('no whole reply')
  const { opening, prompt } = chat
  assert.deepEqual(
    [opening.surface, opening.door, opening.host, opening.actor?.id, opening.facts.github?.value],
    ['chat', 'forward', 'api', 'ana', 'mona'],
  )
  assert.ok(opening.session)
  const said = prompt?.messages.findLast(({ role }) => role === 'user')?.text ?? ''
  assert.ok(unmarked(said).includes(masked(`keep the token ${TYPED} in mind`)), said)
}
