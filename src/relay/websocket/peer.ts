/** One side of a WebSocket: whole text messages in and out, no faster than they are read. Knows no provider and no rule. */
import type { Duplex } from 'node:stream'
import { WebSocket } from 'ws'
import { Fault } from '#exchange'

/** How long the other side may take to answer a close, in ms. */
export const CLOSE_MS = 2000
/** A ping is passed on at most this often, in ms: they bear nothing, and a flood of them is nobody's need. */
const PING_MS = 1000
/** After so long without a word the kernel asks whether the other side is still there, in ms. */
const KEEP_ALIVE_MS = 60_000

/** Why a side is over: its close code (RFC 6455 §7.4; 1005: none was given, 1006: it broke) and reason. */
export interface Closed {
  readonly code: number
  readonly reason: string
}

/** What a message must not be: `size`, or the name of what is wrong with its frames. */
export interface Flaw {
  readonly kind: 'size' | 'form'
  readonly what: string
}

export interface Listener {
  message(message: Buffer): void
  pinged(): void
  /** A frame that breaks the protocol or a limit. The side closes by itself and says why to whoever sent it. */
  flawed(flaw: Flaw): void
  /** Once, at the end. */
  closed(how: Closed): void
}

export interface PeerOptions {
  /** How long it may take nothing of what waits for it before it is let go, in ms. */
  readonly stall_ms: number
}

/** Reads nothing before `listen`. Pings are answered, whoever listens. */
export class Peer {
  readonly #socket: WebSocket
  readonly #raw: Duplex
  readonly #options: PeerOptions
  #pinged = 0
  #room: Promise<void> | undefined

  /** `raw` bears the frames of `socket`, which is open. */
  constructor(socket: WebSocket, raw: Duplex, options: PeerOptions) {
    this.#socket = socket
    this.#raw = raw
    this.#options = options
    socket.pause()
    socket.on('error', () => undefined)
    if ('setKeepAlive' in raw && typeof raw.setKeepAlive === 'function') raw.setKeepAlive(true, KEEP_ALIVE_MS)
  }

  listen(listener: Listener): void {
    this.#socket.on('message', (data, binary) => {
      if (!binary) return listener.message(data as Buffer)
      this.close(1003)
      listener.flawed({ kind: 'form', what: 'a binary message' })
    })
    this.#socket.on('ping', () => listener.pinged())
    this.#socket.on('error', (error: NodeJS.ErrnoException) => {
      const flaw = flawOf(error.code ?? '')
      if (flaw) listener.flawed(flaw)
    })
    this.#socket.once('close', (code, reason) => listener.closed({ code, reason: reason.toString() }))
    if (this.#socket.readyState === WebSocket.CLOSED) listener.closed({ code: 1006, reason: '' })
    else this.#socket.resume()
  }

  get open(): boolean {
    return this.#socket.readyState === WebSocket.OPEN
  }

  /** Sends messages as text. A promise where the other side is behind: to be awaited before more. Rejects where it is gone. */
  send(messages: readonly Uint8Array[]): Promise<void> | undefined {
    if (!this.open) return Promise.reject(new Fault('client.aborted'))
    if (messages.length > 1) this.#raw.cork()
    for (const message of messages) this.#socket.send(message, { binary: false })
    if (messages.length > 1) this.#raw.uncork()
    if (this.#raw.writableNeedDrain) this.#room ??= this.#drained()
    return this.#room
  }

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  /** Asks whether the other side is there; says nothing else. */
  ping(now: number): void {
    if (!this.open || now - this.#pinged < PING_MS || this.#raw.writableNeedDrain) return
    this.#pinged = now
    this.#socket.ping()
  }

  /** Closes with a code, and at most 123 bytes of reason. A code that may not be sent ends it as such an end looks. */
  close(code: number, reason = ''): void {
    if (code === 1006 || code === 1015) this.terminate()
    else if (this.#socket.readyState !== WebSocket.OPEN) return
    else if (code === 1005) this.#socket.close()
    else this.#socket.close(code, reasonOf(reason))
  }

  terminate(): void {
    this.#socket.terminate()
  }

  #drained(): Promise<void> {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => this.terminate(), this.#options.stall_ms)
      const settle = (gone: boolean) => {
        clearTimeout(late)
        this.#raw.off('drain', onDrain).off('close', onClose)
        this.#room = undefined
        if (gone) reject(new Fault('client.aborted'))
        else resolve()
      }
      const onDrain = () => settle(false)
      const onClose = () => settle(true)
      this.#raw.on('drain', onDrain).on('close', onClose)
      if (this.#raw.destroyed) onClose()
    })
  }
}

/** Codes of `ws` for what it does not take, as `Invalid UTF-8` reads there. */
function flawOf(code: string): Flaw | undefined {
  if (!code.startsWith('WS_ERR_')) return undefined
  if (code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH' || code === 'WS_ERR_TOO_MANY_BUFFERED_PARTS')
    return { kind: 'size', what: code.slice(7).toLowerCase() }
  return { kind: 'form', what: code.slice(7).toLowerCase().replaceAll('_', ' ') }
}

/** As much of a reason as a close frame takes, in whole characters. */
const reasonOf = (reason: string): string =>
  Buffer.from(reason)
    .subarray(0, 120)
    .toString()
    .replace(/\ufffd+$/, '')
