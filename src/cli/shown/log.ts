/** An entry of no exchange as a person reads it: what was done to the record, or befell it. Prints nothing; escapes what it shows. */
import type { LogEntry } from '#console'
import type { Fact, Note, Scope } from '#exchange'
import { counted } from '../count.ts'
import { scopeText } from '../scope.ts'
import { moment, paint, safe } from '../terminal.ts'
import type { Row } from './facts.ts'
import { factText, sealText, section } from './told.ts'

type Maybe = readonly [name: string, value: string | number | undefined, source?: Fact['source'] | undefined]

/** All that it says. */
export function toldEntry({ seq, note, seal }: Exclude<LogEntry, { readonly of: string }>): string {
  if (!note)
    return `${paint('bold', `entry ${seq}`)}  ${paint('red', 'no entry by its form: somebody else wrote there')}`
  const rows: Maybe[] = [['entry', seq], ['when', moment(note.at)], ...factsIn(note)]
  const shown = rows.flatMap(([name, value, source]): Row[] =>
    value === undefined || value === '' ? [] : [{ name, value: String(value), ...(source && { source }) }],
  )
  return [
    `${paint('bold', safe(note.exchange))}  ${paint('cyan', note.kind)}`,
    ...shown.map(factText),
    sealText(seal),
    section('rules', note.kind === 'ruled' ? indented(note.text ?? '') : ''),
  ]
    .filter(Boolean)
    .join('\n')
}

/** Whose doing it was, as far as somebody's. */
export function whoOf(note: Note): string {
  const who = 'who' in note ? note.who : 'reader' in note ? note.reader : undefined
  return who ? `${who.value} (${who.source})` : 'via' in note ? note.via : ''
}

/** The same in a line. */
export function toldNote(note: Note): string {
  switch (note.kind) {
    case 'hold':
      return `${scopeOf(note.scope)}: ${note.why}`
    case 'release':
      return `hold ${note.hold}: ${note.why}`
    case 'purge':
      return `${note.days.map(({ day, exchanges }) => `${day}: ${counted(exchanges, 'exchange')}`).join(', ')}: ${note.why}`
    case 'erase':
      return `${counted(note.exchanges, 'exchange')}, ${note.basis}: ${note.why}`
    case 'redact':
      return `${counted(note.bodies.length, 'body', 'bodies')} masked anew: ${note.why}`
    case 'begun':
      return `${note.origin} goes on from ${note.former.origin} over ${counted(note.former.size, 'entry', 'entries')}: ${note.why}`
    case 'rotated':
      return `${note.key} wraps, ${counted(note.rewrapped, 'key')} wrapped anew, ${note.lost} lost`
    case 'restored':
      return `${note.from}, taken ${moment(note.taken)}, up to entry ${note.last}`
    case 'ruled':
      return `version ${note.policy}`
    case 'gap':
      return `${counted(note.count, 'exchange')} unrecorded from ${moment(note.from)} to ${moment(note.to)}: ${note.reason}`
    case 'vanished':
      return `entries ${note.from} to ${note.to} had been acknowledged and are gone`
    case 'searched':
      return `secret ${note.fingerprint}, ${note.query}`
    case 'read':
      return `${note.did}${note.format === undefined ? '' : ` (${note.format})`}: ${note.of || 'everything'}`
    case 'bypass':
      return [note.actor ?? note.github, note.client, note.model].filter(Boolean).join(', ')
  }
}

/** What it says beside its place and its time. */
function factsIn(note: Note): Maybe[] {
  const who = 'who' in note ? note.who : 'reader' in note ? note.reader : undefined
  const why = 'why' in note ? note.why : undefined
  return [['who', who?.value, who?.source], ['why', why], ...(OWN[note.kind] as (of: Note) => Maybe[])(note)]
}

type Own = { readonly [Kind in Note['kind']]: (note: Extract<Note, { readonly kind: Kind }>) => Maybe[] }

const OWN: Own = {
  hold: (note) => [['holds', scopeOf(note.scope)]],
  release: (note) => [['hold', note.hold]],
  purge: (note) =>
    note.days.map(({ day, retain, entries, exchanges, took }) => [
      'removed',
      `${day}${retain === undefined ? '' : `, kept for ${retain}`}: ${counted(entries, 'entry', 'entries')} of ${counted(exchanges, 'exchange')}${took ? `, ${placesOf(took)}` : ''}`,
    ]),
  erase: (note) => [
    ['basis', note.basis],
    ['of', scopeOf(note.scope)],
    ['exchanges', `${note.exchanges}, of ${counted(note.sessions, 'session')}`],
    ['cut', note.later === 0 ? undefined : `${counted(note.later, 'later exchange')} of those sessions`],
    [
      'lines',
      note.notes === 0
        ? undefined
        : `${note.notes} of no exchange that named the user, or said what is found nowhere else`,
    ],
    ['entries', note.took && placesOf(note.took)],
  ],
  redact: (note) => [
    ['by rules', note.policy],
    ...note.bodies.map(({ exchange, part, rules }): Maybe => [part, `${exchange}: ${rules.join(', ')}`]),
  ],
  begun: (note) => [
    ['log', note.origin],
    [
      'goes on from',
      `${note.former.origin} over ${counted(note.former.size, 'entry', 'entries')}, root ${note.former.root}`,
    ],
    [
      'had sealed',
      note.known && `${note.known.size} in ${note.known.origin}: those after ${note.former.size} are not here`,
    ],
    ...(note.beside ?? []).map(
      ({ origin, size }): Maybe => ['ended too', `${origin}, over ${counted(size, 'entry', 'entries')}`],
    ),
  ],
  rotated: (note) => [
    ['key', note.key],
    ['before it', note.former.join(', ')],
    ['wrapped anew', counted(note.rewrapped, 'key')],
    ['lost', note.lost === 0 ? undefined : `${counted(note.lost, 'key')}: their bodies stay locked`],
  ],
  restored: (note) => [
    ['from', `${note.from}, taken ${moment(note.taken)}`],
    ['holds', `entries up to ${note.last}, ${note.sealed} of them sealed; ${note.known} were known to have been`],
    [
      'done again',
      [
        counted(note.erasures, 'erasure'),
        counted(note.holds, 'hold'),
        counted(note.purges ?? 0, 'purge'),
        counted(note.revocations, 'revocation'),
      ].join(', '),
    ],
    ['locked', note.locked && `entries ${placesOf(note.locked)} are here without the keys of their bodies`],
    ['voided', note.voided === 0 ? undefined : counted(note.voided, 'key')],
  ],
  ruled: (note) => [
    ['via', note.via],
    ['version', note.policy],
  ],
  gap: (note) => [
    ['from', moment(note.from)],
    ['to', moment(note.to)],
    ['unrecorded', counted(note.count, 'exchange')],
    ['reason', note.reason],
    ['signature', note.signature],
  ],
  vanished: (note) => [['gone', toldNote(note)]],
  searched: (note) => [['for', note.fingerprint], ['query', note.query], ['shown', note.found], ...lateOf(note)],
  read: (note) => [
    ['did', note.format === undefined ? note.did : `${note.did}: ${note.format}`],
    ['what', note.of || 'everything'],
    ['shown', `${note.count}${note.content ? ', with content' : ''}`],
    ['times', note.times],
    ...lateOf(note),
  ],
  bypass: (note) => [
    ['told by', note.via],
    ['happened', moment(note.happened)],
    ['whose', note.actor ?? note.github],
    ['client', note.client],
    ['model', note.model],
  ],
}

const lateOf = ({ insteadOf, late }: Extract<Note, { readonly kind: 'read' | 'searched' }>): Maybe[] => [
  ['instead of', insteadOf === undefined ? undefined : `entry ${insteadOf}, which lost words by an erasure`],
  ['told', late && `without the key, ${moment(late.at)} by its own word`],
]

/** On an entry a user and a query stand as keyed digests. */
const scopeOf = (scope: Scope): string => {
  const digests = (['user', 'query'] as const).filter((name) => scope[name] !== undefined)
  return `${scopeText(scope) || 'everything'}${digests.length > 0 ? ` (${digests.join(' and ')} as a keyed digest)` : ''}`
}

const MOST_PLACES = 20

/** Numbers of entries, of runs in turn left out and taken: `7–8, 13`. */
function placesOf(runs: readonly number[]): string {
  const places: string[] = []
  let next = 1
  for (let at = 0; at + 1 < runs.length; at += 2) {
    const from = next + (runs[at] ?? 0)
    next = from + (runs[at + 1] ?? 0)
    places.push(next - from === 1 ? String(from) : `${from}–${next - 1}`)
  }
  const more = places.length - MOST_PLACES
  return `${places.slice(0, MOST_PLACES).join(', ')}${more > 0 ? `, and ${more} more stretches` : ''}`
}

/** JSON with line breaks; what is none as it is. */
function indented(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}
