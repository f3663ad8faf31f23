/** What Copilot's telemetry tells of suggestions, and its strings for masking. Pure; what cannot be read tells nothing. Source: real clients, 2026-11. */
import { Fault, type OutcomeName } from '#exchange'
import { given, isMoment, type Json, object, parsedOr, present } from '../json.ts'
import { type Piece, wholePieces } from '../protocol.ts'

/** One event that says what became of a reply. */
export interface ToldOutcome {
  /** The reply's own `x-request-id`. */
  readonly request: string
  readonly outcome: OutcomeName
  /** `ghostText.accepted`. */
  readonly event: string
  readonly happened?: number
  readonly choice?: number
  readonly characters?: number
  readonly lines?: number
}

/** Events of one telemetry that are read; the rest tells nothing. */
const MOST_EVENTS = 5000
const LONGEST_ID = 128

/** The kinds of suggestion: ghost text, panel, next edit. */
const KIND = '(?:ghostText|solution|panel|completion|inlineEdit|provideInlineEdit|nes)'
const EVENTS: readonly (readonly [RegExp, (event: Json) => OutcomeName | undefined])[] = [
  [new RegExp(`^${KIND}\\.shown$`), () => 'shown'],
  [
    new RegExp(`^${KIND}\\.accepted$`),
    (event) => (properties(event)['compType'] === 'partial' ? 'partly' : 'accepted'),
  ],
  [new RegExp(`^${KIND}\\.(?:rejected|dismissed)$`), () => 'rejected'],
  [new RegExp(`^${KIND}\\.stillInCode$`), stillThere],
  [/^conversation\.(acceptedCopy|acceptedInsert|appliedCodeblock)$/, () => 'accepted'],
]

function stillThere(event: Json): OutcomeName | undefined {
  const figure = figureOf(event, 'stillInCodeHeuristic')
  return figure === undefined ? undefined : figure === 0 ? 'gone' : 'kept'
}

/** What an AppInsights document or stream (one document a line) tells, in its order. */
export function readOutcomes(text: string): ToldOutcome[] {
  if (!text.includes('headerRequestId')) return []
  return documentsIn(text)
    .slice(0, MOST_EVENTS)
    .flatMap((envelope) => outcomeIn(envelope) ?? [])
}

function documentsIn(text: string): Json[] {
  const whole = parsedOr(text)
  if (typeof whole !== 'string') return (Array.isArray(whole) ? whole : [whole]).map(object)
  return text.split('\n', MOST_EVENTS).flatMap((line) => {
    const each = line.includes('headerRequestId') ? parsedOr(line) : undefined
    return Array.isArray(each) ? each.map(object) : [object(each)]
  })
}

function outcomeIn(envelope: Json): ToldOutcome | undefined {
  const event = object(object(envelope['data'])['baseData'])
  const name = (given(event['name']) ?? '').split('/').at(-1) ?? ''
  const outcome = EVENTS.find(([form]) => form.test(name))?.[1](event)
  const request = given(properties(event)['headerRequestId'])
  if (!outcome || !request || request.length > LONGEST_ID) return undefined
  const happened = Date.parse(given(envelope['time']) ?? '')
  return {
    ...{ request, outcome, event: name },
    ...present({
      happened: isMoment(happened) ? happened : undefined,
      choice: figure(properties(event)['choiceIndex']),
      characters: figureOf(event, 'compCharLen'),
      lines: figureOf(event, 'numLines'),
    }),
  }
}

const properties = (event: Json): Json => object(event['properties'])
const figureOf = (event: Json, name: string): number | undefined => figure(object(event['measurements'])[name])

/** A whole number of no absurd size; anything else is none. */
function figure(value: unknown): number | undefined {
  const read = typeof value === 'string' && value !== '' ? Number(value) : value
  return typeof read === 'number' && Number.isSafeInteger(read) && read >= 0 ? read : undefined
}

/** The strings of a telemetry, of each line where it is a stream. @throws request.json, limit.depth */
export function telemetryPieces(text: string): Piece[] {
  const whole = piecesOf(text)
  if (whole) return whole
  const pieces: Piece[] = []
  let from = 0
  for (const [nth, line] of text.split('\n').entries()) {
    for (const piece of line.trim() === '' ? [] : wholePieces(line, 'reply'))
      pieces.push({ ...piece, lane: `${nth}.${piece.lane}`, start: piece.start + from, end: piece.end + from })
    from += line.length + 1
  }
  return pieces
}

function piecesOf(text: string): Piece[] | undefined {
  try {
    return wholePieces(text, 'reply')
  } catch (error) {
    if (error instanceof Fault && error.code === 'request.json') return undefined
    throw error
  }
}
