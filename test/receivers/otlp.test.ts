/** What the OTLP sink sends, read by the classes of the published protobuf definitions. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { FORMATS } from '../../src/export/formats/index.ts'
import { openSink, SinkForm } from '../../src/export/sinks/index.ts'
import { checked, NO_OTLP, ROWS } from './installed.case.ts'

test('all that the sink sends is read, every row’s id among it', { skip: NO_OTLP }, async () => {
  const heard: string[] = []
  const server = createServer(async (asked, reply) => {
    heard.push(gunzipSync(Buffer.concat(await asked.toArray())).toString())
    reply.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const sink = openSink(SinkForm.parse({ kind: 'otlp', url }))
  await sink.deliver(ROWS, AbortSignal.timeout(60_000))
  await sink.close()
  server.closeAllConnections()
  server.close()
  const { faults, told } = checked('otlp.py', heard.map((text) => `${text}\n`).join(''))
  assert.deepEqual(faults, [])
  const { spans, records, ids } = JSON.parse(told)
  assert.ok(spans > 0)
  assert.deepEqual([records, ids], [ROWS.length, ROWS.map(({ id }) => id)])
})

test('so is every line of an export', { skip: NO_OTLP }, () => {
  for (const name of ['otlp', 'otlp-logs'] as const)
    assert.deepEqual(checked('otlp.py', ROWS.map((row) => FORMATS[name].lines(row, true)).join('')).faults, [], name)
})

test('what is no OTLP is found', { skip: NO_OTLP }, () => {
  const line = FORMATS['otlp-logs'].lines(ROWS[0]!, true)
  for (const [from, to] of [
    ['"severityNumber"', '"severityNumbr"'],
    ['"timeUnixNano":"', '"timeUnixNano":"x'],
    ['"traceId":"', '"traceId":"ab'],
  ] as const) {
    assert.ok(line.includes(from))
    assert.notDeepEqual(checked('otlp.py', line.replace(from, to)).faults, [], from)
  }
})
