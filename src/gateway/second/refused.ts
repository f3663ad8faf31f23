/** Keys that the doors for reports turn away: on the record, as at every other door. Lets nobody in and answers nothing. */
import type { IncomingMessage } from 'node:http'
import type { Fault } from '#exchange'
import type { Found } from '#identity'
import { readClient } from '#wire'
import { recordRefusal } from '../answer.ts'
import { begin } from '../exchange.ts'
import { recognise } from '../forward/caller.ts'
import type { House } from '../house.ts'
import type { Head } from '../turn.ts'

/** What is asked of such a door. `target`: in origin form. */
export interface Asking {
  readonly house: House
  readonly insecure: boolean
  readonly target: string
}

/** What is wrong with a key, or too much of it; all of these share a counted line where they come often. */
const OF_KEYS = /^(identity\.|limit\.(requests|turns|sockets|bytes)$)/

/** Records a refusal that a key met with; any other is the sender's alone, and it was told. Never rejects. */
export async function recordKey(
  { method = '', headers, socket }: Pick<IncomingMessage, 'method' | 'headers' | 'socket'>,
  { house, insecure, target }: Asking,
  fault: Fault,
  found: Found | undefined,
): Promise<void> {
  if (!OF_KEYS.test(fault.code)) return
  const path = target.split('?', 1)[0] ?? ''
  const address = { connection: '', host: undefined, path, query: '', pathKey: undefined }
  const remote = socket.remoteAddress ?? ''
  const head: Head = { method, address, headers, door: 'reverse', remote, insecure }
  const exchange = begin(head, house, readClient(headers))
  if (found) recognise(exchange, found)
  await recordRefusal(exchange, fault)
}
