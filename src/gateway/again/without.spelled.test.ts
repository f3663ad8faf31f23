/** What erased turns said, in whatever stands around it later: keys, files, italics, logs of logs, fields of a stream. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { chat, later, laterReply, tracesOf, user } from './without.case.ts'

test('a long key or a file in base64 goes whatever stands around it, and another one stays', async () => {
  const of = (seed: number) =>
    Array.from({ length: 14 }, (_, nth) => createHash('sha256').update(`${seed} ${nth}`).digest())
  const file = (seed: number) => Buffer.concat(of(seed)).toString('base64')
  const hex = (seed: number) => Buffer.concat(of(seed)).toString('hex').slice(0, 300)
  for (const [key, other] of [
    [file(0), file(1)],
    [hex(0), hex(1)],
    [Buffer.concat(of(0)).toString('base64url'), hex(2)],
  ] as const)
    await goesAround(key, other)
})

test('a row of zeros is in many files, and stays', async () => {
  const zeros = Buffer.alloc(600).toString('base64')
  const said = `another file, ${zeros}, of zeros`
  const body = await later('chat', chat(user(`this one is ${zeros}`)), chat(user(said)))
  assert.equal(JSON.parse(body).messages[0].content, said)
})

async function goesAround(key: string, other: string): Promise<void> {
  const around = (blob: string) => [
    `> ${blob}`,
    `12\t${blob}`,
    `\`${blob}\``,
    `${blob},`,
    `the key is ${blob}`,
    `export API_KEY=${blob}`,
    `+${blob}`,
    `![image](data:image/png;base64,${blob})`,
    `${blob}/`,
    `${blob}==`,
    `keys/${blob}`,
    `https://example.test/d/${blob}/edit`,
    `a+${blob}`,
    `sk-${blob}`,
    `key_${blob}_v2`,
    `-----BEGIN KEY-----${blob}-----END KEY-----`,
  ]
  for (const erased of [key, `API_KEY=${key}`, `so it is "${key}".`, `keys/${key}`, `${key}-`, `sk-${key}`]) {
    for (const [nth, said] of around(key).entries()) {
      const { messages } = JSON.parse(await later('chat', chat(user(erased)), chat(user(said))))
      assert.ok(!messages[0].content.includes(key.slice(20, 60)), `${nth} ${messages[0].content}`)
    }
    for (const said of around(other))
      assert.equal(JSON.parse(await later('chat', chat(user(erased)), chat(user(said)))).messages[0].content, said)
  }
}

test('a sentence in italics goes, and what was said in them', async () => {
  const said = 'Katharina Wunderlich, born 1970 in Graz'
  const spelled = [
    `_${said}_`,
    `__${said}__`,
    said.replace('Wunderlich', '_Wunderlich_'),
    said.replace('Katharina', '__Katharina__'),
  ]
  for (const one of [said, ...spelled])
    for (const other of [said, ...spelled]) {
      const body = await later('chat', chat(user(one)), chat(user(`he said ${other} to her`)))
      assert.ok(!body.includes('Wunderlich'), `${one}: ${body}`)
    }
})

test('lines of JSON in lines of JSON lose what goes and no word more', async () => {
  const said = 'Katharina Wunderlich, born 1970 in Graz'
  let log = said
  for (let depth = 0; depth < 6; depth++) {
    log = `${said}\n${JSON.stringify({ t: log })}`
    const body = await later('chat', chat(user(said)), chat(user('a friendly word'), user(log)))
    assert.ok(body.includes('a friendly word') && !body.includes('Wunderlich'), `${depth}: ${body}`)
  }
})

test('what stands in a stream beside its data goes; the name of an event and its number stay', async () => {
  const said = 'Katharina Wunderlich, born 1970 in Graz'
  const data = 'data: {"choices":[{"index":0,"delta":{"content":"a\u2028event: b"}}]}'
  for (const end of ['\n', '\r\n']) {
    const lines = [
      `id: ${said}`,
      `event: ${said}`,
      `foo: ${said}`,
      said,
      `: ${said}`,
      'event: delta',
      'id: 7',
      data,
      '',
    ]
    const body = await laterReply(chat(user(said)), `${lines.join(end)}${end}`)
    const mark = '[masked:erased]'
    assert.equal(
      body,
      [`id: ${mark}`, `event: ${mark}`, `foo: ${mark}`, mark, `: ${mark}`, 'event: delta', 'id: 7', data, '', ''].join(
        end,
      ),
    )
  }
})

test('no text takes longer than its length says', async () => {
  const traces = await tracesOf('chat', [chat(user('Katharina Wunderlich, born 1970 in Graz'))])
  const steps = (text: string) => {
    const work = traces.findIn(text)
    let count = 0
    while (!work.next().done) count++
    return count
  }
  for (const hostile of ['\\u0041 \\u0042', `a${'\u0301\u0323'.repeat(2 ** 18)}`, `\\u0041 ${'\\'.repeat(2 ** 19)}`])
    steps(hostile)
})
