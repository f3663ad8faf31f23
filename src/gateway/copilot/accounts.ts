/** Which account at GitHub a credential belongs to, and with whom it was first seen. Holds fingerprints, never a credential. */
import { faultOf } from '#exchange'
import type { Documents } from '#trail'
import type { Account } from '#wire'

/** A credential as it is kept in the head file. Times in ms since the Unix epoch. */
export interface Credential extends Account {
  /** Keyed fingerprint. */
  readonly fingerprint: string
  /** The actor that it was first seen with. */
  readonly actor: string
  readonly first: number
  /** To the day. */
  readonly seen: number
  /** The credential that a token was given out for. */
  readonly of?: string
  /** When a token expires. */
  readonly until?: number
}

export interface AccountsOptions {
  readonly documents: Pick<Documents, 'list' | 'put' | 'delete'>
  readonly now: () => number
  /** A line for whoever runs the gateway. */
  tell(line: string): void
}

const KIND = 'credential'
const DAY_MS = 86_400_000
/** So many credentials are remembered; the one that was not used for longest goes first. */
const MOST = 20_000
/** Of those that GitHub said nothing of yet so many of one actor: whoever makes up more forgets own ones. */
const MOST_UNSAID = 256
/** A login by GitHub's own id is a help, not a proof; so many are remembered. */
const MOST_LOGINS = 20_000

/** What is known of a credential that somebody uses now. */
export interface Seen {
  readonly account: Account
  /** The actor that had it first, where that is another one. */
  readonly shared?: string
}

export class Accounts {
  readonly #options: AccountsOptions
  readonly #known = new Map<string, Credential>()
  readonly #logins = new Map<string, string>()
  /** Those of each actor that GitHub said nothing of, by use. */
  readonly #unsaid = new Map<string, Set<string>>()
  /** Those whose last writing failed. */
  readonly #owed = new Set<string>()

  constructor(options: AccountsOptions, records: readonly Credential[]) {
    this.#options = options
    for (const record of records.toSorted((a, b) => a.seen - b.seen)) this.#hold(record)
    this.#forgetExpired()
  }

  /** Notes that an actor uses a credential; the first one is remembered for good. */
  see(fingerprint: string, actor: string, token: Pick<Credential, 'until'> = {}): Seen {
    const now = this.#options.now()
    const known = this.#known.get(fingerprint)
    const record = known ?? { fingerprint, actor, first: now, seen: 0, ...token }
    const today = now - (now % DAY_MS)
    if (record.seen !== today || this.#owed.has(fingerprint)) this.#save({ ...record, seen: today })
    const account = this.#accountOf(record)
    return record.actor === actor ? { account } : { account, shared: record.actor }
  }

  /** What GitHub said of a credential. */
  learn(fingerprint: string, actor: string, account: Account): void {
    const known = this.#known.get(fingerprint)
    const now = this.#options.now()
    const record = { fingerprint, actor, first: now, seen: now - (now % DAY_MS), ...known, ...account }
    if (JSON.stringify(record) !== JSON.stringify(known)) this.#save(record)
  }

  /** A token that was given out for a credential: whose that was first, it is. */
  learnToken(fingerprint: string, token: Pick<Credential, 'until' | 'actor'> & { readonly of: string }): void {
    const now = this.#options.now()
    if (this.#known.size % 64 === 0) this.#forgetExpired()
    if (this.#known.has(fingerprint)) return
    const actor = this.#known.get(token.of)?.actor ?? token.actor
    this.#save({ fingerprint, first: now, seen: now - (now % DAY_MS), ...token, actor })
  }

  /** The login that GitHub told of an id; whoever shows the id need not be that account. */
  loginOf(id: string | undefined): string | undefined {
    return id === undefined ? undefined : this.#logins.get(id)
  }

  #accountOf(record: Credential): Account {
    const parent = record.of === undefined ? undefined : this.#known.get(record.of)
    const { login, organizations, plan, id } = { ...parent, ...record }
    return {
      ...(login && { login }),
      ...(organizations && { organizations }),
      ...(plan && { plan }),
      ...(id && { id }),
    }
  }

  #hold(record: Credential): void {
    this.#known.delete(record.fingerprint)
    this.#known.set(record.fingerprint, record)
    this.#noteSaid(record)
    if (record.id && record.login) {
      if (this.#logins.size >= MOST_LOGINS) this.#logins.clear()
      this.#logins.set(record.id, record.login)
    }
  }

  #noteSaid({ fingerprint, actor, login, plan, of }: Credential): void {
    this.#dropUnsaid(actor, fingerprint)
    if (login !== undefined || plan !== undefined || of !== undefined) return
    this.#unsaid.set(actor, (this.#unsaid.get(actor) ?? new Set()).add(fingerprint))
  }

  #dropUnsaid(actor: string, fingerprint: string): void {
    const unsaid = this.#unsaid.get(actor)
    unsaid?.delete(fingerprint)
    if (unsaid?.size === 0) this.#unsaid.delete(actor)
  }

  /** The one to forget, if any: of an actor with too many that nobody vouched for, else where there are too many in all. */
  #surplus(actor: string): string | undefined {
    const unsaid = this.#unsaid.get(actor)
    if (unsaid && unsaid.size > MOST_UNSAID) return [...unsaid][0]
    if (this.#known.size <= MOST) return undefined
    const [any] = this.#unsaid.values()
    const [oldest] = any ?? this.#known.keys()
    return oldest
  }

  #save(record: Credential): void {
    this.#hold(record)
    const surplus = this.#surplus(record.actor)
    if (surplus !== undefined) this.#forget(surplus)
    this.#owed.delete(record.fingerprint)
    this.#options.documents.put(KIND, record.fingerprint, record).catch(() => this.#owed.add(record.fingerprint))
  }

  #forgetExpired(): void {
    const now = this.#options.now()
    for (const { fingerprint, until } of this.#known.values())
      if (until !== undefined && until < now) this.#forget(fingerprint)
  }

  #forget(fingerprint: string): void {
    const actor = this.#known.get(fingerprint)?.actor
    if (actor !== undefined) this.#dropUnsaid(actor, fingerprint)
    this.#known.delete(fingerprint)
    this.#owed.delete(fingerprint)
    this.#options.documents
      .delete(KIND, fingerprint)
      .catch((error) => this.#options.tell(`a credential's fingerprint stays in the record: ${faultOf(error).code}`))
  }
}

/** Reads what was kept. @throws trail.* */
export async function openAccounts(options: AccountsOptions): Promise<Accounts> {
  return new Accounts(options, (await options.documents.list(KIND)) as Credential[])
}
