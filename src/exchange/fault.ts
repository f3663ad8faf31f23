/** The one table of faults: code, HTTP status, what is said, what to do. Codes are public API. */

interface Row {
  /** HTTP status; `refusals` may render another one for a client that would hide it. */
  readonly status: number
  readonly message: string
  readonly remedy: string
}

/** Every fault that Gatelog reports. `docs/faults.md` says the same, and a test holds the two together. */
export const FAULTS = {
  'identity.missing': {
    status: 400,
    message: 'No Gatelog key was sent',
    remedy: 'Send the key as x-gatelog-key; `gatelog connect` writes the setting for your client.',
  },
  'identity.unknown': {
    status: 400,
    message: 'This Gatelog key is not known',
    remedy: 'Check the key for a copying error, or ask for a new one: `gatelog keys create`.',
  },
  'identity.revoked': {
    status: 400,
    message: 'This Gatelog key was revoked',
    remedy: 'Ask whoever runs Gatelog for a new key.',
  },
  'identity.expired': {
    status: 400,
    message: 'This Gatelog key has expired',
    remedy: 'Create a new one: `gatelog keys create`.',
  },
  'identity.scope': {
    status: 400,
    message: 'This Gatelog key does not cover this connection',
    remedy: 'Create a key with `--connection <name>`.',
  },
  'identity.channel': {
    status: 400,
    message: 'This kind of Gatelog key may not be sent this way',
    remedy: 'Only gtl_path_ keys travel in a path, and only where `path_keys: true` is set.',
  },
  'identity.network': {
    status: 400,
    message: 'This Gatelog key does not work from this network',
    remedy:
      'Create one for it: `gatelog keys create --network <CIDR>`; a plain listener beyond loopback takes no other.',
  },
  'identity.passthrough': {
    status: 400,
    message: 'A Gatelog key may not stand in the place of the provider’s credential here',
    remedy: 'Send it as x-gatelog-key, beside your own credential; only brokered connections take it there.',
  },
  'identity.right': {
    status: 400,
    message: 'Nobody may do that here',
    remedy: 'Ask whoever keeps the configuration.',
  },
  'limit.requests': {
    status: 400,
    message: 'Too many open requests for one actor',
    remedy: 'Wait until some have ended, or raise limits.actor.open_streams.',
  },
  'limit.bytes': {
    status: 400,
    message: 'This actor has sent too many bytes this hour',
    remedy: 'Wait, or raise limits.actor.bytes_per_hour.',
  },
  'limit.open_bytes': {
    status: 400,
    message: 'Too many bytes of open prompts',
    remedy: 'Wait until some have ended, send less, or raise limits.actor.open_bytes or limits.open_bytes.',
  },
  'limit.values': {
    status: 400,
    message: 'The JSON has too many values',
    remedy: 'Send fewer at a time: 500,000 are the limit.',
  },
  'limit.sockets': {
    status: 400,
    message: 'Too many open WebSockets for one actor',
    remedy: 'Close some, or raise limits.actor.open_sockets.',
  },
  'limit.turns': {
    status: 400,
    message: 'Too many messages wait on one WebSocket',
    remedy: 'Wait for a reply to end before the next prompt.',
  },
  'limit.searches': {
    status: 400,
    message: 'Too many searches for secrets',
    remedy: 'Wait, or raise limits.secret_searches_per_hour.',
  },
  'limit.body': { status: 413, message: 'The body is too large', remedy: 'Send less, or raise limits.body_bytes.' },
  'limit.decoded': {
    status: 413,
    message: 'The body is too large once decompressed',
    remedy: 'Send less, or raise limits.decoded_bytes.',
  },
  'limit.headers': {
    status: 431,
    message: 'The header fields are too large',
    remedy: 'Send fewer or shorter ones, or raise limits.header_bytes.',
  },
  'limit.depth': {
    status: 400,
    message: 'The JSON is nested too deeply',
    remedy: 'Send flatter JSON: 200 levels are the limit.',
  },
  'limit.event': {
    status: 502,
    message: 'The upstream sent an event that is too large',
    remedy: 'Raise limits.event_bytes.',
  },
  'limit.reply': {
    status: 502,
    message: 'The upstream sent a reply that is too large',
    remedy: 'Raise limits.reply_bytes.',
  },
  'limit.time': { status: 504, message: 'The exchange took too long', remedy: 'Raise timeouts.total_ms.' },
  'request.connection': {
    status: 404,
    message: 'There is no such connection',
    remedy: 'See `gatelog connections list`.',
  },
  'request.host': {
    status: 404,
    message: 'This connection has no such host',
    remedy: 'See `gatelog connections list`.',
  },
  'request.path': {
    status: 404,
    message: 'Not a Gatelog address',
    remedy: 'Addresses are /c/<connection>/<host>/<the provider’s own path>.',
  },
  'request.route': {
    status: 404,
    message: 'This route is not known, so it is not passed on',
    remedy: 'Set unknown_routes: record-and-pass on the connection to let it through.',
  },
  'request.json': { status: 400, message: 'The body is not valid JSON', remedy: 'Send the provider’s own JSON body.' },
  'request.key': {
    status: 400,
    message: 'A key of the request’s JSON can be read in two ways',
    remedy: 'Send each key once, as the provider spells it.',
  },
  'request.type': {
    status: 415,
    message: 'The content type does not fit this route',
    remedy: 'Send application/json.',
  },
  'request.encoding': {
    status: 415,
    message: 'The content encoding is not known',
    remedy: 'Send identity, gzip, br, zstd or deflate.',
  },
  'request.encoded': {
    status: 400,
    message: 'The body does not match its content encoding',
    remedy: 'Send the body as its content-encoding header says.',
  },
  'request.headers': {
    status: 400,
    message: 'The request’s header fields are not acceptable',
    remedy: 'Send host and every credential once, and content-length or transfer-encoding: chunked, never both.',
  },
  'request.target': {
    status: 400,
    message: 'The request’s address can be read in two ways',
    remedy: 'Send the provider’s own path, in ASCII: no dot or empty segment, no encoded slash, no other host.',
  },
  'request.http': {
    status: 400,
    message: 'These bytes are no HTTP request',
    remedy: 'Speak HTTP/1.1, over TLS where listen.tls is set and in plain text where it is not.',
  },
  'request.slow': {
    status: 408,
    message: 'The request took too long to arrive',
    remedy: 'Send its header fields within 10 s and all of it within 5 min.',
  },
  'request.browser': {
    status: 400,
    message: 'This address is not for browsers',
    remedy: 'Use the command line, or a client that sends neither Origin nor Sec-Fetch fields.',
  },
  'request.upgrade': {
    status: 426,
    message: 'This connection takes no WebSocket here',
    remedy: 'Use HTTP (Copilot CLI and Codex do so on their own), or set websocket: record on the connection.',
  },
  'request.websocket': {
    status: 400,
    message: 'The WebSocket does not keep to its protocol',
    remedy: 'Send text frames as RFC 6455 has them, without extensions.',
  },
  'request.aborted': { status: 400, message: 'The request ended before its body did', remedy: 'Send it again.' },
  'forward.host': {
    status: 403,
    message: 'This host is not let through',
    remedy: 'Add a connection for it, or name it in forward.other_hosts.',
  },
  'forward.target': {
    status: 400,
    message: 'The proxy was asked for something that is no host and port',
    remedy: 'Ask for name:port, with a number from 1 to 65535.',
  },
  'forward.private': {
    status: 403,
    message: 'This leads to an address that is not public',
    remedy: 'Where it is meant: forward.private_addresses: allow.',
  },
  'forward.loop': {
    status: 508,
    message: 'This address is Gatelog itself',
    remedy: 'Leave the gateway out of its own proxy: NO_PROXY.',
  },
  'forward.name': {
    status: 421,
    message: 'The host that was asked for is not the one of the tunnel',
    remedy: 'Send the name of CONNECT in the TLS handshake and as Host.',
  },
  'forward.constraint': {
    status: 502,
    message: 'Gatelog’s CA may not vouch for this host',
    remedy: 'Name it in forward.ca.hosts, then `gatelog ca rotate`; or use the reverse door.',
  },
  'forward.untrusted': {
    status: 495,
    message: 'The client does not trust Gatelog’s CA',
    remedy: 'Let it trust the CA: `gatelog ca install-help`.',
  },
  'forward.handshake': {
    status: 400,
    message: 'The client and Gatelog could not agree on TLS',
    remedy: 'TLS 1.2 or newer is wanted, with HTTP/1.1.',
  },
  'forward.silent': {
    status: 400,
    message: 'The client opened a tunnel and sent nothing',
    remedy: 'Nothing to do: some clients ask so whether the proxy is there.',
  },
  'forward.nested': {
    status: 400,
    message: 'A tunnel within a tunnel is not taken',
    remedy: 'Leave out the second proxy.',
  },
  'ca.unreadable': {
    status: 500,
    message: 'The CA’s certificate or key cannot be read',
    remedy:
      'Give the file back to whoever runs Gatelog (mode 600), restore it, or move the folder ca away for a new CA.',
  },
  'ca.invalid': {
    status: 400,
    message: 'This CA cannot be used',
    remedy: 'PEM is wanted: the CA’s own certificate first, then those above it.',
  },
  'ca.expired': {
    status: 502,
    message: 'Gatelog’s CA has expired',
    remedy: 'Make a new one: `gatelog ca rotate --now`, then let clients trust it.',
  },
  'ca.request': {
    status: 400,
    message: 'There is no request that this certificate answers',
    remedy: 'Make one: `gatelog ca csr`, and have it signed.',
  },
  'ca.configured': {
    status: 400,
    message: 'The CA comes from the configuration',
    remedy: 'Replace the files that forward.ca names.',
  },
  'ca.off': {
    status: 400,
    message: 'The forward door is switched off',
    remedy: 'Set forward.enabled: true.',
  },
  'policy.deny': {
    status: 400,
    message: 'This prompt was denied by a rule',
    remedy: 'Change the prompt, or ask whoever wrote the rule.',
  },
  'policy.secret': {
    status: 400,
    message: 'This prompt holds a secret that may not pass',
    remedy: 'Take it out of the prompt and of the files it names; revoke it if it was real.',
  },
  'policy.approval': {
    status: 400,
    message: 'This prompt holds a secret that somebody must approve, and this version takes no approvals',
    remedy: 'Take it out of the prompt, or have masking.actions changed.',
  },
  'policy.plan': {
    status: 400,
    message: 'This GitHub account’s Copilot plan may not be used here',
    remedy: 'Sign in with the account that your company gave you; copilot.allowed_plans says which plans may.',
  },
  'policy.reply': {
    status: 400,
    message: 'The reply held a secret that may not pass',
    remedy: 'Ask again without it.',
  },
  'policy.error': {
    status: 400,
    message: 'A rule could not be evaluated',
    remedy: 'Correct the rule: `gatelog check`.',
  },
  'upstream.refused': {
    status: 502,
    message: 'The upstream cannot be reached',
    remedy: 'Test it: `gatelog connections test <name>`.',
  },
  'upstream.private': {
    status: 502,
    message: 'The upstream’s name leads to an address that is not public',
    remedy: 'Where it is meant: private_addresses: allow on the connection, or write the address itself.',
  },
  'upstream.tls': {
    status: 502,
    message: 'The upstream’s certificate is not trusted',
    remedy: 'Set upstream_ca on the connection to the CA’s file.',
  },
  'upstream.reset': { status: 502, message: 'The upstream broke the connection', remedy: 'Send the prompt again.' },
  'upstream.timeout': {
    status: 504,
    message: 'The upstream did not answer in time',
    remedy: 'Send it again, or raise the timeouts of the connection.',
  },
  'upstream.truncated': {
    status: 502,
    message: 'The upstream’s reply ended before its last event',
    remedy: 'Send the prompt again.',
  },
  'upstream.malformed': {
    status: 502,
    message: 'The upstream’s reply cannot be read, so it cannot be masked',
    remedy: 'Check that the connection’s kind fits its upstream.',
  },
  'upstream.ambiguous': {
    status: 502,
    message: 'The reply named the file of an edit after a masked value was put back into it',
    remedy: 'Send the prompt again; if it happens again, look at what the prompt contains.',
  },
  'client.aborted': { status: 499, message: 'The client went away', remedy: 'Nothing to do.' },
  'gateway.draining': { status: 503, message: 'Gatelog is shutting down', remedy: 'Send it again in a moment.' },
  'gateway.stopped': {
    status: 503,
    message: 'Gatelog stopped while this exchange was open',
    remedy: 'Send the prompt again.',
  },
  'gateway.internal': { status: 500, message: 'Gatelog made a mistake', remedy: 'Report it with the exchange’s id.' },
  'trail.unavailable': {
    status: 503,
    message: 'The audit trail cannot be written, so nothing was sent',
    remedy: 'Free disk space or repair the store: `gatelog doctor`.',
  },
  'trail.locked': {
    status: 503,
    message: 'Another process holds the trail',
    remedy: 'Stop the other gatelog, or wait for it.',
  },
  'trail.broken': {
    status: 503,
    message: 'The disk reported a write error; the trail has latched shut',
    remedy: 'Check the disk, then start Gatelog again.',
  },
  'trail.newer': {
    status: 500,
    message: 'This trail was written by a newer Gatelog',
    remedy: 'Run the newer version.',
  },
  'trail.absent': { status: 404, message: 'The record holds no such exchange', remedy: 'Find it: `gatelog search`.' },
  'trail.ambiguous': {
    status: 400,
    message: 'Several exchanges have this beginning of an id',
    remedy: 'Give more characters of it.',
  },
  'trail.none': {
    status: 404,
    message: 'There is no record yet',
    remedy: 'Start the server, or name the configuration that it was started with: --config <file>.',
  },
  'query.syntax': {
    status: 400,
    message: 'The query cannot be read',
    remedy: 'Write key:value pairs, "phrases" and -negations: `gatelog search --help`.',
  },
  'query.secret': {
    status: 400,
    message: 'The secret cannot be searched for',
    remedy: 'Give the value alone, on standard input.',
  },
  'config.invalid': { status: 500, message: 'The configuration is not valid', remedy: 'See `gatelog check`.' },
  'config.missing': {
    status: 500,
    message: 'A value that the configuration refers to is missing',
    remedy: 'Set the environment variable or write the file.',
  },
  'config.absent': {
    status: 500,
    message: 'The configuration that was named does not exist',
    remedy: 'Correct --config or GATELOG_CONFIG; only gatelog.yaml in the folder where you are may be left out.',
  },
  'config.listen': {
    status: 500,
    message: 'A plain listener beyond loopback is not allowed',
    remedy: 'Add tls, bind to 127.0.0.1, or set insecure_listen: true.',
  },
  'config.bind': {
    status: 500,
    message: 'A listener cannot take its address',
    remedy: 'End whoever holds it (is Gatelog running already?), or set another under listen.',
  },
  'client.settings': {
    status: 400,
    message: 'The client’s settings file cannot be changed safely',
    remedy: 'Mend it, or set by hand what `gatelog connect <client>` shows.',
  },
  'client.file': {
    status: 400,
    message: 'The client’s settings file is not as expected',
    remedy: 'Look at the file, and set by hand what `gatelog connect <client>` shows.',
  },
  'client.consent': {
    status: 400,
    message: 'There is nobody to ask',
    remedy: 'Add --yes to write without asking.',
  },
  'usage.option': { status: 400, message: 'The command’s options do not fit', remedy: 'See --help of the command.' },
  'usage.input': {
    status: 400,
    message: 'The input cannot be read',
    remedy: 'Look at the file, and the line where one is named.',
  },
  'otlp.body': {
    status: 400,
    message: 'The telemetry cannot be read',
    remedy: 'Send OTLP over HTTP as JSON or protobuf, to /otlp/v1/traces.',
  },
  'agent.refused': {
    status: 403,
    message: 'The agent serves only programs of its own user',
    remedy:
      'Use the address that `gatelog agent` printed, with the secret where it shows one; a web page can’t use it.',
  },
  'server.unreachable': {
    status: 503,
    message: 'The Gatelog server does not answer',
    remedy: 'Start it: `npm start`.',
  },
} as const satisfies Record<string, Row>

export type FaultCode = keyof typeof FAULTS

/** A failure with a code from the table. `detail` names the field, the limit, the value's place; never a secret. */
export class Fault extends Error {
  readonly code: FaultCode
  readonly detail: string | undefined

  constructor(code: FaultCode, detail?: string, options?: ErrorOptions) {
    super(detail ? `${FAULTS[code].message}: ${detail}` : FAULTS[code].message, options)
    this.name = 'Fault'
    this.code = code
    this.detail = detail
  }

  get status(): number {
    return FAULTS[this.code].status
  }

  get remedy(): string {
    return FAULTS[this.code].remedy
  }
}

/** Any thrown value as a fault; what is not one becomes `gateway.internal`. */
export function faultOf(error: unknown): Fault {
  if (error instanceof Fault) return error
  return new Fault('gateway.internal', error instanceof Error ? error.message : String(error), { cause: error })
}
