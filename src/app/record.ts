/** The record of a data folder, open: keys, trail, identities. Opens no listener. */
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Ending, type Fault, faultOf, type Keyring, type Opening } from '#exchange'
import { editsOf, reduced, textOf } from '#gateway'
import { openIdentity } from '#identity'
import { adopt, Custody, type LineRetention, type LostKey, openTrail, Reads, type Signer } from '#trail'
import { formOfText, PROTOCOLS } from '#wire'
import { ackedIn, ackedPaths, begunIn, openAckedMark } from './acked-mark.ts'
import { beginJournal, journalPath, reconcile } from './backup/journal-file.ts'
import { removeLeft } from './backup/left.ts'
import type { Config } from './config.ts'
import type { Seal } from './config-trail.ts'
import { keysOf } from './documents.ts'
import type { HolderOptions } from './keyholder/holder.ts'
import { holdKeys, type Keyholder } from './keyholder/index.ts'
import { openKeyring } from './keyring.ts'
import { rememberedIn, sealedOutside, toldBy } from './signed-last.ts'
import { uuid7 } from './uuid.ts'

type Place = Pick<Config, 'data' | 'path_keys' | 'encryption'> & {
  /** Says where whoever signs remembers what; a copy of the folder may be older than that. */
  readonly seal?: Seal | undefined
  readonly copy?: boolean
  /** It is put back from a backup of a version whose entries and documents proved nothing. */
  readonly ofBefore?: boolean
  readonly journal?: string | undefined
  readonly retention?: LineRetention
}

/** How a record is opened. */
interface How {
  readonly keys: (options: HolderOptions) => Promise<Keyholder>
  /** Names of further variables that the holder of keys reads. */
  readonly variables?: readonly string[]
  readonly lostKey: LostKey
  readonly onLatch?: (fault: Fault) => void
  /** The key that entries are sealed with; without it they are not. */
  readonly seal?: Seal
  /** What stands between that key and the log. */
  readonly guard?: (signer: Signer) => Signer
  /** Nothing is recovered. */
  readonly asItIs?: boolean
  /** Lines of who read that wait for the key go on waiting. */
  readonly waits?: boolean
}

/** Holds the keys in this process, and shows what can be shown where they are gone. */
export const HERE: How = { keys: holdKeys, lostKey: 'show' }

/** The trail and the identities of a data folder, with no listener: what the command line opens when no server runs. */
export async function openRecord(
  config: Place,
  { keys, lostKey, onLatch, seal, guard = (signer) => signer, asItIs, waits = asItIs, variables = [] }: How = HERE,
) {
  await using opened = new AsyncDisposableStack()
  const keyring = openKeyring(config.data)
  const latch = new AbortController()
  const latched = (fault: Fault) => {
    latch.abort(fault)
    onLatch?.(fault)
  }
  const keyholder = await keys({
    wrapping: wrappingIn(config, keyring),
    variables: [...variablesOf(config, seal), ...variables],
  })
  opened.defer(() => keyholder.close())
  const keyless = keyholder.known.length === 0 // its folder is not made for a journal: the key is to come back there
  const path = asItIs || keyless ? undefined : journalPath(config.journal, keyholder.place, config.data)
  const journal = path === undefined ? undefined : await beginJournal(path, Date.now())
  opened.defer(() => journal?.close())
  const marks = ackedOf(config, keyholder, keyring)
  const begun = begunIn(marks)
  const places = { data: config.data, keys: keyholder.place, record: recordOf(keyring) }
  const acked = asItIs || keyless || config.copy ? undefined : openAckedMark(marks, sealedOutside(config.seal, places))
  opened.defer(() => acked?.close())
  const signer = seal && guard(await keyholder.signer(seal, config.data))
  let { retention = FOREVER } = config
  const trail = await openTrail({
    retention: () => retention,
    ...{ folder: config.data, keyring, now: Date.now, wrapping: keyholder, lostKey, asItIs: asItIs ?? false },
    ofBefore: config.ofBefore,
    ...{
      words: wordsOf,
      edits: editsOf,
      reduce: keptOf,
      onLatch: latched,
      ...(signer && { signer }),
      ...(journal && { journal }),
      ...(acked && { acked }),
      ...(begun && { begun }),
    },
  })
  opened.defer(() => trail.close())
  const left = asItIs ? [] : removeLeft(config.data)
  const clock = { now: Date.now, uuid: () => uuid7(Date.now()) }
  const custody = new Custody({ trail, keyring, ...clock })
  const begunAfter = journal ? await reconcile(journal, trail, custody.holds) : 0
  const identity = await openIdentity({
    keyring,
    now: Date.now,
    random: randomBytes,
    pathKeys: config.path_keys,
    store: keysOf(trail.documents),
  })
  const late = waits ? [] : await adoptedAtStart({ trail, ...clock })
  const reads = new Reads({ trail, ...clock })
  const all = opened.move()
  return {
    keyring,
    keyholder,
    trail,
    journal,
    /** Where it is remembered how far entries were acknowledged; undefined for a copy, and where nothing is written. */
    acked,
    /** So many entries the record had when the journal was begun just now: 0 where it was there, or there were none. */
    begunAfter,
    identity,
    /** What came of lines of who read that waited for the key, and what a restore left: sentences for whoever runs the gateway. */
    late: [...left, ...late],
    reads,
    custody,
    latched: latch.signal,
    /** What was signed and acknowledged last, as is known outside of the record. */
    async signed() {
      const { acked, unread } = ackedIn(marks)
      const none = { notes: [], unread: [] }
      const seal = () => (config.copy ? none : rememberedIn(config.seal, places))
      const last = signer ? await toldBy(signer) : seal()
      return { ...last, unread: [...last.unread, ...unread], ...(acked && { acked }) }
    },
    /** Lines of no exchange that are written from now on are kept so long. */
    retain(next: LineRetention) {
      retention = next
    },
    close: () => all.disposeAsync(),
  }
}

/** What cannot be put on the record now waits for the next start, and stops none. */
async function adoptedAtStart(house: Parameters<typeof adopt>[0]): Promise<string[]> {
  try {
    const { lines, strange, left } = await adopt(house)
    return [
      ...(lines > 0
        ? [`of who read the record without its key ${lines} more on it now, by their own word: gatelog reads`]
        : []),
      ...(strange > 0
        ? [`of rows where such lines wait ${strange} removed, for they were none: who else writes in the data folder?`]
        : []),
      ...(left > 0 ? [`of who read the record without its key ${left} more to be put on it, at the next start`] : []),
    ]
  } catch (error) {
    return [`lines of who read the record wait, and cannot be put on it: ${faultOf(error).message}`]
  }
}

/** Of a copy nothing is remembered: it may be older. */
const ackedOf = ({ copy, seal, data, journal }: Place, { place }: Keyholder, keyring: Keyring): string[] =>
  copy ? [] : ackedPaths({ seal, data, journal, keys: place, keyring })

const FOREVER: LineRetention = { reads: 'forever', leads: 'forever', gaps: 'forever' }

/** What a key of the configuration is named after. */
const variablesOf = ({ encryption: { key, former } }: Place, seal: Seal | undefined): string[] => [
  ...[key, ...former].flatMap((source) => source?.env ?? []),
  ...(seal?.key.kind === 'env' ? [seal.key.name] : []),
]

/** The same, and what a process that died left open stays open: nothing is written. */
export const lookAt = (config: Place) => openRecord(config, { ...HERE, asItIs: true })

/** The id of a record, which what is kept outside of its folder bears: 16 hexadecimal digits. */
export const recordOf = (keyring: Keyring): string => keyring.digest('wrapping', 'folder').toString('hex').slice(0, 16)

/** Each record has a folder of its own among the wrapping keys of a machine. */
const wrappingIn = ({ data, encryption }: Place, keyring: Keyring): HolderOptions['wrapping'] => ({
  ...{ form: encryption, data },
  id: recordOf(keyring),
  fresh: !existsSync(join(data, 'keys.db')),
})

export type OpenRecord = Awaited<ReturnType<typeof openRecord>>

/** What a reply says that broke off with its process. */
function wordsOf({ route }: Opening, bytes: Uint8Array): string | undefined {
  const protocol = PROTOCOLS.find(({ name }) => name === route)
  const text = Buffer.from(bytes).toString()
  const form = formOfText(text)
  return protocol && form && textOf(protocol.readEvents(form.events(text)))
}

/** What its opening says is kept. */
const keptOf = (ending: Ending, { keep, route }: Opening): Ending => reduced(ending, keep ?? 'full', route)
