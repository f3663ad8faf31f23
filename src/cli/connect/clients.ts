/** The clients that `gatelog connect` knows. */
import { claude } from './claude.ts'
import type { Client } from './client.ts'
import { codex } from './codex.ts'
import { copilot } from './copilot.ts'
import { anthropic, openai } from './sdks.ts'

/** A new client is a file and a line here. */
export const CLIENTS: readonly Client[] = [copilot, claude, codex, openai, anthropic]
