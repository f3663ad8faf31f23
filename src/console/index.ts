/** The admin API: the record and the identities for the command line, and later for the console. */
export { type Backend, type CheckRow, type ConnectionRow, connectionsOnly, routes, type TestRow } from './api.ts'
export type { Ca, CaRow, Rotation } from './ca.ts'
export type { Coverage, CoverageSource, CoverageTally, Report } from './coverage.ts'
export type { Custodian } from './custody.ts'
export type { ReadHouse } from './readers.ts'
export type { SecretSearch } from './secrets.ts'
export type { Shown, ShownBody } from './shown.ts'
export { openApi } from './socket.ts'
