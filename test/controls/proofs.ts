/** Tests that prove more than one control, and the files that hold them. Data only. */
import type { Proof } from './controls.ts'

export const CARRY = 'src/gateway/carry.test.ts'
export const BREAK = 'src/gateway/carry.break.test.ts'
export const REFUSE = 'src/gateway/carry.refuse.test.ts'
export const RECORDED = 'src/gateway/recorded.test.ts'
export const GAPS = 'src/gateway/record.test.ts'
export const CANARY = 'src/gateway/canary.test.ts'
export const SIGHTINGS = 'src/gateway/second/sightings.test.ts'
export const IDENTITY = 'src/identity/identity.test.ts'
export const DISK = 'src/trail/trail.disk.test.ts'
export const CASES = 'src/trail/stores/cases.ts'
export const ENCRYPTION = 'src/trail/stores/encryption.test.ts'
export const CUSTODY = 'src/trail/custody/custody.test.ts'
export const API = 'src/console/api.test.ts'
export const READS = 'src/trail/reads.test.ts'
export const FORMATS = 'src/export/formats/formats.test.ts'
export const SINKS = 'test/journeys/export.test.ts'
export const KEYS = 'test/journeys/keys.test.ts'

export const ONE_AND_ONE: Proof = [CARRY, 'one exchange has one opening and one ending, and passes as it came']
export const BEFORE: Proof = [
  CARRY,
  'nothing goes upstream before its prompt is durable, no last event before the ending is',
]
export const STOPS: Proof = [BREAK, 'a trail that cannot be written stops the traffic']
export const KILLS: Proof = [
  'test/faults/kill.test.ts',
  'kills: nothing acknowledged is lost, every exchange is closed',
]
export const FULL: Proof = [
  'test/faults/disk.test.ts',
  'a full disk refuses with its reason, and the same process goes on once there is space',
]
export const READ_FIRST: Proof = [
  API,
  'whatever is shown of the record is on the record first, with who, what and how much',
]
export const NOT_SHOWN: Proof = [API, 'nothing is shown that the record cannot tell of']
export const REFUSED: Proof = [
  REFUSE,
  'a revoked key is refused, and the record says whose it was, in one line for many',
]
export const STRANGERS: Proof = [REFUSE, 'a flood of strangers makes one line, not a thousand']
export const OWN_FOLDER: Proof = [DISK, 'folder and files are for their owner only']
export const SOCKET: Proof = [API, 'the socket is its owner’s only']
export const CIPHER: Proof = [
  ENCRYPTION,
  'no byte of a body, whole or in flight, can be read in the folder while it is open',
]
export const CHANGED: Proof = [
  ENCRYPTION,
  'a body that was changed, cut or moved is told as such, and all others are read',
]
export const HELD_ON: Proof = [
  'src/app/backup/doubted.test.ts',
  'a hold whose record is taken away is in force, and an alarm, until an entry releases it',
]
export const PURGE: Proof = [CUSTODY, 'a purge removes the files of days whose time is over, and leaves one entry']
export const NEVER_PURGED: Proof = [
  CUSTODY,
  'a purge never takes what has its time, is held or is under a statute, and takes all else that is over',
]
export const BYPASS: Proof = [SIGHTINGS, 'a call that passed here is on the record, another one is a bypass, told once']
export const SENT: Proof = [SINKS, 'what is on the record reaches every sink, whenever the process is killed']
export const SEARCH: Proof = [CASES, 'answers queries']
export const REVOKED: Proof = [BREAK, 'a revoked key cuts its open stream with a notice']
export const SEALED: Proof = [
  'test/seal/mutations.test.ts',
  'a whole log that was written anew with the true key is found by a kept checkpoint, and by an anchor',
]
export const MISSED: Proof = [
  'test/journeys/vanished.test.ts',
  'what was acknowledged and is cut off is told by verify, at the next start, and by the record from then on',
]
export const SHIPPED: Proof = [
  'test/journeys/backup.test.ts',
  'a running server ships its record and says how far behind it is; one whose record is gone gets it back',
]
export const DONE_AGAIN: Proof = [
  'src/app/backup/backup.test.ts',
  'what was erased is read by nobody in the oldest backup, with every key; the rest is, and what was told is done again',
]
export const ERASED: Proof = ['test/faults/erasure.test.ts', 'what a user said is nowhere once it is erased']
export const RESCANNED: Proof = [
  'src/gateway/again/rescan.bodies.test.ts',
  'what was no known secret is found and masked in place, both ways, page by page',
]
export const PROVEN: Proof = [
  'verifier/verify.test.ts',
  'a period is proven to be whole, with what was done to it since',
]
export const SEALING =
  'without a checkpoint that is kept elsewhere, or an anchor, whoever has the folder and its key can write all of it anew'
