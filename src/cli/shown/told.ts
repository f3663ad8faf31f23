/** One exchange as a person reads it, with nothing in it that could drive a terminal. Prints nothing. */
import type { Shown } from '#console'
import { columns, paint, safe } from '../terminal.ts'
import { factsOf, type Row } from './facts.ts'
import { grouped, groupText } from './findings.ts'
import { callText, promptText } from './messages.ts'

/** `all`: every message, whole. */
export function told(shown: Shown, all: boolean): string {
  const { opening, ending, prompt, reply, bodies } = shown
  const calls = reply?.toolCalls ?? []
  const unread = !reply?.text && calls.length === 0 && !reply?.error
  return [
    heading(shown),
    ...factsOf(shown).map(factText),
    sealText(shown.seal),
    section('prompt', prompt ? promptText(prompt, all) : (bodies.prompt?.text ?? unreadText(shown, 'prompt'))),
    section('reasoning', reply?.reasoning ?? ''),
    section('reply', unread ? (bodies.reply?.text ?? unreadText(shown, 'reply')) : (reply?.text ?? '')),
    section('tool calls', calls.map(callText).join('\n')),
    section('error', reply?.error ?? ''),
    section('public code', (reply?.citations ?? []).join('\n')),
    section('content filters', (reply?.filters ?? []).join('\n')),
    section(
      'findings',
      grouped([...opening.findings, ...(ending?.findings ?? [])])
        .map(groupText)
        .join('\n'),
    ),
  ]
    .filter(Boolean)
    .join('\n')
}

/** States that are alarms, and how a person is told. */
const ALARMS = [
  ['changed', 'CHANGED since it was sealed'],
  ['misfiled', 'MISFILED, it is not what it is shown as'],
  ['unproven', 'UNPROVEN, nobody wrote it who had the key of this record'],
  ['unknown', 'NOT KNOWN, the log is damaged there'],
] as const

/** What else is more than its name. */
const SAID: { readonly [state: string]: string } = { locked: 'locked, all but the body is as it was sealed' }

/** How it stands to the log: one word where its entries agree, else each entry’s. */
export function sealText(seal: Shown['seal']): string {
  if (!seal || seal.length === 0) return ''
  const alarms = ALARMS.flatMap(([alarm, said]) => {
    const seqs = seal.filter(({ state }) => state === alarm).map(({ seq }) => seq)
    return seqs.length > 0 ? [`${said}: entry ${seqs.join(', ')}`] : []
  })
  const states = [...Map.groupBy(seal, ({ state }) => state)]
    .map(([state, of], _, { length }) => {
      const said = SAID[state] ?? state
      return length === 1 ? said : `${said}: entry ${of.map(({ seq }) => seq).join(', ')}`
    })
    .join('; ')
  return `  ${labelled('seal')}${alarms.length > 0 ? paint('red', alarms.join('; ')) : states}`
}

/** Stands in the place of a body that was kept and cannot be read. */
function unreadText({ seq, seal = [], unreadable }: Shown, part: 'prompt' | 'reply'): string {
  const why = unreadable?.[part]
  if (!why) return ''
  const isLocked = seal.some((one) => one.state === 'locked' && (one.seq === seq) === (part === 'prompt'))
  return `[${isLocked || why.code === 'trail.key' ? 'locked' : 'damaged'}: ${why.message}. ${why.remedy}]`
}

/** The id, and how it ended. */
export function heading({ opening, ending }: Shown): string {
  const kind = opening.kind === 'refused' ? 'refused' : (ending?.kind ?? 'open')
  const colour = kind === 'replied' ? 'green' : kind === 'open' ? 'cyan' : 'red'
  return `${paint('bold', opening.exchange)}  ${paint(colour, kind)}`
}

const NAME_WIDTH = 14

/** A label of a row, with a blank behind it also where it is wider than its column. */
const labelled = (name: string): string => `${paint('dim', name.padEnd(NAME_WIDTH - 3))} `

export function factText({ name, value, source }: Row): string {
  const text = safe(value).replace(/\s+/g, ' ') + (source ? ` (${source})` : '')
  const most = columns()
  const wrapped = most ? wrap(text, Math.max(20, most - NAME_WIDTH)) : [text]
  return `  ${labelled(name)}${wrapped.join(`\n${' '.repeat(NAME_WIDTH)}`)}`
}

/** Lines of at most `most` characters, broken at blanks where there are any. */
function wrap(text: string, most: number): string[] {
  if (text.length <= most) return [text]
  const blank = text.lastIndexOf(' ', most)
  const end = blank > most / 3 ? blank : most
  return [text.slice(0, end), ...wrap(text.slice(end).trimStart(), most)]
}

export const section = (name: string, text: string): string =>
  text.trim() ? `\n${paint('cyan', `── ${name}`)}\n${safe(text).trimEnd()}` : ''
