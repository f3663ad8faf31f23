/** The doors and `carry()`: one exchange from end to end. */

export { type ActionLine, type Actions, actionsOf, fitsPattern } from './actions.ts'
export type { Connection, ConnectionKind, Durable, Host, Timeouts } from './connection.ts'
export { type DoorOptions, type HealthOptions, openDoors, openHealth } from './doors.ts'
export { Endings } from './endings.ts'
export type { ForwardSettings } from './forward/settings.ts'
export { Trust, type Untrusting } from './forward/trust.ts'
export { type GapLimits, type GapMark, Gaps, gapSignature, type Stretch } from './gaps.ts'
export type { House, Settings } from './house.ts'
export { fingerprintOf, SHORTEST_PRINTED } from './masker.ts'
export { type Memory, openMemory } from './memory.ts'
export { Strangers } from './strangers.ts'
export type { Address, Turn } from './turn.ts'
