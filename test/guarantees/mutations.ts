/** What `carry()` guarantees, and for each guarantee the line whose absence a test must notice. Data only. */

export interface Mutation {
  /** In plain words, as docs/guarantees.md says it. */
  readonly guarantee: string
  /** Below src/. */
  readonly file: string
  /** Occurs once in the file. */
  readonly line: string
  /** What stands there instead. */
  readonly instead: string
}

const carry = (guarantee: string, line: string, instead: string): Mutation => ({
  ...{ guarantee, file: 'gateway/carry.ts', line, instead },
})
const stream = (guarantee: string, line: string, instead: string): Mutation => ({
  ...{ guarantee, file: 'gateway/stream.ts', line, instead },
})

const watch = (guarantee: string, line: string): Mutation => ({
  guarantee,
  file: 'gateway/watch.ts',
  line,
  instead: '',
})

export const MUTATIONS: readonly Mutation[] = [
  carry(
    'No prompt leaves before its entry is durable.',
    "if (way.connection.durable !== 'during' || verdict.kind === 'deny') await durable",
    '',
  ),
  carry(
    'With `during`, no reply byte passes before the prompt is durable.',
    'Promise.all([sending, durable])',
    'Promise.all([sending])',
  ),
  carry('A denied prompt goes nowhere.', "if (verdict.kind === 'deny') return await deny(exchange, way, verdict)", ''),
  carry(
    'The rules are asked.',
    'const verdict = decide(exchange, way)',
    "const verdict = { kind: 'allow' } as ReturnType<typeof decide>",
  ),
  carry(
    'What goes upstream is what the rules of masking left.',
    'outgoing(exchange, way, scanned)',
    'outgoing(exchange, way, { ...scanned, outgoing: received.raw })',
  ),
  carry(
    'The client’s abort, a revoked key and the time limit cut the exchange.',
    'turn.send(way.connection, way.host, out, cut.signal)',
    'turn.send(way.connection, way.host, out, new AbortController().signal)',
  ),
  carry('One actor’s open streams are limited.', 'release = house.limits.admit(way.caller.actor.id)', ''),
  carry('A place is given back when its exchange ends.', 'release?.()', ''),
  carry('One actor’s bytes are counted.', 'house.limits.bytes(way.caller.actor.id, received.bytes.length)', ''),
  carry(
    'What is in memory of prompts is limited, for one actor and for all.',
    'read(exchange, way, held)',
    'read(exchange, way, { ...held, take: () => undefined })',
  ),
  carry(
    'An exchange that was opened ends with an ending.',
    'if (await exchange.opened) await close(exchange, fault)\n    else await refuse',
    'if (!exchange.opened) await refuse',
  ),
  carry('One that was not opened is refused, once.', 'else await refuse(exchange, fault)', ''),
  carry(
    'An opening’s fate is known before the answer to a failure.',
    'await exchange.opened',
    'exchange.timings.durable !== undefined',
  ),
  carry('Every turn is ended.', 'turn.end()', ''),
  stream(
    'No reply ends before its ending is durable.',
    'await end(this.#exchange, ended(this.#exchange, told))',
    'void end(this.#exchange, ended(this.#exchange, told))',
  ),
  stream('Reply bytes are journalled before they leave.', 'journal(this.#exchange, kept)', ''),
  stream('While the record lags behind, an event waits until it is durable.', 'isBehind(this.#exchange.house) || ', ''),
  stream(
    'With `each-event`, an event waits until it is durable.',
    "|| this.#way.connection.durable === 'each-event'",
    '',
  ),
  watch('The client’s abort cuts the exchange.', "gone.addEventListener('abort', onGone)"),
  watch('What is over lets go of its upstream, whatever ended it.', 'controller.abort(OVER)'),
  watch('A revoked key cuts the exchange.', "revoked.addEventListener('abort', onRevoked)"),
  stream(
    'A reply that broke off is not recorded as one that ended.',
    "if (this.#truncated(last)) throw new Fault('upstream.truncated')",
    '',
  ),
  stream('An ending that cannot be written is kept.', 'await endAnyhow(this.#exchange, ending)', ''),
  stream('What is let go is recorded masked.', 'const bytes = this.#reply.recordOf(left)', 'const bytes = left'),
  {
    guarantee: 'Nothing of a blocked secret leaves in a stream.',
    file: 'gateway/reply.ts',
    line: 'this.stopped = this.#blockedIn(waiting)',
    instead: 'this.#blockedIn(waiting)',
  },
  {
    guarantee: 'Nothing leaves of a whole reply with a blocked secret.',
    file: 'gateway/ending.ts',
    line: 'throw blockedBy(blocked)',
    instead: '',
  },
  {
    guarantee: 'A prompt with a blocked secret is denied.',
    file: 'gateway/steps.ts',
    line: 'const verdict = stoppedBy(findings)',
    instead: 'const verdict = stoppedBy([])',
  },
  stream('The record holds what left, and no more.', 'this.#takeBack(delivered)', ''),
  {
    guarantee: 'Whose key was refused is on the record.',
    file: 'gateway/steps.ts',
    line: 'exchange.actor = key.actor',
    instead: 'if (house.now() < 0) exchange.actor = key.actor',
  },
  {
    guarantee: 'The terminal event is held back.',
    file: 'gateway/reply.ts',
    line: 'if (this.terminal) this.#last.push(waiting)',
    instead: 'if (false) this.#last.push(waiting)',
  },
  {
    guarantee: 'An event that does not parse is scanned as raw text.',
    file: 'gateway/reply.ts',
    line: 'return { pieces: [piece], ends: [], terminal: false }',
    instead: 'return { pieces: [], ends: [], terminal: false }',
  },
  {
    guarantee: 'A stream is read as one, whatever its header says.',
    file: 'gateway/ending.ts',
    line: 'return form ? flow(exchange, way, begun, form, cut) : whole(exchange, way, begun, cut)',
    instead: 'return whole(exchange, way, begun, cut)',
  },
  {
    guarantee: 'Events of which no protocol knows the fields have lanes.',
    file: 'gateway/reply.ts',
    line: '?? readPlainEvent(data)',
    instead: '?? { pieces: [], ends: [], terminal: false }',
  },
  {
    guarantee: 'An event with a key twice is written anew with one.',
    file: 'gateway/reply.ts',
    line: 'if (reading.doubled === undefined) return { frame, reading }',
    instead: 'return { frame, reading }',
  },
  {
    guarantee: 'A prompt with a key twice goes nowhere.',
    file: 'wire/protocol.ts',
    line: "if (part === 'prompt' && doubled !== undefined) throw",
    instead: 'if (false) throw',
  },
  {
    guarantee: 'A key of the gateway is not taken in the place of a passthrough credential.',
    file: 'gateway/steps.ts',
    line: "if (found.channel === 'credential' && credentials !== 'brokered' && kind !== 'demo')",
    instead: 'if (false)',
  },
  {
    guarantee: 'An event of a known shape is scanned.',
    file: 'gateway/reply.ts',
    line: 'segments.push(this.#feed(target.lane, target.mode, value))',
    instead: 'segments.length = 0',
  },
  {
    guarantee: 'An event of a known shape waits while its tail may begin a secret.',
    file: 'gateway/reply.ts',
    line: 'return this.#waiting.length > 0 || !segments.every(passes) ? segments : undefined',
    instead: 'return this.#waiting.length > 0 ? segments : undefined',
  },
  {
    guarantee: 'The record holds the masked prompt.',
    file: 'gateway/scan.ts',
    line: '      bytes: record,',
    instead: '      bytes: received.bytes,',
  },
  {
    guarantee: 'A whole reply is masked.',
    file: 'gateway/ending.ts',
    line: 'const out = given === text ? bytes : Buffer.from(given)',
    instead: 'const out = bytes',
  },
  {
    guarantee: 'A secret in the head of a reply is masked, and found.',
    file: 'gateway/ending.ts',
    line: "const { incoming: reply, findings } = cleanHead(maskerFor(exchange, way, 'reply'), decoded(incoming))",
    instead: 'const { incoming: reply, findings } = { incoming: decoded(incoming), findings: [] }',
  },
  {
    guarantee: 'Where masking touched a text, token probabilities do not spell it again.',
    file: 'gateway/waiting.ts',
    line: 'return withoutSpellings(splice(frame.data ??',
    instead: 'return (splice(frame.data ??',
  },
  {
    guarantee: 'What became of a suggestion is believed from nobody but the actor who asked for it.',
    file: 'gateway/copilot/outcomes.ts',
    line: "if (asked.actor === undefined || asked.actor !== actor?.id) return 'foreign'",
    instead: '',
  },
  {
    guarantee: 'Of what is relayed unread the record holds no path.',
    file: 'gateway/exchange.ts',
    line: "path: exchange.route === 'unread' && exchange.connection ? '' :",
    instead: 'path:',
  },
  {
    guarantee: 'The credential of what is relayed unread is not even fingerprinted.',
    file: 'gateway/steps.ts',
    line: "if (credential && exchange.route !== 'unread') {",
    instead: 'if (credential) {',
  },
  {
    guarantee: 'A credential that another actor had first raises an alert.',
    file: 'gateway/copilot/recognise.ts',
    line: 'if (shared !== undefined)',
    instead: 'if (shared === null)',
  },
]

/** docs/guarantees.md as the list makes it. */
export function page(): string {
  const rows = MUTATIONS.map(({ guarantee, file, line }) => {
    const shown = line.replaceAll(/\s*\n\s*/g, ' ').replaceAll('|', '\\|')
    return `| ${guarantee} | \`${file}\` | \`${shown}\` |`
  })
  return `# Guarantees

What \`carry()\` promises, and the line that keeps each promise. \`npm run test:mutations\` takes every one of these lines out
of a copy of the source and runs the gateway's tests there: they must fail. This page is made from
\`test/guarantees/mutations.ts\`; a test holds the two together.

| guarantee | file | line |
|---|---|---|
${rows.join('\n')}

Beside them: \`npm run test:faults\` kills the process a hundred times under load and compares what clients received, what
the upstream received and what the record holds.
`
}
