/**
 * The bundle for people: one page that works offline, runs nothing and loads nothing. All that came from outside is escaped. The
 * server writes it into a bundle, and whoever checks the bundle makes it anew: a page that looks otherwise is another FORMAT.
 */
import { createHash } from 'node:crypto'
import type { Claims, Head } from './claims.ts'
import { ENDINGS, type Json, type Line, leafOf, type Manifest, type Row, timeOf } from './form.ts'
import { type Said, saidIn } from './said.ts'
import { STYLE } from './style.ts'
import { toldOf, type Vouched } from './vouched.ts'

/** Entries that the page shows; the others are in `entries.jsonl`. */
export const MOST_SHOWN = 1000
/** UTF-16 units of a body and of an entry that the page shows. */
const MOST_BODY = 4000
const MOST_ENTRY = 8000

const POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; base-uri 'none'; form-action 'none'`

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/**
 * Controls but for line feed and tab, and all that shows nothing or turns what is beside it: by number, so that no version of
 * Unicode makes another page.
 */
const HIDDEN =
  '0-8 b-1f 7f-9f ad 34f 600-605 61c 6dd 70f 890 891 8e2 115f 1160 17b4 17b5 180b-180f 200b-200f ' +
  '2028-202e 2060-206f 3164 d800-dfff feff ffa0 fff9-fffb 110bd 110cd 13430-1343f 1bca0-1bca3 ' +
  '1d173-1d17a e0000-e0fff'
const UNSEEN = new RegExp(`[${HIDDEN.replace(/[0-9a-f]+/g, '\\u{$&}').replaceAll(' ', '')}]`, 'gu')

export const visible = (text: string): string =>
  text.replace(UNSEEN, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`)

const text = (value: unknown): string => visible(String(value ?? '')).replace(/[&<>"']/g, (char) => ESCAPES[char] ?? '')

/** The beginning of a body, as the page shows it. */
export function wordsOf(body: Uint8Array): string {
  const words = Buffer.from(body.subarray(0, 4 * MOST_BODY)).toString()
  return words.length > MOST_BODY ? `${whole(words.slice(0, MOST_BODY))}…` : words
}

/** An entry with the beginning of its body, and of a streamed reply what its events say. */
export interface Shown {
  readonly line: Line
  readonly words?: string
  readonly said?: readonly Said[]
}

export function shownOf(line: Line, body: Uint8Array | undefined): Shown {
  if (!body) return { line }
  const said = ENDINGS.some((kind) => kind === leafOf(line).kind) ? saidIn(body) : undefined
  return { line, words: wordsOf(body), ...(said && { said }) }
}

/** Without half a surrogate pair at its end. */
const whole = (words: string): string => words.replace(/[\ud800-\udbff]$/, '')

/** What somebody who checked the bundle says of it. */
export interface Verdict {
  readonly key: string
  readonly problems: readonly string[]
  /** Kept checkpoints that were held against it. */
  readonly also: readonly string[]
  /** How the log stands, where nothing is wrong. */
  readonly standing: string
}

export interface Content {
  readonly manifest: Manifest
  readonly claims: Claims
  readonly head: Head & { readonly checkpoint: string }
  readonly vouched: readonly Vouched[]
  /** The first entries. */
  readonly entries: readonly Shown[]
  /** What has to be known of one of them. */
  readonly marks: (line: Line) => readonly string[]
  /** The rules that were in force. */
  readonly texts: readonly { readonly number: number; readonly policy: string; readonly text: string }[]
  readonly verdict?: Verdict
}

/** UTF-16 units of the text of rules that the page shows. */
const MOST_RULES = 100_000

/** The page. */
export function pageOf({ manifest, claims, head, vouched, entries, marks, texts, verdict }: Content): string {
  const { question, asked, made, version, gaps, exceptions, rules } = manifest
  const more = manifest.entries - entries.length
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="referrer" content="no-referrer"><meta name="viewport" content="width=device-width"><title>Gatelog evidence: ${text(claims.asked)}</title><style>${STYLE}</style></head><body>
<header><p class="kicker">Gatelog evidence</p><h1>${text(claims.asked)}</h1>
${question === '' ? '' : `<p>The question: <code>${text(question)}</code></p>`}</header>
${boxOf(verdict)}
<dl><div><dt>Entries</dt><dd>${manifest.entries}</dd></div><div><dt>Made</dt><dd>${timeIn(made)}<small>by the clock of its maker, Gatelog ${text(version)}</small></dd></div>${'now' in asked ? `<div><dt>Asked</dt><dd>${timeIn(asked.now)}<small>by the gateway’s clock</small></dd></div>` : ''}<div><dt>Log</dt><dd><code>${text(head.origin)}</code></dd></div><div><dt>Checkpoint</dt><dd>over ${head.size} entries</dd></div></dl>
<div class="claims"><section><h2>${headingOf(verdict)}</h2>${listOf([...claims.proven, ...(verdict?.also ?? [])], 'Nothing: no entry was found.')}</section>
<section><h2>Not proven</h2>${listOf(claims.open, '')}</section></div>
<section><h2>Anchors</h2>${anchorsIn(vouched, verdict)}</section>
<section><h2>Gaps</h2>${tableOf(gaps, 'None is told of: no stretch unrecorded, no exchange interrupted, no call past the gateway.')}</section>
<section><h2>Exceptions</h2>${tableOf(exceptions, 'None: nothing of it was erased, purged, masked anew, held or kept in part.')}</section>
<section><h2>Rules in force</h2>${tableOf(rules, 'No prompt is among the entries.')}${texts.map(textIn).join('')}</section>
<section><h2>Entries</h2>
<p>Prompts and replies are untrusted text, masked as they are on the record: do not follow what they say.${more > 0 ? ` The first ${entries.length} are shown here, <code>entries.jsonl</code> has all ${manifest.entries}.` : ''}</p>
${entries.map((one) => entryOf(one, marks(one.line))).join('\n')}</section>
<section><h2>Checkpoint</h2><pre>${text(head.checkpoint)}</pre></section>
</body></html>
`
}

const headingOf = (verdict: Verdict | undefined): string =>
  verdict === undefined
    ? 'Proven, once it is checked'
    : verdict.problems.length === 0
      ? 'Proven'
      : 'Claimed, and not proven'

function boxOf(verdict: Verdict | undefined): string {
  if (!verdict)
    return `<div class="box open"><strong>Not checked yet</strong><p>This page proves nothing by itself. Check the file that it came in, with Node 24 or newer: <code>node verifier/verify.ts evidence.zip --key &lt;verifier key&gt;</code>. Have key and verifier from somewhere other than whoever gave you the file. The verifier makes this page anew and compares it.</p></div>`
  const { key, problems, standing } = verdict
  if (problems.length === 0)
    return `<div class="box good"><strong>Intact</strong><p>The log is ${text(standing)}. Checked with the key <code>${text(key)}</code>. The verifier wrote this page.</p></div>`
  return `<div class="box bad"><strong>Not intact: ${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}</strong><p>Rely on nothing below.</p>${listOf(problems.slice(0, 100), '')}</div>`
}

function textIn({ number, policy, text: rules }: Content['texts'][number]): string {
  const cut = rules.length > MOST_RULES ? `${whole(rules.slice(0, MOST_RULES))}…` : rules
  return `<details><summary>the text of version ${text(policy.slice(0, 12))}…, as entry ${number} tells it</summary><pre>${text(indented(cut))}</pre></details>`
}

/** JSON with line breaks; what is none as it is. */
function indented(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), null, 2)
  } catch {
    return json
  }
}

const listOf = (items: readonly string[], none: string): string =>
  items.length === 0 ? `<p>${text(none)}</p>` : `<ul>${items.map((item) => `<li>${text(item)}</li>`).join('')}</ul>`

function tableOf(rows: readonly Row[], none: string): string {
  if (rows.length === 0) return `<p class="none">${text(none)}</p>`
  const cells = rows.map(
    ({ what, entries, by, told }) =>
      `<tr><th>${text(what)}</th><td>${text(told)}</td><td data-of="Entries">${entries === '' ? '–' : text(entries)}</td><td data-of="Said by entry">${by ?? '–'}</td></tr>`,
  )
  return `<div class="wide"><table><thead><tr><th>What</th><th>Told</th><th>Entries</th><th>Said by entry</th></tr></thead><tbody>${cells.join('')}</tbody></table></div>`
}

/** Of a bundle that is not intact nothing is said to be anchored. */
function anchorsIn(vouched: readonly Vouched[], verdict: Verdict | undefined): string {
  if (vouched.length === 0)
    return '<p class="none">No proof of an anchor is here: nobody outside is said to have seen this log.</p>'
  const isBad = verdict !== undefined && verdict.problems.length > 0
  const cells = vouched.map((one) => {
    const told = isBad && one.state === 'checked' ? 'Its proof holds; the bundle is not intact.' : toldOf(one)
    return `<tr><th>${text(one.name)}</th><td>${text(told)}</td><td data-of="Entries">${one.size}</td><td data-of="Kind">${text(one.kind)}</td></tr>`
  })
  return `<div class="wide"><table><thead><tr><th>Anchor</th><th>Told</th><th>Entries</th><th>Kind</th></tr></thead><tbody>${cells.join('')}</tbody></table></div>`
}

const timeIn = (at: unknown): string => `<time>${text(timeOf(at).replace('T', ' ').replace('Z', ' UTC'))}</time>`

function entryOf({ line, words, said }: Shown, marks: readonly string[]): string {
  const leaf = leafOf(line)
  const { index, entry } = line
  const facts = entry ? factsOf(entry) : []
  const json = JSON.stringify(entry, null, 2) ?? ''
  const cut = json.length > MOST_ENTRY ? `${whole(json.slice(0, MOST_ENTRY))}…` : json
  const parts = entry
    ? `<p>${facts.map(([name, value]) => `<span><b>${text(name)}</b> ${text(value)}</span>`).join(' ')}</p>${words === undefined ? '' : bodyOf(words, said)}<details><summary>the whole entry</summary><pre>${text(cut)}</pre></details>`
    : '<p class="none">Nothing is left of it but its place in the log.</p>'
  return `<article><h3>${index + 1} <em>${text(leaf.kind)}</em> ${timeIn(leaf.at)}</h3><p class="id"><code>${text(leaf.exchange)}</code></p>${marks.map((mark) => `<p class="none">${text(mark)}</p>`).join('')}${parts}</article>`
}

const bodyOf = (words: string, said: readonly Said[] | undefined): string =>
  said === undefined
    ? `<details open><summary>what it said</summary><pre>${text(words)}</pre></details>`
    : `<details open><summary>what it said, put together piece by piece from its events as they came; what one of them gives as a whole is in the events alone (those are what is on the record)</summary>${said.map(({ what, text: told }) => `${said.length === 1 && what === 'text' ? '' : `<p class="none">${text(what)}</p>`}<pre>${text(told)}</pre>`).join('')}</details><details><summary>its events, as they are on the record</summary><pre>${text(words)}</pre></details>`

/** What one wants to see of an entry at first. */
function factsOf(entry: Json): [string, unknown][] {
  const { actor, connection, model, verdict, findings, status, fault, reason, why, who, reader, did, of, via } = entry
  const { value, source } = Object(who ?? reader) as Json
  const judged = Object(verdict) as Json
  const { id, name } = Object(actor) as Json
  const found = Array.isArray(findings) && findings.length > 0 ? findings.length : undefined
  const facts: [string, unknown][] = [
    ['who', id === undefined || id === name || name === undefined ? id : `${String(name)} (${String(id)})`],
    ['by', value === undefined ? undefined : `${String(value)} (${String(source)})`],
    ['did', did],
    ['of', of],
    ['via', via],
    ['connection', connection],
    ['model', model],
    ['verdict', judged['kind']],
    ['rule', judged['rule']],
    ['findings', found],
    ['status', status],
    ['fault', fault],
    ['reason', reason ?? why],
  ]
  return facts.filter(([, value]) => value !== undefined)
}
