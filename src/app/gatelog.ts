/** A running house: configuration to open rooms, listeners and a clean end. The only place that wires rooms. */
import { join } from 'node:path'
import { openApi } from '#console'
import type { Fault } from '#exchange'
import { openAccounts, openDoors, openHealth } from '#gateway'
import type { Identity } from '#identity'
import { anchoring } from './anchored.ts'
import { variablesOfCa } from './ca/configured.ts'
import { ClockWatch } from './clock-watch.ts'
import type { Config } from './config.ts'
import { socketIn } from './config-place.ts'
import { daily } from './daily.ts'
import { watchDocuments } from './documents.ts'
import { Doubts } from './doubts.ts'
import { variablesIn } from './keyholder/credentials.ts'
import { startKeyholder } from './keyholder/index.ts'
import { type OpenRecord, openRecord } from './record.ts'
import { Running } from './running.ts'
import { watchSeal } from './seal-watch.ts'
import { toldLately, vanishedLately } from './vanished.ts'

export interface Gatelog {
  readonly gateway: string
  readonly health: string
  readonly identity: Identity
  /** Puts a new configuration in force for the exchanges that begin from now on; addresses stay as they are. */
  reload(config: Config): Promise<void>
  /** Stops accepting, lets open exchanges end, closes the trail. */
  close(): Promise<void>
}

/** Who is told what the gateway cannot put on the record. */
export interface Ears {
  /** The disk has failed and the process must end. */
  onLatch(fault: Fault): void
  /** All is loaded and compiled, and nothing is served yet. */
  loaded?(): Promise<void>
  /** A line for whoever runs the gateway. */
  tell(line: string): void
}

/** Opens everything, or nothing. @throws trail.*, config.bind, config.invalid */
export async function openGatelog(first: Config, ears: Ears): Promise<Gatelog> {
  await using opened = new AsyncDisposableStack()
  const anchored = anchoring({
    ...{ folder: join(first.data, 'seal'), settings: first.export.anchors, tell: ears.tell },
    graceMs: first.export.anchors_grace_ms,
  })
  opened.defer(() => anchored.anchors?.close())
  const record = await openRecord(first, {
    guard: (signer) => anchored.guard(signer),
    ...{ lostKey: 'refuse', onLatch: ears.onLatch, ...(first.seal && { seal: first.seal }) },
    keys: (options) => startKeyholder(options, ears.tell),
    variables: [...variablesIn(first.credentials), ...variablesOfCa(first.forward.ca.configured)],
  })
  opened.defer(() => record.close())
  tellOpened(record, ears)
  const vanished = await record.trail.vanished()
  for (const told of toldLately(vanished, Date.now())) ears.tell(told)
  const documents = watchDocuments(record.trail, ears.tell)
  await documents.look()
  const accounts = await openAccounts({ documents: record.trail.documents, now: Date.now, tell: ears.tell })
  const running = new Running(first, { ...record, accounts, anchored }, ears.tell)
  opened.defer(() => running.end())
  await running.start()
  await resumeErasures(running, ears)
  tellNotes(first, ears)
  const doubts = new Doubts(record, ears.tell)
  await doubts.look()
  const seal = watchSeal(record.trail, ears.tell)
  opened.defer(() => seal.close())
  await seal.look()
  await record.keyholder.settled() // before a stranger's byte is read: who takes this process later opens nothing with it
  await ears.loaded?.()
  const gateway = await openDoors(running.door)
  opened.defer(() => gateway.drain(running.config.timeouts.drain_ms))
  running.ports.push(gateway.port)
  const health = await openHealth({
    ...running.door,
    ...first.listen.health,
    notReady: () => running.notReady(),
    unrecorded: () => running.unrecorded(),
    unsealed: () => seal.why,
    vanished: () => vanishedLately(vanished, Date.now()),
    forged: () => documents.count,
    doubted: () => doubts.why,
  })
  opened.defer(() => health.drain(0))
  running.ports.push(health.port)
  const api = await openApi(socketIn(first.data), running.backend)
  opened.defer(() => api.close())
  const watch = new ClockWatch({ trail: record.trail, now: Date.now, clock: () => performance.now() })
  const { custody } = record
  const look = async () => {
    await documents.look()
    return watch.look()
  }
  const resume = async () => {
    await doubts.look()
    return running.resume()
  }
  opened.defer(daily({ custody, tell: ears.tell, resume, look }))
  const all = opened.move()
  return {
    gateway: gateway.url,
    health: health.url,
    identity: record.identity,
    async reload(next) {
      await running.reload(next)
      tellNotes(next, ears)
      if (first.listen.tls && next.listen.tls)
        for (const listener of [gateway, health]) listener.reload(next.listen.tls)
      if (fixedAtStart(first) !== fixedAtStart(next)) ears.tell('listen and data are read at start: restart for those')
    },
    async close() {
      running.draining = true
      await gateway.drain(running.config.timeouts.drain_ms)
      await all.disposeAsync()
    },
  }
}

/** What is to be known of a record that was just opened. */
function tellOpened({ keyholder, begunAfter, journal, late, acked }: OpenRecord, { tell }: Ears): void {
  if (keyholder.made) tell(`a wrapping key was made in ${keyholder.place}: without it no body can be read, keep a copy`)
  if (begunAfter > 0)
    tell(
      `the journal ${journal?.path} was not there or not to be read, and was begun anew from the record and its ${begunAfter} entries: if there was one, what it alone told is lost (docs/backup.md)`,
    )
  for (const told of late) tell(told)
  for (const told of acked?.unread ?? []) tell(told)
}

/** Goes on with those that the process before this one had begun. */
async function resumeErasures(running: Running, { tell }: Ears): Promise<void> {
  const erased = await running.resume({
    held: (by) => tell(`an erasure that was cut short waits, for it is held by ${by.join(', ')}`),
    locked: (keys) =>
      tell(
        `an erasure that was cut short waits, for turns of its sessions cannot be read${keys.length > 0 ? `: key ${keys.join(', ')} is not here` : ''}`,
      ),
    more: (seq, count) =>
      tell(
        `the erasure of entry ${seq} was to take ${count} exchanges or lines that its entry does not list: they stay, look at gatelog verify`,
      ),
  })
  if (erased > 0) tell(`${erased} erasures that were cut short are done`)
}

function tellNotes({ masking: { notes } }: Config, { tell }: Ears): void {
  if (notes.length === 1) tell(notes[0]!)
  if (notes.length > 1) tell(`${notes.length} notes on masking rules: gatelog check shows them`)
}

const fixedAtStart = ({ data, listen: { gateway, health, tls } }: Config): string =>
  JSON.stringify([data, gateway, health, tls !== undefined])
