/** The CA of a running house: the one that signs, its successor, those before it. Keeps no key of one that signs no more. */
import type { CaRow, Rotation } from '#console'
import { Fault, faultOf } from '#exchange'
import {
  type Authority,
  type AuthorityFiles,
  type Certified,
  type DatedLeaf,
  leafFor,
  makeAuthority,
  openAuthority,
  readAuthority,
  requestAuthority,
  within,
} from '#relay'
import { type ConfiguredCa, configuredFiles } from './configured.ts'
import { CaFolder, othersMay, type State } from './folder.ts'
import type { CaKeys } from './held.ts'

const DAY_MS = 86_400_000
/** Long enough to be forgotten by whoever rolled it out: `doctor` warns a month before. */
const DAYS = 1825
const OVERLAP_DAYS = 30

export interface AuthoritiesOptions {
  readonly data: string
  /** The names that a new CA may vouch for. */
  readonly permitted: readonly string[]
  /** Where the configuration names files. */
  readonly configured: ConfiguredCa | undefined
  readonly now: () => number
}

/** Opens the CA of a data folder, and makes it at the first start. @throws ca.unreadable, ca.invalid */
export async function openAuthorities(options: AuthoritiesOptions): Promise<Authorities> {
  const folder = new CaFolder(options.data)
  if (options.configured) {
    const signing = openAuthority(await configuredFiles(options.configured))
    return new Authorities(options, folder, undefined, new Map([['configured', signing]]))
  }
  let state = folder.state()
  if (!state) {
    const made = await makeAuthority({ permitted: options.permitted, days: DAYS, now: options.now() })
    state = { signing: idOf(openAuthority(made)), former: [] }
    folder.save(state.signing, made)
    folder.put(state)
  }
  const own = [state.signing, ...(state.next ? [state.next.id] : [])]
  const open = new Map<string, Authority>()
  for (const id of own) open.set(id, openKept(folder, id))
  return new Authorities(options, folder, state, open)
}

function openKept(folder: CaFolder, id: string): Authority {
  try {
    return openAuthority(folder.files(id))
  } catch (error) {
    const { code, detail } = faultOf(error)
    throw code === 'ca.invalid'
      ? new Fault('ca.unreadable', `${folder.keyPath(id)}: ${detail}`, { cause: error })
      : error
  }
}

const idOf = ({ signing }: Certified): string => signing.fingerprint256.replaceAll(':', '').slice(0, 16).toLowerCase()

interface Row {
  readonly role: CaRow['role']
  readonly id: string
  readonly authority: Certified
}

export class Authorities implements CaKeys {
  readonly #options: AuthoritiesOptions
  readonly #folder: CaFolder
  readonly #open: Map<string, Authority>
  readonly #read = new Map<string, Certified>()
  #state: State | undefined

  constructor(options: AuthoritiesOptions, folder: CaFolder, state: State | undefined, open: Map<string, Authority>) {
    this.#options = options
    this.#folder = folder
    this.#state = state
    this.#open = open
  }

  /** Signs a leaf for a host; it is made anew at the latest when the successor signs. @throws forward.constraint, ca.expired */
  async leaf(host: string): Promise<DatedLeaf> {
    const made = await leafFor(this.#authority(this.#signing()), host, this.#options.now())
    return { ...made, renew: Math.min(made.renew, this.#state?.next?.from ?? Number.POSITIVE_INFINITY) }
  }

  /** Hosts of these that the CA may not vouch for. */
  async beyond(hosts: readonly string[]): Promise<string[]> {
    const { limits } = this.#authority(this.#signing())
    return hosts.filter((host) => !within(limits, host))
  }

  /** Every certificate that clients should trust now, PEM: of the one that signs, the one to come, those not yet over. */
  async export(): Promise<string> {
    const rows = this.#all()
    const alive = rows.filter(({ authority }) => authority.until > this.#options.now())
    return [...new Set(alive.map(({ authority }) => authority.top))].join('')
  }

  async rows(): Promise<CaRow[]> {
    return this.#all().map(({ role, id, authority }) => ({
      id,
      role,
      source: this.#options.configured ? 'configured' : 'folder',
      subject: authority.subject,
      fingerprint: authority.fingerprint,
      from: authority.from,
      until: authority.until,
      ...(role === 'next' && this.#state?.next && { signs: this.#state.next.from }),
      ...(authority.permitted && { permitted: authority.permitted }),
    }))
  }

  /**
   * A successor, exported from now on; it signs after the overlap, or at once. Where the old one was stolen no client is
   * told to trust it any more.
   * @throws ca.configured, ca.invalid
   */
  async rotate({ days = OVERLAP_DAYS, now: soon = false, stolen = false }: Rotation): Promise<CaRow[]> {
    const state = this.#own()
    const now = this.#options.now()
    const atOnce = soon || stolen
    if (state.next && !atOnce)
      throw new Fault('ca.invalid', 'a successor waits already; `gatelog ca rotate --now` lets it sign')
    if (!state.next) {
      const made = await makeAuthority({ permitted: this.#options.permitted, days: DAYS, now })
      await this.#adopt(made, now + days * DAY_MS)
    }
    if (atOnce) this.#hand(this.#own())
    if (stolen) this.#set({ signing: this.#own().signing, former: [] })
    return this.rows()
  }

  /** A request for a company's CA; its key waits in the folder. @throws ca.configured */
  async request(): Promise<string> {
    this.#own()
    const { key, request } = await requestAuthority(this.#options.permitted)
    this.#folder.request(key)
    return request
  }

  /** Takes what the company's CA made of the request; it signs from now on. @throws ca.request, ca.invalid, ca.configured */
  async import(chain: string): Promise<CaRow[]> {
    this.#own()
    const key = this.#folder.requested()
    if (!key) throw new Fault('ca.request')
    await this.#adopt({ chain, key }, this.#options.now())
    this.#hand(this.#own())
    this.#folder.request(undefined)
    return this.rows()
  }

  /** Whether somebody else than the owner may read a key that signs. */
  async exposed(): Promise<string | undefined> {
    const state = this.#state
    const { key } = this.#options.configured ?? {}
    const paths = state
      ? [state.signing, ...(state.next ? [state.next.id] : [])].map((id) => this.#folder.keyPath(id))
      : typeof key === 'object' && 'file' in key
        ? [key.file]
        : []
    return paths.find((path) => othersMay(path) !== 0)
  }

  async #adopt(files: AuthorityFiles, from: number): Promise<void> {
    const authority = openAuthority(files)
    const id = idOf(authority)
    const state = this.#own()
    if (authority.until <= this.#options.now()) throw new Fault('ca.invalid', 'it has expired')
    this.#folder.save(id, { chain: authority.chain, key: files.key })
    this.#open.set(id, authority)
    this.#set({ ...state, next: { id, from } })
  }

  /** The successor signs; the key of the one before it is forgotten. */
  #hand(state: State): void {
    if (!state.next) return
    const before = state.signing
    this.#set({ signing: state.next.id, former: [before, ...state.former] })
    this.#folder.dropKey(before)
    this.#open.delete(before)
  }

  /** A disk that cannot be written stops nobody: the old one signs on, and the next leaf tries again. */
  #handIfItCan(state: State): void {
    try {
      this.#hand(state)
    } catch {
      return // whoever asks for the state of the CA sees that the successor still waits
    }
  }

  #set(state: State): void {
    this.#folder.put(state)
    this.#state = state
  }

  #own(): State {
    if (!this.#state) throw new Fault('ca.configured')
    return this.#state
  }

  #signing(): string {
    const state = this.#state
    if (!state) return 'configured'
    if (state.next && state.next.from <= this.#options.now()) this.#handIfItCan(state)
    return this.#state?.signing ?? state.signing
  }

  #authority(id: string): Authority {
    const authority = this.#open.get(id)
    if (!authority) throw new Fault('ca.unreadable', id)
    return authority
  }

  /** Who signs, who will, who did. */
  #all(): Row[] {
    const signing = this.#signing()
    const { next, former = [] } = this.#state ?? {}
    return [
      { role: 'signing', id: signing, authority: this.#authority(signing) },
      ...(next ? [{ role: 'next' as const, id: next.id, authority: this.#authority(next.id) }] : []),
      ...former.map((id): Row => ({ role: 'former', id, authority: this.#former(id) })),
    ]
  }

  #former(id: string): Certified {
    const known = this.#read.get(id) ?? readAuthority(this.#folder.chain(id))
    this.#read.set(id, known)
    return known
  }
}
