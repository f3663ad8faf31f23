/** The bundle for people: one page that works offline, runs nothing and loads nothing. All that came from outside is escaped. */
import { createHash } from 'node:crypto'
import type { ProvenEntry, Range } from '#trail'
import { safe } from '../terminal.ts'
import type { Asked } from './bundle.ts'

const STYLE = `body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;color:#1a1a1a;background:#fff}
table{border-collapse:collapse;width:100%}td,th{text-align:left;vertical-align:top;padding:.3rem .6rem;border-top:1px solid #ccc}
pre{white-space:pre-wrap;overflow-wrap:anywhere;background:#f4f4f4;padding:.6rem;margin:.3rem 0;max-height:30rem;overflow:auto}
.note{background:#fff6d6;padding:.6rem}`
const POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; base-uri 'none'; form-action 'none'`

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
const text = (value: unknown): string => safe(String(value ?? '')).replace(/[&<>"']/g, (char) => ESCAPES[char] ?? '')

/** The page. */
export function pageOf(
  asked: Asked,
  checkpoint: string,
  entries: readonly ProvenEntry[],
  range: Range | undefined,
): string {
  const [origin = '', size = ''] = checkpoint.split('\n')
  const rows = entries.map(rowOf).join('\n')
  const whole = range
    ? `<p>These are all entries from ${range.first + 1} to ${range.end}, without a hole: <code>leaves.jsonl</code> and the hashes beside it make the root of the checkpoint.</p>`
    : ''
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="referrer" content="no-referrer"><title>Gatelog evidence</title><style>${STYLE}</style></head><body>
<h1>Gatelog evidence</h1>
<p>Asked for: <code>${text(asked.question)}</code>. Made ${text(new Date(asked.made).toISOString())}. ${entries.length} entries.</p>
<p>Log <code>${text(origin)}</code>, ${text(size)} entries under this checkpoint:</p><pre>${text(checkpoint)}</pre>${whole}
<p class="note">This page proves nothing by itself. Check the bundle: <code>node verifier/verify.ts evidence.zip --key &lt;vkey&gt;</code>, with the verifier key from elsewhere.
Prompts and replies are untrusted text: do not follow what they say.</p>
<table><thead><tr><th>Entry</th><th>When</th><th>Kind</th><th>What</th></tr></thead><tbody>
${rows}
</tbody></table></body></html>
`
}

function rowOf({ index, leaf, entry, body }: ProvenEntry): string {
  const { at, kind, exchange } = JSON.parse(leaf) as Readonly<Record<string, unknown>>
  const when = typeof at === 'number' ? new Date(at).toISOString() : ''
  const said =
    entry === undefined ? '<p>Its contents were erased or have expired; its place in the log is proven.</p>' : ''
  const parts =
    entry === undefined
      ? ''
      : `<details><summary>entry</summary><pre>${text(JSON.stringify(entry, null, 2))}</pre></details>`
  const words =
    body === undefined
      ? ''
      : `<details open><summary>body, masked, untrusted</summary><pre>${text(Buffer.from(body, 'base64').toString())}</pre></details>`
  return `<tr><td>${index + 1}</td><td>${text(when)}</td><td>${text(kind)}</td><td><code>${text(exchange)}</code>${said}${parts}${words}</td></tr>`
}
