/** Which exchange produced a line: what a reply brought is derived here when its ending is written. Opens nothing. */
export { type AskedFor, deriving, type Inline } from './edits.ts'
export { formOf } from './line.ts'
