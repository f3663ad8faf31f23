/**
 * What each kind of entry looks like. Whoever can write in the data folder can put any JSON into a day file: what is read from
 * there is held to this once, and no other code looks whether a part is there. Pure; says nothing of whether an entry is true.
 */
import type { Entry, EntryKind } from '#exchange'
import { isExchangeId } from './days.ts'

type Check = (value: unknown) => boolean
type Shape = Readonly<Record<string, Check>>

/** The last ms of the year 9999, since the Unix epoch: what comes later, or before 1970, most formats cannot say. */
const LAST_MS = 253_402_300_799_999
/** What a hold or an erasure reaches to may be said more widely: a day within what a date can be, wherever it is shown. */
const WIDEST_MS = 8_640_000_000_000_000 - 86_400_000

const text: Check = (value) => typeof value === 'string'
const number: Check = (value) => typeof value === 'number'
const seq: Check = (value) => Number.isSafeInteger(value) && (value as number) > 0
const flag: Check = (value) => typeof value === 'boolean'
const time: Check = (value) => typeof value === 'number' && value >= 0 && value <= LAST_MS
const edge: Check = (value) => typeof value === 'number' && Math.abs(value) <= WIDEST_MS
const id: Check = (value) => typeof value === 'string' && isExchangeId(value)
const maybe =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value)
const list =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check)
const of =
  (check: Check): Check =>
  (value) =>
    isObject(value) && Object.values(value).every(check)

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function object(shape: Shape): Check {
  const keys = Object.entries(shape)
  return (value) => isObject(value) && keys.every(([key, check]) => check(value[key]))
}

const texts = list(text)
const numbers = list(number)
const fact = object({ value: text, source: text })
const finding = object({
  ...{
    rule: text,
    direction: text,
    lane: text,
    start: number,
    end: number,
    length: number,
    action: text,
    masked: flag,
  },
  ...{ verified: maybe(flag), fingerprints: maybe(texts) },
})
const body = maybe(object({ type: text, received: text, sent: text }))
const measure = maybe(object({ size: number, type: text, received: text, sent: text }))
const bodyCut = object({ exchange: id, part: text, commitment: text })

/** What an opening and an ending share. */
const said = {
  ...{ findings: list(finding), fault: maybe(text), reason: maybe(text), model: maybe(text), policy: maybe(text) },
  ...{ alerts: maybe(texts), measure, body },
}

const opening: Shape = {
  ...said,
  ...{ door: text, method: text, path: text, route: text, facts: of(fact) },
  actor: maybe(object({ id: text, kind: text, name: text, groups: texts })),
  verdict: maybe((value) => judged(value)),
  ...{ session: maybe(text), key: maybe(text), credential: maybe(text), connection: maybe(text), host: maybe(text) },
  ...{ surface: maybe(text), retryOf: maybe(text), follows: maybe(text), keep: maybe(text), retain: maybe(text) },
  ...{ insecure: maybe(flag), stream: maybe(flag), warmUp: maybe(flag), messages: maybe(number), count: maybe(number) },
  tools: maybe(texts),
}

const judged: Check = (value) =>
  isObject(value) &&
  (value['kind'] === 'allow' || (text(value['kind']) && text(value['rule']) && text(value['reason'])))

const ending: Shape = {
  ...said,
  ...{ timings: of(number), usage: maybe(of(number)), outcomes: maybe(of(number)), tunnel: maybe(of(number)) },
  ...{ status: maybe(number), delivered: maybe(number), events: maybe(number), unparsed: maybe(number) },
  ...{ finish: maybe(text), requestId: maybe(text), githubRequestId: maybe(text), derived: maybe(text) },
  printed: maybe(text),
  ...{ authored: maybe(flag), pace: maybe(list((pair) => numbers(pair) && (pair as unknown[]).length === 2)) },
}

const again = {
  ...{ insteadOf: maybe(number), was: maybe(time), retain: maybe(text) },
  late: maybe((value) => isObject(value) && time(value['at'])),
}
const act = { who: fact, why: text }
const scope = object({
  ...{ user: maybe(text), session: maybe(text), exchange: maybe(text), connection: maybe(text), query: maybe(text) },
  ...{ since: maybe(edge), until: maybe(edge) },
})
const sealedBy = object({ origin: text, size: number, root: text })

const SHAPES: Readonly<Record<EntryKind, Shape>> = {
  ...{ asked: opening, refused: opening },
  ...{ replied: ending, denied: ending, aborted: ending, failed: ending, interrupted: ending },
  outcome: {
    ...{ outcome: text, source: text, by: text, event: text },
    ...{ happened: maybe(time), choice: maybe(number), characters: maybe(number), lines: maybe(number) },
  },
  gap: { from: time, to: time, count: number, reason: text, signature: text, retain: maybe(text) },
  searched: { via: text, fingerprint: text, query: text, found: number, ...again },
  read: {
    ...{
      did: text,
      via: text,
      reader: fact,
      of: text,
      content: flag,
      format: maybe(text),
      count: number,
      times: number,
    },
    ...again,
  },
  bypass: {
    ...{ source: text, via: text, happened: time, actor: maybe(text), github: maybe(text), client: maybe(text) },
    ...{ model: maybe(text), interaction: maybe(text), retain: maybe(text) },
  },
  rotated: { via: text, reader: maybe(fact), key: text, former: texts, rewrapped: number, lost: number },
  restored: {
    ...{ reader: fact, from: text, taken: time, last: number, sealed: number, known: number },
    ...{ erasures: number, holds: number, purges: maybe(number), revocations: number, voided: number },
    ...{ keys: maybe(text), locked: maybe(numbers) },
  },
  ruled: { via: text, policy: text, text: maybe(text) },
  vanished: { from: seq, to: seq },
  hold: { ...act, scope },
  release: { ...act, hold: text },
  purge: {
    ...act,
    days: list(object({ day: text, retain: maybe(text), entries: number, exchanges: number, took: maybe(numbers) })),
  },
  erase: {
    ...{ ...act, basis: text, scope, exchanges: number, sessions: number, later: number, notes: number },
    ...{ took: maybe(numbers), cut: maybe(list(bodyCut)) },
  },
  redact: {
    ...{ ...act, policy: maybe(text) },
    bodies: list((one) => bodyCut(one) && object({ rules: texts })(one)),
  },
  begun: { ...act, origin: text, former: sealedBy, known: maybe(sealedBy), beside: maybe(list(sealedBy)) },
}

const FORMS = new Map<unknown, Check>(
  Object.entries(SHAPES).map(([kind, shape]) => [kind, object({ exchange: id, at: time, ...shape })]),
)

/** Nothing of ours is nested deeper. Whoever walks through an entry does not run out of stack. */
const DEEPEST = 32

export const isShallow = (value: unknown, left = DEEPEST): boolean =>
  typeof value !== 'object' ||
  value === null ||
  (left > 0 && Object.values(value).every((one) => isShallow(one, left - 1)))

/** Whether a value of JSON is an entry by its form, of whatever kind it says. */
export const isEntry = (value: unknown): value is Entry =>
  isObject(value) && FORMS.get(value['kind'])?.(value) === true && isShallow(value)

/** Whether a value of JSON is a list of findings. */
export const areFindings: Check = list(finding)
