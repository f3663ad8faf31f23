/** What a recorded body means, by the route that it took. Never throws: a body that does not parse means nothing. */
import type { Prompt, Reply, RouteKind } from '#exchange'
import { EVENTS, type Form, formOfText } from './form.ts'
import type { Protocol } from './protocol.ts'
import { PROTOCOLS } from './routes.ts'

const protocolOf = (route: RouteKind): Protocol | undefined => PROTOCOLS.find(({ name }) => name === route)

/** A prompt's body as it reads; undefined where no protocol reads its route. `assembled`: as the entry says of the body. */
export function promptIn(route: RouteKind, text: string, assembled = false): Prompt | undefined {
  return assembled ? (documentOf(text) as Prompt | undefined) : protocolOf(route)?.readPrompt(documentOf(text), {})
}

/** A reply, put together; how it is framed is told by what it holds, since its type may be wrong or have died. */
export function replyIn(route: RouteKind, text: string, type: string, assembled = false): Reply | undefined {
  if (assembled) return documentOf(text) as Reply | undefined
  const protocol = protocolOf(route)
  const form: Form | undefined = formOfText(text) ?? (/^text\/event-stream/i.test(type) ? EVENTS : undefined)
  return form ? protocol?.readEvents(form.events(text)) : protocol?.readReply(text, false)
}

function documentOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
