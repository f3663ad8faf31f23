/** A suggestion with a secret in it, and what the record must say of every completion, whichever way it came. */
import assert from 'node:assert/strict'
import { type Editor, FILE, REPOSITORY } from './editor.case.ts'
import { TOLD, unmarked } from './secrets.case.ts'
import type { OnRecord } from './server.case.ts'

export const GHOST = `return "${TOLD}" + a`
export const MASKED = 'return "[masked:github-pat]" + a'

/** The developer has a suggestion shown and accepts it, then looks at the panel; none of them sees the secret. */
export async function accepts(editor: Editor): Promise<void> {
  const item = (await editor.complete()).items[0] ?? assert.fail('no suggestion')
  assert.equal(unmarked(item.insertText.trim()), MASKED)
  editor.show(item)
  await editor.accept(item)
  const panel = await editor.panel()
  assert.ok(unmarked(panel.items[0]?.insertText ?? '').includes(MASKED))
}

/** Who asked, as what, of which account and place: of every completion. */
export async function accountPlaces(stage: OnRecord): Promise<void> {
  const found = await stage.find('user:ana github:mona github:acme repo:acme/payments file:add.py language:python')
  const completions = await stage.find(`file:${FILE}`)
  assert.ok(found.length >= 2 && found.length === completions.length)
  const { opening, prompt, reply, bodies } = await stage.whole(found.at(-1))
  assert.deepEqual(
    [opening.actor?.id, opening.facts.github?.source, opening.facts.github_plan?.value],
    ['ana', 'observed', 'business'],
  )
  assert.deepEqual([opening.facts.repository?.value, opening.facts.files?.value], [REPOSITORY, FILE])
  assert.deepEqual(
    [opening.surface, opening.route, opening.facts.client?.value],
    ['ghost text', 'completions', 'copilot-language-server/Neovim/0.12.0'],
  )
  assert.match(prompt?.messages[0]?.text ?? '', /def add\(a, b\):/)
  assert.equal(unmarked(reply?.text), MASKED)
  assert.ok(!bodies.reply?.text.includes(TOLD))
  const sessions = new Set((await stage.find('language:python')).map(({ session }) => session))
  assert.equal(sessions.size, 1, 'one session for one file')
}
