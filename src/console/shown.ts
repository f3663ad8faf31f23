/** One recorded exchange as people and programs read it: entries, and the bodies put back into meaning. Pure. */
import type { Ending, Entry, Note, Opening, Outcome, Prompt, Reply } from '#exchange'
import type { Recorded } from '#trail'
import { EVENTS, type Form, formOfText, PROTOCOLS, type Protocol } from '#wire'

/** The stable JSON of `gatelog show --json`. Bodies are text; `prompt` and `reply` are the same text as meaning. */
export interface Shown {
  readonly seq: number
  readonly opening: Omit<Opening, 'body' | 'text'>
  readonly ending?: Omit<Ending, 'body' | 'text'>
  /** What became of its suggestions, as the client told. */
  readonly outcomes?: readonly Outcome[]
  readonly prompt?: Prompt
  readonly reply?: Reply
  readonly bodies: { readonly prompt?: ShownBody; readonly reply?: ShownBody }
}

export interface ShownBody {
  readonly text: string
  readonly bytes: number
  readonly type: string
  readonly received: string
  readonly sent: string
}

export function shown({ seq, opening, ending, outcomes }: Recorded): Shown {
  const prompt = bodyOf(opening)
  const reply = ending && bodyOf(ending)
  const protocol = PROTOCOLS.find((each) => each.name === opening.route)
  const meant = protocol && prompt ? protocol.readPrompt(documentOf(prompt.text), {}) : undefined
  const form = reply && formOf(reply)
  return {
    seq,
    opening: without(opening),
    ...(ending && { ending: without(ending) }),
    ...(outcomes && { outcomes }),
    ...(meant && { prompt: meant }),
    ...(protocol && reply && { reply: readReply(protocol, reply.text, form) }),
    bodies: { ...(prompt && { prompt }), ...(reply && { reply }) },
  }
}

/** How a reply is framed, by what it holds: its type may be wrong, or have died with the process. */
const formOf = ({ text, type }: ShownBody): Form | undefined =>
  formOfText(text) ?? (/^text\/event-stream/i.test(type) ? EVENTS : undefined)

const readReply = (protocol: Protocol, text: string, form: Form | undefined): Reply =>
  form ? protocol.readEvents(form.events(text)) : protocol.readReply(text, false)

function bodyOf({ body }: Opening | Ending): ShownBody | undefined {
  if (!body) return undefined
  const { bytes, type, received, sent } = body
  return { text: Buffer.from(bytes).toString(), bytes: bytes.length, type, received, sent }
}

/** An entry without its body and index text, as a live view shows it. */
export function without<Each extends Exclude<Entry, Note | Outcome>>(entry: Each): Omit<Each, 'body' | 'text'> {
  const { body: _body, text: _text, ...rest } = entry
  return rest
}

function documentOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
