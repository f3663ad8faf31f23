/** Faults of rules, of upstreams, of the gateway and of the trail: rows of the table in `fault.ts`. Data only. */
import type { Row } from './row.ts'

export const OUTCOMES = {
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
    message: 'The audit trail cannot be written',
    remedy: 'Free disk space, or mend what is named: `gatelog doctor`.',
  },
  'trail.locked': {
    status: 503,
    message: 'Another process holds the trail',
    remedy: 'Stop the other gatelog, or wait for it: a server that starts answers once it has read its record.',
  },
  'trail.broken': {
    status: 503,
    message: 'The disk failed, or a file of the record is damaged; the trail has latched shut',
    remedy:
      'Check the disk, then start Gatelog again. A file that is damaged or gone: put the record back from a backup, docs/backup.md.',
  },
  'trail.damaged': {
    status: 503,
    message: 'A file that the record is made of is gone, empty or damaged, so it cannot be looked at',
    remedy: 'Keep the folder as it is, find out who was there, and put the record back from a backup: docs/backup.md.',
  },
  'trail.end': {
    status: 500,
    message: 'The record ends so far before what is remembered of it that nobody says those entries vanished',
    remedy:
      'Keep a copy of the folder and of acked.mark beside the wrapping keys. Entries are gone: put the record back from a backup. That file is wrong: take it away, docs/trail.md.',
  },
  'trail.older': {
    status: 500,
    message: 'This trail is of an earlier version, and was only to be looked at, so nothing of it was changed',
    remedy: '`gatelog migrate` brings it up to date: of what may be evidence, a copy.',
  },
  'trail.newer': {
    status: 500,
    message: 'This trail was written by a newer Gatelog',
    remedy: 'Run the newer version.',
  },
  'custody.held': {
    status: 409,
    message: 'Some of these exchanges are held, so none was erased',
    remedy: 'See `gatelog hold list`; release the hold, or say less.',
  },
  'custody.unread': {
    status: 409,
    message: 'Some turns of these sessions cannot be read, so nobody can tell what they say again, and none was erased',
    remedy:
      'Put the key back (docs/encryption.md), or erase those turns too, as by --session: once it is gone, nobody finds again what they say of it.',
  },
  'custody.worm': {
    status: 409,
    message: 'A statute keeps some of these exchanges, so none was erased',
    remedy: 'Nothing under a WORM preset is erased: say less, as by --since and --until.',
  },
  'custody.open': {
    status: 409,
    message: 'Some of these exchanges, or of the later turns, are still open, so none was erased',
    remedy: 'Wait for their end, or say less, as by --until.',
  },
  'custody.nothing': {
    status: 404,
    message: 'There is nothing to erase',
    remedy: 'Look at it first: `gatelog search`.',
  },
  'trail.erased': {
    status: 410,
    message: 'This exchange was erased',
    remedy:
      '`gatelog show <entry>` shows the entry that is named; `gatelog trail log` lists all that was done to the record.',
  },
  'custody.absent': {
    status: 404,
    message: 'There is no such hold, or more than one begins so',
    remedy: 'See `gatelog hold list`.',
  },
  'trail.absent': { status: 404, message: 'The record holds no such exchange', remedy: 'Find it: `gatelog search`.' },
  'trail.entry': {
    status: 404,
    message: 'The record holds no such entry',
    remedy: 'Those that belong to no exchange: `gatelog trail log`; an exchange: `gatelog search`.',
  },
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
  'trail.document': {
    status: 500,
    message: 'A document of head.db was not written by who had the key of this record, and nothing acts on it',
    remedy:
      'Find out who else writes in the data folder. docs/trail.md (Documents) says what it could have been, and how it is taken out.',
  },
  'trail.space': {
    status: 507,
    message: 'There is too little free disk space to bring the record up to date, so nothing was changed',
    remedy: 'Free as much as is named and run it again: `gatelog migrate --dry-run` tells how much each file takes.',
  },
  'seal.key': {
    status: 500,
    message: 'The trail cannot be sealed with this key',
    remedy: 'Correct trail.seal: the key that signed the log so far, and its origin, or `gatelog doctor`.',
  },
  'seal.damaged': {
    status: 500,
    message: 'The log that seals the trail is damaged',
    remedy: 'Keep the folder seal as it is, and look: `gatelog verify`. A copy of it from a backup serves.',
  },
  'seal.off': {
    status: 404,
    message: 'This record is not sealed',
    remedy: 'Let a server seal it: trail.seal.enabled: true, and a store on disk.',
  },
  'seal.named': {
    status: 409,
    message: 'The log has this name already, and can go on',
    remedy: 'Where it cannot: give it another name, trail.seal.origin in gatelog.yaml, and run the command again.',
  },
  'seal.behind': {
    status: 500,
    message: 'More was sealed before than is here: the data folder was rolled back',
    remedy:
      'Keep the folder as it is; restore the newest copy, or look: `gatelog verify`. Where no newer copy is left: `gatelog trail begin-log`.',
  },
  'seal.late': {
    status: 503,
    message: 'Nothing of this is sealed yet, so nothing can be proven of it',
    remedy: 'Ask again in a second; where that lasts, `gatelog doctor` says why nothing is sealed.',
  },
  'seal.waiting': {
    status: 503,
    message: 'Nothing is sealed before an anchor tells what it has seen of the log, or its grace is over',
    remedy: 'Let one of the anchors be reached; recording goes on. `export.anchors_grace_ms` is the grace.',
  },
} as const satisfies Record<string, Row>
