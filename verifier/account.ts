/**
 * What has to be known of the entries of a bundle beside what they say: gaps, exceptions, the rules in force. Made from its lines
 * alone, by the server that writes them and by whoever checks them. Pure.
 */
import { ENDINGS, type Json, type Leaf, type Line, leafOf, type Manifest, type Row } from './form.ts'
import { Numbers } from './numbers.ts'
import { joined, lies, type Span, spansOf } from './taken.ts'
import { BYPASSES, daysIn, NAMED, openOf, TOLD, toldOf } from './told.ts'

/** An entry that tells of the record itself, or of what is not in it. */
export interface Note {
  readonly number: number
  readonly said: Json
}

/** What rules were asked of; each bears their version. */
const JUDGED = ['asked', ...ENDINGS] as const
const GAPS = ['gap', 'restored', 'vanished'] as const
const CUSTODY = ['hold', 'release', 'purge', 'erase', 'redact'] as const

/** Takes the lines of entries and of context, in their order, then tells. */
export class Account {
  readonly #befell = new Map<string, { readonly what: string; readonly by?: string; readonly numbers: Numbers }>()
  readonly #policies = new Map<string, Numbers>()
  readonly #notes = new Map<string, Note>()
  readonly #bypasses = new Numbers()
  /** What entries say that they took. Ask once all are taken. */
  readonly #spans = new Map<Json, readonly Span[]>()

  /** An entry that was asked for. */
  take(line: Line): void {
    const leaf = leafOf(line)
    const number = line.index + 1
    this.context(line)
    if (typeof leaf.policy === 'string' && leaf.kind !== 'ruled') this.#policy(leaf.policy, number)
    else if (JUDGED.some((kind) => kind === leaf.kind)) this.#policy('', number)
    for (const { what, by } of befell(line)) this.#add(what, number, by)
  }

  /** An entry that says something of others. */
  context({ index, entry }: Line): void {
    if (!entry) return
    const [kind, id] = [String(entry['kind']), String(entry['exchange'])]
    if (kind === 'bypass') this.#bypasses.add(index + 1)
    else if ([...GAPS, ...CUSTODY, 'ruled'].some((one) => one === kind))
      this.#notes.set(id, { number: index + 1, said: entry })
  }

  #add(what: string, number: number, by?: string): void {
    const key = `${what} ${by ?? ''}`
    const known = this.#befell.get(key) ?? { what, numbers: new Numbers(), ...(by !== undefined && { by }) }
    known.numbers.add(number)
    this.#befell.set(key, known)
  }

  #policy(policy: string, number: number): void {
    const known = this.#policies.get(policy) ?? new Numbers()
    known.add(number)
    this.#policies.set(policy, known)
  }

  /** The entry that says something, by its exchange id. */
  note(id: string): Note | undefined {
    return this.#notes.get(id)
  }

  /** What is told of the entries and not proven, in sentences. */
  open(): string[] {
    return [...this.#befell.values()].flatMap(({ what, by, numbers }) => this.#openOf(what, numbers, by) ?? [])
  }

  #openOf(what: string, numbers: Numbers, by: string | undefined): string | undefined {
    if (what === 'body locked') return openOf(what, String(numbers), this.#putBack(numbers))
    const note = by === undefined ? undefined : this.#notes.get(by)
    const rest = what === 'gone' && note ? numbers.without((number) => this.took(note, number)) : numbers
    return openOf(what, String(rest), note)
  }

  /** The entry of a restore that says of all of these that their keys were not put back. */
  #putBack(numbers: Numbers): Note | undefined {
    return this.notes('restored').find((note) =>
      numbers.every((number) => number < note.number && this.took(note, number)),
    )
  }

  /** Whether an erasure says that it took this entry, or a restore that it did not put back its key; of a purge, whether any does. */
  took({ said }: Note, number: number): boolean {
    const known = this.#spans.get(said) ?? joined(this.#saidBy(said))
    this.#spans.set(said, known)
    return lies(known, number)
  }

  #saidBy(said: Json): readonly Span[] {
    if (said['kind'] === 'purge') return this.#purged()
    return spansOf(said['kind'] === 'restored' ? { took: said['locked'] } : said) ?? []
  }

  #purged(): Span[] {
    return this.notes('purge').flatMap(({ said }) => daysIn(said).flatMap((day) => spansOf(day) ?? []))
  }

  /** What one has to know who looks at one of the entries: what is not proven of it, and that its body was written anew. */
  marks(line: Line): string[] {
    return [...befell(line)].flatMap(({ what, by }) => {
      const open = this.#openOf(what, new Numbers(line.index + 1), by)
      if (open !== undefined) return [`Not proven: ${open}`]
      return what === 'body written anew' ? [`Written anew: entry ${this.#notes.get(by ?? '')?.number} says so.`] : []
    })
  }

  /** All entries of a kind that tell of the record. */
  notes(kind: string): Note[] {
    return [...this.#notes.values()].filter(({ said }) => said['kind'] === kind)
  }

  rows(): Pick<Manifest, 'gaps' | 'exceptions' | 'rules'> {
    const said = [...this.#notes.values()].sort((one, other) => one.number - other.number)
    const of = (kinds: readonly string[]) => said.filter((note) => kinds.includes(String(note.said['kind'])))
    const bypasses = String(this.#bypasses)
    return {
      gaps: [
        ...of(GAPS).map(({ number, said }) => ({
          what: String(said['kind']),
          entries: '',
          by: number,
          told: toldOf(said),
        })),
        ...(bypasses ? [{ what: 'bypass', entries: bypasses, told: BYPASSES }] : []),
        ...this.#rowsOf((what) => what === 'interrupted'),
      ],
      exceptions: [
        ...this.#rowsOf((what) => what !== 'interrupted'),
        ...of(CUSTODY)
          .filter(({ said }) => !this.#touches(String(said['exchange'])))
          .map(({ number, said }) => ({ what: String(said['kind']), entries: '', by: number, told: toldOf(said) })),
      ],
      rules: this.#rules(of(['ruled'])),
    }
  }

  #touches(id: string): boolean {
    return [...this.#befell.values()].some(({ by }) => by === id)
  }

  #rowsOf(wanted: (what: string) => boolean): Row[] {
    return [...this.#befell.values()]
      .filter(({ what }) => wanted(what))
      .map(({ what, by, numbers }) => {
        const note = by === undefined ? undefined : this.#notes.get(by)
        const entries = String(numbers)
        if (note)
          return {
            what: NAMED[`${what} ${String(note.said['kind'])}`] ?? what,
            entries,
            by: note.number,
            told: toldOf(note.said),
          }
        return {
          what,
          entries,
          told: `${TOLD[what] ?? what}${by === undefined ? '' : ', says an entry that is not here'}`,
        }
      })
  }

  #rules(texts: readonly Note[]): Row[] {
    return [...this.#policies].map(([policy, numbers]) => {
      const text = texts.find(({ said }) => said['policy'] === policy && said['text'] !== undefined)
      const told =
        policy === ''
          ? 'their entries do not tell which rules were in force'
          : `version ${policy}${text ? '' : '; its text is not here'}`
      return { what: 'rules', entries: String(numbers), ...(text && { by: text.number }), told }
    })
  }

  /** The texts of the rules that were in force, by the number of the entry that tells them. */
  texts(): { readonly number: number; readonly policy: string; readonly text: string }[] {
    return [...this.#policies.keys()].flatMap((policy) => {
      const found = [...this.#notes.values()].find(
        ({ said }) => said['kind'] === 'ruled' && said['policy'] === policy && said['text'] !== undefined,
      )
      return found ? [{ number: found.number, policy, text: String(found.said['text']) }] : []
    })
  }
}

interface Befell {
  readonly what: string
  readonly by?: string
}

/** What befell an entry, and the exchange id of the entry that says so. */
function* befell(line: Line): Iterable<Befell> {
  const leaf = leafOf(line)
  if (leaf.kind === 'interrupted') yield { what: 'interrupted' }
  if (!line.entry) yield goneAs(line, leaf)
  else if (line.entry['keep'] !== undefined) yield { what: `kept as ${String(line.entry['keep'])}` }
  for (const { by } of line.anew ?? []) yield { what: 'body written anew', by }
  if (line.locked) yield { what: 'body locked' }
}

function goneAs({ gone }: Line, { kind }: Leaf): Befell {
  if (kind === 'absent') return { what: 'gone before it was sealed' }
  if (kind === 'unproven') return { what: 'unproven' }
  return gone === undefined ? { what: 'missing' } : { what: 'gone', by: gone }
}
