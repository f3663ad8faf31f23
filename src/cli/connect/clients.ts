/** The clients that `gatelog connect` knows. */
import { claude } from './claude.ts'
import type { Client } from './client.ts'
import { codex } from './codex.ts'
import { copilot } from './copilot.ts'
import { jetbrains } from './jetbrains.ts'
import { neovim } from './neovim.ts'
import { ci, languageServer } from './proxied.ts'
import { anthropic, openai } from './sdks.ts'
import { vscode } from './vscode.ts'

/** A new client is a file and a line here. */
export const CLIENTS: readonly Client[] = [
  ...[copilot, claude, codex, openai, anthropic],
  ...[vscode, jetbrains, neovim, languageServer, ci],
]
