/**
 * What has to be known of the entries of a bundle beside what they say: gaps, exceptions, the rules in force. Made from its lines
 * alone, by the server that writes them and by whoever checks them. Pure.
 */
import { type Json, type Leaf, type Line, leafOf, type Manifest, type Row, timeOf } from './form.ts'

/** Stretches of numbers that are written out; past them their count is. */
const MOST_SPANS = 200

/** Numbers in their order as `12, 14–19`. */
class Numbers {
  readonly #spans: [first: number, last: number][] = []
  #count = 0

  add(number: number): void {
    this.#count += 1
    const last = this.#spans.at(-1)
    if (last && last[1] === number - 1) last[1] = number
    else if (this.#spans.length <= MOST_SPANS) this.#spans.push([number, number])
  }

  toString(): string {
    const told = this.#spans
      .slice(0, MOST_SPANS)
      .map(([first, last]) => (first === last ? String(first) : `${first}–${last}`))
    return `${told.join(', ')}${this.#spans.length > MOST_SPANS ? `, … (${this.#count} in all)` : ''}`
  }
}

/** An entry that tells of the record itself, or of what is not in it. */
interface Note {
  readonly number: number
  readonly said: Json
}

/** What rules were asked of; each bears their version. */
const JUDGED = ['asked', 'replied', 'denied', 'aborted', 'failed', 'interrupted'] as const
const GAPS = ['gap', 'restored'] as const
const CUSTODY = ['hold', 'release', 'purge', 'erase', 'redact'] as const

/** Takes the lines of entries and of context, in their order, then tells. */
export class Account {
  readonly #befell = new Map<string, { readonly what: string; readonly by?: string; readonly numbers: Numbers }>()
  readonly #policies = new Map<string, Numbers>()
  readonly #notes = new Map<string, Note>()
  readonly #bypasses = new Numbers()

  /** An entry that was asked for. */
  take(line: Line): void {
    const leaf = leafOf(line)
    const number = line.index + 1
    this.context(line)
    if (leaf.kind === 'interrupted') this.#add('interrupted', number)
    if (typeof leaf.policy === 'string' && leaf.kind !== 'ruled') this.#policy(leaf.policy, number)
    else if (JUDGED.some((kind) => kind === leaf.kind)) this.#policy('', number)
    if (!line.entry) this.#gone(line, leaf)
    else if (line.entry['keep'] !== undefined) this.#add(`kept as ${String(line.entry['keep'])}`, number)
    for (const { by } of line.anew ?? []) this.#add('body written anew', number, by)
    if (line.locked) this.#add('body locked', number)
  }

  /** An entry that says something of others. */
  context({ index, entry }: Line): void {
    if (!entry) return
    const [kind, id] = [String(entry['kind']), String(entry['exchange'])]
    if (kind === 'bypass') this.#bypasses.add(index + 1)
    else if ([...GAPS, ...CUSTODY, 'ruled'].some((one) => one === kind))
      this.#notes.set(id, { number: index + 1, said: entry })
  }

  #gone({ index, gone }: Line, leaf: Leaf): void {
    if (leaf.kind === 'absent') this.#add('gone before it was sealed', index + 1)
    if (leaf.kind === 'unproven') this.#add('unproven', index + 1)
    else if (gone === undefined) this.#add('missing', index + 1)
    else this.#add('gone', index + 1, gone)
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

/** What befell an entry, and the kind of the entry that says so. */
const NAMED: Readonly<Record<string, string>> = {
  'gone erase': 'erased',
  'gone purge': 'expired',
  'body written anew redact': 'masked anew',
  'body written anew erase': 'cut by an erasure',
}

const BYPASSES = 'calls of a model that did not pass the gateway, as somebody else told: leads, no proof'

const TOLD: Readonly<Record<string, string>> = {
  interrupted: 'the gateway stopped before these exchanges had ended; what it had of their replies is kept',
  missing: 'nothing is left of them in the record, and nothing says why',
  gone: 'nothing is left of them in the record',
  unproven: 'they were not written by who had the key of the record: the log vouches for nothing of them',
  'gone before it was sealed': 'nothing was left of them when their place was sealed',
  'body locked': 'the key of their bodies is not there any more',
  'body written anew': 'what their bodies say now is not what was sealed',
  'kept as metadata': 'the rules of retention kept no text of these exchanges',
  'kept as redacted': 'the rules of retention kept the words of these exchanges, not their bytes',
}

/** What an entry says of the record, in a sentence. */
function toldOf(said: Json): string {
  const by = said['who'] ? ` by ${factIn(said['who'])}: ${String(said['why'])}` : ''
  switch (said['kind']) {
    case 'gap':
      return `${String(said['count'])} exchanges passed unrecorded from ${timeOf(said['from'])} to ${timeOf(said['to'])}: ${String(said['reason'])}`
    case 'restored':
      return `the record was put back from a backup of ${timeOf(said['taken'])}: it held ${String(said['last'])} entries, and ${String(said['known'])} had been sealed`
    case 'hold':
      return `held${by}`
    case 'release':
      return `the hold ${String(said['hold'])} was released${by}`
    case 'purge':
      return `removed${by}. It took ${daysOf(said['days'])}`
    case 'erase':
      return `erased${by} (${String(said['basis'])}). It took exchanges: ${String(said['exchanges'])}, and cut later ones: ${String(said['later'])}`
    default:
      return `masked anew${by}`
  }
}

const factIn = (fact: unknown): string => {
  const { value, source } = Object(fact) as Json
  return `${String(value)} (${String(source)})`
}

const daysOf = (days: unknown): string =>
  (Array.isArray(days) ? days : [])
    .map((day: Json) => `${String(day['day'])}: ${String(day['entries'])} entries`)
    .join(', ')
