/** A prompt that names the reply it goes on from, with what came before it. Pure; whoever calls knows what came. */
import type { Message, Prompt, Reply } from '#exchange'

/** The whole prompt. Instructions are not carried over by the provider: where this one has its own, they take the place. */
export function continued(prompt: Prompt, before: readonly Message[]): Prompt {
  const own = prompt.messages[0]?.role === 'system' && before[0]?.role === 'system'
  const kept = own && prompt.messages[0]?.text === before[0]?.text ? before.slice(1) : before
  return { ...prompt, messages: [...kept, ...prompt.messages] }
}

/** What a prompt goes on from that names this reply. */
export function answered(prompt: Pick<Prompt, 'messages'>, reply: Reply): readonly Message[] {
  const { text, toolCalls } = reply
  if (text === '' && toolCalls.length === 0) return prompt.messages
  return [...prompt.messages, { role: 'assistant', text, ...(toolCalls.length && { toolCalls }) }]
}
