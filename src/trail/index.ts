/** The trail: append durably, read, search; stores behind one small port. Knows no HTTP and no provider. */
export type { Documents } from './documents.ts'
export { type Likeness, likeness } from './likeness.ts'
export { openTrail, type TrailOptions } from './open.ts'
export { parseQuery, type Query } from './query.ts'
export type { Page, Recorded } from './store.ts'
export type { StoreName } from './stores/index.ts'
export type { SessionSummary, Summary } from './summary.ts'
export type { Trail, TrailState } from './trail.ts'
