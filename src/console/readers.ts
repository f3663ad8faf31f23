/** Who reads the record through the admin API, and the word of it that goes on the record first. Shows nothing itself. */
import { type Fact, Fault, type Read } from '#exchange'
import type { Query, ReadOf, Reads } from '#trail'

/** What the API needs of the house to tell of reads. */
export interface ReadHouse {
  readonly reads: Pick<Reads, 'note'>
  readonly via: Read['via']
  /** Who reads a record that no server holds; behind a socket the reader says it. */
  readonly reader?: Fact
  /** A query as the record may hold it. */
  masked(text: string): string
}

/** The header in which the command line says who runs it, percent-encoded. */
const READER = 'x-gatelog-reader'
const LONGEST_READER = 128

/** An id, or nothing: no secret stands there. */
const BARE = /^(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})?$/

/** Notes reads of one request's caller. */
export type Note = (did: ReadOf['did'], of: string, count: number, more?: More) => Promise<void>

/** What an export adds: whether content was in it is for its caller to say; and what else but to read it was asked for. */
type More = Partial<Pick<ReadOf, 'content'>> & Pick<ReadOf, 'format'>

/** Who sent a request. */
export const callerOf = ({ reader }: Pick<ReadHouse, 'reader'>, header: (name: string) => string | undefined): Fact =>
  reader ?? { value: declared(header(READER)), source: 'declared' }

/** What to call before anything of the record is shown to whoever sent a request. The note throws trail.* */
export function noteFor({ reads, via, reader, masked }: ReadHouse, header: (name: string) => string | undefined): Note {
  const who = callerOf({ ...(reader && { reader }) }, header)
  return (did, of, count, more) => {
    const content = did !== 'listed' && did !== 'followed'
    return reads.note({ did, via, reader: who, of: BARE.test(of) ? of : masked(of), content, count, ...more })
  }
}

function declared(text = ''): string {
  try {
    return decodeURIComponent(text).slice(0, LONGEST_READER) || 'unknown'
  } catch {
    return text.slice(0, LONGEST_READER)
  }
}

/** Whether an answer tells what stands in prompts and replies: it does where words of them were asked for. */
export const didOf = ({ text, without }: Query): 'searched' | 'listed' =>
  text.length + without.length > 0 ? 'searched' : 'listed'

/** Which lines of who read are asked for, and how the line of that very look says so. @throws usage.option */
export function readsIn(asked: (name: string) => string | undefined): {
  readonly of: string
  fits(read: Read): boolean
} {
  const user = asked('user')
  const [since, until] = [timeIn('since', asked('since')), timeIn('until', asked('until'))]
  const iso = (time: number) => new Date(time).toISOString()
  const of = [
    ...(user === undefined ? [] : [`user:${JSON.stringify(user)}`]),
    ...(since === undefined ? [] : [`after:${iso(since)}`]),
    ...(until === undefined ? [] : [`before:${iso(until)}`]),
  ]
  return {
    of: of.join(' '),
    fits({ at, was = at, late, reader }) {
      const when = late?.at ?? was
      const isTheirs = user === undefined || namesOf(reader.value).includes(user)
      return isTheirs && when >= (since ?? 0) && when < (until ?? Number.POSITIVE_INFINITY)
    },
  }
}

/** The name that is shown, and the one behind its sudo. */
const namesOf = (value: string): string[] => [value, ...(/^(.*) \(sudo by (.*)\)$/s.exec(value)?.slice(1) ?? [])]

function timeIn(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const time = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
  if (Number.isNaN(time)) throw new Fault('usage.option', `${name} is no time`)
  return time
}
