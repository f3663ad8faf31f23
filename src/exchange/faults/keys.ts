/** Faults of keys and of what is encrypted with them: rows of the table in `fault.ts`. Data only. */
import type { Row } from './row.ts'

export const KEYS = {
  'trail.key': {
    status: 503,
    message: 'The key that this record’s bodies are encrypted under is not here',
    remedy:
      'Put the key’s file back where it was (docs/encryption.md). If it is lost for good: `gatelog trail rotate-key --lost`; what it encrypted stays unreadable.',
  },
  'trail.body': {
    status: 500,
    message: 'A recorded body cannot be read',
    remedy: 'The rest of the record is whole. Fetch this body from a backup; `gatelog doctor` looks at the disk.',
  },
  'trail.keyholder': {
    status: 503,
    message: 'The process that holds the keys does not answer',
    remedy: 'It is started again by itself. If it keeps ending, read the gateway’s log and start Gatelog anew.',
  },
  'keys.fixed': {
    status: 503,
    message: 'The process that holds the keys takes what it is to hold once, at its start',
    remedy: 'Start Gatelog anew. If nobody changed the configuration, somebody else speaks to it: look at the host.',
  },
  'keys.asked': {
    status: 503,
    message: 'The process that holds the keys was asked for what it does not do',
    remedy: 'Use one version of Gatelog. If nobody mixed two, somebody else speaks to it: look at the host.',
  },
  'upstream.credential': {
    status: 503,
    message: 'The gateway’s own credential for this connection cannot be had',
    remedy: 'Look at the file, variable or command that connections.*.key names; it is tried again every few seconds.',
  },
  'originals.key': {
    status: 400,
    message: 'This key does not open the original',
    remedy: 'Name the private half of the pair that masking.originals had when it was recorded: --key <file>.',
  },
  'originals.none': {
    status: 404,
    message: 'No original of this exchange is kept',
    remedy: 'Originals are kept of what was masked while masking.originals was set, and go with their bodies.',
  },
} as const satisfies Record<string, Row>
