/**
 * The store's thread: answers one call after another, and does what can wait when nobody calls. Talks to its parent only,
 * and asks it for keys: it holds none that wraps others.
 */
import { setImmediate } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { Fault } from '#exchange'
import { Prints } from '../../prints.ts'
import type { Soon } from '../../revision.ts'
import type { Sealer } from '../../seal/sealer.ts'
import { Tokens } from '../../tokens.ts'
import { writeAnew } from './anew.ts'
import { claimsIn } from './claims.ts'
import { copyFiles } from './copy.ts'
import { Engine } from './engine.ts'
import { faultOfStore, lineOfFault, looked } from './faults.ts'
import { begunIn, filesOf } from './figures.ts'
import { disclosedIn, heldIn, seqsIn, seqsOfFile } from './held.ts'
import { prepare, rekey, rewrap, shred } from './key-work.ts'
import type { Begin, Grant, Wish } from './keys.ts'
import { marksIn } from './marks.ts'
import { Pages } from './pages.ts'
import { homeOf } from './placing.ts'
import type { Answer, Call, Calls, OpenHow, Reply, SealWish } from './protocol.ts'
import { revise } from './revise.ts'
import { condense, isLeft, scrubbed, toScrub } from './scrubbing.ts'
import { recordOf, sealerOf, stateOf, unsealedState } from './sealing.ts'
import { Search } from './search.ts'
import { beginSlice, type Sliced } from './sliced.ts'
import { unopenedIn } from './unopened.ts'
import { unwait, waitingIn } from './waiting.ts'
import { Wanted, WantedSeal } from './wanted.ts'
import { wrappersIn } from './wrappers.ts'

/** How long nobody must have called before what can wait is done, in milliseconds. */
const QUIET_MS = 20

const { folder, tokenKey, lineKey } = workerData as Record<'tokenKey' | 'lineKey', Uint8Array> & { folder: string }
const tokens = new Tokens(tokenKey, new Prints(lineKey))
const send = (reply: Reply): void => parentPort?.postMessage(reply)

let engine: Engine | undefined
let sealing: { readonly sealer: Sealer; readonly vkey: string } | undefined
let told = false
let timer: NodeJS.Timeout | undefined

async function open(wrapping: Begin, how: OpenHow): Promise<void> {
  const { looking, sealing: seal } = how
  const opening = () => new Engine(folder, { tokens, wrapping, now: Date.now, ...how })
  engine ??= looking ? looked(opening) : opening()
  left = !looking && isLeft(engine.folder)
  if (!looking) await proven()
  if (!seal) return
  const sealer = sealerOf(engine, seal, { ask, reading: withKeys })
  await sealer.open()
  sealing = { sealer, vkey: seal.vkey }
}

/** What fails now is tried again with the first entry: a disk that is full may have room by then. */
async function proven(): Promise<void> {
  await withKeys(() => opened().proving.open()).catch(noticed)
}

async function close(): Promise<void> {
  if (!opened().broken) await sealing?.sealer.close()
  opened().close()
}

function opened(): Engine {
  if (!engine) throw new Fault('trail.unavailable', 'the store is not open')
  return engine
}

function writable(): Engine {
  opened().mayWrite()
  return opened()
}

const search = () => new Search(opened())
const pages = () => new Pages(opened(), tokens)

const CALLS: Calls = {
  open,
  commit: (parcel) => opened().commit(parcel),
  unfinished: () => opened().unfinished(),
  exchange: (prefix) => search().exchange(prefix),
  originals: (prefix) => search().originals(prefix),
  find: (query, page) => inTurns(pages().find(query, page), searching),
  sessions: (query, page) => inTurns(pages().sessions(query, page), searching),
  session: (id) => inTurns(search().session(id), searching),
  highest: () => opened().seq,
  goOn(seq) {
    opened().goOn(seq)
    sealing?.sealer.wake()
  },
  following: (after, limit) => search().following(after, limit),
  notes: (kind, newest) => search().notes(kind, newest),
  claims: (kinds) => claimsIn(opened(), kinds),
  lineFiles: () => opened().folder.names(),
  lines: (file, prints, most) => search().lines(file, prints, most),
  putDocument: (kind, id, json) => writable().documents.put(kind, id, json),
  getDocument: (kind, id) => opened().documents.get(kind, id),
  listDocuments: (kind) => opened().documents.list(kind),
  deleteDocument: (kind, id) => writable().documents.delete(kind, id),
  forgedDocuments: () => opened().documents.forged(),
  waiting: (after, most) => waitingIn(opened(), after, most),
  unwait: (ids, strange) => unwait(writable().folder.head, ids, strange),
  files: () => filesOf(opened()),
  async remove(names) {
    await sealing?.sealer.reach()
    return writable().remove(names)
  },
  erasedBy: (prefix) => search().erasedBy(prefix),
  takenBy: (by, took) => search().takenBy(by, took),
  async revise(file, revision) {
    if (revision.erased.length + revision.notes.length > 0) await sealing?.sealer.reach()
    return inTurns(revise(writable(), { file, revision, tokens, isSealed }))
  },
  scrub,
  rekey: (file, session) => inTurns(rekey(writable().folder, file, session)),
  unopened: (file, session) => inTurns(unopenedIn(opened().folder, file, session)),
  homes: (exchanges) => exchanges.map((id) => homeOf(opened().folder, id)),
  shred: (file) => shred(writable().folder, file),
  rewrap: (wrapping) => rewrap(writable(), wrapping, { ask, reading: withKeys }),
  wrappers: () => wrappersIn(opened().folder.keys.file),
  state: () => recordOf(opened()),
  held: (from, count, first) => heldIn(opened(), from, count, first),
  marks: (seqs, bodies) => marksIn(opened(), seqs, bodies),
  seqs: (exchange) => seqsIn(opened(), exchange),
  seqsIn: (file) => seqsOfFile(opened(), file),
  begunIn: (file, after) => begunIn(opened(), file, after),
  disclose: (seqs, bodies) => disclosedIn(opened(), seqs, bodies),
  sealed: () => (sealing ? stateOf(sealing) : unsealedState(opened())),
  copy: (copying) => copyFiles(opened(), copying),
  close,
}

const asking = new Map<number, PromiseWithResolvers<Grant>>()
let asked = 0

/** Asks the parent, which asks whoever holds the wrapping key. */
function ask(wish: Wish | SealWish): Promise<Grant> {
  const waiting = Promise.withResolvers<Grant>()
  asking.set(++asked, waiting)
  send({ asked, wish })
  return waiting.promise
}

function granted(answer: Answer): void {
  const waiting = asking.get(answer.asked)
  asking.delete(answer.asked)
  if ('grant' in answer) waiting?.resolve(answer.grant)
  else waiting?.reject(new Fault(answer.fault.code, answer.fault.detail))
}

/** Does the work, as often as it takes until every key that it wants is there. */
async function withKeys<Result>(work: () => Result): Promise<Awaited<Result>> {
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof Wanted)) throw error
      await opened().folder.keys.fetch(error, ask)
    }
  }
}

async function answer({ number, name, args }: Call): Promise<void> {
  try {
    const call = CALLS[name] as (...given: readonly unknown[]) => unknown
    send({ number, value: await withKeys(() => call(...args)) })
  } catch (error) {
    send({ number, fault: lineOfFault(noticed(error)) })
  }
}

function noticed(error: unknown): Fault {
  const fault = faultOfStore(error, 'the store')
  engine?.noticed(fault)
  return fault
}

/** Runs work that nobody asked for; when it breaks the store, the parent hears of it at once. */
async function unasked(work: () => boolean | Promise<boolean>): Promise<boolean> {
  try {
    return await work()
  } catch (error) {
    noticed(error)
    return false
  }
}

function tellBroken(): void {
  const fault = engine?.broken
  if (!fault || told) return
  told = true
  send({ number: 0, fault: lineOfFault(fault) })
}

/** Calls, and work that nobody asked for, one after another. */
let line: Promise<unknown> = Promise.resolve()
const inLine = (work: () => Promise<unknown>): void => {
  line = line.then(work)
}

/** Does something in its turn: after all that was asked for meanwhile. Once the store is to be closed it is not begun. */
async function turn<Result>(work: () => Result | Promise<Result>): Promise<Result> {
  await setImmediate()
  const done = line.then(() => {
    if (closing) throw new Fault('trail.unavailable', 'the store is closing')
    return work()
  })
  line = done.catch(() => undefined)
  return done
}

let lastSearch: Promise<unknown> = Promise.resolve()

/** The same of slices of searches, one of them at a time: however many there are, others wait for no more than one. */
function searching<Result>(work: () => Result | Promise<Result>): Promise<Result> {
  const done = lastSearch.then(() => turn(work))
  lastSearch = done.catch(() => undefined)
  return done
}

/** Does work in slices, each in a turn of its own; what it wants is there first, and nothing comes between. */
async function inTurns<Result>(work: Sliced<Result>, inTurn: typeof turn = turn): Promise<Result> {
  for (let wanted: Wanted | undefined; ; ) {
    const { done, value } = await inTurn(async () => {
      if (wanted instanceof WantedSeal) await sealing?.sealer.reach()
      else if (wanted) await opened().folder.keys.fetch(wanted, ask)
      beginSlice()
      return work.next()
    })
    if (done) return value
    wanted = value ?? undefined
  }
}

/** Whether an entry may go: its place in the log says what it was. */
const isSealed = (seq: number): boolean => !sealing || seq <= (sealing.sealer.head?.size ?? 0)

/** Writes every file anew that something was deleted in; those of `soon` with the next call, or once none came for so long. */
async function scrub(soon?: Soon): Promise<void> {
  clearTimeout(scrubbing)
  const { folder } = writable()
  for (;;) {
    const name = await turn(() => toScrub(folder, soon?.day))
    if (name === undefined) break
    await inTurns(condense(folder.keep(name)))
    await writeAnew(folder, name, turn)
    await turn(() => scrubbed(folder, name))
  }
  if (!soon) return
  scrubbing = setTimeout(() => {
    left = true
    tidyLater(0)
  }, soon.ms)
}

/** These go in slices, any number of them beside each other and beside all else. */
const SEARCHES: ReadonlySet<string> = new Set<keyof Calls>(['find', 'sessions', 'session'])
/** These take long, and others are answered meanwhile. One at a time; what moves or removes files waits for them. */
const LONG: ReadonlySet<string> = new Set<keyof Calls>(['copy', 'revise', 'scrub', 'rekey', 'unopened'])
const AFTER_LONG: ReadonlySet<string> = new Set<keyof Calls>(['remove', 'shred', 'rewrap', 'unwait', 'close'])
let long: Promise<void> | undefined
let closing = false

function take(call: Call): void {
  closing ||= call.name === 'close'
  inLine(async () => {
    const isLong = LONG.has(call.name)
    if (long && (isLong || AFTER_LONG.has(call.name))) void long.then(() => take(call))
    else if (isLong) begin(answer(call))
    else if (SEARCHES.has(call.name)) void answer(call).then(settled)
    else await called(call)
  })
}

function begin(work: Promise<unknown>): void {
  long = work.then(() => {
    long = undefined
    settled()
  })
}

function settled(): void {
  tellBroken()
  if (!closing) tidyLater(QUIET_MS)
}

function tidyLater(ms: number): void {
  clearTimeout(timer)
  timer = setTimeout(() => inLine(tidy), ms)
}

/** Whether files were left that are to be written anew: by a process before this one, or by somebody who stopped. */
let left = false
let scrubbing: NodeJS.Timeout | undefined

async function tidy(): Promise<void> {
  if (left && !long && engine && !engine.broken) {
    left = false
    begin(scrub().catch(noticed))
  }
  const more = await unasked(
    async () =>
      engine !== undefined && (engine.upkeep.tidy() || (!engine.broken && (await prepare(engine.folder, ask)))),
  )
  tellBroken()
  if (more) tidyLater(1)
}

async function called(call: Call): Promise<void> {
  await answer(call)
  if (call.name === 'commit') sealing?.sealer.wake()
  if (call.name === 'close') {
    clearTimeout(timer)
    clearTimeout(scrubbing)
    engine = undefined
    return
  }
  await unasked(() => {
    engine?.upkeep.relieve()
    return false
  })
  tellBroken()
  tidyLater(QUIET_MS)
}

parentPort?.on('message', (message: Call | Answer) => {
  if ('asked' in message) granted(message)
  else take(message)
})
