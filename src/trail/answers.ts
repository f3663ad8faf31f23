/** What a trail answers of what is recorded: exchanges, sessions, notes, proofs. Reads its store, and never writes in it. */
import { Fault, type Keyring, type Note } from '#exchange'
import { provenAfter, toldVanished } from './acked.ts'
import { isDoubted } from './custody/doubts.ts'
import { isExchangePrefix } from './days.ts'
import { CUSTODY } from './entries.ts'
import { isCustodyNote } from './journal.ts'
import { isPrint } from './prints.ts'
import type { Query } from './query.ts'
import { readAnchors } from './seal/anchor.ts'
import { keptSizes } from './seal/before.ts'
import type { VerifyOptions } from './seal/evidence.ts'
import { evidenceOf } from './seal/gathering.ts'
import { proofOf, type Question, type Showing } from './seal/question.ts'
import type { Report } from './seal/report.ts'
import { standingIn } from './seal/standing.ts'
import { verify } from './seal/verify.ts'
import type { Copying, KeptOriginals, Page, Recorded, Store } from './store.ts'
import { type Summary, sessionSummaryOf, summaryOf } from './summary.ts'

/** Lines that are sought at a time, and exchanges of one day file that are told of. */
const MOST_PRINTS = 10_000
const MOST_ORIGINS = 1000

const LOCKED = 'what was done to the record is proven with a key under it'

const EVERYTHING: Query = { where: {}, except: {}, text: [], without: [] }

/** As in `Trail`. */
export class Answers {
  readonly #store: Store
  readonly #keyring: Pick<Keyring, 'digest'>

  constructor(store: Store, keyring: Pick<Keyring, 'digest'>) {
    this.#store = store
    this.#keyring = keyring
  }

  async exchange(id: string): Promise<Recorded | undefined> {
    return isExchangePrefix(id) ? this.#store.exchange(id) : undefined
  }

  async originals(id: string): Promise<KeptOriginals | undefined> {
    return isExchangePrefix(id) ? this.#store.originals(id) : undefined
  }

  async last(): Promise<Recorded | undefined> {
    const { rows } = await this.#store.find(EVERYTHING, { limit: 1 })
    return rows[0] && this.#store.exchange(rows[0].opening.exchange)
  }

  async find(query: Query, page: Page) {
    const { rows, next } = await this.#store.find(query, { ...page, checked: true })
    return { exchanges: rows.map(summaryOf), ...(next !== undefined && { next }) }
  }

  recorded(query: Query, page: Page) {
    return this.#store.find(query, page)
  }

  async sessions(query: Query, page: Page) {
    const { rows, next } = await this.#store.sessions(query, page)
    return { sessions: rows.map(sessionSummaryOf), ...(next !== undefined && { next }) }
  }

  async session(id: string): Promise<Summary[]> {
    return (await this.#store.session(id)).map(summaryOf)
  }

  highest(): Promise<number> {
    return this.#store.highest()
  }

  following(after: number, limit: number) {
    return this.#store.following(after, limit)
  }

  async gaps() {
    return (await this.#store.notes('gap')).map(({ seq, note }) => ({ seq, gap: note }))
  }

  vanished() {
    return toldVanished(this.#store)
  }

  async policies() {
    const all = await this.#store.claims(['ruled'])
    return all.flatMap((claim) =>
      claim.note?.kind === 'ruled' && !isDoubted(claim) ? [{ seq: claim.seq, ruled: claim.note }] : [],
    )
  }

  async policy(id: string) {
    const all = await this.policies()
    return all.flatMap(({ seq, ruled: { text, ...ruled } }) =>
      ruled.policy === id && text !== undefined ? [{ seq, ruled: { ...ruled, text } }] : [],
    )[0]
  }

  async custody() {
    const all = await this.#store.claims(CUSTODY)
    if (all.some(({ mark }) => mark === 'unknown')) throw new Fault('trail.key', LOCKED)
    return all.flatMap(({ seq, note, mark }) => (note && isCustodyNote(note) && !mark ? [{ seq, note }] : []))
  }

  claims(kinds: readonly Note['kind'][]) {
    return this.#store.claims(kinds)
  }

  async searches() {
    return (await this.#store.notes('searched')).map(({ seq, note }) => ({ seq, searched: note }))
  }

  async bypasses() {
    return (await this.#store.notes('bypass')).map(({ seq, note }) => ({ seq, bypass: note }))
  }

  async reads(newest: number) {
    return (await this.#store.notes('read', newest)).map(({ seq, note }) => ({ seq, read: note }))
  }

  lines(prints: readonly string[], most = MOST_ORIGINS) {
    const sought = [...new Set(prints)].filter(isPrint).slice(0, MOST_PRINTS)
    return sought.length > 0 ? this.#store.lines(sought, most) : Promise.resolve([])
  }

  async verify(options: VerifyOptions): Promise<Report | undefined> {
    const evidence = await evidenceOf(this.#store, this.#keyring, options)
    return evidence && verify(evidence, options)
  }

  prove(question: Question, showing: Showing) {
    return proofOf(this.#store, question, showing)
  }

  standing(exchange: string, shown?: readonly number[]) {
    return standingIn(this.#store, exchange, shown)
  }

  marks(seqs: readonly number[], bodies: boolean) {
    return seqs.length > 0 ? this.#store.marks(seqs, bodies) : Promise.resolve([])
  }

  copy(copying: Copying) {
    return this.#store.copy(copying)
  }

  async keptSizes(notes: readonly string[]) {
    const state = await this.#store.state()
    if (!state) throw new Fault('seal.off')
    return keptSizes(state.folder, notes)
  }

  async anchors() {
    const state = await this.#store.state()
    return state ? readAnchors(state.folder) : []
  }

  provenAfter() {
    return provenAfter(this.#store)
  }

  sealed() {
    return this.#store.sealed()
  }
}
