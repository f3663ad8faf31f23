/** Who holds which key: created, recognised, revoked. Holds digests, never keys; opens no socket. */
import { type Actor, type ActorKind, Fault, type Keyring } from '#exchange'
import type { Channel } from './credential.ts'
import { type KeyKind, kindOf, makeKey, pathKeysIn } from './key.ts'
import { isLoopback, isNetwork, within } from './networks.ts'

const DAY_MS = 86_400_000
const DEFAULT_DAYS = 90
const MOST_PATH_DAYS = 30
const MOST_DAYS = 366
const USED_EVERY_MS = 60_000
/** setTimeout's own limit, 2^31 - 1 ms. */
const LONGEST_TIMER = 2_147_483_647

/** A key as it is stored: everything but the key. Times in ms since the Unix epoch. */
export interface KeyRecord {
  readonly id: string
  readonly kind: KeyKind
  /** Keyed digest of the key, hex. */
  readonly digest: string
  readonly actor: Actor
  readonly connections: readonly string[] | '*'
  /** CIDR ranges that it works from; any where it is left out. */
  readonly networks?: readonly string[]
  readonly created: number
  readonly expires: number
  readonly revoked?: number
  readonly why?: string
  /** To the minute. */
  readonly used?: number
}

export interface KeyStore {
  list(): Promise<readonly KeyRecord[]>
  /** Resolves once the record is durable. */
  put(record: KeyRecord): Promise<void>
  /** Why nobody can tell which keys there are, where that is so; asked after `list`. */
  locked?(): Fault | undefined
}

/** A recognised caller. `revoked` aborts when the key is revoked or expires, so that open streams are cut. */
export interface Caller {
  readonly actor: Actor
  readonly key: string
  readonly revoked: AbortSignal
}

/** From where a key comes. `insecure`: over a plain listener beyond loopback. */
export interface Peer {
  readonly remote: string
  readonly insecure: boolean
}

export interface NewKey {
  readonly kind: KeyKind
  readonly actor: string
  readonly name?: string
  readonly groups?: readonly string[]
  readonly connections: readonly string[] | '*'
  readonly networks?: readonly string[]
  readonly days?: number
}

export interface IdentityOptions {
  readonly store: KeyStore
  readonly keyring: Keyring
  readonly now: () => number
  readonly random: (bytes: number) => Uint8Array
  readonly pathKeys: boolean
}

interface Held {
  record: KeyRecord
  readonly cut: AbortController
  /** True while its revocation is not durable. */
  owed: boolean
}

const ACTOR_KINDS: Readonly<Record<KeyKind, ActorKind>> = { user: 'person', job: 'job', svc: 'service', path: 'person' }
const CHANNELS: Readonly<Record<Channel, readonly KeyKind[]>> = {
  header: ['user', 'job', 'svc'],
  proxy: ['user', 'job', 'svc'],
  path: ['path'],
  credential: ['user', 'job', 'svc'],
}

export class Identity {
  readonly #options: IdentityOptions
  readonly #byDigest = new Map<string, Held>()

  constructor(options: IdentityOptions, records: readonly KeyRecord[]) {
    this.#options = options
    for (const record of records) this.#hold(record)
  }

  /**
   * Whose key it is, be it still good or not: who was refused belongs on the record too. Sync: a look-up by keyed
   * digest, so that its time tells nothing of a stored key.
   * @throws identity.unknown
   */
  recognise(secret: string): KeyRecord {
    const held = kindOf(secret) && this.#byDigest.get(this.#digest(secret))
    if (!held) throw new Fault('identity.unknown')
    return held.record
  }

  /** The connections that a key covers, be it good or not; undefined where it is not known. */
  scopeOf(secret: string): KeyRecord['connections'] | undefined {
    return kindOf(secret) && this.#byDigest.get(this.#digest(secret))?.record.connections
  }

  /**
   * Lets a recognised key in. @param connection undefined for a tunnel, which belongs to none
   * @throws identity.revoked, identity.expired, identity.channel, identity.network, identity.scope
   */
  admit({ digest }: KeyRecord, channel: Channel, connection: string | undefined, peer?: Peer): Caller {
    const held = this.#byDigest.get(digest)
    if (!held) throw new Fault('identity.unknown')
    const { record, cut } = held
    const { kind, connections } = record
    if (record.revoked !== undefined) throw new Fault('identity.revoked')
    if (record.expires <= this.#options.now()) throw new Fault('identity.expired')
    if (!CHANNELS[channel].includes(kind) || (kind === 'path' && !this.#options.pathKeys))
      throw new Fault('identity.channel')
    if (peer) checkNetwork(record, peer)
    if (connection !== undefined && connections !== '*' && !connections.includes(connection))
      throw new Fault('identity.scope')
    this.#touch(held)
    return { actor: record.actor, key: record.id, revoked: cut.signal }
  }

  /** Makes a key; the text is returned once and kept nowhere. @throws usage.option */
  async create(wanted: NewKey): Promise<{ key: string; record: KeyRecord }> {
    const { now, random, store } = this.#options
    check(wanted)
    const key = makeKey(wanted.kind, random)
    const days = wanted.days ?? (wanted.kind === 'path' ? MOST_PATH_DAYS : DEFAULT_DAYS)
    const actor = {
      id: wanted.actor,
      kind: ACTOR_KINDS[wanted.kind],
      name: wanted.name ?? wanted.actor,
      groups: wanted.groups ?? [],
    }
    const record: KeyRecord = {
      id: `k_${Buffer.from(random(6)).toString('base64url')}`,
      kind: wanted.kind,
      digest: this.#digest(key),
      actor,
      connections: wanted.connections,
      ...(wanted.networks && { networks: wanted.networks }),
      created: now(),
      expires: now() + days * DAY_MS,
    }
    await store.put(record)
    this.#hold(record)
    return { key, record }
  }

  /** @throws trail.key where nobody can tell which there are */
  list(): KeyRecord[] {
    this.#mayTell()
    return [...this.#byDigest.values()].map(({ record }) => record)
  }

  /**
   * Refuses the key from now on, makes that durable, then cuts every stream that it has open. Where the trail cannot be
   * written the streams are cut all the same, and revoking once more tries to make it durable.
   * @throws identity.unknown, trail.*
   */
  async revoke(id: string, why?: string): Promise<KeyRecord> {
    const held = [...this.#byDigest.values()].find(({ record }) => record.id === id)
    this.#mayTell()
    if (!held) throw new Fault('identity.unknown', id.slice(0, 32))
    if (held.cut.signal.aborted && held.record.revoked !== undefined && !held.owed) return held.record
    if (held.record.revoked === undefined)
      held.record = { ...held.record, revoked: this.#options.now(), ...(why && { why }) }
    held.owed = true
    try {
      await this.#options.store.put(held.record)
      held.owed = false
    } finally {
      held.cut.abort()
    }
    return held.record
  }

  /** Revokes every path key that stands in a prompt: whoever reads prompts could use it. */
  async revokeSecretsIn(text: string): Promise<KeyRecord[]> {
    const found = pathKeysIn(text).map((key) => this.#byDigest.get(this.#digest(key))?.record)
    const live = found.filter((record) => record !== undefined && record.revoked === undefined) as KeyRecord[]
    return Promise.all(live.map((record) => this.revoke(record.id, 'it was found in a prompt')))
  }

  #mayTell(): void {
    const fault = this.#options.store.locked?.()
    if (fault) throw fault
  }

  #digest(key: string): string {
    return this.#options.keyring.digest('key', key).toString('hex')
  }

  #hold(record: KeyRecord): void {
    const cut = new AbortController()
    if (record.revoked !== undefined) cut.abort()
    const left = record.expires - this.#options.now()
    if (left > 0 && left < LONGEST_TIMER) setTimeout(() => cut.abort(), left).unref()
    this.#byDigest.set(record.digest, { record, cut, owed: false })
  }

  /** Notes the last use, at most once a minute; a trail that can't take it now gets it with a later one. */
  #touch(held: Held): void {
    const now = this.#options.now()
    if (now - (held.record.used ?? 0) < USED_EVERY_MS) return
    const before = held.record
    const used = Math.max(before.created, now - (now % USED_EVERY_MS))
    held.record = { ...before, used }
    this.#options.store.put(held.record).catch(() => {
      if (held.record.used === used) held.record = { ...held.record, used: before.used ?? 0 }
    })
  }
}

/** Reads the stored keys. @throws trail.* */
export async function openIdentity(options: IdentityOptions): Promise<Identity> {
  return new Identity(options, await options.store.list())
}

const PLAIN = /^[\p{L}\p{N}][\p{L}\p{N}@._+:/ -]{0,127}$/u

/**
 * A key that is bound to networks works from there only. On a plain listener beyond loopback others can read it on its way,
 * so that there no other works at all.
 */
function checkNetwork({ networks }: KeyRecord, { remote, insecure }: Peer): void {
  if (networks ? !within(networks, remote) : insecure && !isLoopback(remote))
    throw new Fault('identity.network', networks ? `not from ${remote}` : 'it is bound to none')
}

function check({ kind, actor, connections, networks, days }: NewKey): void {
  const bad = (detail: string): never => {
    throw new Fault('usage.option', detail)
  }
  if (!Object.hasOwn(ACTOR_KINDS, kind)) bad('kind: user, job, svc or path')
  if (typeof actor !== 'string' || !PLAIN.test(actor)) bad('actor: up to 128 letters, digits and @._+:/-')
  if (connections !== '*' && !(Array.isArray(connections) && connections.length))
    bad('connections: * or a list of names')
  if (kind === 'path' && (connections === '*' || connections.length !== 1))
    bad('connections: a path key covers exactly one')
  if (networks !== undefined && !(Array.isArray(networks) && networks.length && networks.every(isNetwork)))
    bad('networks: CIDR ranges, as 10.1.0.0/16')
  const most = kind === 'path' ? MOST_PATH_DAYS : MOST_DAYS
  if (days !== undefined && !(Number.isFinite(days) && days > 0 && days <= most))
    bad(`days: more than 0, at most ${most}`)
}
