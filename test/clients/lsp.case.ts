/** A small LSP client over stdio: requests, notifications, cancellation. Knows no editor. Source: LSP 3.17, base protocol. */
import type { ChildProcessWithoutNullStreams } from 'node:child_process'

export interface Asked<Answer> extends Promise<Answer> {
  readonly id: number
}

interface Message {
  readonly id?: number
  readonly method?: string
  readonly params?: unknown
  readonly result?: unknown
  readonly error?: { readonly code: number; readonly message: string }
}

interface Waiting {
  resolve(result: never): void
  reject(error: Error): void
}

/** What a server asks of its client; undefined answers `null`. */
export type Answers = (method: string, params: unknown) => unknown

export class Lsp {
  /** Notifications and requests of the server, in order. */
  readonly heard: { readonly method: string; readonly params: unknown }[] = []
  readonly #child: ChildProcessWithoutNullStreams
  readonly #answers: Answers
  readonly #waiting = new Map<number, Waiting>()
  #count = 0
  #rest = Buffer.alloc(0)

  constructor(child: ChildProcessWithoutNullStreams, answers: Answers) {
    this.#child = child
    this.#answers = answers
    child.stdin.on('error', () => undefined)
    child.stdout.on('data', (bytes: Buffer) => this.#take(bytes))
    child.once('exit', () => this.#end())
  }

  ask<Answer>(method: string, params: unknown): Asked<Answer> {
    const id = ++this.#count
    const { promise, resolve, reject } = Promise.withResolvers<Answer>()
    this.#waiting.set(id, { resolve, reject })
    this.#send({ id, method, params })
    return Object.assign(promise, { id })
  }

  tell(method: string, params: unknown): void {
    this.#send({ method, params })
  }

  cancel({ id }: Asked<unknown>): void {
    this.tell('$/cancelRequest', { id })
  }

  #send(message: Message): void {
    const text = JSON.stringify({ jsonrpc: '2.0', ...message })
    this.#child.stdin.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`)
  }

  #take(bytes: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, bytes])
    for (;;) {
      const head = this.#rest.indexOf('\r\n\r\n')
      if (head < 0) return
      const length = Number(/Content-Length: (\d+)/i.exec(this.#rest.subarray(0, head).toString())?.[1])
      const end = head + 4 + length
      if (this.#rest.length < end) return
      const message = JSON.parse(this.#rest.subarray(head + 4, end).toString()) as Message
      this.#rest = this.#rest.subarray(end)
      this.#hear(message)
    }
  }

  #hear({ id, method, params, result, error }: Message): void {
    if (method !== undefined) {
      this.heard.push({ method, params })
      if (id !== undefined) this.#send({ id, result: this.#answers(method, params) ?? null })
      return
    }
    const waiting = id === undefined ? undefined : this.#waiting.get(id)
    if (id !== undefined) this.#waiting.delete(id)
    if (error) waiting?.reject(new Error(error.message, { cause: error.code }))
    else waiting?.resolve(result as never)
  }

  #end(): void {
    for (const { reject } of this.#waiting.values()) reject(new Error('the server has ended'))
    this.#waiting.clear()
  }
}
