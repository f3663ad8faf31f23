/** What a bundle proves of what was asked, and what it cannot, in sentences. Made from its manifest and the edges of its leaves. Pure. */
import { type Asked, type Manifest, timeOf } from './form.ts'
import type { Edges } from './period.ts'
import { unheld } from './question.ts'
import { seenBySome, toldOf, type Vouched } from './vouched.ts'

export interface Claims {
  /** What was asked for, in words. */
  readonly asked: string
  readonly proven: readonly string[]
  readonly open: readonly string[]
}

/** The log and the size of the checkpoint that all is proven under. */
export interface Head {
  readonly origin: string
  readonly size: number
}

const ONLY =
  'That this is the only log: hold the checkpoint against one that you kept yourself, or that a witness signed.'

const ANEW = ['masked anew', 'cut by an erasure']
const LATER =
  '; a body that was written anew since is what a sealed entry says that it was made, but for those that are not proven'

/**
 * What is said where the log was held against checkpoints that somebody kept, the largest of them over so many entries (0: none),
 * or where somebody who would not see two logs saw more of it.
 */
export function heldTo({ open, ...rest }: Claims, kept: number, vouched: readonly Vouched[]): Claims {
  const seen = seenBySome(vouched)
  const size = Math.max(kept, seen)
  const by = kept >= seen ? 'of the checkpoint that you kept' : 'that others saw'
  const only = size === 0 ? ONLY : `That this is the only log past the ${size} entries ${by}.`
  return { ...rest, open: open.map((each) => (each === ONLY ? only : each)) }
}

/** `told`: what is told of the entries and not proven. `vouched`: what came of the anchors. */
export function claimsOf(
  manifest: Manifest,
  head: Head,
  edges: Edges | undefined,
  told: readonly string[],
  vouched: readonly Vouched[],
): Claims {
  const { asked, entries, unsealed, bodies } = manifest
  const some = entries === 1 ? 'The one entry' : `Each of the ${entries} entries`
  return {
    asked: wordsOf(asked),
    proven: [
      ...(entries > 0
        ? [
            `${some} here stands in the log ${head.origin}, and what is shown of it is what was sealed there${manifest.exceptions.some(({ what }) => ANEW.includes(what)) ? LATER : ''}.`,
          ]
        : []),
      ...wholeOf(asked, entries, head, edges),
      ...vouched.filter(({ state }) => state === 'checked').map(toldOf),
    ],
    open: [
      ...told,
      ...openOf(manifest, head, edges),
      ...(unsealed > 0
        ? [`${unsealed} more entries of it were not sealed yet when this was made, and are not here.`]
        : []),
      ...(bodies ? [] : ['What prompts and replies said: it was not asked for.']),
      ...vouched.filter(({ state }) => state !== 'checked').map(toldOf),
      'That the gateway wrote the truth when it wrote an entry, and that its clock was right.',
      'Requests that never passed the gateway.',
      ONLY,
    ],
  }
}

const moment = (at: number): string => timeOf(at).replace('T', ' ').replace('.000Z', ' UTC').replace('Z', ' UTC')

/** What was asked for, as one says it. */
function wordsOf(asked: Asked): string {
  if (asked.kind === 'between') return `Every entry from number ${asked.from + 1} to ${asked.to}`
  if (asked.kind === 'exchange') return `The exchange ${asked.exchange}`
  const { after, before } = asked
  const time = [
    ...(after === undefined ? [] : [`from ${moment(after)}`]),
    ...(before === undefined ? [] : [`until ${moment(before)}`]),
  ]
  return asked.kind === 'period' ? `Everything recorded ${time.join(' ')}` : ['What a query found', ...time].join(' ')
}

/** That nothing is left out, where that is so. */
function wholeOf(asked: Asked, entries: number, { size }: Head, edges: Edges | undefined): string[] {
  if (asked.kind === 'between')
    return [`Nothing is left out between the two checkpoints, of ${asked.from} and of ${asked.to} entries.`]
  if (asked.kind !== 'period' || !edges) return []
  const { first, last } = edges
  const at = ({ at }: Edges['first']) => (at === undefined ? '' : ` (${moment(at)})`)
  const from = first.number === 1 ? 'from the first of the log' : `from number ${first.number}${at(first)}`
  const to =
    last.number === size
      ? `to the last under this checkpoint, number ${last.number}${at(last)}`
      : `to number ${last.number}${at(last)}`
  const isOver = notOver(asked, edges) === undefined
  const none =
    entries === 0
      ? `none of them lies in the period: nothing was recorded in it${isOver ? '' : ' by then'}`
      : `those ${entries} that lie in the period are all here`
  const of = isOver ? 'the period' : 'what there was of the period when this was made'
  return [`Nothing is left out of ${of}: every leaf of the log ${from} ${to} is shown, and ${none}.`]
}

/** What a period leaves open that was not over when it was asked for, nor by the last leaf; undefined of any other. */
export function notOver(asked: Asked, { last }: Edges): string | undefined {
  if (asked.kind !== 'period' || asked.before === undefined || asked.before <= Math.max(asked.now, last.at ?? 0))
    return undefined
  return `The rest of the period: it was asked for at ${moment(asked.now)}, and ends at ${moment(asked.before)}.`
}

function openOf({ asked, question }: Manifest, { size }: Head, edges: Edges | undefined): string[] {
  if (asked.kind === 'exchange')
    return ['That no other entry tells of this exchange: only a period is proven to be whole.']
  if (asked.kind === 'query') {
    const rest = unheld(question)
    return [
      'That the query found all there is: only a period is proven to be whole.',
      ...(rest.length > 0 ? [`That the exchanges which are shown answer these words of it: ${rest.join(' ')}`] : []),
    ]
  }
  if (asked.kind !== 'period' || !edges) return []
  const { first, last, back } = edges
  const { after, before } = asked
  const margins = [
    ...(after !== undefined && first.number > 1 && first.at !== undefined ? [after - first.at] : []),
    ...(before !== undefined && last.number < size && last.at !== undefined ? [last.at - before] : []),
  ]
  const rest = notOver(asked, edges)
  const ends = before === undefined || last.at === undefined || last.at < before
  return [
    ...(rest === undefined ? [] : [rest]),
    ...(margins.length > 0
      ? [
          `Entries whose time lies more than ${seconds(Math.min(...margins))} off those that stand beside them in the log: the log has the order in which entries became durable. Among the leaves that are shown, times step back by at most ${seconds(back)}.`,
        ]
      : []),
    ...(ends ? [`What came after number ${last.number}: the checkpoint covers no more.`] : []),
  ]
}

const seconds = (ms: number): string => `${ms / 1000} s`
