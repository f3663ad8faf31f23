/** The Copilot language server: led by GitHub's own replies, and by its settings. Completions, acceptance, panel, chat, cancels. */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { filesWith } from './client.case.ts'
import { FILE, SERVER } from './editor.case.ts'
import type { Script } from './mock.case.ts'
import { COPILOT_TOKEN } from './models.case.ts'
import { until } from './sdk.case.ts'
import { TOLD, unmarked } from './secrets.case.ts'
import { eventually, OAUTH, openServer, type ServerStage } from './server.case.ts'
import { accountPlaces, GHOST, MASKED } from './suggestion.case.ts'

const skip = existsSync(SERVER) || process.env['CI'] ? false : 'the language server is not installed: npm run clients'

const ANSWER = 'Use the plus sign.'

const script: Script = ({ text }) => ({ said: { text: text.includes('"messages"') ? ANSWER : GHOST } })

/** No credential and no secret on the disk or with the editor. */
function accountSecrets(stage: ServerStage): void {
  for (const secret of [TOLD, OAUTH, COPILOT_TOKEN])
    assert.deepEqual(filesWith(join(stage.gateway.folder, 'gatelog-data'), secret), [], 'on the disk')
  assert.ok(!JSON.stringify(stage.editor.lsp.heard).includes(TOLD))
  for (const { path, answer } of stage.tap.seen)
    if (path.includes('completions')) assert.ok(!answer?.body.includes(TOLD))
}

for (const by of ['led', 'override'] as const)
  test(`language server, ${by}: completion, panel and chat, each on the record`, { skip }, async (t) => {
    const stage = await openServer(t, script, { by })
    const { editor } = stage
    const { items } = await editor.complete()
    assert.equal(unmarked(items[0]?.insertText.trim()), MASKED)
    const panel = await editor.panel()
    assert.ok(unmarked(panel.items[0]?.insertText ?? '').includes(MASKED))
    await editor.chat('how do I add numbers?')
    const [chat] = await eventually(stage, 'how do I add numbers')
    const asked = await stage.whole(chat)
    assert.deepEqual([asked.opening.surface, asked.reply?.text, asked.ending?.kind], ['chat', ANSWER, 'replied'])
    assert.ok(await until(() => stage.tap.seen.every(({ answer }) => answer !== undefined)), 'all answered')
    await editor.close()
    await accountPlaces(stage)
    const surfaces = await Promise.all((await stage.find('language:python')).map((each) => stage.whole(each)))
    assert.ok(surfaces.some(({ opening }) => opening.surface === 'panel'))
    accountSecrets(stage)
    assert.deepEqual(
      stage.tap.seen.map(({ path }) => path).filter((path) => !path.includes('/c/copilot/')),
      [],
      'it knows one address',
    )
  })

test('language server: what is shown and accepted is on its exchange', { skip }, async (t) => {
  const stage = await openServer(t, script, { by: 'led' })
  const { editor } = stage
  const first = (await editor.complete()).items[0] ?? assert.fail('no suggestion')
  editor.show(first)
  await wait(100)
  await editor.accept(first)
  await editor.close()
  const [accepted] = await eventually(stage, 'accepted:yes')
  const { outcomes = [], opening } = await stage.whole(accepted)
  assert.deepEqual(
    outcomes.map(({ outcome, source }) => [outcome, source]),
    [
      ['shown', 'declared'],
      ['accepted', 'declared'],
    ],
  )
  assert.ok(outcomes.every(({ characters, lines }) => characters !== undefined && lines === 1))
  assert.equal(opening.facts.files?.value, FILE)
  const told = await stage.gateway.gatelog('show', opening.exchange)
  assert.match(told.stdout, /^ +accepted .*ghostText\.accepted \(declared\)$/m)
  assert.match(told.stdout, /^ +github +mona \(observed\)$/m)
  assert.ok((await stage.find('-accepted:*')).length > 0)
})

test('language server: a part that is accepted is told as a part', { skip }, async (t) => {
  const stage = await openServer(t, script, { by: 'led' })
  const item = (await stage.editor.complete()).items[0] ?? assert.fail('no suggestion')
  stage.editor.show(item)
  await wait(100)
  stage.editor.acceptPart(item, 6)
  await wait(300)
  await stage.editor.close()
  const [found] = await eventually(stage, 'accepted:partly')
  assert.equal(found?.accepted, 'partly')
})

const DENY = 'rules: [{ name: no-python, when: \'prompt.language == "python"\', then: deny, reason: not here }]\n'

test('language server: refused ghost text is silence, and on the record', { skip }, async (t) => {
  const stage = await openServer(t, script, { by: 'led', more: DENY })
  const { editor } = stage
  assert.deepEqual((await editor.complete()).items, [])
  assert.equal(await editor.status(), 'OK')
  const troubled = editor.lsp.heard.filter(
    ({ method, params }) => method === 'didChangeStatus' && /Warning|Error/.test(JSON.stringify(params)),
  )
  assert.deepEqual(troubled, [])
  const denied = await stage.find('verdict:denied')
  assert.ok(denied.length > 0 && denied.every(({ files }) => files?.value === FILE))
  assert.ok(stage.mock.turns.every(({ request }) => !request.path.includes('/completions')))
})

test('language server: an account of another plan is told why it gets no token', { skip }, async (t) => {
  const stage = await openServer(t, script, { by: 'led', plans: '[enterprise]', signedIn: false })
  assert.notEqual(await stage.editor.status().catch(String), 'OK')
  const said = () => JSON.stringify(stage.editor.lsp.heard)
  assert.ok(await until(() => said().includes('This GitHub account’s Copilot plan may not be used here')), said())
  const [refused] = await eventually(stage, 'verdict:denied')
  assert.deepEqual([refused?.fault, refused?.reason], ['policy.plan', 'business'])
})
