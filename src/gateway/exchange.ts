/** One exchange under way: what is known so far, and the entries that are made of it. Opens no socket, writes nothing. */
import {
  type Actor,
  type Body,
  digestsOf,
  type Edits,
  type Ending,
  type EndingKind,
  type Facts,
  type Fault,
  type Finding,
  type Like,
  type Message,
  type Opening,
  type OutcomeCounts,
  type Prompt,
  type Reply,
  type RouteKind,
  type settled,
  type Verdict,
} from '#exchange'
import type { Client } from '#wire'
import { maskFact } from './fact.ts'
import type { House } from './house.ts'
import { recordingOf, reduced } from './recorded.ts'
import type { Taken } from './restore/placeholders.ts'
import { shownPath } from './reverse.ts'
import type { Head, Turn } from './turn.ts'

/** Grows step by step while `carry()` goes on; each step fills what it learns. One that is never carried has a head only. */
export interface Exchange<Asked extends Head = Turn> {
  readonly id: string
  readonly at: number
  readonly began: number
  readonly turn: Asked
  readonly house: House
  readonly client: Client
  connection?: string
  host?: string
  actor?: Actor
  key?: string
  credential?: string
  session?: string
  route: RouteKind
  /** What the route is to the client; set on routes of Copilot. */
  surface?: string
  /** Whose the credential is at GitHub. */
  github?: Facts
  /** What somebody should look at, known from the start. */
  alerts?: readonly string[]
  /** Of a telemetry: what it told of other exchanges. */
  outcomes?: OutcomeCounts
  prompt?: Prompt
  verdict?: Verdict
  findings: readonly Finding[]
  /** Found in the reply's header fields. */
  headFindings?: readonly Finding[]
  /** Where `mask: restore` is set: what this prompt and its chain had taken out. */
  taken?: Taken
  body?: Body
  like?: Like
  text?: string
  retryOf?: string
  /** Under which a retry of this prompt is known as one. */
  print?: string
  /** The exchange whose reply this prompt goes on from. */
  follows?: string
  /** What it goes on from. */
  before?: readonly Message[]
  /** Remembers what this prompt sent, for the session's next one; called once it is on the record. */
  learn?: () => Promise<void> | undefined
  /** The prompt's body, parsed; masked once it is scanned. */
  document?: unknown
  /** The body that no protocol reads, masked. */
  unread?: Buffer
  /** The body that was digested last. */
  digested?: { readonly bytes: Uint8Array; readonly hex: string; readonly sha256: string }
  /** Resolves once it is decided whether the opening is on the trail. */
  opened?: Promise<boolean>
  /** How much of it is kept and for how long, once the rules were asked. */
  recording?: ReturnType<typeof settled>
  /** Set where a gap let it pass: nothing of it is on the trail, or its ending will be there later. */
  gap?: 'whole' | 'part'
  timings: { identified?: number; read?: number; durable?: number; firstByte?: number }
}

export function begin<Asked extends Head>(turn: Asked, house: House, client: Client): Exchange<Asked> {
  return {
    id: house.uuid(),
    at: house.now(),
    began: house.clock(),
    turn,
    house,
    client,
    ...(turn.address.connection && { connection: turn.address.connection }),
    route: 'unknown',
    findings: [],
    timings: {},
  }
}

/** Milliseconds since the request began, to a tenth. */
export const elapsed = ({ house, began }: Exchange<Head>): number => Math.round((house.clock() - began) * 10) / 10

/** Keyed digest of a body's bytes, hex. What passes unchanged is digested once: nothing writes into a body. */
export function digest(exchange: Exchange, bytes: Uint8Array): string {
  if (exchange.digested?.bytes === bytes) return exchange.digested.hex
  const { sha256, keyed } = digestsOf(exchange.house.keyring, bytes)
  exchange.digested = { bytes, hex: keyed, sha256 }
  return keyed
}

/** SHA-256 of a body, for its seal, where it is the one that was digested last. */
export const sealed = ({ digested }: Exchange, bytes: Uint8Array): Pick<Body, 'sha256'> =>
  digested?.bytes === bytes ? { sha256: digested.sha256 } : {}

/** What was received, sealed to a key that is not here, where originals are kept and the record holds other bytes. */
export function originalOf(
  { house, id }: Exchange,
  part: 'prompt' | 'reply',
  received: Uint8Array | undefined,
): Pick<Body, 'original' | 'unmaskable'> {
  if (!received || !house.originals) return {}
  return { original: house.originals(received, id, part), unmaskable: true }
}

/** The `asked` entry: who, where to, what, and what the rules said. */
export function asked(exchange: Exchange<Head>): Opening {
  return reduced({ kind: 'asked', ...opening(exchange) }, recordingOf(exchange).keep)
}

/** The `refused` entry: an exchange that ends where it began. The body is kept only for a caller who is known. */
export function refused(exchange: Exchange<Head>, fault: Fault): Opening {
  const { body, text, ...rest } = opening(exchange)
  const kept = exchange.actor ? { ...(body && { body }), ...(text !== undefined && { text }) } : {}
  return reduced({ kind: 'refused', ...rest, ...kept, ...why(exchange, fault) }, recordingOf(exchange).keep)
}

/** Characters of a path: of whoever is known, and of what goes nowhere. */
const LONGEST_PATH = 32_768
const LONGEST_SHOWN = 256

const pathOf = ({ house, turn, actor }: Exchange<Head>): string =>
  maskFact(house.engine, shownPath(turn.address), actor ? LONGEST_PATH : LONGEST_SHOWN)

/** Why it went no further. A detail may quote the request. */
const why = (exchange: Exchange<Head>, { code, detail }: Fault) => ({
  fault: code,
  ...(detail && { reason: masked(exchange, detail) }),
})

function opening(exchange: Exchange<Head>): Omit<Opening, 'kind'> {
  const { turn, prompt } = exchange
  const { keep, retain } = recordingOf(exchange)
  return {
    exchange: exchange.id,
    at: exchange.at,
    door: turn.door,
    method: turn.method,
    path: exchange.route === 'unread' && exchange.connection ? '' : pathOf(exchange), // a tunnel's is host and port
    route: exchange.route,
    facts: factsOf(exchange),
    findings: exchange.findings,
    ...(turn.insecure && { insecure: true }),
    ...set('connection', exchange.connection && masked(exchange, exchange.connection)),
    ...set('host', exchange.host && masked(exchange, exchange.host)),
    ...set('actor', exchange.actor),
    ...set('key', exchange.key),
    ...set('credential', exchange.credential),
    ...set('surface', exchange.surface),
    ...(exchange.alerts?.length && { alerts: exchange.alerts }),
    ...set('session', exchange.session),
    ...(exchange.verdict && { policy: exchange.house.policy, verdict: exchange.verdict }),
    ...set('body', exchange.body && typed(exchange, exchange.body)),
    ...set('like', exchange.like),
    ...set('text', exchange.text),
    ...set('retryOf', exchange.retryOf),
    ...set('follows', exchange.follows),
    ...(keep !== 'full' && { keep }),
    ...set('retain', retain),
    ...set('warmUp', prompt?.warmUp),
    ...(prompt && {
      model: masked(exchange, prompt.model),
      stream: prompt.stream,
      messages: prompt.messages.length,
      tools: prompt.tools.map((tool) => masked(exchange, tool)),
    }),
  }
}

/** A text from outside, as the record may hold it. */
const masked = ({ house }: Exchange<Head>, text: string): string => maskFact(house.engine, text)

/** Facts from outside, as the record may hold them. */
const told = (exchange: Exchange<Head>, facts: Facts = {}): Facts =>
  Object.fromEntries(
    Object.entries(facts).map(([name, { value, source }]) => [name, { value: masked(exchange, value), source }]),
  )

function factsOf(exchange: Exchange<Head>): Facts {
  const { client, prompt, turn } = exchange
  const remote = { value: turn.remote, source: 'observed' as const }
  if (exchange.route === 'unread') return { remote }
  const declared = (value: string | undefined) =>
    value ? { value: masked(exchange, value), source: 'declared' as const } : undefined
  const agent = turn.headers['user-agent']
  const facts = {
    client: declared(client.version ? `${client.client}/${client.version}` : client.client),
    user_agent: declared(typeof agent === 'string' ? agent : undefined),
    client_session: declared(client.session),
    initiator: declared(client.initiator),
    interaction: declared(client.interaction),
    repository: declared(prompt?.repository),
    commit: declared(prompt?.commit),
    branch: declared(prompt?.branch),
    language: declared(prompt?.language),
    files: declared(prompt?.files?.join('\n')),
    git_remote: declared(prompt?.remote),
    ...told(exchange, exchange.github),
    remote,
  }
  return Object.fromEntries(Object.entries(facts).filter(([, fact]) => fact)) as Facts
}

/** What the end of an exchange adds to its opening. */
export interface End {
  readonly kind: EndingKind
  readonly status: number
  readonly delivered: number
  readonly fault?: Fault
  readonly reply?: Reply
  readonly findings?: readonly Finding[]
  readonly body?: Body
  readonly authored?: boolean
  readonly events?: number
  readonly unparsed?: number
  readonly pace?: readonly (readonly [number, number])[]
  readonly requestId?: string
  readonly githubRequestId?: string
  readonly alerts?: readonly string[]
  readonly edits?: Edits | undefined
}

/** The ending entry. */
export function ended(exchange: Exchange<Head>, end: End): Ending {
  const { reply, fault } = end
  const ending: Ending = {
    kind: end.kind,
    exchange: exchange.id,
    at: exchange.house.now(),
    status: end.status,
    delivered: end.delivered,
    findings: [...(exchange.headFindings ?? []), ...(end.findings ?? [])],
    timings: { ...exchange.timings, end: elapsed(exchange) },
    ...(exchange.verdict && { policy: exchange.house.policy }),
    ...set('model', reply?.model),
    ...set('finish', reply?.finish),
    ...set('usage', reply?.usage),
    ...set('body', end.body && typed(exchange, end.body)),
    ...set('events', end.events),
    ...set('pace', end.pace),
    ...set('requestId', end.requestId),
    ...set('githubRequestId', end.githubRequestId),
    ...(end.alerts?.length && { alerts: end.alerts }),
    ...(end.unparsed && { unparsed: end.unparsed }),
    ...set('outcomes', exchange.outcomes),
    ...(end.authored && { authored: true }),
    ...(fault && why(exchange, fault)),
    ...(reply && { text: textOf(reply) }),
    ...set('edits', end.edits),
  }
  return reduced(ending, recordingOf(exchange).keep, exchange.route)
}

/** What a reply says, for the full-text index. */
export const textOf = (reply: Reply): string =>
  [reply.text, reply.reasoning, ...reply.toolCalls.map((call) => `${call.name} ${JSON.stringify(call.arguments)}`)]
    .filter(Boolean)
    .join('\n')

/** A body whose content type is one that the record may hold. */
const typed = (exchange: Exchange<Head>, body: Body): Body => ({ ...body, type: masked(exchange, body.type) })

/** `{ [name]: value }`, or nothing where the value is undefined. */
function set<Name extends string, Value>(name: Name, value: Value | undefined): { [K in Name]?: Value } {
  return value === undefined ? {} : ({ [name]: value } as { [K in Name]?: Value })
}
