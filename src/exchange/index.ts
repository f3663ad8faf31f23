/** The nouns of the gateway and the table of faults. Imports nothing from any other room. */

export type { Actor, ActorKind, Fact, FactName, Facts, Source } from './actor.ts'
export { adjoined } from './adjoin.ts'
export type {
  Begun,
  CustodyNote,
  Cut,
  Erase,
  Hold,
  Purge,
  PurgedDay,
  Redact,
  Redacted,
  Release,
  Scope,
} from './custody.ts'
export { type Digests, digestsOf } from './digest.ts'
export type { EditOrigin, Edits, EditUnit, KeptEdits } from './edits.ts'
export type {
  Body,
  Ending,
  EndingKind,
  Entry,
  EntryKind,
  Like,
  Measure,
  Opening,
  OpeningKind,
  Outcome,
  OutcomeCounts,
  OutcomeName,
  RouteKind,
  Timings,
} from './entry.ts'
export { FAULTS, Fault, type FaultCode, faultOf, faultOfDisk } from './fault.ts'
export { type Action, type Direction, type Finding, secretKey, secretsIn } from './finding.ts'
export { type Hmac, hmacWith } from './hmac.ts'
export type { Hash, Keyring, Purpose } from './keyring.ts'
export { type Bypass, type Gap, LOGGED, type Note, type Restored, type Ruled, type Vanished } from './note.ts'
export type { Message, Prompt, ProtocolName, Reply, Role, ToolCall, Usage } from './prompt.ts'
export type { Late, Read, ReadAct, Searched } from './reads.ts'
export {
  expiryOf,
  isRetention,
  isWorm,
  KEEPS,
  type Keep,
  lesser,
  PRESETS,
  type Preset,
  RETENTION_SHAPE,
  type Recording,
  settled,
  together,
} from './retention.ts'
export { isCalendarDay, TIME_SHAPE, timeIn } from './time.ts'
export type { Verdict } from './verdict.ts'
export { visible, visibleJson } from './visible.ts'
