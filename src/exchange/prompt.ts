/** What was asked and what was answered, read from any provider's wire format. Types only. */

/** The wire protocols whose prompts and replies are read in full. */
export type ProtocolName = 'chat' | 'completions' | 'responses' | 'messages'

export type Role = 'system' | 'user' | 'assistant' | 'tool'

/** A tool that the model called; `arguments` is the parsed JSON, or the raw text where it is not JSON. */
export interface ToolCall {
  readonly name: string
  readonly id?: string
  readonly arguments: unknown
}

/** One message of a prompt. `text` joins its text parts with newlines; a tool's result has role `tool`. */
export interface Message {
  readonly role: Role
  readonly text: string
  readonly toolCalls?: readonly ToolCall[]
  /** Parts that are not text (images, audio, files), by media type or part type. */
  readonly attachments?: readonly string[]
}

/** A prompt as any provider's request carries it. */
export interface Prompt {
  readonly model: string
  readonly stream: boolean
  readonly messages: readonly Message[]
  /** Names of the tools that were offered. */
  readonly tools: readonly string[]
  readonly files?: readonly string[]
  readonly language?: string
  /** owner/name, as the client says. */
  readonly repository?: string
  readonly commit?: string
  readonly branch?: string
  /** The address of the git remote. */
  readonly remote?: string
  /** The client's own session id, where the body carries one. */
  readonly session?: string
  /** The provider's id of the reply that this prompt goes on from instead of repeating what came before. */
  readonly previous?: string
  /** True where nothing is to be generated: the provider only takes the prompt in, and the next one adds to it. */
  readonly warmUp?: true
}

/** Token counts as the provider reports them. */
export interface Usage {
  readonly input?: number
  readonly output?: number
  readonly cached?: number
  readonly reasoning?: number
}

/** A reply, put together from its events or its whole body. */
export interface Reply {
  /** The provider's own id of it, where a later prompt can name it. */
  readonly id?: string
  readonly model?: string
  readonly text: string
  readonly reasoning: string
  readonly toolCalls: readonly ToolCall[]
  readonly usage?: Usage
  /** The provider's own word: stop, length, tool_calls, end_turn, … */
  readonly finish?: string
  /** Public-code citations: a URL or licence text each. */
  readonly citations: readonly string[]
  /** Content-filter results that were not "safe", as `category:severity`. */
  readonly filters: readonly string[]
  /** The provider's error message where the reply is one. */
  readonly error?: string
}
