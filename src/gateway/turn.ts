/** One request and its answer as `carry()` sees them, whatever the transport. Types only: HTTP is in `http.ts`. */
import type { Incoming, Outgoing } from '#relay'
import type { Connection, Host } from './connection.ts'

/** Where a request wants to go, as its door read it. */
export interface Address {
  readonly connection: string
  readonly host: string | undefined
  /** The provider's own path, without query. */
  readonly path: string
  /** The query with its question mark, or ''. */
  readonly query: string
  /** A key that travelled in the path. */
  readonly pathKey: string | undefined
}

/** A request body: `raw` as it came, `bytes` decoded from its content encoding. */
export interface Received {
  readonly bytes: Buffer
  readonly raw: Buffer
  readonly encoding: string
}

/** A request as its head tells it: all that a refusal needs. */
export interface Head {
  readonly method: string
  readonly address: Address
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly door: 'reverse' | 'forward' | 'websocket'
  readonly remote: string
  readonly insecure: boolean
  /** Host and port of this machine that the client connected to, as far as they are known. */
  readonly came?: string
}

export interface Turn extends Head {
  readonly rawHeaders: readonly string[]
  /** Aborts when the client goes away before the turn has ended. */
  readonly gone: AbortSignal
  /**
   * The whole request body; where it goes on `unread`, in the coding that it came in. `take` is told of bytes before they
   * are kept, as they came and as they were decoded; what it throws ends the reading.
   * @throws limit.body, limit.decoded, request.encoding, request.encoded, request.aborted
   */
  read(take: (bytes: number) => void, unread?: boolean): Promise<Received>
  /** Sends the prompt on. @throws upstream.*, client.aborted */
  send(connection: Connection, host: Host, out: Outgoing, signal: AbortSignal): Promise<Incoming>
  /** Status and headers towards the client; at most once. */
  head(status: number, headers: readonly (readonly [string, string])[]): void
  /** Whether `head` was called. */
  readonly begun: boolean
  /** Bytes towards the client; resolves when there is room for more. */
  deliver(bytes: Uint8Array): Promise<void> | undefined
  /** The end of the reply; nothing can follow. */
  end(): void
  /** Breaks the connection to the client, for a reply that can't be ended well. */
  abort(): void
}
