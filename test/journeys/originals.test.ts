/** What was masked is kept sealed, opens with the private key alone, and goes with its body. A real gateway, two machines. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { folderFor, type Gateway, gatelog, startGateway } from '../process.case.ts'

const SECRET = `${'gh'}p_${'A1b2C3d4E5f6'.repeat(3)}`
const OFF = 'connections: { demo: { kind: demo } }\n'
const YAML = `${OFF}masking: { originals: { public_key: public.pem } }\n`
const bodyWith = (text: string, stream: boolean) =>
  JSON.stringify({ model: 'demo', stream, messages: [{ role: 'user', content: text }] })

async function ask(gateway: Gateway, key: string, text: string, stream = true): Promise<void> {
  const answer = await fetch(`${gateway.url}/c/demo/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-gatelog-key': key },
    body: bodyWith(text, stream),
  })
  assert.equal(answer.status, 200)
  await answer.text()
}

/** The text of a reply, streamed or whole. */
const saidIn = (reply: string): string =>
  [...reply.matchAll(/"content":\s*("(?:[^"\\]|\\.)*")/g)].map(([, text = '""']) => JSON.parse(text)).join('')

/** Everything that lies in a folder, and in those below it. */
function everything(folder: string): string {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((each) => each.isFile())
  return files.map((each) => readFileSync(join(each.parentPath, each.name), 'latin1')).join('\n')
}

test('an original is sealed on the gateway and opens on the auditor’s machine alone, and that is on the record', async (t) => {
  const [folder, auditor] = [folderFor(t), folderFor(t)]
  const made = await gatelog(auditor, ['originals', 'keygen', '--private', 'private.pem'])
  assert.match(made.stdout, /^-----BEGIN PUBLIC KEY-----/)
  assert.equal(statSync(join(auditor, 'private.pem')).mode & 0o777, 0o600)
  assert.notEqual((await gatelog(auditor, ['originals', 'keygen', '--private', 'private.pem'])).code, 0)
  writeFileSync(join(folder, 'public.pem'), made.stdout)
  const gateway = await startGateway(t, YAML, folder)
  const key = await gateway.key()
  for (const stream of [true, false]) {
    await ask(gateway, key, `Write a config loader, the token is ${SECRET}`, stream)
    const shown = (await gateway.gatelog('show', 'last')).stdout
    assert.ok(shown.includes('[masked:github-pat') && !shown.includes(SECRET))
    assert.match(shown, /prompt and reply sealed: gatelog unmask/)
    const id = shown.slice(0, 36)
    const pem = join(auditor, 'private.pem')
    const prompt = await gateway.gatelog('unmask', id, '--key', pem)
    assert.equal(prompt.stdout, bodyWith(`Write a config loader, the token is ${SECRET}`, stream), prompt.stderr)
    const reply = (await gateway.gatelog('unmask', id, '--key', pem, '--part', 'reply')).stdout
    assert.match(saidIn(reply), /gh[pousr]_[A-Za-z0-9]{36}/)
    assert.match((await gateway.gatelog('reads')).stdout, new RegExp(`unmasked +${id}`))
    const other = await gateway.gatelog('unmask', id, '--key', join(folder, 'public.pem'))
    assert.match(other.stderr, /does not open the original/)
  }
  await ask(gateway, key, 'Write a config loader')
  const { stderr } = await gateway.gatelog('unmask', 'last', '--key', join(auditor, 'private.pem'))
  assert.match(stderr, /of its prompt/)
  await gateway.end('SIGTERM')
  assert.ok(!everything(folder).includes(SECRET))
})

test('a private key in the gateway’s configuration is refused, and without a key nothing is kept', async (t) => {
  const folder = folderFor(t)
  const made = await gatelog(folder, ['originals', 'keygen', '--private', 'private.pem'])
  assert.equal(made.code, 0)
  writeFileSync(join(folder, 'gatelog.yaml'), YAML.replace('public.pem', 'private.pem'))
  const told = await gatelog(folder, ['check'])
  assert.match(told.stderr, /masking\.originals\.public_key: this is a private key/)
  const gateway = await startGateway(t, OFF, folder)
  await ask(gateway, await gateway.key(), `the token is ${SECRET}`)
  const id = (await gateway.gatelog('show', 'last')).stdout.slice(0, 36)
  const { stderr, code } = await gateway.gatelog('unmask', id, '--key', join(folder, 'private.pem'))
  assert.match(stderr, /No original of this exchange is kept/)
  assert.notEqual(code, 0)
})
