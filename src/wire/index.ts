/** Bytes to meaning and back, one file per provider protocol. No socket, no clock, no storage. */
import { type Piece, wholePieces } from './protocol.ts'

export { arraysOf } from './arrays.ts'
export { type Client, readClient } from './client.ts'
export { eventsIn } from './collected.ts'
export { answered, continued } from './continued.ts'
export {
  type Account,
  PLANS,
  type Plan,
  readToken,
  readTokenReply,
  readUser,
  tokenRefusal,
} from './copilot/account.ts'
export { rewriteEndpoints } from './copilot/endpoints.ts'
export type { CopilotHost } from './copilot/surface.ts'
export { readOutcomes, type ToldOutcome, telemetryPieces } from './copilot/telemetry.ts'
export { joinedEvents } from './events.ts'
export { type Value, valuesIn } from './every.ts'
export { EVENTS, type Form, formOfStream, formOfText, Sniffer } from './form.ts'
export { type Reported, readAudit, readSeats, readUsage } from './github.ts'
export { isMoment } from './json.ts'
export { promptIn, replyIn } from './meant.ts'
export { readSightings, type Sighting } from './otlp.ts'
export { readPlainEvent } from './plain.ts'
export type { EventReading, Headers, Piece, Protocol } from './protocol.ts'
export { cursorIn } from './protocols/completions.ts'
export { PROTOCOLS, type Route, routeFor, type Verb } from './routes.ts'
export { checkSpelling, plainPrompt, saidIn } from './said.ts'
export { Habit, type Shape } from './shape.ts'
export { Shapes } from './shapes.ts'
export { eventOf, messagesIn, readSaid, type Said } from './socket.ts'
export { withoutSpellings } from './spellings.ts'
export { type Frame, Framer, readFrame, rewrite } from './sse.ts'
export { splice } from './strings.ts'
export { checkValues } from './values.ts'

/** The strings of any JSON document, every one of them whole. @throws request.json, request.key, limit.depth */
export const readDocument = (text: string, part: 'prompt' | 'reply'): Piece[] => wholePieces(text, part)
