/** Faults of who asks, and of how much they ask: rows of the table in `fault.ts`. Data only. */
import type { Row } from './row.ts'

export const CALLERS = {
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
} as const satisfies Record<string, Row>
