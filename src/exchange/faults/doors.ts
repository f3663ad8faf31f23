/** Faults of the forward door and of its CA: rows of the table in `fault.ts`. Data only. */
import type { Row } from './row.ts'

export const DOORS = {
  'forward.host': {
    status: 403,
    message: 'This host is not let through',
    remedy: 'Add a connection for it, or name it in forward.other_hosts.',
  },
  'forward.provider': {
    status: 400,
    message: 'Prompts may leave for this host, and no connection reads them',
    remedy: 'Add a connection for it: a provider’s host is never let through unread.',
  },
  'forward.target': {
    status: 400,
    message: 'The proxy was asked for something that is no host and port',
    remedy: 'Ask for name:port, with a number from 1 to 65535.',
  },
  'forward.clear': {
    status: 400,
    message: 'An https address was asked for without a tunnel, so what it bears would leave in clear text',
    remedy: 'Ask for it with CONNECT: most clients do where HTTPS_PROXY is set.',
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
} as const satisfies Record<string, Row>
