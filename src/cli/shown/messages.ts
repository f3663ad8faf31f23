/** Messages and tool calls as a person reads them. Pure; escapes nothing. */
import type { Message, Prompt, ToolCall } from '#exchange'

/** How much of a long text is shown, at its beginning and at its end, in UTF-16 units. */
const HEAD = 1500
const TAIL = 2500
const SHORT_CALL = 60

/** Where the new part of a prompt begins: after the last thing that the model said. */
export const newFrom = ({ messages }: Prompt): number => messages.findLastIndex(({ role }) => role === 'assistant') + 1

/** The new part, or all of it, with a line of what is left out. */
export function promptText(prompt: Prompt, all: boolean): string {
  const from = all ? 0 : newFrom(prompt)
  const shown = prompt.messages.slice(from).filter(({ role }) => all || role !== 'system')
  const hidden = prompt.messages.length - shown.length
  const tools = prompt.tools.length
  const counts = [
    hidden ? `${hidden} earlier or system ${hidden === 1 ? 'message' : 'messages'} (--all shows them)` : '',
    tools ? `${tools} ${tools === 1 ? 'tool' : 'tools'} offered` : '',
  ].filter(Boolean)
  return [...(counts.length ? [`(${counts.join(', ')})`] : []), ...shown.map((each) => messageText(each, all))].join(
    '\n',
  )
}

export function messageText({ role, text, toolCalls = [], attachments = [] }: Message, all = false): string {
  const parts = [text && (all ? text : cut(text)), ...attachments.map((type) => `(attached: ${type})`)]
  return [`[${role}] ${parts.filter(Boolean).join('\n')}`.trimEnd(), ...toolCalls.map(callText)].join('\n')
}

function cut(text: string): string {
  const left = text.length - HEAD - TAIL
  if (left <= 0) return text
  return `${text.slice(0, HEAD)}\n… ${left} characters left out (--all shows them) …\n${text.slice(-TAIL)}`
}

/** A call on one line where it is short, else an argument a line; texts of several lines as they are. */
export function callText({ name, arguments: given }: ToolCall): string {
  const short = JSON.stringify(given) ?? ''
  if (short.length <= SHORT_CALL) return `→ ${name} ${short}`
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    return `→ ${name}\n${indented(typeof given === 'string' ? given : JSON.stringify(given, undefined, 2))}`
  return [`→ ${name}`, ...Object.entries(given).map(([key, value]) => indented(argumentText(key, value)))].join('\n')
}

function argumentText(key: string, value: unknown): string {
  if (typeof value === 'string' && value.includes('\n')) return `${key}:\n${indented(value)}`
  return `${key}: ${typeof value === 'string' ? value : JSON.stringify(value)}`
}

const indented = (text: string): string =>
  text
    .split('\n')
    .map((each) => `    ${each}`)
    .join('\n')
