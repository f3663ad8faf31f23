/** What goes to a provider and what comes back, free of any HTTP library. Opens nothing. */

/** How long each stage of one exchange may take, in ms, each above zero. */
export interface Timeouts {
  /** Until a connection stands: name, TCP, proxy, TLS. */
  readonly connect_ms: number
  /** From then until the reply's headers are complete. */
  readonly first_byte_ms: number
  /** Between two reads of the reply's body; time in which our own reader is behind does not count. */
  readonly idle_ms: number
  /** From the call of `forward` to the end of the body. */
  readonly total_ms: number
}

/** An upstream host. Keep one object per host: connections are pooled by it. */
export interface Upstream {
  /** Scheme, host and port; any path is ignored. */
  readonly origin: URL
  /** PEM bundle, trusted in addition to Node's own list. */
  readonly ca?: string
  /** HTTP proxy to tunnel through (CONNECT); user and password in the URL are sent to it. */
  readonly proxy?: URL
  /** True where its name may lead into a private network, or its address to the link itself. */
  readonly privateAddresses?: boolean
}

/** Header fields in their order and case; a name may come twice. */
export type HeaderList = readonly (readonly [string, string])[]

export interface Outgoing {
  readonly method: string
  /** Origin form: path and query. */
  readonly path: string
  /** Without hop-by-hop fields, see `endToEnd`; `host` and `content-length` are written by the relay. */
  readonly headers: HeaderList
  readonly body?: Uint8Array
}

export interface Incoming {
  readonly status: number
  /** In the upstream's order and case, without hop-by-hop fields and what must not reach a client. */
  readonly headers: HeaderList
  /** To be iterated once; leaving the loop early drops the upstream connection. */
  readonly body: AsyncIterable<Uint8Array>
}

/** A reply's body without a byte; it may be iterated again. */
export const NO_BODY: AsyncIterable<Uint8Array> = {
  [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve({ done: true, value: undefined }) }),
}
