/** What the syslog sink sends over TLS, taken and parsed by rsyslog. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { certificate } from '../../src/export/sinks/certificate.case.ts'
import { openSink, SinkForm } from '../../src/export/sinks/index.ts'
import { folderFor, NO_RSYSLOG, ROWS } from './installed.case.ts'

/** Each message with what the parser made of its header, as JSON, in the order in which it came. The port is rsyslog's choice. */
const CONFIG = (folder: string) => `
global(workDirectory="${folder}" maxMessageSize="128k" defaultNetstreamDriver="gtls"
  defaultNetstreamDriverCAFile="${folder}/cert.pem" defaultNetstreamDriverCertFile="${folder}/cert.pem"
  defaultNetstreamDriverKeyFile="${folder}/key.pem")
main_queue(queue.workerThreads="1")
module(load="imtcp" streamDriver.name="gtls" streamDriver.mode="1" streamDriver.authMode="anon")
input(type="imtcp" address="127.0.0.1" port="0" listenPortFileName="${folder}/port")
template(name="parsed" type="list" option.jsonf="on") {
  property(outname="app" name="app-name" format="jsonf")
  property(outname="id" name="msgid" format="jsonf")
  property(outname="version" name="protocol-version" format="jsonf")
  property(outname="facility" name="syslogfacility" format="jsonf")
  property(outname="severity" name="syslogseverity" format="jsonf")
  property(outname="time" name="timereported" dateFormat="rfc3339" format="jsonf")
  property(outname="msg" name="msg" format="jsonf")
}
action(type="omfile" file="${folder}/out.jsonl" template="parsed" asyncWriting="off" flushOnTXEnd="on")
`

/** The port that a daemon has written to a file, once it listens there. */
async function portIn(path: string, alive: () => void): Promise<number> {
  for (;;) {
    const port = existsSync(path) ? Number(readFileSync(path, 'utf8')) : 0
    if (port > 0) return port
    alive()
    await wait(50)
  }
}

async function started(t: TestContext) {
  const [folder, { cert, key }] = [folderFor(t), await certificate()]
  writeFileSync(join(folder, 'cert.pem'), cert)
  writeFileSync(join(folder, 'key.pem'), key, { mode: 0o600 })
  writeFileSync(join(folder, 'rsyslog.conf'), CONFIG(folder))
  const args = ['-n', '-f', join(folder, 'rsyslog.conf'), '-i', join(folder, 'pid')]
  const daemon = spawn('rsyslogd', args, { stdio: ['ignore', 'ignore', 'pipe'] })
  const said: string[] = []
  daemon.stderr.setEncoding('utf8').on('data', (text: string) => said.push(text))
  const ended = once(daemon, 'exit')
  t.after(() => daemon.kill('SIGKILL') && ended)
  const port = await portIn(join(folder, 'port'), () => {
    if (daemon.exitCode !== null) throw new Error(said.join(''))
  })
  const sink = openSink(SinkForm.parse({ kind: 'syslog', host: '127.0.0.1', port, ca: cert }))
  t.after(() => sink.close())
  const lines = () => {
    const path = join(folder, 'out.jsonl')
    const whole = existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : [] // the last may be half written
    return whole.map((line) => JSON.parse(line) as Record<string, string>)
  }
  return { sink, lines, said }
}

test('rsyslog takes every row, and parses each header', { skip: NO_RSYSLOG }, async (t) => {
  const { sink, lines, said } = await started(t)
  await sink.deliver(ROWS, AbortSignal.timeout(60_000))
  for (let tries = 0; lines().length < ROWS.length; tries++) {
    assert.ok(tries < 1000, `${lines().length} of ${ROWS.length} ${said.join('')}`)
    await wait(50)
  }
  for (const [nth, { app, version, facility, time, msg = '' }] of lines().entries()) {
    const row = ROWS[nth]!
    assert.deepEqual([app, version, facility, JSON.parse(msg).id], ['gatelog', '1', '13', row.id])
    assert.equal(Date.parse(time ?? ''), Date.parse(row.time))
  }
  assert.equal(lines().length, ROWS.length)
})
