/** Events of which no protocol knows the fields: every string is a lane, named by where it stands. Pure. */
import { fields, WHOLE } from './fields.ts'
import { doubledIn, type EventReading, eventPieces } from './protocol.ts'
import { readStrings } from './strings.ts'

/**
 * What is complete in each event, and not a part of a text: as lanes these would make every event wait for the next.
 * Sources: Ollama's API (docs/api.md), OpenAI's assistants and completions, 2026-11.
 */
const KNOWN = fields({
  'id object type event model created_at status done_reason system_fingerprint': WHOLE,
  'role message.role delta.role choices.*.delta.role choices.*.finish_reason': WHOLE,
  'content.*.type delta.content.*.type': WHOLE,
})

/** The strings of one event. @throws request.json where it is not JSON, limit.depth */
export function readPlainEvent(data: string): EventReading {
  if (data.trim() === '[DONE]') return { pieces: [], ends: [], terminal: false }
  const strings = readStrings(data, KNOWN)
  return {
    pieces: eventPieces(strings, '', (path) => path).map((piece) => ({ ...piece, lane: laneOf(piece.lane) })),
    ends: [],
    terminal: false,
    ...doubledIn(strings),
  }
}

/** A text and a list of text parts are read as one text. */
const laneOf = (lane: string): string => lane.replace(PART, '$1')
const PART = /\b(content)\.\*\.text\b/
