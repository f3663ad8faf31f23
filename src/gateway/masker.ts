/** How one side of one exchange is masked: by which rules, with which marks, and what becomes of a secret. Keeps no value. */
import { type Action, type Direction, Fault, type Finding, type Keyring } from '#exchange'
import { type Engine, isGuessable, type LaneFinding, type LaneOptions } from '#masking'
import type { Ahead } from './ahead.ts'
import type { Exchange } from './exchange.ts'
import { maskFact } from './fact.ts'
import { type Given, givenTo } from './restore/given.ts'
import type { Way } from './steps.ts'

/** What masks the texts of one side. */
export interface Masker {
  readonly engine: Engine
  readonly lanes?: LaneOptions
  /** What was masked already. */
  readonly ahead?: Pick<Ahead, 'of'> | undefined
  /** `mask` where it is not given. */
  readonly actionOf?: (rule: string) => Action
  /** Whether there is a rule that blocks. */
  readonly blocks?: boolean
  /** Where what is taken out may come back: the number of a value, by where it stands if it can be guessed. */
  readonly numberOf?: (value: string, place: string) => string
  /** What came back before, and is masked also where no rule sees it. */
  readonly given?: Given
}

/** Shorter values can be guessed, so their fingerprint is good within their session alone. UTF-16 units. */
export const SHORTEST_PRINTED = 12

/** The fingerprint of a value, the same in every session: 32 hex digits. */
export const fingerprintOf = (keyring: Keyring, value: string): string =>
  keyring.digest('secret', value).toString('hex').slice(0, 32)

const MARKS = 36 ** 4

/** For one exchange. The same value reads alike in all turns of a session, and after a restart, unless it can be guessed. */
export function maskerFor(exchange: Exchange, way: Way, direction: Direction): Masker {
  const { keyring, engine, actions } = exchange.house
  const scope = scopeOf(exchange)
  const { of, leave, blocks } = actions(way.connection.name, direction)
  const marks = {
    mark: (_rule: string, value: string) => {
      if (isGuessable(value)) return undefined
      const number = keyring.digest('mark', `${scope}\0${value}`).readUInt32BE(0) % MARKS
      return number.toString(36).padStart(4, '0')
    },
    seen: (_match: unknown, value: string) =>
      value.length < SHORTEST_PRINTED
        ? `s:${keyring.digest('secret', `${scope}\0${value}`).toString('hex').slice(0, 32)}`
        : fingerprintOf(keyring, value),
  }
  const numbers = direction === 'prompt' && way.connection.restore ? exchange.house.memory.numbers : undefined
  const owner = { actor: exchange.actor?.id ?? '', connection: way.connection.name, session: scope }
  const masker = { engine, lanes: { marks, ...(leave && { leave }) }, actionOf: of, blocks }
  if (!numbers) return masker
  const given = givenTo(exchange, way)
  return { ...masker, numberOf: (value, place) => numbers.of(owner, value, place), ...(given && { given }) }
}

/** Within what a value reads alike: a session, or all that an actor does where there is none. */
export const scopeOf = ({ session, actor }: Pick<Exchange, 'session' | 'actor'>): string => session ?? actor?.id ?? ''

/** A finding of a lane as the record tells it. A lane's name holds JSON keys, which may be secrets. */
export function told(found: LaneFinding, direction: Direction, named: string, { engine, actionOf }: Masker): Finding {
  const lane = maskFact(engine, named)
  const { rule, at, until, length, verified, masked, fingerprints } = found
  return {
    ...{ rule, direction, lane, start: at, end: until, length },
    ...(verified !== undefined && { verified }),
    action: actionOf?.(rule) ?? 'mask',
    masked,
    ...(fingerprints.length && { fingerprints }),
  }
}

/** Why a reply goes no further. */
export const blockedBy = ({ rule, lane }: Pick<Finding, 'rule' | 'lane'>): Fault =>
  new Fault('policy.reply', `${rule} in ${lane}`)
