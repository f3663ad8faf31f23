/** The record for other systems: rows, formats, sinks, anchors. Reads the trail; writes to it nothing but cursors. */

export { type AnchorStanding, Anchors, type AnchorsSettings } from './anchoring.ts'
export { AnchorForm } from './anchors/index.ts'
export { Exports, leftStandings, type Sinks, type Standing } from './exports.ts'
export { FORMATS, type FormatName } from './formats/index.ts'
export { guarded } from './guard.ts'
export { type Log, type Row, rowOf } from './row.ts'
export { SinkForm } from './sinks/index.ts'
