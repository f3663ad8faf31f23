/** The gateway's own notices in what clients resend: told from the user's words by their bytes. In memory only; changes no body. */
import type { Prompt } from '#exchange'
import type { Exchange } from './exchange.ts'
import { LINE_HEAD } from './refusals.ts'
import type { Way } from './steps.ts'

/** So many notices of one actor on one connection are known at a time. */
const MOST_KNOWN = 64

const keyOf = ({ actor }: Exchange, way: Way): string => `${actor?.id}\0${way.connection.name}`

/** A notice that ended a reply was delivered: its client may resend it as what the assistant said. */
export function rememberNotice(exchange: Exchange, way: Way, line: string): void {
  const { notices } = exchange.house.memory
  const key = keyOf(exchange, way)
  const known = [line, ...(notices.get(key, exchange.at) ?? [])].slice(0, MOST_KNOWN)
  const weight = known.reduce((sum, each) => sum + each.length, 0)
  notices.set(key, known, exchange.at, weight)
}

/** A text without the notices that were delivered to this actor over this connection. */
export function withoutNotices(exchange: Exchange, way: Way, text: string): string {
  if (!text.includes(LINE_HEAD)) return text
  const known = exchange.house.memory.notices.get(keyOf(exchange, way), exchange.at) ?? []
  return known.reduce((rest, line) => rest.replaceAll(line, ''), text)
}

/** The prompt whose assistant says nothing that the gateway said. The very same one where it does not. */
export function ownWords(exchange: Exchange, way: Way, prompt: Prompt): Prompt {
  if (!prompt.messages.some(({ role, text }) => role === 'assistant' && text.includes(LINE_HEAD))) return prompt
  const messages = prompt.messages.map((message) =>
    message.role === 'assistant' ? { ...message, text: withoutNotices(exchange, way, message.text) } : message,
  )
  return { ...prompt, messages }
}
