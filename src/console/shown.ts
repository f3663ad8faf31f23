/** One recorded exchange as people and programs read it: entries, and the bodies put back into meaning. Pure. */
import type {
  Ending,
  Entry,
  Fault,
  FaultCode,
  KeptEdits,
  Message,
  Note,
  Opening,
  Outcome,
  Prompt,
  Reply,
} from '#exchange'
import { ownOf, type Recorded, type Redaction, type Standing } from '#trail'
import { answered, continued, promptIn, replyIn } from '#wire'

/** The stable JSON of `gatelog show --json`. Bodies are text; `prompt` and `reply` are the same text as meaning. */
export interface Shown {
  readonly seq: number
  readonly opening: Omit<Opening, 'body' | 'text'>
  readonly ending?: Omit<Ending, 'body' | 'text'>
  /** What became of its suggestions, as the client told. */
  readonly outcomes?: readonly Outcome[]
  /** Bodies that were written anew: by which entry, and what was found in them. */
  readonly redactions?: readonly Redaction[]
  /** With what came before, where the prompt names the reply that it goes on from. */
  readonly prompt?: Prompt
  /** The exchanges whose prompts and replies came before, oldest first. */
  readonly before?: readonly string[]
  /** True where what came before is not, or no longer, on this record. */
  readonly partial?: boolean
  readonly reply?: Reply
  /** What the reply brought: its stretches of code, and the fingerprints of their new lines. */
  readonly edits?: KeptEdits
  /** How its entries stand to the log that seals them; absent where nothing is sealed. */
  readonly seal?: readonly Standing[]
  readonly bodies: { readonly prompt?: ShownBody; readonly reply?: ShownBody }
  /** Why a body that was kept cannot be read: a fault’s code, what it says, what to do. */
  readonly unreadable?: { readonly prompt?: Unreadable; readonly reply?: Unreadable }
}

export interface Unreadable {
  readonly code: FaultCode
  readonly message: string
  readonly remedy: string
}

export interface ShownBody {
  readonly text: string
  readonly bytes: number
  readonly type: string
  readonly received: string
  readonly sent: string
  /** Whether what was received is kept too, sealed: `gatelog unmask`. */
  readonly unmaskable?: true
  /** With `keep: redacted`: the text is JSON of what the body said, put together. */
  readonly assembled?: true
}

/** `before`: the exchanges that this one goes on from, oldest first. */
export function shown(
  { seq, opening, ending, outcomes, redactions, edits, unreadable }: Recorded,
  before: readonly Recorded[] = [],
): Shown {
  const prompt = bodyOf(opening)
  const reply = ending && bodyOf(ending)
  const own = prompt && promptIn(opening.route, prompt.text, prompt.assembled)
  const meant = own && before.length ? continued(own, messagesOf(before)) : own
  const said = reply && replyIn(opening.route, reply.text, reply.type, reply.assembled)
  return {
    seq,
    opening: without(opening),
    ...(ending && { ending: without(ending) }),
    ...(outcomes && { outcomes }),
    ...(redactions && { redactions }),
    ...(meant && { prompt: meant }),
    ...(before.length && { before: before.map((each) => each.opening.exchange) }),
    ...(isPartial(own, opening, before) && { partial: true }),
    ...(said && { reply: said }),
    ...(edits && { edits }),
    bodies: { ...(prompt && { prompt }), ...(reply && { reply }) },
    ...(unreadable && { unreadable: toldOf(unreadable) }),
  }
}

/** Without what is said to have been written anew in an entry that is as it was, and what is another exchange’s. */
export function asSealed(found: Recorded, seal: readonly Standing[] = []): Recorded {
  const { redactions, ...rest } = ownOf(found)
  const misfiled = new Set(seal.flatMap(({ seq, state }) => (state === 'misfiled' ? [seq] : [])))
  const left = redactions?.filter(({ part }) => !misfiled.has((part === 'prompt' ? found.seq : found.closing) ?? 0))
  return left?.length ? { ...rest, redactions: left } : rest
}

const toldOf = ({ opening, ending }: NonNullable<Recorded['unreadable']>): NonNullable<Shown['unreadable']> => ({
  ...(opening && { prompt: faultTold(opening) }),
  ...(ending && { reply: faultTold(ending) }),
})

const faultTold = ({ code, message, remedy }: Fault): Unreadable => ({ code, message, remedy })

/** All that the last of these exchanges came to, its reply included. */
const messagesOf = (before: readonly Recorded[]): readonly Message[] =>
  before.reduce<readonly Message[]>((messages, each) => {
    const { prompt, reply } = shown(each)
    const whole = continued(prompt ?? NOTHING, messages)
    return reply ? answered(whole, reply) : whole.messages
  }, [])

const NOTHING: Prompt = { model: '', stream: false, messages: [], tools: [] }

/** Whether a prompt goes on from something that is not among what came before. */
function isPartial(own: Prompt | undefined, opening: Opening, before: readonly Recorded[]): boolean {
  if (own?.previous === undefined) return false
  const [oldest] = before
  return opening.follows === undefined || oldest === undefined || goesOn(oldest)
}

/** Whether an exchange goes on from an earlier one. */
const goesOn = ({ opening }: Recorded): boolean =>
  opening.follows !== undefined || shown({ seq: 0, opening }).prompt?.previous !== undefined

function bodyOf({ body }: Opening | Ending): ShownBody | undefined {
  if (!body) return undefined
  const { bytes, ...rest } = body
  return { text: Buffer.from(bytes).toString(), bytes: bytes.length, ...rest }
}

/** An entry without its body and index text, as a live view shows it. */
export function without<Each extends Exclude<Entry, Note | Outcome>>(entry: Each): Omit<Each, 'body' | 'text'> {
  const { body: _body, text: _text, ...rest } = entry
  return rest
}
