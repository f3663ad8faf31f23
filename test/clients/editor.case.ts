/** An editor with the Copilot language server: one file in a repository, typed in, completed, accepted. Ends with its test. */
import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { folderFor } from '../process.case.ts'
import { type Asked, Lsp } from './lsp.case.ts'
import { until } from './sdk.case.ts'
import { startWall } from './wall.case.ts'

/** Where `npm run clients` puts it. */
export const SERVER = join(
  import.meta.dirname,
  '../../.clients/node_modules/@github/copilot-language-server/dist/language-server.js',
)

export interface Item {
  readonly insertText: string
  readonly command: { readonly command: string; readonly arguments: readonly string[] }
}

export interface Wishes {
  /** Whether GitHub lets it in. */
  readonly signedIn: boolean
  readonly env: Readonly<Record<string, string>>
  /** The editor's settings. */
  readonly settings: Readonly<Record<string, unknown>>
}

const REMOTE = 'git@github.com:acme/payments.git'
export const REPOSITORY = 'acme/payments'
export const FILE = 'add.py'
const TEXT = 'import os\n\ndef add(a, b):\n    '

/** Starts the server in a fresh home and repository, behind the wall, and waits until it is signed in. */
export async function openEditor(t: TestContext, { env, settings, signedIn }: Wishes): Promise<Editor> {
  const wall = await startWall(t)
  const home = mkdtempSync(join(folderFor(t), 'home-'))
  const work = join(home, 'work')
  for (const folder of [work, join(home, 'tmp')]) mkdirSync(folder)
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: work, env: { PATH: process.env['PATH'], HOME: home } })
  git('init', '-q')
  git('remote', 'add', 'origin', REMOTE)
  writeFileSync(join(work, FILE), TEXT)
  const own = { PATH: process.env['PATH'], HOME: home, TMPDIR: join(home, 'tmp'), ...wall.env, ...env }
  const child = spawn(process.execPath, [SERVER, '--stdio'], { cwd: work, env: own })
  child.stderr.resume()
  const editor = new Editor(child, work, settings, wall.asked)
  t.after(() => editor.kill())
  await editor.start(signedIn)
  return editor
}

/** What a chat reports: its reply, or that of each round of an agent, bit by bit. */
interface Progress {
  readonly kind?: string
  readonly reply?: string
  readonly editAgentRounds?: readonly { readonly reply?: string }[]
}

export class Editor {
  readonly lsp: Lsp
  readonly uri: string
  /** Hosts beyond loopback that were asked for, in vain. */
  readonly tried: readonly string[]
  readonly #child: ChildProcessWithoutNullStreams
  readonly #work: string
  readonly #settings: Wishes['settings']
  #version = 1
  #column = 4

  constructor(
    child: ChildProcessWithoutNullStreams,
    work: string,
    settings: Wishes['settings'],
    tried: readonly string[],
  ) {
    this.#child = child
    this.#work = work
    this.#settings = settings
    this.tried = tried
    this.uri = `file://${join(work, FILE)}`
    this.lsp = new Lsp(child, (method, params) =>
      method === 'workspace/configuration' ? this.#configured(params) : null,
    )
  }

  #configured(params: unknown): unknown {
    const { items } = params as { items: readonly { section?: string }[] }
    const at = (section: string | undefined): unknown =>
      (section?.split('.') ?? []).reduce<unknown>(
        (value, key) => (value as Record<string, unknown>)?.[key],
        this.#settings,
      )
    return items.map(({ section }) => at(section) ?? null)
  }

  async start(signedIn: boolean): Promise<void> {
    await this.lsp.ask('initialize', {
      processId: process.pid,
      workspaceFolders: [{ uri: `file://${this.#work}`, name: 'work' }],
      capabilities: { workspace: { workspaceFolders: true } },
      initializationOptions: {
        editorInfo: { name: 'Neovim', version: '0.12.0' },
        editorPluginInfo: { name: 'copilot.lua', version: '3.0.0' },
      },
    })
    this.lsp.tell('initialized', {})
    this.lsp.tell('workspace/didChangeConfiguration', { settings: this.#settings })
    const textDocument = { uri: this.uri, languageId: 'python', version: this.#version, text: TEXT }
    this.lsp.tell('textDocument/didOpen', { textDocument })
    this.lsp.tell('textDocument/didFocus', { textDocument: { uri: this.uri } })
    if (signedIn && !(await until(async () => (await this.status()) === 'OK', 60_000))) throw new Error('not signed in')
    await wait(1500)
    await until(() => this.#rested(), 20_000)
  }

  #ticks = 0
  #looks = 0

  /** Whether it has done nothing at the last five looks: what it begins with is over. Source: proc(5), of stat state, utime, stime. */
  #rested(): boolean {
    const fields = readFileSync(`/proc/${this.#child.pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
    const ticks = Number(fields[11]) + Number(fields[12])
    this.#looks = fields[0] !== 'R' && ticks === this.#ticks ? this.#looks + 1 : 0
    this.#ticks = ticks
    return this.#looks >= 5
  }

  async status(): Promise<string> {
    return (await this.lsp.ask<{ status: string }>('checkStatus', {})).status
  }

  get #place() {
    return { textDocument: { uri: this.uri, version: this.#version }, position: { line: 3, character: this.#column } }
  }

  /** Asks for ghost text where the cursor stands; it is the developer's own wish. */
  complete(): Asked<{ items: Item[] }> {
    const formattingOptions = { tabSize: 4, insertSpaces: true }
    return this.lsp.ask('textDocument/inlineCompletion', {
      ...this.#place,
      context: { triggerKind: 2 },
      formattingOptions,
    })
  }

  show(item: Item): void {
    this.lsp.tell('textDocument/didShowCompletion', { item })
  }

  /** All of it. */
  async accept({ command }: Item): Promise<void> {
    await this.lsp.ask('workspace/executeCommand', command)
  }

  /** Its first `acceptedLength` UTF-16 units. */
  acceptPart(item: Item, acceptedLength: number): void {
    this.lsp.tell('textDocument/didPartiallyAcceptCompletion', { item, acceptedLength })
  }

  /** One key: a sign behind the cursor. */
  type(text: string): void {
    const at = { line: 3, character: this.#column }
    this.#version += 1
    this.#column += text.length
    const contentChanges = [{ range: { start: at, end: at }, text }]
    this.lsp.tell('textDocument/didChange', { textDocument: { uri: this.uri, version: this.#version }, contentChanges })
  }

  panel(): Asked<{ items: Item[] }> {
    return this.lsp.ask('textDocument/copilotPanelCompletion', this.#place)
  }

  /** A question in the chat, and all that is answered. */
  async chat(message: string): Promise<string> {
    const workDoneToken = 'chat-1'
    const params = {
      workDoneToken,
      turns: [{ request: message }],
      capabilities: { skills: [], allSkills: false },
      source: 'panel',
      model: 'gpt-4.1',
    }
    await this.lsp.ask('conversation/create', params)
    const ended = () => this.#progress(workDoneToken).some(({ kind }) => kind === 'end')
    await until(ended, 60_000)
    return this.#progress(workDoneToken)
      .flatMap(({ reply = '', editAgentRounds = [] }) => [reply, ...editAgentRounds.map((round) => round.reply ?? '')])
      .join('')
  }

  #progress(token: string): Progress[] {
    const told = this.lsp.heard.filter(({ method }) => method === '$/progress').map(({ params }) => params)
    return (told as { token: string; value: Progress }[])
      .filter((each) => each.token === token)
      .map(({ value }) => value)
  }

  /** Ends it as an editor does, so that it sends what it has still to tell. */
  async close(): Promise<void> {
    const gone = once(this.#child, 'exit')
    const late = () => wait(30_000, undefined, { ref: false })
    await Promise.race([this.lsp.ask('shutdown', null).catch(() => undefined), late()])
    this.lsp.tell('exit', null)
    await Promise.race([gone, late()])
    this.kill()
  }

  kill(): void {
    if (this.#child.exitCode === null) this.#child.kill('SIGKILL')
  }
}
