/** OCSF events against the schema of release 1.8.0 as schema.ocsf.io published it, by a validator that knows nothing of ours. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FORMATS } from '../../src/export/formats/index.ts'
import { checked, NO_OCSF, ROWS } from './installed.case.ts'

const LINES = ROWS.map((row) => FORMATS.ocsf.lines(row, true)).join('')

test('every event is valid by the published schema', { skip: NO_OCSF }, () => {
  const { faults, told } = checked('ocsf.py', LINES)
  assert.deepEqual(faults, [])
  assert.equal(told.trim(), `${LINES.split('\n').length - 1} events`)
})

type Event = Record<string, unknown> & { metadata: Record<string, unknown>; api: Record<string, unknown> }

const CHANGES: readonly (readonly [what: string, change: (event: Event) => void])[] = [
  ['an attribute too many', (event) => Object.assign(event, { gatelog: 1 })],
  ['one too few', (event) => void delete event.api['operation']],
  ['a wrong type', (event) => Object.assign(event, { time: 'now' })],
  ['a value that is not known', (event) => Object.assign(event, { severity_id: 42 })],
  ['a profile that is not named', (event) => void delete event.metadata['profiles']],
  ['another release', (event) => Object.assign(event.metadata, { version: '1.7.0' })],
]

test('what is wrong is found', { skip: NO_OCSF }, () => {
  const [first = ''] = LINES.split('\n').filter((line) => line.includes('"ai_operation"'))
  for (const [what, change] of CHANGES) {
    const event = JSON.parse(first) as Event
    change(event)
    assert.notDeepEqual(checked('ocsf.py', `${JSON.stringify(event)}\n`).faults, [], what)
  }
})
