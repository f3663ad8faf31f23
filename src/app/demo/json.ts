/** Fields of a request body that may be anything. Pure; answers with an empty value rather than failing. */

export type Json = Record<string, unknown>

export const isJson = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const textAt = (value: unknown): string => (typeof value === 'string' ? value : '')

export const listAt = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isJson) : [])

/** What a message says: its content, or the last of its parts that has text; agents put reminders before it. */
export function contentText(content: unknown): string {
  if (typeof content === 'string') return content
  const texts = listAt(content).map((part) => textAt(part['text']))
  return texts.findLast((text) => text !== '') ?? ''
}

/** The text of the last user message that has any. */
export function lastUserText(messages: readonly Json[]): string {
  const texts = messages
    .filter((message) => message['role'] === 'user')
    .map((message) => contentText(message['content']))
  return texts.findLast((text) => text !== '') ?? ''
}

/** One server-sent event; with a name where the protocol has them. */
export function sse(data: unknown, name?: string): string {
  return `${name ? `event: ${name}\n` : ''}data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`
}
