/** Which recorded exchange a prompt goes on from, where it names a reply instead of repeating what came before. In memory, bounded. */
import type { Message, Prompt, Reply } from '#exchange'
import { answered, continued } from '#wire'
import type { Exchange } from './exchange.ts'
import type { Way } from './steps.ts'

/** A reply that this gateway carried, and all that led to it. */
export interface Before {
  readonly exchange: string
  readonly session: string | undefined
  readonly messages: readonly Message[]
}

/** A conversation beyond this is not kept: its next prompt is read as what it bears itself. UTF-16 units. */
const LONGEST = 8 * 2 ** 20

const keyOf = ({ house, actor }: Exchange, way: Way, reply: string): string =>
  house.keyring.digest('prompt', `${actor?.id}\0${way.connection.name}\0${reply}`).toString('base64')

/**
 * The whole prompt: with the messages of the exchange whose reply it names, if that was carried to the same actor over
 * the same connection. The record then says which exchange that was, and the session is that one's.
 */
export function follow(exchange: Exchange, way: Way, prompt: Prompt): Prompt {
  const before =
    prompt.previous && exchange.house.memory.replies.get(keyOf(exchange, way, prompt.previous), exchange.at)
  if (!before) return prompt
  exchange.follows = before.exchange
  exchange.before = before.messages
  if (before.session !== undefined) exchange.session = before.session
  return continued(prompt, before.messages)
}

/** Remembers a reply that is on the record, for the prompt that names it. */
export function rememberReply(exchange: Exchange, way: Way, reply: Reply | undefined): void {
  const { prompt, house, id, at, session } = exchange
  if (!prompt || reply?.id === undefined) return
  const messages = answered(prompt, reply)
  const weight = messages.reduce((sum, { text }) => sum + text.length + 64, 64)
  if (weight > LONGEST) return
  house.memory.replies.set(keyOf(exchange, way, reply.id), { exchange: id, session, messages }, at, weight)
}
