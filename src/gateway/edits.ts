/** What a reply brought, derived before its ending is written, in slices that let other streams go on. Stores nothing. */
import type { Edits, Opening, Prompt, Reply, RouteKind } from '#exchange'
import { deriving, type Inline } from '#provenance'
import { cursorIn, promptIn, replyIn } from '#wire'
import { Breath } from './breath.ts'
import type { Exchange } from './exchange.ts'

/** What tells how a reply stands. */
interface Place {
  readonly route: RouteKind
  readonly surface?: string | undefined
  readonly prompt?: Prompt | undefined
}

/** What is told where a reply could not be looked at: its ending is worth more than what can be derived from it. */
const UNSEEN: Edits = { units: [], forms: [], cut: true }

/** The edits of a reply, as the record holds it: masked. Undefined where it brought none. Never rejects. */
export const editsIn = (exchange: Exchange, reply: Reply): Promise<Edits | undefined> =>
  derived(exchange, reply).catch(() => UNSEEN)

async function derived(exchange: Exchange, reply: Reply): Promise<Edits | undefined> {
  const { prompt, before = [], house } = exchange
  const breath = new Breath(house.clock)
  const inline = inlineOf(exchange)
  const steps = deriving(reply, { messages: [...before, ...(prompt?.messages ?? [])], ...(inline && { inline }) })
  for (;;) {
    const step = steps.next()
    if (step.done) return step.value
    const pause = breath.pause()
    if (pause) await pause
  }
}

/** What a reply brought that broke off with its process; the prompt as the record has it, and nothing of what came before it. */
export function editsOf({ route, surface, body }: Opening, bytes: Uint8Array): Edits | undefined {
  const reply = replyIn(route, Buffer.from(bytes).toString(), '')
  if (!reply) return undefined
  const prompt = body && promptIn(route, Buffer.from(body.bytes).toString(), body.assembled)
  const inline = inlineOf({ route, surface, prompt })
  const steps = deriving(reply, { messages: prompt?.messages ?? [], ...(inline && { inline }) })
  for (let step = steps.next(); ; step = steps.next()) if (step.done) return step.value
}

/** Where a reply stands in a file as it is: ghost text, and a next edit that comes without a fence. */
function inlineOf({ route, surface, prompt }: Place): Inline | undefined {
  if (!prompt || (route !== 'completions' && surface !== 'next edit')) return undefined
  const path = prompt.files?.[0]
  const cursor = route === 'completions' ? cursorIn(prompt) : {}
  return { ...(path && { path }), ...(prompt.language && { language: prompt.language }), ...cursor }
}
