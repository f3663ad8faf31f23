/**
 * Loaded before a gateway (`--import`): notes in `$RELEASES` what it lets go to clients, and by which reading of its own clock
 * it did. Changes nothing of what it does.
 */
import { openSync, readFileSync, writeSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'
import { Delivery } from '../../src/relay/deliver.ts'

/** Bytes that were let go at once. */
export interface Release {
  readonly exchange: string
  /** performance.now() of the process, as it read it when it decided. */
  readonly at: number
  readonly bytes: number
}

/** What was noted, in order. A line that its process did not finish counts as none. */
export const releasesIn = (path: string): Release[] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => line.split(' '))
    .map(([exchange = '', at, bytes]) => ({ exchange, at: Number(at), bytes: Number(bytes) }))

const path = process.env['RELEASES']
if (isMainThread && path) {
  const log = openSync(path, 'a')
  const ids = new WeakMap<Delivery, string>()
  const { now } = performance
  let read = 0
  performance.now = () => {
    read = now.call(performance)
    return read
  }
  const { write, writeHead } = Delivery.prototype
  Delivery.prototype.writeHead = function (status, headers) {
    const id = headers.find(([name]) => name === 'x-gatelog-exchange')?.[1]
    if (id !== undefined) ids.set(this, id)
    writeHead.call(this, status, headers)
  }
  Delivery.prototype.write = function (bytes) {
    const id = ids.get(this)
    if (id !== undefined) writeSync(log, `${id} ${read} ${bytes.length}\n`)
    return write.call(this, bytes)
  }
}
