import assert from 'node:assert/strict'
import { test } from 'node:test'
import { client, faultOf, GATEWAY, row } from './settings.case.ts'
import { targetOf } from './target.ts'

/** As an IDE writes it that has had a proxy of its own. */
const IDE = `<application>
  <component name="Other">
    <option name="PROXY_HOST" value="not this one" />
  </component>
  <component name="HttpConfigurable">
    <option name="PROXY_EXCEPTIONS" value="*.corp.example" />
    <option name="USE_PROXY_PAC" value="true" />
    <option name="PROXY_HOST" value="old.example" />
    <option name="PROXY_TYPE_IS_SOCKS" value="true" />
  </component>
</application>
`

test('jetbrains: in a file that the IDE has written one component changes, and comes back', () => {
  const { write, remove } = client('jetbrains').settings(targetOf(row('copilot'), GATEWAY, undefined, { agent: true }))
  const golden = `<application>
  <component name="Other">
    <option name="PROXY_HOST" value="not this one" />
  </component>
  <component name="HttpConfigurable">
    <option name="USE_HTTP_PROXY" value="true" />
    <option name="PROXY_PORT" value="8484" />
    <option name="PROXY_EXCEPTIONS" value="*.corp.example" />
    <option name="PROXY_HOST" value="127.0.0.1" />
  </component>
</application>
`
  assert.equal(write(IDE), golden)
  assert.equal(write(golden), golden)
  assert.equal(remove(golden, IDE), IDE)
  const windows = IDE.replaceAll('\n', '\r\n')
  assert.equal(remove(write(windows), windows), windows)
  for (const before of [
    '<application />',
    '<application>\n</application>',
    '<application>\n  <component name="HttpConfigurable" />\n</application>\n',
  ]) {
    const written = write(before)
    assert.ok(written.includes('<option name="PROXY_HOST" value="127.0.0.1" />'), written)
    assert.ok(!remove(written, before).includes('127.0.0.1'))
  }
  assert.equal(remove(write(''), ''), '')
})

test('jetbrains: what no IDE has written is left alone', () => {
  const { write } = client('jetbrains').settings(targetOf(row('copilot'), GATEWAY, undefined, { agent: true }))
  const twice = IDE.replace('</application>', '  <component name="HttpConfigurable">\n  </component>\n</application>')
  for (const odd of [
    '{}',
    IDE.replace('<component name="Other">', '<!-- <component name="HttpConfigurable"> -->'),
    `<!DOCTYPE x>${IDE}`,
    twice,
  ])
    assert.match(
      faultOf(() => write(odd)),
      /^client\.settings .*set the proxy in the IDE/,
      odd,
    )
})
