/** The store's thread: answers one call after another, and does what can wait when nobody calls. Talks to its parent only. */
import { parentPort, workerData } from 'node:worker_threads'
import type { Fault } from '#exchange'
import { Tokens } from '../../tokens.ts'
import { Engine } from './engine.ts'
import { faultOfStore, lineOfFault } from './faults.ts'
import type { Call, Calls, Reply } from './protocol.ts'
import { Search } from './search.ts'

/** How long nobody must have called before what can wait is done, in milliseconds. */
const QUIET_MS = 20

const { folder, tokenKey } = workerData as { folder: string; tokenKey: Uint8Array }
const tokens = new Tokens(tokenKey)
const send = (reply: Reply): void => parentPort?.postMessage(reply)

let engine: Engine | undefined
let told = false
let timer: NodeJS.Timeout | undefined

function opened(): Engine {
  engine ??= new Engine(folder, tokens)
  return engine
}

function writable(): Engine {
  opened().mayWrite()
  return opened()
}

const search = () => new Search(opened(), tokens)

const CALLS: Calls = {
  open: () => void opened(),
  commit: (parcel) => opened().commit(parcel),
  unfinished: () => opened().unfinished(),
  exchange: (prefix) => search().exchange(prefix),
  find: (query, page) => search().find(query, page),
  sessions: (query, page) => search().sessions(query, page),
  session: (id) => search().session(id),
  following: (after, limit) => search().following(after, limit),
  notes: (kind, newest) => search().notes(kind, newest),
  putDocument: (kind, id, json) => writable().folder.head.put(kind, id, json),
  getDocument: (kind, id) => opened().folder.head.document(kind, id),
  listDocuments: (kind) => opened().folder.head.documents(kind),
  deleteDocument: (kind, id) => writable().folder.head.delete(kind, id),
  files: () => opened().files(),
  remove: (names) => writable().remove(names),
  close: () => opened().close(),
}

function answer({ number, name, args }: Call): void {
  try {
    const call = CALLS[name] as (...given: readonly unknown[]) => unknown
    send({ number, value: call(...args) })
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
function unasked(work: () => boolean): boolean {
  try {
    return work()
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

function tidyLater(): void {
  clearTimeout(timer)
  timer = setTimeout(tidy, QUIET_MS)
}

function tidy(): void {
  const more = unasked(() => engine?.tidy() === true)
  tellBroken()
  if (more) timer = setTimeout(tidy, 1)
}

parentPort?.on('message', (call: Call) => {
  answer(call)
  if (call.name === 'close') {
    clearTimeout(timer)
    return
  }
  unasked(() => {
    engine?.relieve()
    return false
  })
  tellBroken()
  tidyLater()
})
