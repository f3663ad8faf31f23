/** Prompt and reply as the messages of OpenTelemetry's GenAI conventions. Untrusted text throughout. Pure. */
import type { Message, Prompt, Reply, RouteKind, ToolCall } from '#exchange'
import { promptIn, replyIn } from '#wire'
import type { UntrustedText } from '../../row.ts'

/** What was sent to the model; one message with the body itself where no protocol reads it. */
export function inputOf(route: RouteKind, { text, encoding }: UntrustedText): readonly object[] {
  const prompt: Prompt | undefined = encoding ? undefined : promptIn(route, text)
  if (!prompt?.messages.length) return [{ role: 'user', parts: [textPart(text)] }]
  return prompt.messages.map((message) => ({ role: message.role, parts: partsOf(message) }))
}

/** What it answered. `finish` as the provider says. */
export function outputOf(
  route: RouteKind,
  { text, type, encoding }: UntrustedText,
  finish = 'unknown',
): readonly object[] {
  const reply: Reply | undefined = encoding ? undefined : replyIn(route, text, type)
  if (!reply) return [{ role: 'assistant', parts: [textPart(text)], finish_reason: finish }]
  const parts = [
    ...(reply.reasoning ? [{ type: 'reasoning', content: reply.reasoning }] : []),
    ...(reply.text ? [textPart(reply.text)] : []),
    ...reply.toolCalls.map(callPart),
  ]
  return [{ role: 'assistant', parts, finish_reason: finish }]
}

const textPart = (content: string) => ({ type: 'text', content })

const callPart = ({ name, id, arguments: given }: ToolCall) => ({
  type: 'tool_call',
  name,
  ...(id !== undefined && { id }),
  arguments: given,
})

function partsOf({ role, text, toolCalls = [] }: Message): readonly object[] {
  if (role === 'tool') return [{ type: 'tool_call_response', response: text }]
  return [...(text ? [textPart(text)] : []), ...toolCalls.map(callPart)]
}
